-- What people say a project will have spent by the year's end. Append-only: a later figure takes an earlier one's place.
CREATE TABLE forecasts (
  id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  year_end_fen BIGINT NOT NULL,
  as_of DATE NOT NULL,
  reason TEXT NOT NULL,
  recorded_at TIMESTAMP(3) NOT NULL,
  recorded_by TEXT NOT NULL
);
CREATE INDEX forecasts_by_project ON forecasts (project_id, id);

CREATE TRIGGER forecasts_never_change BEFORE UPDATE OR DELETE ON forecasts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER forecasts_never_empty BEFORE TRUNCATE ON forecasts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
