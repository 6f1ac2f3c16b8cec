-- What the ledger's pages show beside ledger.sql. All but the last by the index ledger_entry_public.

-- Newest first.
-- name: ledger_incidents
SELECT idx, text FROM ledger_entry
WHERE substr(text, 13, 3) IN ('key', 'pol', 'inc') AND substr(text, 13, 8) = 'incident'
ORDER BY idx DESC LIMIT $1;

-- Those that commit to a public document, oldest first.
-- name: ledger_public
SELECT idx, text FROM ledger_entry WHERE substr(text, 13, 3) IN ('key', 'pol', 'inc') ORDER BY idx;

-- Those that commit to a list of keys, oldest first, of the first $1 entries.
-- name: ledger_keys
SELECT idx, text FROM ledger_entry
WHERE substr(text, 13, 3) IN ('key', 'pol', 'inc') AND substr(text, 13, 3) = 'key' AND idx < $1
ORDER BY idx;

-- name: ledger_last_key
SELECT text FROM ledger_entry
WHERE substr(text, 13, 3) IN ('key', 'pol', 'inc') AND substr(text, 13, 3) = 'key'
ORDER BY idx DESC LIMIT 1;

-- The article that an entry is about, and which act upon it.
-- name: ledger_entry_article
SELECT p.article_id, p.number FROM ledger_entry e JOIN article_proof p ON p.ticket = e.ticket WHERE e.idx = $1
