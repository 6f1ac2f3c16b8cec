-- Views: totals of each data folder, and what the others counted.

-- Totals only grow: a batch written twice, or late, changes nothing.
-- name: view_put
INSERT INTO view_count (folder, article_id, people, robots, prefetches, heads, staff, folded)
VALUES ($1, $3, $4, $5, $6, $7, $8, $2)
ON CONFLICT (article_id, folder) DO UPDATE SET
    people = CASE WHEN view_count.people > excluded.people THEN view_count.people ELSE excluded.people END,
    robots = CASE WHEN view_count.robots > excluded.robots THEN view_count.robots ELSE excluded.robots END,
    prefetches = CASE WHEN view_count.prefetches > excluded.prefetches THEN view_count.prefetches ELSE excluded.prefetches END,
    heads = CASE WHEN view_count.heads > excluded.heads THEN view_count.heads ELSE excluded.heads END,
    staff = CASE WHEN view_count.staff > excluded.staff THEN view_count.staff ELSE excluded.staff END,
    folded = excluded.folded;

-- Ten at once: one message to a store that is elsewhere.
-- name: view_put_ten
INSERT INTO view_count (folder, article_id, people, robots, prefetches, heads, staff, folded)
VALUES
    ($1, $3, $4, $5, $6, $7, $8, $2),
    ($1, $9, $10, $11, $12, $13, $14, $2),
    ($1, $15, $16, $17, $18, $19, $20, $2),
    ($1, $21, $22, $23, $24, $25, $26, $2),
    ($1, $27, $28, $29, $30, $31, $32, $2),
    ($1, $33, $34, $35, $36, $37, $38, $2),
    ($1, $39, $40, $41, $42, $43, $44, $2),
    ($1, $45, $46, $47, $48, $49, $50, $2),
    ($1, $51, $52, $53, $54, $55, $56, $2),
    ($1, $57, $58, $59, $60, $61, $62, $2)
ON CONFLICT (article_id, folder) DO UPDATE SET
    people = CASE WHEN view_count.people > excluded.people THEN view_count.people ELSE excluded.people END,
    robots = CASE WHEN view_count.robots > excluded.robots THEN view_count.robots ELSE excluded.robots END,
    prefetches = CASE WHEN view_count.prefetches > excluded.prefetches THEN view_count.prefetches ELSE excluded.prefetches END,
    heads = CASE WHEN view_count.heads > excluded.heads THEN view_count.heads ELSE excluded.heads END,
    staff = CASE WHEN view_count.staff > excluded.staff THEN view_count.staff ELSE excluded.staff END,
    folded = excluded.folded;

-- name: view_folder_put
INSERT INTO view_folder (folder, folded, people, robots, prefetches, heads, staff)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (folder) DO UPDATE SET
    folded = excluded.folded, people = excluded.people, robots = excluded.robots, prefetches = excluded.prefetches,
    heads = excluded.heads, staff = excluded.staff;

-- name: view_folder_folded
SELECT folded FROM view_folder WHERE folder = $1;

-- What this folder wrote after the fold $2.
-- name: view_own_since
SELECT article_id, people, robots, prefetches, heads, staff FROM view_count WHERE folder = $1 AND folded > $2;

-- Sums over the other folders, of the articles that one of them wrote after the fold $2.
-- name: view_others_since
WITH changed AS MATERIALIZED (SELECT DISTINCT article_id FROM view_count WHERE folded > $2 AND folder <> $1)
SELECT v.article_id, CAST(SUM(v.people) AS BIGINT) FROM changed JOIN view_count v ON v.article_id = changed.article_id
WHERE v.folder <> $1 GROUP BY v.article_id;

-- name: view_others_totals
SELECT COALESCE(MAX(folded), 0), CAST(COALESCE(SUM(people), 0) AS BIGINT), CAST(COALESCE(SUM(robots), 0) AS BIGINT),
       CAST(COALESCE(SUM(prefetches), 0) AS BIGINT), CAST(COALESCE(SUM(heads), 0) AS BIGINT),
       CAST(COALESCE(SUM(staff), 0) AS BIGINT)
FROM view_folder WHERE folder <> $1;

-- The greatest id so far is one below this: how far the file must reach.
-- name: view_next_article
SELECT next FROM counter WHERE name = 'article';
