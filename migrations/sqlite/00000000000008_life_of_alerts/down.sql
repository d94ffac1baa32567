ALTER TABLE contacts DROP COLUMN letters;
ALTER TABLE contacts DROP COLUMN language;
DROP TABLE measures;
ALTER TABLE alerts DROP COLUMN waiver_announced;
ALTER TABLE alerts DROP COLUMN waived_until;
ALTER TABLE alerts DROP COLUMN escalated;
ALTER TABLE alerts DROP COLUMN reminders;
ALTER TABLE alerts DROP COLUMN told_on;
ALTER TABLE alerts DROP COLUMN opened_on;
