-- Attempts at which a letter is given up: sent again by hand it may fail as often as a new one, and its count goes on.
ALTER TABLE letters ADD COLUMN attempts_allowed INTEGER NOT NULL DEFAULT 12;
