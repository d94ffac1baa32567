ALTER TABLE check_runs DROP COLUMN judged;
DROP TABLE unjudged;
