-- When a claimed run was done, so that one that was not is taken up again whatever the job, and the last good run is known.
-- What was claimed before counts as done: the next check looks at every project anyway.
ALTER TABLE schedule_claims ADD COLUMN finished_at TIMESTAMP;
UPDATE schedule_claims SET finished_at = claimed_at;
