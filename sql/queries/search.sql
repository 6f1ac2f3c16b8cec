-- Search: the only queries that differ between the engines. All give ids and publish times; what is shown of them is
-- read through article.sql.

-- name: search_where_it_stands
SELECT column_id, sort_us FROM article WHERE id = $1;

-- name: search_remove
DELETE FROM search_doc WHERE article_id = $1 AND language = $2;

-- Before that: numbers from $3 on are found without search_doc (on SQLite those with a place, on PostgreSQL all).
-- name: search_bury
INSERT INTO search_dead (docid)
SELECT docid FROM search_doc WHERE article_id = $1 AND language = $2 AND docid >= $3;

-- name: search_dead_has
SELECT 1 FROM search_dead WHERE docid = $1;

-- name: search_dead_count only: postgres
SELECT COUNT(*) FROM search_dead;

-- Those between two numbers.
-- name: search_dead_list
SELECT docid FROM search_dead WHERE docid >= $1 AND docid <= $2 ORDER BY docid LIMIT $3;

-- name: search_dead_clear
DELETE FROM search_dead;

-- name: search_language
SELECT number FROM search_language WHERE language = $1;

-- name: search_language_add
INSERT INTO search_language (language) VALUES ($1);

-- The last text of a span of numbers, the first, all.
-- name: search_row_until
SELECT docid, published_us, article_id FROM search_doc WHERE docid >= $1 AND docid <= $2 ORDER BY docid DESC LIMIT 1;

-- name: search_row_from
SELECT docid, published_us, article_id FROM search_doc WHERE docid >= $1 AND docid <= $2 ORDER BY docid LIMIT 1;

-- name: search_rows
SELECT docid, published_us, article_id FROM search_doc WHERE docid >= $1 AND docid <= $2 ORDER BY docid LIMIT $3;

-- name: search_row only: sqlite
SELECT article_id, published_us FROM search_doc WHERE docid = $1;

-- What a search begins with: a language's number ($1); its last text up to place $2, and the first behind that; whether
-- there are texts without a place (below number $3), and dead ones; how many wait, counted up to $4. No plan is made anew for
-- what comes behind it.
-- name: search_where only: postgres
SELECT l.number, below.docid, below.published_us, below.article_id, above.docid, above.published_us, above.article_id,
       EXISTS (SELECT 1 FROM search_doc WHERE docid < $3), EXISTS (SELECT 1 FROM search_dead),
       (SELECT COUNT(*) FROM (SELECT 1 FROM search_later LIMIT $4) AS waiting),
       set_config('plan_cache_mode', 'force_generic_plan', true)
FROM search_language l
LEFT JOIN LATERAL (SELECT docid, published_us, article_id FROM search_doc
                   WHERE docid >= l.number << 42 AND docid <= (l.number << 42) + $2 ORDER BY docid DESC LIMIT 1) AS below ON TRUE
LEFT JOIN LATERAL (SELECT docid, published_us, article_id FROM search_doc
                   WHERE docid > (l.number << 42) + $2 AND docid < (l.number + 1) << 42 ORDER BY docid LIMIT 1) AS above ON TRUE
WHERE l.language = $1;

-- Is there any loose text? ($1: the first number with a place)
-- name: search_loose_any
SELECT 1 FROM search_doc WHERE docid < $1 LIMIT 1;

-- name: search_loose_count
SELECT COUNT(*) FROM search_doc WHERE docid < $1;

-- Published texts in order of publication, for a rebuild.
-- name: search_rebuild_ids
SELECT id, sort_us FROM article WHERE (sort_us, id) > ($1, $2) AND state = 1 ORDER BY sort_us, id LIMIT $3;

-- A text's number, where the rest is so.
-- name: search_docid
SELECT docid FROM search_doc WHERE article_id = $1 AND language = $2 AND column_id = $3 AND published_us = $4;

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

-- Rows of search_doc: many at once on PostgreSQL, where each statement has its way to go, a line of each value a row.
-- name: search_docs_insert only: postgres
INSERT INTO search_doc (docid, article_id, language, column_id, published_us)
SELECT came.docid, came.id, came.language, came.column_id, came.published_us
FROM unnest(CAST(string_to_array($1, CHR(10)) AS BIGINT[]), CAST(string_to_array($2, CHR(10)) AS BIGINT[]),
            string_to_array($3, CHR(10)), CAST(string_to_array($4, CHR(10)) AS BIGINT[]),
            CAST(string_to_array($5, CHR(10)) AS BIGINT[])) AS came (docid, id, language, column_id, published_us);

-- Those of them that waited.
-- name: search_later_remove_many only: postgres
DELETE FROM search_later l
USING unnest(CAST(string_to_array($1, CHR(10)) AS BIGINT[]), string_to_array($2, CHR(10))) AS came (id, language)
WHERE l.article_id = came.id AND l.language = came.language
RETURNING l.article_id, l.language;

