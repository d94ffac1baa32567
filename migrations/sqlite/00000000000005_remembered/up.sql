-- What the service remembers between requests, and what tells it to look again.

-- One row that changes with every change to who may see what, by whichever program, so that a service that remembers a
-- caller asks for one short text and not for the token, its units and all units. Random, not counted: a number could
-- come again after a rollback.
CREATE TABLE access_stamp (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  stamp TEXT NOT NULL
);
INSERT INTO access_stamp (id, stamp) VALUES (1, lower(hex(randomblob(16))));

CREATE TRIGGER tokens_added AFTER INSERT ON tokens
BEGIN UPDATE access_stamp SET stamp = lower(hex(randomblob(16))); END;

CREATE TRIGGER tokens_changed AFTER UPDATE ON tokens
BEGIN UPDATE access_stamp SET stamp = lower(hex(randomblob(16))); END;

CREATE TRIGGER tokens_removed AFTER DELETE ON tokens
BEGIN UPDATE access_stamp SET stamp = lower(hex(randomblob(16))); END;

CREATE TRIGGER token_units_added AFTER INSERT ON token_units
BEGIN UPDATE access_stamp SET stamp = lower(hex(randomblob(16))); END;

CREATE TRIGGER token_units_changed AFTER UPDATE ON token_units
BEGIN UPDATE access_stamp SET stamp = lower(hex(randomblob(16))); END;

CREATE TRIGGER token_units_removed AFTER DELETE ON token_units
BEGIN UPDATE access_stamp SET stamp = lower(hex(randomblob(16))); END;

CREATE TRIGGER units_added AFTER INSERT ON units
BEGIN UPDATE access_stamp SET stamp = lower(hex(randomblob(16))); END;

CREATE TRIGGER units_moved AFTER UPDATE ON units
WHEN OLD.parent_code IS NOT NEW.parent_code OR OLD.code IS NOT NEW.code
BEGIN UPDATE access_stamp SET stamp = lower(hex(randomblob(16))); END;

CREATE TRIGGER units_removed AFTER DELETE ON units
BEGIN UPDATE access_stamp SET stamp = lower(hex(randomblob(16))); END;

CREATE TRIGGER projects_moved AFTER UPDATE ON projects
WHEN OLD.unit_code IS NOT NEW.unit_code
BEGIN UPDATE access_stamp SET stamp = lower(hex(randomblob(16))); END;
