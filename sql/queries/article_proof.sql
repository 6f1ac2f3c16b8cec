-- What ties acts upon articles to their entries, and opens them.

-- name: article_proof_add
INSERT INTO article_proof (ticket, article_id, number, language, revision, type, code, made_us, published_us, picture,
                           opening, parts, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: article_proof_next
SELECT COALESCE(MAX(number), 0) + 1 FROM article_proof WHERE article_id = $1;

-- Newest first, those with a number in [$2, $3].
-- name: article_proof_list
SELECT p.number, p.language, p.revision, p.type, p.code, p.made_us, p.published_us, p.picture, p.reason, p.ticket,
       e.idx, e.text, p.opening, p.parts, a.state, a.published_us
FROM article_proof p JOIN article a ON a.id = p.article_id LEFT JOIN ledger_entry e ON e.ticket = p.ticket
WHERE p.article_id = $1 AND p.number >= $2 AND p.number <= $3
ORDER BY p.number DESC;

-- Acts upon texts that readers may know of, by their entries in [$1, $2), at the time $3; last: whether it is the newest
-- one upon its text.
-- name: article_proof_of_entries
SELECT e.idx, p.article_id, p.number, p.language, a.column_slug, a.title,
       CASE WHEN EXISTS (SELECT 1 FROM article_proof later WHERE later.article_id = p.article_id
                         AND later.language = p.language AND later.number > p.number) THEN 0 ELSE 1 END
FROM ledger_entry e JOIN article_proof p ON p.ticket = e.ticket
     JOIN article_every a ON a.id = p.article_id AND a.language = p.language
WHERE e.idx >= $1 AND e.idx < $2 AND a.state <> 0 AND (a.state <> 1 OR a.published_us <= $3)
      AND (a.state <> 3 OR COALESCE(a.published_us, 0) <> 0)
ORDER BY e.idx;

-- What the revision says that an act was about.
-- name: article_proof_words
SELECT title, source, author, keywords, summary, picture_alt, note, body_html
FROM article_revision WHERE article_id = $1 AND language = $2 AND number = $3;

-- name: article_proof_publication
SELECT ticket FROM article_proof
WHERE article_id = $1 AND language = $2 AND type IN ('publish', 'emergency') ORDER BY number DESC LIMIT 1;

-- Of the whole article: the entry that translations refer to.
-- name: article_proof_publication_first
SELECT ticket FROM article_proof
WHERE article_id = $1 AND type IN ('publish', 'emergency') AND code <> 'translation' ORDER BY number DESC LIMIT 1;

-- name: article_proof_last
SELECT ticket FROM article_proof WHERE article_id = $1 ORDER BY number DESC LIMIT 1;

-- When a published article was published in an emergency, until it is countersigned or withdrawn.
-- name: article_proof_emergency
SELECT MIN(p.made_us) FROM article_proof p JOIN article a ON a.id = p.article_id
WHERE p.article_id = $1 AND p.type = 'emergency' AND a.state = 1 AND p.number > (
    SELECT COALESCE(MAX(x.number), 0) FROM article_proof x WHERE x.article_id = $1 AND x.type IN ('countersign', 'withdraw'));

-- Published articles without any entry: from before there was a ledger.
-- name: article_proof_missing
SELECT id FROM article
WHERE id > $1 AND state = 1 AND NOT EXISTS (SELECT 1 FROM article_proof p WHERE p.article_id = article.id)
ORDER BY id LIMIT $2;

-- While it waits.
-- name: article_proof_waiting
SELECT text FROM ledger_pending WHERE ticket = $1;

-- Entries of a stretch that no act upon an article is tied to.
-- name: article_proof_untied
SELECT e.idx, e.text FROM ledger_entry e
WHERE e.idx >= $1 AND e.idx < $2 AND NOT EXISTS (SELECT 1 FROM article_proof p WHERE p.ticket = e.ticket)
ORDER BY e.idx;
