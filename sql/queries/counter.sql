-- Named counters: ids that are short and never used twice.

-- In steps without RETURNING: SQLite prepares to undo such a statement alone, and for that FTS5 writes out all that it
-- has gathered in the transaction.
-- name: counter_take
UPDATE counter SET next = next + 1 WHERE name = $1;
-- name: counter_begin
INSERT INTO counter (name, next) VALUES ($1, 2) ON CONFLICT (name) DO UPDATE SET next = counter.next + 1;
-- name: counter_taken
SELECT next - 1 FROM counter WHERE name = $1;

-- Whether it was ever used.
-- name: counter_has
SELECT 1 FROM counter WHERE name = $1;
