-- Budget units (预算单位), a tree.
CREATE TABLE units (
  code TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  parent_code TEXT REFERENCES units (code),
  recorded_at TIMESTAMP(3) NOT NULL
);

CREATE TABLE projects (
  id TEXT NOT NULL PRIMARY KEY,
  fiscal_year INTEGER NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  unit_code TEXT NOT NULL REFERENCES units (code),
  purpose TEXT NOT NULL,
  goals TEXT NOT NULL,
  recorded_at TIMESTAMP(3) NOT NULL,
  UNIQUE (fiscal_year, code)
);
CREATE INDEX projects_by_unit ON projects (fiscal_year, unit_code);

-- Versions of a project's plan. A blank cell is NULL and stays NULL.
CREATE TABLE plan_versions (
  id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  version INTEGER NOT NULL,
  effective_on DATE NOT NULL,
  budget_fen BIGINT,
  fiscal_fen BIGINT,
  fiscal_own_fen BIGINT,
  fiscal_upper_fen BIGINT,
  other_fen BIGINT,
  reason TEXT NOT NULL,
  document_no TEXT,
  recorded_at TIMESTAMP(3) NOT NULL,
  recorded_by TEXT NOT NULL,
  UNIQUE (project_id, version)
);

CREATE TABLE plan_points (
  plan_id TEXT NOT NULL REFERENCES plan_versions (id),
  point_on DATE NOT NULL,
  planned_fen BIGINT,
  written TEXT NOT NULL,
  PRIMARY KEY (plan_id, point_on)
);

-- An indicator's identity survives the revision of its target; readings refer to it.
CREATE TABLE indicators (
  id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id)
);

CREATE TABLE indicator_targets (
  plan_id TEXT NOT NULL REFERENCES plan_versions (id),
  indicator_id TEXT NOT NULL REFERENCES indicators (id),
  position INTEGER NOT NULL,
  level1 TEXT NOT NULL,
  level2 TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  target TEXT NOT NULL,
  basis TEXT NOT NULL,
  weight TEXT,
  kind TEXT NOT NULL,
  comparator TEXT,
  quantity TEXT,
  quantity_unit TEXT,
  quantity_per TEXT,
  due_on DATE,
  PRIMARY KEY (plan_id, indicator_id)
);

-- The ledger: append-only. A correction is a reversal that names its original.
CREATE TABLE disbursements (
  id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  sequence BIGINT NOT NULL,
  kind TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  counted BOOLEAN NOT NULL,
  paid_on DATE NOT NULL,
  voucher_no TEXT NOT NULL,
  voucher_line INTEGER NOT NULL,
  source TEXT NOT NULL,
  payee TEXT NOT NULL,
  memo TEXT NOT NULL,
  reverses TEXT REFERENCES disbursements (id),
  recorded_at TIMESTAMP(3) NOT NULL,
  recorded_by TEXT NOT NULL,
  UNIQUE (project_id, sequence)
);
CREATE INDEX disbursements_by_voucher ON disbursements (project_id, voucher_no, voucher_line);
-- Holds the amounts too, so that the days of a partial month are summed without visiting the rows.
CREATE INDEX disbursements_by_day ON disbursements (project_id, paid_on, counted, amount_fen);
CREATE UNIQUE INDEX disbursements_reversed_once ON disbursements (reverses) WHERE reverses IS NOT NULL;

-- What counts as spent, by month (its first day) and source; kept with the ledger in one transaction.
CREATE TABLE spend_month (
  project_id TEXT NOT NULL REFERENCES projects (id),
  month DATE NOT NULL,
  source TEXT NOT NULL,
  amount_fen BIGINT NOT NULL,
  PRIMARY KEY (project_id, month, source)
);

CREATE TABLE readings (
  id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  indicator_id TEXT NOT NULL REFERENCES indicators (id),
  observed_on DATE NOT NULL,
  value TEXT,
  grade TEXT,
  done_on DATE,
  note TEXT NOT NULL,
  evidence TEXT NOT NULL,
  recorded_at TIMESTAMP(3) NOT NULL,
  recorded_by TEXT NOT NULL
);
CREATE INDEX readings_by_indicator ON readings (project_id, indicator_id);

-- At most one alert per project and subject (rule, indicator, plan point); a relapse reopens it.
CREATE TABLE alerts (
  id TEXT NOT NULL PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id),
  subject TEXT NOT NULL,
  rule TEXT NOT NULL,
  indicator_id TEXT REFERENCES indicators (id),
  point_on DATE,
  state TEXT NOT NULL,
  severity TEXT NOT NULL,
  opened_at TIMESTAMP(3) NOT NULL,
  updated_at TIMESTAMP(3) NOT NULL,
  follows TEXT REFERENCES alerts (id),
  UNIQUE (project_id, subject)
);

