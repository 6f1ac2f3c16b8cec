-- Titles and keywords in an index of their own, on SQLite: a fourteenth of all words, so that what is found in them, and
-- what is related, costs a fourteenth as well. (PostgreSQL has search_doc.head.)

-- only: sqlite
-- Rows and tokens as in search_index. Beginnings of one and two characters have indexes of their own: how many words go on
-- from them has no bound.
CREATE VIRTUAL TABLE search_head USING fts5 (
    title, keywords, content = '', columnsize = 0, tokenize = 'ascii', prefix = '1 2'
);
-- What search_index had before is put in from the newest to the oldest, in steps, while the office is served: one row
-- until that is done.
CREATE TABLE search_head_left (
    docid INTEGER PRIMARY KEY  -- those below are still to come
);
INSERT INTO search_head_left (docid) SELECT MAX(docid) + 1 FROM search_doc HAVING MAX(docid) IS NOT NULL;
-- end
