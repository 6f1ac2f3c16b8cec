-- Has what the site shows changed? (press/content.h)

-- name: content_version
SELECT next FROM counter WHERE name = 'content';

-- When the next article comes to light whose publish time lies ahead: one step along article_by_time.
-- name: content_next_due
SELECT MIN(sort_us) FROM article WHERE state = 1 AND sort_us > $1;
