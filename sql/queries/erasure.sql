-- Erasing: what an act takes out of the tables, and what is left to do when it is stored (press/erasure.h).

-- Every body that a text ever had, for the media in them.
-- name: erasure_bodies
SELECT body_html FROM article_revision WHERE article_id = $1 AND language = $2;

-- name: erasure_pictures
SELECT picture FROM article WHERE id = $1 AND picture IS NOT NULL
UNION SELECT picture FROM article_proof WHERE article_id = $1 AND picture IS NOT NULL;

-- name: erasure_text
UPDATE article_text SET state = 3, erased_us = $3, erased_reason = $4, changed_us = $3, title = '', summary = '',
                        source = '', author = '', keywords = '', picture_alt = '', note = ''
WHERE article_id = $1 AND language = $2;

-- name: erasure_revisions
UPDATE article_revision SET title = '', summary = '', source = '', author = '', keywords = '', picture_alt = '',
                            note = '', body_html = ''
WHERE article_id = $1 AND language = $2;

-- name: erasure_proofs
UPDATE article_proof SET opening = NULL, picture = NULL, reason = NULL WHERE article_id = $1 AND language = $2;

-- name: erasure_seen
DELETE FROM import_seen WHERE article_id = $1 AND language = $2;

-- name: erasure_article
UPDATE article SET state = 3, picture = NULL, outside_key = NULL, withdrawn_us = $2, withdrawn_reason = $3,
                   changed_us = $2, published_us = CASE WHEN first_published_us IS NULL THEN NULL ELSE published_us END
WHERE id = $1;

-- What the others are found by, where one text of several is erased.
-- name: erasure_languages
UPDATE article SET languages = $2, first_language = $3, changed_us = $4 WHERE id = $1;

-- name: erasure_left_add
INSERT INTO erasure_left (article_id, address) VALUES ($1, $2) ON CONFLICT (article_id, address) DO NOTHING;

-- $2 1: media, 0: what needs the store cleaned.
-- name: erasure_left_list
SELECT article_id, address FROM erasure_left
WHERE CASE WHEN address LIKE '/media/%' THEN 1 ELSE 0 END = $2 ORDER BY article_id, address LIMIT $1;

-- name: erasure_left_count
SELECT COUNT(DISTINCT article_id) FROM erasure_left;

-- name: erasure_left_done
DELETE FROM erasure_left WHERE article_id = $1 AND address = $2;

-- $2: the address between two %.
-- name: erasure_used
SELECT 1 WHERE EXISTS (SELECT 1 FROM article WHERE picture = $1)
            OR EXISTS (SELECT 1 FROM article_revision WHERE body_html LIKE $2);

-- Freed room still holds what stood there, on the disk if not in any answer. These write the tables anew.

-- name: erasure_vacuum only: sqlite
VACUUM;

-- 0: the journal is empty now; 1: somebody still reads from it.
-- name: erasure_truncate only: sqlite
PRAGMA wal_checkpoint(TRUNCATE);

-- Transactions under way in this database, as one text. What any of them may still see, VACUUM keeps.
-- name: erasure_under_way only: postgres
SELECT COALESCE(string_agg(l.virtualtransaction, ' '), '') FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'virtualxid' AND l.mode = 'ExclusiveLock' AND a.datname = current_database()
  AND l.pid <> pg_backend_pid();

-- How many of those ($1) there still are.
-- name: erasure_still_under_way only: postgres
SELECT COUNT(*) FROM pg_locks WHERE locktype = 'virtualxid' AND mode = 'ExclusiveLock'
  AND virtualtransaction = ANY(string_to_array($1, ' '));

-- name: erasure_vacuum_article only: postgres
VACUUM (FULL, ANALYZE) article;

-- name: erasure_vacuum_text only: postgres
VACUUM (FULL, ANALYZE) article_text;

-- name: erasure_vacuum_revision only: postgres
VACUUM (FULL, ANALYZE) article_revision;

-- name: erasure_vacuum_proof only: postgres
VACUUM (FULL, ANALYZE) article_proof;

-- name: erasure_vacuum_search only: postgres
VACUUM (FULL, ANALYZE) search_doc;

-- name: erasure_vacuum_lists only: postgres
VACUUM (FULL, ANALYZE) search_list;

-- A word stands in it while the parts of a block are made one.
-- name: erasure_vacuum_blocks only: postgres
VACUUM (FULL, ANALYZE) search_block;

-- name: erasure_vacuum_seen only: postgres
VACUUM (FULL, ANALYZE) import_seen;

-- Samples of the columns' values, by which the planner guesses. (Only a warning where the role may not.)
-- name: erasure_vacuum_statistics only: postgres
VACUUM (FULL) pg_catalog.pg_statistic;
