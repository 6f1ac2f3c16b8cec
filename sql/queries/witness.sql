-- This office as a witness of other offices' logs.

-- name: witness_log_get
SELECT size, root, at_s, checkpoint FROM witness_log WHERE origin = $1;

-- name: witness_log_by_hash
SELECT checkpoint FROM witness_log WHERE origin_hash = $1;

-- name: witness_log_list
SELECT l.origin, l.size, l.at_s, (SELECT COUNT(*) FROM witness_fork f WHERE f.origin = l.origin)
FROM witness_log l ORDER BY l.origin;

-- Nothing is changed where another request was quicker.
-- name: witness_log_first
INSERT INTO witness_log (origin, origin_hash, size, root, at_s, checkpoint) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (origin) DO NOTHING;

-- name: witness_log_move
UPDATE witness_log SET size = $4, root = $5, at_s = $6, checkpoint = $7 WHERE origin = $1 AND size = $2 AND root = $3;

-- name: witness_checkpoint_add
INSERT INTO witness_checkpoint (origin, size, root, checkpoint) VALUES ($1, $2, $3, $4)
ON CONFLICT (origin, size) DO NOTHING;

-- name: witness_checkpoint_get
SELECT root, checkpoint FROM witness_checkpoint WHERE origin = $1 AND size = $2;

-- Keeps the newest $2 of a log.
-- name: witness_checkpoint_thin
DELETE FROM witness_checkpoint WHERE origin = $1 AND size < (
    SELECT MIN(size) FROM (SELECT size FROM witness_checkpoint WHERE origin = $1 ORDER BY size DESC LIMIT $2) newest);

-- name: witness_fork_add
INSERT INTO witness_fork (origin, size, root, at_us, ours, theirs) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (origin, size, root) DO NOTHING;

-- name: witness_fork_count
SELECT COUNT(*) FROM witness_fork WHERE origin = $1;

-- name: witness_fork_get
SELECT ours, theirs FROM witness_fork WHERE origin = $1 ORDER BY at_us, size, root LIMIT 1 OFFSET $2;

-- The witnesses of this office's own log.

-- name: ledger_witness_set
INSERT INTO ledger_witness (name, url, since_s, failed_s, why) VALUES ($1, $2, $3, 0, '')
ON CONFLICT (name) DO UPDATE SET url = excluded.url;

-- name: ledger_witness_answered
UPDATE ledger_witness SET failed_s = $2, why = $3 WHERE name = $1;

-- name: ledger_witness_drop
DELETE FROM ledger_witness WHERE name = $1;

-- name: ledger_witness_list
SELECT w.name, w.url, w.since_s, w.failed_s, w.why, COALESCE(c.size, 0), COALESCE(c.at_s, 0),
       CASE WHEN c.checkpoint <> '' AND substr(s.checkpoint, 1, length(c.checkpoint)) = c.checkpoint THEN 1 ELSE 0 END
FROM ledger_witness w
LEFT JOIN ledger_cosignature c ON c.witness = w.name
LEFT JOIN ledger_state s ON s.id = 1
ORDER BY w.name;

-- An older cosignature never takes a newer one's place.
-- name: ledger_cosignature_set
INSERT INTO ledger_cosignature (witness, size, at_s, line, checkpoint) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (witness) DO UPDATE
SET size = excluded.size, at_s = excluded.at_s, line = excluded.line, checkpoint = excluded.checkpoint
WHERE ledger_cosignature.at_s <= excluded.at_s;

-- name: ledger_cosignature_get
SELECT size, checkpoint FROM ledger_cosignature WHERE witness = $1;

-- name: ledger_cosignature_drop
DELETE FROM ledger_cosignature WHERE witness = $1;

-- What the ledger's keepers remember.

-- name: ledger_fact_set
INSERT INTO ledger_fact (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: ledger_fact_there
SELECT COUNT(*) FROM ledger_fact WHERE name = $1;

-- name: ledger_fact_get
SELECT value FROM ledger_fact WHERE name = $1;

-- name: ledger_fact_drop
DELETE FROM ledger_fact WHERE name = $1;
