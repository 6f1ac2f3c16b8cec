-- Named counters: ids that are short and never used twice.

-- name: counter_next
INSERT INTO counter (name, next) VALUES ($1, 2)
ON CONFLICT (name) DO UPDATE SET next = counter.next + 1
RETURNING next - 1;

-- Whether it was ever used.
-- name: counter_has
SELECT 1 FROM counter WHERE name = $1;
