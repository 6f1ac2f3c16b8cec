-- The ledger: what waits, what stands, how far it is.

-- name: ledger_pending_add
INSERT INTO ledger_pending (ticket, at_us, text, hash) VALUES ($1, $2, $3, $4)
