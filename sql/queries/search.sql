-- Search: the only queries that differ between the engines. All give ids and publish times; what is shown of them is
-- read through article.sql.

-- name: search_where_it_stands
SELECT column_id, sort_us FROM article WHERE id = $1;

-- name: search_remove
DELETE FROM search_doc WHERE article_id = $1 AND language = $2;

-- Before that: a number with a place is found without search_doc ($3: the first such).
-- name: search_bury only: sqlite
INSERT INTO search_dead (docid)
SELECT docid FROM search_doc WHERE article_id = $1 AND language = $2 AND docid >= $3;

-- name: search_dead_has only: sqlite
SELECT 1 FROM search_dead WHERE docid = $1;

-- name: search_dead_clear only: sqlite
DELETE FROM search_dead;

-- name: search_language only: sqlite
SELECT number FROM search_language WHERE language = $1;

-- name: search_language_add only: sqlite
INSERT INTO search_language (language) VALUES ($1);

-- The last text of a span of numbers, and the first.
-- name: search_row_until only: sqlite
SELECT docid, published_us, article_id FROM search_doc WHERE docid >= $1 AND docid <= $2 ORDER BY docid DESC LIMIT 1;

-- name: search_row_from only: sqlite
SELECT docid, published_us, article_id FROM search_doc WHERE docid >= $1 AND docid <= $2 ORDER BY docid LIMIT 1;

-- name: search_row only: sqlite
SELECT article_id, published_us FROM search_doc WHERE docid = $1;

-- Is there any loose text? ($1: the first number with a place)
-- name: search_loose_any only: sqlite
SELECT 1 FROM search_doc WHERE docid < $1 LIMIT 1;

-- Published texts in order of publication, for a rebuild.
-- name: search_rebuild_ids
SELECT id, sort_us FROM article WHERE (sort_us, id) > ($1, $2) AND state = 1 ORDER BY sort_us, id LIMIT $3;

-- name: search_has
SELECT 1 FROM search_doc WHERE article_id = $1 AND language = $2;

-- name: search_count
SELECT COUNT(*) FROM search_doc;

-- Every row has a facet that begins so, the language; the index cannot be walked as a table.
-- name: search_count_rows only: sqlite
SELECT COUNT(*) FROM search_index WHERE search_index MATCH 'facets : l*';

-- 1 when a text's row is what it should be. $5: a MATCH expression.
-- name: search_check only: sqlite
SELECT COUNT(*) FROM search_index
WHERE rowid = (SELECT docid FROM search_doc WHERE article_id = $1 AND language = $2 AND column_id = $3 AND published_us = $4)
  AND search_index MATCH $5;

-- The same of titles and keywords; 1 also for one that is still to come.
-- name: search_check_head only: sqlite
SELECT 1 WHERE EXISTS (
    SELECT 1 FROM search_head
    WHERE rowid = (SELECT docid FROM search_doc WHERE article_id = $1 AND language = $2) AND search_head MATCH $3)
OR EXISTS (
    SELECT 1 FROM search_doc d JOIN search_head_left l ON d.docid < l.docid WHERE d.article_id = $1 AND d.language = $2);

-- name: search_check only: postgres
SELECT COUNT(*) FROM search_doc
WHERE article_id = $1 AND language = $2 AND column_id = $3 AND published_us = $4
  AND head = CAST($5 AS tsvector) AND tokens = CAST($6 AS tsvector);

-- name: search_clear_docs
DELETE FROM search_doc;

-- name: search_clear_index only: sqlite
INSERT INTO search_index (search_index) VALUES ('delete-all');

-- name: search_clear_head only: sqlite
INSERT INTO search_head (search_head) VALUES ('delete-all');

-- name: search_head_left only: sqlite
SELECT docid FROM search_head_left;

-- name: search_head_left_clear only: sqlite
DELETE FROM search_head_left;

-- name: search_head_left_set only: sqlite
UPDATE search_head_left SET docid = $1;

-- Titles and keywords from a row on, up to another.
-- name: search_head_left_texts only: sqlite
SELECT d.docid, t.title, t.keywords
FROM search_doc d JOIN article_text t ON t.article_id = d.article_id AND t.language = d.language
WHERE d.docid >= $1 AND d.docid < $2 ORDER BY d.docid;

-- FTS5's record of the pieces that its index is in, for comparing.
-- name: search_pieces only: sqlite
SELECT HEX(block) FROM search_index_data WHERE id = 10;

-- name: search_pieces_head only: sqlite
SELECT HEX(block) FROM search_head_data WHERE id = 10;

-- How many they are (of both indexes), and on how many pages, as good as counted.
-- name: search_piece_count only: sqlite
SELECT MAX(n) FROM (SELECT COUNT(DISTINCT segid) AS n FROM search_index_idx
                    UNION ALL SELECT COUNT(DISTINCT segid) FROM search_head_idx);

-- name: search_pages only: sqlite
SELECT COUNT(*) FROM search_index_idx;

-- name: search_merge only: sqlite
INSERT INTO search_index (search_index, rank) VALUES ('merge', $1);