CREATE TABLE check_runs (
  id TEXT NOT NULL PRIMARY KEY,
  fiscal_year INTEGER NOT NULL,
  as_of DATE NOT NULL,
  cause TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  rule_version INTEGER NOT NULL,
  started_at TIMESTAMP(3) NOT NULL,
  finished_at TIMESTAMP(3),
  projects BIGINT NOT NULL,
  raised BIGINT NOT NULL,
  reopened BIGINT NOT NULL,
  worsened BIGINT NOT NULL,
  eased BIGINT NOT NULL,
  resolved BIGINT NOT NULL,
  superseded BIGINT NOT NULL,
  letters BIGINT NOT NULL,
  failures TEXT NOT NULL
);
CREATE INDEX check_runs_by_year ON check_runs (fiscal_year, as_of);

-- The story of each alert, in order: append-only.
CREATE TABLE alert_events (
  id TEXT NOT NULL PRIMARY KEY,
  alert_id TEXT NOT NULL REFERENCES alerts (id),
  sequence INTEGER NOT NULL,
  change TEXT NOT NULL,
  severity TEXT NOT NULL,
  as_of DATE NOT NULL,
  at TIMESTAMP(3) NOT NULL,
  actor TEXT NOT NULL,
  run_id TEXT REFERENCES check_runs (id),
  rule_version INTEGER NOT NULL,
  plan_version INTEGER,
  explanation TEXT NOT NULL,
  inputs TEXT NOT NULL,
  UNIQUE (alert_id, sequence)
);

-- Events that people are still to be told of; emptied into letters.
CREATE TABLE untold_events (
  event_id TEXT NOT NULL PRIMARY KEY REFERENCES alert_events (id),
  fiscal_year INTEGER NOT NULL
);

-- The outbox, and the readable archive of what was sent.
CREATE TABLE letters (
  id TEXT NOT NULL PRIMARY KEY,
  run_id TEXT REFERENCES check_runs (id),
  to_email TEXT NOT NULL,
  to_name TEXT NOT NULL,
  role TEXT NOT NULL,
  severity TEXT NOT NULL,
  subject TEXT NOT NULL,
  text_body TEXT NOT NULL,
  html_body TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at TIMESTAMP(3) NOT NULL,
  lease_until TIMESTAMP(3),
  lease_token BIGINT NOT NULL,
  last_words TEXT,
  created_at TIMESTAMP(3) NOT NULL,
  sent_at TIMESTAMP(3)
);
CREATE INDEX letters_due ON letters (state, next_attempt_at);

CREATE TABLE letter_events (
  letter_id TEXT NOT NULL REFERENCES letters (id),
  event_id TEXT NOT NULL REFERENCES alert_events (id),
  PRIMARY KEY (letter_id, event_id)
);

-- The units whose figures a letter shows: its scope.
CREATE TABLE letter_units (
  letter_id TEXT NOT NULL REFERENCES letters (id),
  unit_code TEXT NOT NULL,
  PRIMARY KEY (letter_id, unit_code)
);

CREATE TABLE contacts (
  id TEXT NOT NULL PRIMARY KEY,
  unit_code TEXT NOT NULL REFERENCES units (code),
  project_code TEXT,
  role TEXT NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  recorded_at TIMESTAMP(3) NOT NULL
);
CREATE INDEX contacts_by_unit ON contacts (unit_code);

-- A secret is kept as its SHA-256 only. The unit need not be known yet.
CREATE TABLE tokens (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  secret_sha256 TEXT NOT NULL,
  created_at TIMESTAMP(3) NOT NULL,
  expires_on DATE,
  revoked_at TIMESTAMP(3)
);

CREATE TABLE token_units (
  token_id TEXT NOT NULL REFERENCES tokens (id),
  unit_code TEXT NOT NULL,
  PRIMARY KEY (token_id, unit_code)
);

-- Answers given under an idempotency key, kept with their effect.
CREATE TABLE answers (
  token_id TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  body_sha256 TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL,
  location TEXT,
  recorded_at TIMESTAMP(3) NOT NULL,
  PRIMARY KEY (token_id, method, path, idempotency_key)
);
CREATE INDEX answers_by_age ON answers (recorded_at);

-- Who did what, before and after: append-only.
CREATE TABLE audit (
  id TEXT NOT NULL PRIMARY KEY,
  at TIMESTAMP(3) NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  entity TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  before_json TEXT,
  after_json TEXT,
  request_id TEXT
);

-- Scheduled runs: a run is claimed by inserting its due time.
CREATE TABLE schedule_claims (
  job TEXT NOT NULL,
  due_at TIMESTAMP(3) NOT NULL,
  claimed_at TIMESTAMP(3) NOT NULL,
  PRIMARY KEY (job, due_at)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER disbursements_never_change BEFORE UPDATE OR DELETE ON disbursements FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER disbursements_never_empty BEFORE TRUNCATE ON disbursements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER readings_never_change BEFORE UPDATE OR DELETE ON readings FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER readings_never_empty BEFORE TRUNCATE ON readings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER alert_events_never_change BEFORE UPDATE OR DELETE ON alert_events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER alert_events_never_empty BEFORE TRUNCATE ON alert_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_never_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_never_empty BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
