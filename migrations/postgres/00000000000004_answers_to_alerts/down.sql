DROP INDEX audit_by_unit;
ALTER TABLE audit DROP COLUMN unit_code;
ALTER TABLE alerts DROP COLUMN settled_by;
