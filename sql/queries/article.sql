-- Articles. Lists walk an index from a pair (place, id) on, in either direction; the bounds are always both given.

-- name: article_insert
INSERT INTO article (id, column_id, state, first_language, languages, sort_us, published_us, created_us, changed_us,
                     picture, outside_key)
VALUES ($1, $2, 0, $3, $3, $4, $5, $4, $4, $6, $7);

-- The same, published at once.
-- name: article_insert_published
INSERT INTO article (id, column_id, state, first_language, languages, sort_us, published_us, first_published_us,
                     created_us, changed_us, picture, outside_key)
VALUES ($1, $2, 1, $3, $3, $5, $5, $4, $4, $4, $6, $7);

-- name: article_text_insert
INSERT INTO article_text (article_id, language, column_id, state, sort_us, revision, changed_us,
                          title, summary, source, author, keywords, picture_alt, note)
VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: article_text_update
UPDATE article_text SET revision = $3, changed_us = $4, title = $5, summary = $6, source = $7, author = $8,
                        keywords = $9, picture_alt = $10, note = $11
WHERE article_id = $1 AND language = $2;

-- name: article_revision_insert
INSERT INTO article_revision (article_id, language, number, made_us,
                              title, summary, source, author, keywords, picture_alt, note, body_html)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- A draft that was never public.
-- name: article_revision_rewrite
UPDATE article_revision SET made_us = $4, title = $5, summary = $6, source = $7, author = $8, keywords = $9,
                            picture_alt = $10, note = $11, body_html = $12
WHERE article_id = $1 AND language = $2 AND number = $3;

-- Takes the row for this transaction (no two change one article at once) and reads what an act has to know.
-- name: article_hold
UPDATE article SET state = state WHERE id = $1;
-- name: article_held
SELECT state, column_id, sort_us, published_us, first_published_us, languages, first_language, picture FROM article WHERE id = $1;

-- name: article_set_languages
UPDATE article SET languages = $2, changed_us = $3 WHERE id = $1;

-- name: article_set_changed
UPDATE article SET changed_us = $2 WHERE id = $1;

-- name: article_set_published
UPDATE article SET state = 1, published_us = $2, sort_us = $2, first_published_us = COALESCE(first_published_us, $3),
                   changed_us = $3
WHERE id = $1;

-- name: article_set_withdrawn
UPDATE article SET state = 2, withdrawn_us = $2, withdrawn_reason = $3, changed_us = $2 WHERE id = $1;

-- name: article_set_column
UPDATE article SET column_id = $2, changed_us = $3 WHERE id = $1;

-- After each of these acts. (One row a statement: what sql/queries/counter.sql says of RETURNING holds of many rows, too.)
-- name: article_text_repeat
UPDATE article_text SET state = $3, column_id = $4, sort_us = $5 WHERE article_id = $1 AND language = $2;

-- In the language $2, else in its first, else in any; an erased one only where there is no other.
-- name: article_get
SELECT e.*, r.body_html
FROM article_every e JOIN article_revision r ON r.article_id = e.id AND r.language = e.language AND r.number = e.revision
WHERE e.id = $1
ORDER BY CASE WHEN e.language = $2 THEN 0 WHEN e.state = 3 THEN 3 WHEN e.language = e.first_language THEN 1 ELSE 2 END,
         e.language
LIMIT 1;

-- All its texts.
-- name: article_texts
SELECT e.*, r.body_html
FROM article_every e JOIN article_revision r ON r.article_id = e.id AND r.language = e.language AND r.number = e.revision
WHERE e.id = $1 ORDER BY e.language;

-- name: article_id_of_key
SELECT id FROM article WHERE outside_key = $1;

-- name: article_shown_older
SELECT * FROM article_shown
WHERE state = 1 AND language = $1 AND (sort_us, id) < ($2, $3) AND (sort_us, id) > ($4, $5)
ORDER BY sort_us DESC, id DESC LIMIT $6;

