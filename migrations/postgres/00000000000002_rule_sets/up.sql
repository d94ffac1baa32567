-- What each plan version says of the project itself. Of versions recorded before now only the present heading is known.
ALTER TABLE plan_versions ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE plan_versions ADD COLUMN unit_code TEXT NOT NULL DEFAULT '';
ALTER TABLE plan_versions ADD COLUMN purpose TEXT NOT NULL DEFAULT '';
ALTER TABLE plan_versions ADD COLUMN goals TEXT NOT NULL DEFAULT '';
UPDATE plan_versions SET
  name = (SELECT projects.name FROM projects WHERE projects.id = plan_versions.project_id),
  unit_code = (SELECT projects.unit_code FROM projects WHERE projects.id = plan_versions.project_id),
  purpose = (SELECT projects.purpose FROM projects WHERE projects.id = plan_versions.project_id),
  goals = (SELECT projects.goals FROM projects WHERE projects.id = plan_versions.project_id);

-- The rule sets by which was ever judged, as written: append-only.
CREATE TABLE rule_sets (
  version INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  document TEXT NOT NULL,
  effective_on DATE,
  recorded_at TIMESTAMP NOT NULL,
  recorded_by TEXT NOT NULL
);

CREATE TRIGGER plan_versions_never_change BEFORE UPDATE OR DELETE ON plan_versions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER plan_versions_never_empty BEFORE TRUNCATE ON plan_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER plan_points_never_change BEFORE UPDATE OR DELETE ON plan_points FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER plan_points_never_empty BEFORE TRUNCATE ON plan_points FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER indicator_targets_never_change BEFORE UPDATE OR DELETE ON indicator_targets FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER indicator_targets_never_empty BEFORE TRUNCATE ON indicator_targets FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rule_sets_never_change BEFORE UPDATE OR DELETE ON rule_sets FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rule_sets_never_empty BEFORE TRUNCATE ON rule_sets FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
