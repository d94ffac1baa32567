-- Who closed an alert by hand. It stays closed while its rule says the same; empty again once the rule is content.
ALTER TABLE alerts ADD COLUMN settled_by TEXT;

-- The unit that a deed concerns: who may read of it. Rows of before this column have none, and are read by those who
-- see everything: the trail is append-only, for the program as well.
ALTER TABLE audit ADD COLUMN unit_code TEXT;
CREATE INDEX audit_by_unit ON audit (unit_code, id);
