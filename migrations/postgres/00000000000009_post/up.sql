-- What a letter is, and the earlier letters of the same cases to the same person, oldest first: a mail program keeps
-- them together.
ALTER TABLE letters ADD COLUMN kind TEXT NOT NULL DEFAULT 'digest';
ALTER TABLE letters ADD COLUMN references_ids TEXT NOT NULL DEFAULT '';

-- Which letters told an event; a person's letters; when a letter went last.
CREATE INDEX letter_events_by_event ON letter_events (event_id, letter_id);
CREATE INDEX letters_by_address ON letters (to_email, id);
CREATE INDEX letters_by_sending ON letters (sent_at);

-- In the order in which letters are taken, so that the first of a hundred thousand are found without sorting them all.
DROP INDEX letters_due;
CREATE INDEX letters_due ON letters (state, next_attempt_at, id);