-- name: search_merge_head only: sqlite
INSERT INTO search_head (search_head, rank) VALUES ('merge', $1);

-- name: search_doc_insert only: sqlite
INSERT INTO search_doc (docid, article_id, language, column_id, published_us) VALUES ($1, $2, $3, $4, $5);

-- name: search_index_insert only: sqlite
INSERT INTO search_index (rowid, facets, title, keywords, summary, body) VALUES ($1, $2, $3, $4, $5, $6);

-- name: search_head_insert only: sqlite
INSERT INTO search_head (rowid, title, keywords) VALUES ($1, $2, $3);

-- $1: a MATCH expression; numbers from $2 to $3, $4 of them: nothing but FTS5's own walk.
-- name: search_placed only: sqlite
SELECT rowid FROM search_index
WHERE search_index MATCH $1 AND rowid >= $2 AND rowid <= $3 AND rowid NOT IN search_dead ORDER BY rowid LIMIT $4;

-- name: search_placed_head only: sqlite
SELECT rowid FROM search_head
WHERE search_head MATCH $1 AND rowid >= $2 AND rowid <= $3 AND rowid NOT IN search_dead ORDER BY rowid LIMIT $4;

-- The same with what search_doc says of each. Rows of all columns, also dead ones (language NULL), so that whoever asks
-- knows how many were looked at.
-- name: search_plain only: sqlite
SELECT search_index.rowid, d.article_id, d.published_us, d.language, d.column_id
FROM search_index LEFT JOIN search_doc d ON d.docid = search_index.rowid
WHERE search_index MATCH $1 AND search_index.rowid >= $2 AND search_index.rowid <= $3 ORDER BY search_index.rowid LIMIT $4;

-- name: search_plain_head only: sqlite
SELECT search_head.rowid, d.article_id, d.published_us, d.language, d.column_id
FROM search_head LEFT JOIN search_doc d ON d.docid = search_head.rowid
WHERE search_head MATCH $1 AND search_head.rowid >= $2 AND search_head.rowid <= $3 ORDER BY search_head.rowid LIMIT $4;

-- $1: a MATCH expression, with language, column and months as facets.
-- name: search_run only: sqlite
SELECT d.docid, d.article_id, d.published_us
FROM search_index JOIN search_doc d ON d.docid = search_index.rowid
WHERE search_index MATCH $1 AND search_index.rowid >= $2 AND search_index.rowid <= $3
  AND d.published_us >= $4 AND d.published_us < $5
ORDER BY search_index.rowid LIMIT $6;

-- These for loose texts, of all languages: those first that came last.
-- name: search_loose_plain only: sqlite
SELECT search_index.rowid, d.article_id, d.published_us, d.language, d.column_id
FROM search_index LEFT JOIN search_doc d ON d.docid = search_index.rowid
WHERE search_index MATCH $1 AND search_index.rowid >= $2 AND search_index.rowid <= $3 ORDER BY search_index.rowid DESC LIMIT $4;

-- name: search_loose_plain_head only: sqlite
SELECT search_head.rowid, d.article_id, d.published_us, d.language, d.column_id
FROM search_head LEFT JOIN search_doc d ON d.docid = search_head.rowid
WHERE search_head MATCH $1 AND search_head.rowid >= $2 AND search_head.rowid <= $3 ORDER BY search_head.rowid DESC LIMIT $4;

-- name: search_loose_run only: sqlite
SELECT d.docid, d.article_id, d.published_us
FROM search_index JOIN search_doc d ON d.docid = search_index.rowid
WHERE search_index MATCH $1 AND search_index.rowid >= $2 AND search_index.rowid <= $3
  AND d.published_us >= $4 AND d.published_us < $5
ORDER BY search_index.rowid DESC LIMIT $6;

-- name: search_put only: postgres
INSERT INTO search_doc (article_id, language, column_id, published_us, head, tokens)
VALUES ($1, $2, $3, $4, CAST($5 AS tsvector), CAST($6 AS tsvector))
ON CONFLICT (article_id, language) DO UPDATE
SET column_id = excluded.column_id, published_us = excluded.published_us, head = excluded.head, tokens = excluded.tokens;

-- One plan for all words, so that none is made for each question; and never a walk along the table, whose words lie
-- elsewhere: the planner takes that for cheap. For this transaction.
-- name: search_plan only: postgres
SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true);

-- Where the newest text is, where the newest $3 end (NULL: there are not so many), and the oldest is: of those before $2.
-- name: search_bounds only: postgres
SELECT (SELECT published_us FROM search_doc WHERE language = $1 AND published_us < $2 ORDER BY published_us DESC LIMIT 1),
       (SELECT published_us FROM search_doc WHERE language = $1 AND published_us < $2 ORDER BY published_us DESC
        OFFSET $3 LIMIT 1),
       (SELECT published_us FROM search_doc WHERE language = $1 AND published_us < $2 ORDER BY published_us LIMIT 1);

