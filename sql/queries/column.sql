-- Columns: few rows, so that every list reads them all.

-- name: column_insert
INSERT INTO press_column (id, parent_id, slug, kind, position) VALUES ($1, $2, $3, $4, $5);

-- name: column_words_put
INSERT INTO press_column_words (column_id, language, name, description) VALUES ($1, $2, $3, $4)
ON CONFLICT (column_id, language) DO UPDATE SET name = excluded.name, description = excluded.description;

-- name: column_id_of_slug
SELECT id FROM press_column WHERE slug = $1;

-- 0 for one on top; no row for one that is not there.
-- name: column_parent
SELECT COALESCE(parent_id, 0) FROM press_column WHERE id = $1;

-- name: column_exists
SELECT 1 FROM press_column WHERE id = $1;

-- In the language $1, else in the first by tag.
-- name: column_list
SELECT c.id, c.parent_id, c.slug, c.kind, c.position, w.name, w.description
FROM press_column c LEFT JOIN press_column_words w ON w.column_id = c.id AND w.language = (
    SELECT x.language FROM press_column_words x WHERE x.column_id = c.id
    ORDER BY CASE WHEN x.language = $1 THEN 0 ELSE 1 END, x.language LIMIT 1)
ORDER BY c.position, c.id;

-- name: column_get
SELECT c.id, c.parent_id, c.slug, c.kind, c.position, w.name, w.description
FROM press_column c LEFT JOIN press_column_words w ON w.column_id = c.id AND w.language = (
    SELECT x.language FROM press_column_words x WHERE x.column_id = c.id
    ORDER BY CASE WHEN x.language = $1 THEN 0 ELSE 1 END, x.language LIMIT 1)
WHERE c.id = $2;

-- name: column_find
SELECT c.id, c.parent_id, c.slug, c.kind, c.position, w.name, w.description
FROM press_column c LEFT JOIN press_column_words w ON w.column_id = c.id AND w.language = (
    SELECT x.language FROM press_column_words x WHERE x.column_id = c.id
    ORDER BY CASE WHEN x.language = $1 THEN 0 ELSE 1 END, x.language LIMIT 1)
WHERE c.slug = $2;

-- name: column_in_use
SELECT 1 WHERE EXISTS (SELECT 1 FROM article WHERE column_id = $1)
            OR EXISTS (SELECT 1 FROM press_column WHERE parent_id = $1);

-- name: column_words_delete
DELETE FROM press_column_words WHERE column_id = $1;

-- name: column_count_delete
DELETE FROM press_column_count WHERE column_id = $1;

-- name: column_delete
DELETE FROM press_column WHERE id = $1;

-- name: column_count_add
INSERT INTO press_column_count (column_id, language, n) VALUES ($1, $2, $3)
ON CONFLICT (column_id, language) DO UPDATE SET n = press_column_count.n + excluded.n;

-- name: column_count
SELECT n FROM press_column_count WHERE column_id = $1 AND language = $2;

-- name: column_count_all
SELECT CAST(SUM(n) AS BIGINT) FROM press_column_count WHERE language = $1;