-- Takes texts out of all; their numbers are dead.
-- name: search_remove_many only: postgres
WITH came AS (
    SELECT id, language
    FROM unnest(CAST(string_to_array($1, CHR(10)) AS BIGINT[]), string_to_array($2, CHR(10))) AS line (id, language)
), waited AS (
    DELETE FROM search_later l USING came WHERE l.article_id = came.id AND l.language = came.language
), gone AS (
    DELETE FROM search_doc d USING came WHERE d.article_id = came.id AND d.language = came.language RETURNING docid
)
INSERT INTO search_dead (docid) SELECT docid FROM gone;

-- name: search_doc_insert
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

-- Titles and keywords of all that is in the index, in the order in which it gives hits: those behind the place that the
-- last ones ended at ($1, a row of it; loose ones are the last).
-- name: search_heads
SELECT d.docid, d.article_id, d.published_us, d.language, t.title, t.keywords
FROM search_doc d JOIN article_text t ON t.article_id = d.article_id AND t.language = d.language
WHERE d.docid > $1 ORDER BY d.docid LIMIT $2;

-- name: search_loose_heads
SELECT d.docid, d.article_id, d.published_us, d.language, t.title, t.keywords
FROM search_doc d JOIN article_text t ON t.article_id = d.article_id AND t.language = d.language
WHERE d.docid < $1 ORDER BY d.docid DESC LIMIT $2;

-- PostgreSQL's index (src/press/search/lists.h): $2 texts more in a block, $3 of them as they came, and $4 parts. What its
-- state is then.
-- name: search_block_add only: postgres
INSERT INTO search_block (block, texts, loose, open, parts, first_docid, last_docid) VALUES ($1, $2, $3, 0, $4, $5, $6)
ON CONFLICT (block) DO UPDATE SET texts = search_block.texts + excluded.texts, loose = search_block.loose + excluded.loose,
                                  parts = search_block.parts + excluded.parts,
                                  first_docid = LEAST(search_block.first_docid, excluded.first_docid),
                                  last_docid = GREATEST(search_block.last_docid, excluded.last_docid)
RETURNING loose, open;

-- $2 texts in rows of level 1, and $3 parts more.
-- name: search_block_set only: postgres
UPDATE search_block SET loose = 0, open = $2, parts = parts + $3 WHERE block = $1;

-- A block of $1 parts or more, or one that is being made one.
-- name: search_block_parted only: postgres
SELECT block, joined, texts FROM search_block WHERE parts >= $1 OR joined IS NOT NULL
ORDER BY joined IS NULL, block LIMIT 1;

-- name: search_block_parted_texts only: postgres
SELECT CAST(COALESCE(SUM(texts), 0) AS BIGINT) FROM search_block WHERE parts >= $1 OR joined IS NOT NULL;

-- From now on parts are counted anew.
-- name: search_block_join only: postgres
UPDATE search_block SET parts = 1, joined = '' WHERE block = $1 AND joined IS NULL;

-- name: search_block_joined only: postgres
UPDATE search_block SET joined = $2 WHERE block = $1;

-- The word of the row that is $3 rows behind word $2 in a block.
-- name: search_list_word only: postgres
SELECT word FROM search_list WHERE block = $1 AND word > $2 AND level = 2 ORDER BY word OFFSET $3 LIMIT 1;

-- Takes out the rows of words behind $2, up to $3, that would be fewer with $4 bytes of texts in each.
-- name: search_list_take_parted only: postgres
DELETE FROM search_list l USING (
    SELECT place FROM (
        SELECT ctid AS place, COUNT(*) OVER same AS n, SUM(OCTET_LENGTH(texts)) OVER same AS bytes FROM search_list
        WHERE block = $1 AND word > $2 AND word <= $3 AND level = 2 WINDOW same AS (PARTITION BY word)) AS every
    WHERE n > 1 + bytes / $4) AS parted
WHERE l.ctid = parted.place RETURNING l.word, l.first_docid, l.texts, l.places;

-- Blocks from $1 to $2.
-- name: search_blocks only: postgres
SELECT block, texts, first_docid, last_docid FROM search_block WHERE block >= $1 AND block <= $2 ORDER BY block;

-- Rows of a block and level, a line of each value a row.
-- name: search_list_add only: postgres
INSERT INTO search_list (block, level, first_docid, last_docid, word, texts, places)
SELECT $1, $2, came.first_docid, came.last_docid, came.word, came.texts, came.places
FROM unnest(CAST(string_to_array($3, CHR(10)) AS BIGINT[]), CAST(string_to_array($4, CHR(10)) AS BIGINT[]),
            string_to_array($5, CHR(10)), string_to_array($6, CHR(10)),
            string_to_array($7, CHR(10))) AS came (first_docid, last_docid, word, texts, places);

-- Takes out those of a block that are no part yet.
-- name: search_list_take_open only: postgres
DELETE FROM search_list WHERE block = $1 AND level < 2 RETURNING word, first_docid, texts, places;

-- Not TRUNCATE: that would have readers wait, and some fail.
-- name: search_list_clear only: postgres
DELETE FROM search_list;

-- name: search_block_clear only: postgres
DELETE FROM search_block;

