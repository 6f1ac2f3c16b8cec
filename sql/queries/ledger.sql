-- The ledger: what waits, what stands, how far it is.

-- name: ledger_pending_add
INSERT INTO ledger_pending (ticket, text, hash) VALUES ($1, $2, $3);

-- -1 while it waits.
-- name: ledger_find_ticket
SELECT idx FROM ledger_entry WHERE ticket = $1
UNION ALL
SELECT -1 FROM ledger_pending WHERE ticket = $1;

-- Its index, once a checkpoint covers it.
-- name: ledger_find_settled
SELECT e.idx FROM ledger_entry e, ledger_state s WHERE e.ticket = $1 AND e.idx < s.signed_size;

-- name: ledger_entry_list
SELECT idx, text FROM ledger_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx;

-- name: ledger_state_get
SELECT origin, size, root, signed_size, signed_us, checkpoint FROM ledger_state WHERE id = 1;

-- name: ledger_cosignatures_of
SELECT line FROM ledger_cosignature WHERE checkpoint = $1 ORDER BY witness;

-- name: ledger_document_add
INSERT INTO ledger_document (hash, text) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING;

-- name: ledger_document_get
SELECT text FROM ledger_document WHERE hash = $1;

-- name: ledger_count_list
SELECT day, type, n FROM ledger_count
WHERE day IN (SELECT DISTINCT day FROM ledger_count ORDER BY day DESC LIMIT $1)
ORDER BY day DESC, type;

-- name: ledger_count_all
SELECT day, type, n FROM ledger_count;

-- name: ledger_count_drop
DELETE FROM ledger_count;

-- How many wait, and the oldest one's ticket.
-- name: ledger_waiting
SELECT COUNT(*), MIN(ticket) FROM ledger_pending;

-- name: ledger_newest_waiting
SELECT MAX(ticket) FROM ledger_pending;

-- What the sequencer does.

-- name: ledger_state_add
INSERT INTO ledger_state (id, origin, size, root, signed_size, signed_us, checkpoint) VALUES (1, $1, 0, $2, 0, 0, '')
ON CONFLICT (id) DO NOTHING;

-- name: ledger_pending_list
SELECT ticket, text, hash FROM ledger_pending ORDER BY ticket LIMIT $1;

-- Changes one row, or another has sequenced meanwhile.
-- name: ledger_state_grow
UPDATE ledger_state SET size = $2, root = $3 WHERE id = 1 AND size = $1;

-- name: ledger_entry_add
INSERT INTO ledger_entry (idx, ticket, text) VALUES ($1, $2, $3);

-- name: ledger_entry_add_sixteen
INSERT INTO ledger_entry (idx, ticket, text)
VALUES ($1, $2, $3), ($4, $5, $6), ($7, $8, $9), ($10, $11, $12), ($13, $14, $15), ($16, $17, $18), ($19, $20, $21),
       ($22, $23, $24), ($25, $26, $27), ($28, $29, $30), ($31, $32, $33), ($34, $35, $36), ($37, $38, $39),
       ($40, $41, $42), ($43, $44, $45), ($46, $47, $48);

-- Exactly those that stand now, from $1 on: what came meanwhile goes on waiting.
-- name: ledger_pending_settle
DELETE FROM ledger_pending WHERE ticket IN (SELECT ticket FROM ledger_entry WHERE idx >= $1);

-- name: ledger_count_add
INSERT INTO ledger_count (day, type, n) VALUES ($1, $2, $3)
ON CONFLICT (day, type) DO UPDATE SET n = ledger_count.n + excluded.n;

-- name: ledger_state_publish
UPDATE ledger_state SET signed_size = $1, signed_us = $2, checkpoint = $3 WHERE id = 1 AND size >= $1 AND signed_size <= $1;
