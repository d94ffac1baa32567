ALTER TABLE letters DROP COLUMN attempts_allowed;