-- No plan is made anew for what comes behind it in this transaction; search_where says so, too.
-- name: search_plan only: postgres
SELECT set_config('plan_cache_mode', 'force_generic_plan', true);

-- Rows of some words ($3) with texts in some spans of blocks ($1, $2: first and last of each) and from number $4 to $5, $6
-- for each word and span at most, from the first number on; of those only such as reach to one of some numbers ($7, in
-- order; none: all). $8 1: with their places.
-- name: search_list_rows only: postgres
SELECT asked.at, found.first_docid, found.last_docid, found.texts, found.places
FROM unnest(CAST(string_to_array($1, ' ') AS BIGINT[]), CAST(string_to_array($2, ' ') AS BIGINT[])) AS span (first_block, last_block)
CROSS JOIN unnest(string_to_array($3, ' ')) WITH ORDINALITY AS asked (word, at)
CROSS JOIN (SELECT CAST(string_to_array($7, ' ') AS BIGINT[]) AS docid OFFSET 0) AS near
CROSS JOIN LATERAL (
    SELECT first_docid, last_docid, texts, CASE WHEN $8 = 1 THEN places END AS places FROM search_list
    WHERE word = asked.word AND block >= span.first_block AND block <= span.last_block
      AND first_docid <= $5 AND last_docid >= $4
      AND ($7 = '' OR WIDTH_BUCKET(last_docid, near.docid) > WIDTH_BUCKET(first_docid - 1, near.docid))
    ORDER BY word, block, first_docid LIMIT $6) AS found;

-- The same of words that begin so, in some blocks ($1; $6 1: with their places).
-- name: search_list_beginnings only: postgres
SELECT asked.at, found.first_docid, found.last_docid, found.texts, found.places
FROM unnest(CAST(string_to_array($1, ' ') AS BIGINT[])) AS every (block)
CROSS JOIN unnest(string_to_array($2, ' ')) WITH ORDINALITY AS asked (word, at)
CROSS JOIN (SELECT CAST(string_to_array($5, ' ') AS BIGINT[]) AS docid OFFSET 0) AS near
CROSS JOIN LATERAL (
    SELECT first_docid, last_docid, texts, CASE WHEN $6 = 1 THEN places END AS places FROM search_list
    WHERE block = every.block AND word >= asked.word AND word < asked.word || CHR(1114111)
      AND first_docid <= $4 AND last_docid >= $3
      AND ($5 = '' OR WIDTH_BUCKET(last_docid, near.docid) > WIDTH_BUCKET(first_docid - 1, near.docid)) OFFSET 0) AS found;

-- The articles that some numbers stand for, in this order, with their bodies.
-- name: search_articles only: postgres
SELECT e.*, r.body_html
FROM unnest(CAST(string_to_array($1, ' ') AS BIGINT[])) WITH ORDINALITY AS asked (number, at)
JOIN search_doc d ON d.docid = asked.number
JOIN article_every e ON e.id = d.article_id AND e.language = d.language
JOIN article_revision r ON r.article_id = e.id AND r.language = e.language AND r.number = e.revision
WHERE e.state = 1 ORDER BY asked.at;

-- What search_doc says of some numbers.
-- name: search_docs only: postgres
SELECT docid, article_id, published_us, language, column_id
FROM unnest(CAST(string_to_array($1, ' ') AS BIGINT[])) AS asked (number) JOIN search_doc ON docid = asked.number;

-- A text waits for the index.
-- name: search_later_add only: sqlite
INSERT INTO search_later (article_id, language) VALUES ($1, $2) ON CONFLICT (article_id, language) DO NOTHING;

-- Many, a line each.
-- name: search_later_add only: postgres
INSERT INTO search_later (article_id, language, published_us)
SELECT came.id, came.language, came.published_us
FROM unnest(CAST(string_to_array($1, CHR(10)) AS BIGINT[]), string_to_array($2, CHR(10)),
            CAST(string_to_array($3, CHR(10)) AS BIGINT[])) AS came (id, language, published_us)
ON CONFLICT (article_id, language) DO NOTHING;

-- One row: it waited, and nobody has put it in or taken it out meanwhile.
-- name: search_later_remove
DELETE FROM search_later WHERE article_id = $1 AND language = $2;

-- name: search_later_clear
DELETE FROM search_later;

-- name: search_later_any
SELECT 1 FROM search_later LIMIT 1;

-- name: search_later_has
SELECT 1 FROM search_later WHERE article_id = $1 AND language = $2;

-- name: search_later_count
SELECT COUNT(*) FROM (SELECT 1 FROM search_later LIMIT $1) AS waiting;

-- The first $1, and when they are published.
-- name: search_later_list only: sqlite
SELECT l.article_id, l.language, a.sort_us
FROM search_later l JOIN article a ON a.id = l.article_id
ORDER BY l.article_id, l.language LIMIT $1;

-- name: search_later_list only: postgres
SELECT article_id, language, published_us FROM search_later ORDER BY language, published_us LIMIT $1;
