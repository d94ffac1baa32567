-- Projects whose plan changed since anybody judged them: a posting judges its project itself, a document does not.
CREATE TABLE unjudged (
  project_id TEXT NOT NULL PRIMARY KEY REFERENCES projects (id)
);
INSERT INTO unjudged (project_id) SELECT id FROM projects;

-- How many of its projects a check had to look at.
ALTER TABLE check_runs ADD COLUMN judged BIGINT NOT NULL DEFAULT 0;
UPDATE check_runs SET judged = projects;
