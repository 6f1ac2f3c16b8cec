-- The site map for search engines: its parts are ranges of ids, so that no part ever changes its borders.

-- name: sitemap_last
SELECT MAX(id) FROM article;

-- Every published text of a range, with the languages of its article.
-- name: sitemap_texts
SELECT id, column_slug, language, languages, text_changed_us, published_us, revision FROM article_shown
WHERE state = 1 AND id > $1 AND id <= $2 AND published_us <= $3
ORDER BY id, language;