-- The same of a column.
-- name: search_bounds_column only: postgres
SELECT (SELECT published_us FROM search_doc WHERE language = $1 AND column_id = $4 AND published_us < $2
        ORDER BY published_us DESC LIMIT 1),
       (SELECT published_us FROM search_doc WHERE language = $1 AND column_id = $4 AND published_us < $2
        ORDER BY published_us DESC OFFSET $3 LIMIT 1),
       (SELECT published_us FROM search_doc WHERE language = $1 AND column_id = $4 AND published_us < $2
        ORDER BY published_us LIMIT 1);

-- Titles and keywords of all that is in the index, in the order in which it gives hits: those behind the place that the
-- last ones ended at (SQLite: $1, a row of it; loose ones are the last).
-- name: search_heads only: sqlite
SELECT d.docid, d.article_id, d.published_us, d.language, t.title, t.keywords
FROM search_doc d JOIN article_text t ON t.article_id = d.article_id AND t.language = d.language
WHERE d.docid > $1 ORDER BY d.docid LIMIT $2;

-- name: search_loose_heads only: sqlite
SELECT d.docid, d.article_id, d.published_us, d.language, t.title, t.keywords
FROM search_doc d JOIN article_text t ON t.article_id = d.article_id AND t.language = d.language
WHERE d.docid < $1 ORDER BY d.docid DESC LIMIT $2;

-- name: search_heads only: postgres
SELECT d.article_id, d.article_id, d.published_us, d.language, t.title, t.keywords
FROM search_doc d JOIN article_text t ON t.article_id = d.article_id AND t.language = d.language
WHERE (d.published_us, d.article_id, d.language) < ($1, $2, $3)
ORDER BY d.published_us DESC, d.article_id DESC, d.language DESC LIMIT $4;

-- Several questions at once, a line each: $1 the tsqueries, $2 and $3 from when on and until when. The index is walked
-- for the words alone (OFFSET 0 keeps the planner from taking another): what of place and time it is to know stands
-- among them.
-- name: search_run only: postgres
SELECT asked.at, found.article_id, found.published_us
FROM unnest(string_to_array($1, CHR(10)), CAST(string_to_array($2, CHR(10)) AS BIGINT[]),
            CAST(string_to_array($3, CHR(10)) AS BIGINT[])) WITH ORDINALITY AS asked (query, from_us, until_us, at)
CROSS JOIN LATERAL (
    SELECT article_id, published_us
    FROM (SELECT article_id, language, published_us FROM search_doc
          WHERE tokens @@ CAST(asked.query AS tsquery) OFFSET 0) AS walked
    WHERE language = $4 AND published_us >= asked.from_us AND published_us < asked.until_us
    ORDER BY published_us DESC, article_id DESC LIMIT $5) AS found
ORDER BY asked.at, found.published_us DESC, found.article_id DESC;

-- The same in title and keywords.
-- name: search_run_head only: postgres
SELECT asked.at, found.article_id, found.published_us
FROM unnest(string_to_array($1, CHR(10)), CAST(string_to_array($2, CHR(10)) AS BIGINT[]),
            CAST(string_to_array($3, CHR(10)) AS BIGINT[])) WITH ORDINALITY AS asked (query, from_us, until_us, at)
CROSS JOIN LATERAL (
    SELECT article_id, published_us
    FROM (SELECT article_id, language, published_us FROM search_doc
          WHERE head @@ CAST(asked.query AS tsquery) OFFSET 0) AS walked
    WHERE language = $4 AND published_us >= asked.from_us AND published_us < asked.until_us
    ORDER BY published_us DESC, article_id DESC LIMIT $5) AS found
ORDER BY asked.at, found.published_us DESC, found.article_id DESC;

-- How many texts have these words, and are to be read for a phrase. $1: a tsquery without one.
-- name: search_candidates only: postgres
SELECT COUNT(*) FROM (SELECT 1 FROM search_doc WHERE tokens @@ CAST($1 AS tsquery) OFFSET 0) AS walked;

-- name: search_candidates_head only: postgres
SELECT COUNT(*) FROM (SELECT 1 FROM search_doc WHERE head @@ CAST($1 AS tsquery) OFFSET 0) AS walked;

-- Texts that wait for the index.
-- name: search_later_add only: sqlite
INSERT INTO search_later (article_id, language) VALUES ($1, $2) ON CONFLICT (article_id, language) DO NOTHING;

-- One row: it waited, and nobody has put it in or taken it out meanwhile.
-- name: search_later_remove only: sqlite
DELETE FROM search_later WHERE article_id = $1 AND language = $2;

-- name: search_later_clear only: sqlite
DELETE FROM search_later;

-- name: search_later_any only: sqlite
SELECT 1 FROM search_later LIMIT 1;

-- name: search_later_has only: sqlite
SELECT 1 FROM search_later WHERE article_id = $1 AND language = $2;

-- name: search_later_count only: sqlite
SELECT COUNT(*) FROM search_later;

-- The first, and when they are published.
-- name: search_later_list only: sqlite
SELECT l.article_id, l.language, a.sort_us
FROM search_later l JOIN article a ON a.id = l.article_id
ORDER BY l.article_id, l.language LIMIT $1;
