-- What was said of an alert since it was last opened: reminders and steps upwards count from it, so that a restart
-- neither repeats nor loses one. And until when it is set aside.
ALTER TABLE alerts ADD COLUMN opened_on DATE NOT NULL DEFAULT '1970-01-01';
ALTER TABLE alerts ADD COLUMN told_on DATE NOT NULL DEFAULT '1970-01-01';
ALTER TABLE alerts ADD COLUMN reminders INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN escalated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN waived_until DATE;
ALTER TABLE alerts ADD COLUMN waiver_announced BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE alerts SET
  opened_on = COALESCE((SELECT MAX(alert_events.as_of) FROM alert_events WHERE alert_events.alert_id = alerts.id
    AND alert_events.change IN ('raised', 'reopened')), opened_on),
  told_on = COALESCE((SELECT MAX(alert_events.as_of) FROM alert_events WHERE alert_events.alert_id = alerts.id
    AND alert_events.change IN ('raised', 'reopened', 'worsened')), told_on);

-- Measures (整改措施) and dispositions (处置意见): what is to be done about an alert, by whom and by when.
CREATE TABLE measures (
  id TEXT NOT NULL PRIMARY KEY,
  alert_id TEXT NOT NULL REFERENCES alerts (id),
  disposition TEXT,
  document_no TEXT NOT NULL,
  what TEXT NOT NULL,
  owner TEXT NOT NULL,
  due_on DATE NOT NULL,
  done_on DATE,
  evidence TEXT NOT NULL,
  is_told_overdue BOOLEAN NOT NULL,
  recorded_at TIMESTAMP NOT NULL,
  recorded_by TEXT NOT NULL
);
CREATE INDEX measures_by_alert ON measures (alert_id);

-- How a person wants to be written to.
ALTER TABLE contacts ADD COLUMN language TEXT NOT NULL DEFAULT 'zh';
ALTER TABLE contacts ADD COLUMN letters TEXT NOT NULL DEFAULT 'digest';

-- A check counts what it changed and how many letters it made; a month is told by its days.
CREATE INDEX alert_events_by_run ON alert_events (run_id);
CREATE INDEX alert_events_by_day ON alert_events (as_of);
CREATE INDEX letters_by_run ON letters (run_id);
