DROP INDEX letters_due;
CREATE INDEX letters_due ON letters (state, next_attempt_at);
DROP INDEX letters_by_sending;
DROP INDEX letters_by_address;
DROP INDEX letter_events_by_event;
ALTER TABLE letters DROP COLUMN references_ids;
ALTER TABLE letters DROP COLUMN kind;
