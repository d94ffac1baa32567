ALTER TABLE schedule_claims DROP COLUMN finished_at;
