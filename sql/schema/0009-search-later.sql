-- What came many at once is stored and shown before it is found: texts that wait for SQLite's search index.

-- only: sqlite
-- One row a text that is published and not in the index; whoever puts it there, or withdraws it, takes the row away.
CREATE TABLE search_later (
    article_id BIGINT NOT NULL,
    language TEXT NOT NULL,  -- BCP 47 tag, canonical
    PRIMARY KEY (article_id, language)
) WITHOUT ROWID;
-- end
