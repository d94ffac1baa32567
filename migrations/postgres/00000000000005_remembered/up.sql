-- What the service remembers between requests, and what tells it to look again.

-- One row that changes with every change to who may see what, by whichever program, so that a service that remembers a
-- caller asks for one short text and not for the token, its units and all units. Random, not counted: a number could
-- come again after a rollback. Whoever changes it holds the row until the end, so that what one snapshot sees of such
-- changes is always their beginning up to one of them.
CREATE TABLE access_stamp (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  stamp TEXT NOT NULL
);
INSERT INTO access_stamp (id, stamp) VALUES (1, gen_random_uuid()::text);

CREATE FUNCTION change_access() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN UPDATE access_stamp SET stamp = gen_random_uuid()::text; RETURN NULL; END $$;
CREATE TRIGGER tokens_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON tokens FOR EACH STATEMENT EXECUTE FUNCTION change_access();
CREATE TRIGGER token_units_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON token_units FOR EACH STATEMENT EXECUTE FUNCTION change_access();
CREATE TRIGGER units_changed AFTER INSERT OR DELETE OR TRUNCATE ON units FOR EACH STATEMENT EXECUTE FUNCTION change_access();
CREATE TRIGGER units_moved AFTER UPDATE ON units FOR EACH ROW
  WHEN (OLD.parent_code IS DISTINCT FROM NEW.parent_code OR OLD.code IS DISTINCT FROM NEW.code) EXECUTE FUNCTION change_access();
CREATE TRIGGER projects_moved AFTER UPDATE ON projects FOR EACH ROW
  WHEN (OLD.unit_code IS DISTINCT FROM NEW.unit_code) EXECUTE FUNCTION change_access();
