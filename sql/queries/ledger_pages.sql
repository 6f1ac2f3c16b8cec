-- What the ledger's pages show beside ledger.sql. The first two by the index ledger_entry_public.

-- Newest first.
-- name: ledger_incidents
SELECT idx, text FROM ledger_entry
WHERE substr(text, 13, 3) IN ('key', 'pol', 'inc') AND substr(text, 13, 8) = 'incident'
ORDER BY idx DESC LIMIT $1;

-- name: ledger_last_key
SELECT text FROM ledger_entry
WHERE substr(text, 13, 3) IN ('key', 'pol', 'inc') AND substr(text, 13, 3) = 'key'
ORDER BY idx DESC LIMIT 1;

-- The article that an entry is about, and which act upon it.
-- name: ledger_entry_article
SELECT p.article_id, p.number FROM ledger_entry e JOIN article_proof p ON p.ticket = e.ticket WHERE e.idx = $1