-- name: article_shown_newer
SELECT * FROM article_shown
WHERE state = 1 AND language = $1 AND (sort_us, id) < ($2, $3) AND (sort_us, id) > ($4, $5)
ORDER BY sort_us, id LIMIT $6;

-- name: article_shown_column_older
SELECT * FROM article_shown
WHERE state = 1 AND language = $1 AND (sort_us, id) < ($2, $3) AND (sort_us, id) > ($4, $5) AND column_id = $7
ORDER BY sort_us DESC, id DESC LIMIT $6;

-- name: article_shown_column_newer
SELECT * FROM article_shown
WHERE state = 1 AND language = $1 AND (sort_us, id) < ($2, $3) AND (sort_us, id) > ($4, $5) AND column_id = $7
ORDER BY sort_us, id LIMIT $6;

-- The staff's lists ($7 = 1), or the public's in no language in particular.
-- name: article_every_older
SELECT * FROM article_every
WHERE language = COALESCE($1, first_language) AND (sort_us, id) < ($2, $3) AND (sort_us, id) > ($4, $5)
  AND (state = 1 OR $7 = 1)
ORDER BY sort_us DESC, id DESC LIMIT $6;

-- name: article_every_newer
SELECT * FROM article_every
WHERE language = COALESCE($1, first_language) AND (sort_us, id) < ($2, $3) AND (sort_us, id) > ($4, $5)
  AND (state = 1 OR $7 = 1)
ORDER BY sort_us, id LIMIT $6;

-- name: article_every_column_older
SELECT * FROM article_every
WHERE language = COALESCE($1, first_language) AND (sort_us, id) < ($2, $3) AND (sort_us, id) > ($4, $5)
  AND (state = 1 OR $7 = 1) AND column_id = $8
ORDER BY sort_us DESC, id DESC LIMIT $6;

-- name: article_every_column_newer
SELECT * FROM article_every
WHERE language = COALESCE($1, first_language) AND (sort_us, id) < ($2, $3) AND (sort_us, id) > ($4, $5)
  AND (state = 1 OR $7 = 1) AND column_id = $8
ORDER BY sort_us, id LIMIT $6;

-- Texts that the public saw once and that no list leads to any more: withdrawn or erased.
-- name: article_gone
SELECT a.id, t.language, c.slug
FROM article a JOIN article_text t ON t.article_id = a.id JOIN press_column c ON c.id = a.column_id
WHERE a.state IN (2, 3) AND a.first_published_us IS NOT NULL
ORDER BY a.id, t.language;

-- Ten at once; unused places hold 0. Related articles.
-- name: article_some
SELECT e.* FROM article_every e
WHERE e.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AND e.language = $1 AND e.state = 1;

-- Twenty, with their bodies: what a search found.
-- name: article_some_bodies
SELECT e.*, r.body_html
FROM article_every e JOIN article_revision r ON r.article_id = e.id AND r.language = e.language AND r.number = e.revision
WHERE e.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
  AND e.language = $1 AND e.state = 1;

-- Bodies ($3 = 1) only of what is published.
-- name: article_revisions
SELECT r.number, r.made_us, r.title, r.summary, r.source, r.author, r.keywords, r.note,
       CASE WHEN $3 = 1 AND t.state = 1 THEN r.body_html ELSE '' END
FROM article_revision r JOIN article_text t ON t.article_id = r.article_id AND t.language = r.language
WHERE r.article_id = $1 AND r.language = $2
ORDER BY r.number DESC;

-- A page that came without its key at first.
-- name: article_set_key
UPDATE article SET outside_key = $2 WHERE id = $1 AND outside_key IS NULL;

-- name: import_seen_find
SELECT article_id FROM import_seen WHERE hash = $1 AND language = $2;

-- name: import_seen_put
INSERT INTO import_seen (hash, language, article_id) VALUES ($1, $2, $3) ON CONFLICT (hash, language) DO NOTHING;
