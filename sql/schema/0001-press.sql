-- The store's own, and the press: columns, articles, texts, revisions, views.
-- One text for both engines. Lines between "-- only: sqlite" (or postgres) and "-- end" are for that engine.

-- Named counters from which ids are taken.
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    next BIGINT NOT NULL       -- the number that will be given next
);

-- Columns: the named sections of the site, a tree. Few (tens), read often.
CREATE TABLE press_column (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT REFERENCES press_column (id),  -- the column above it; NULL: it stands on top
    slug TEXT NOT NULL UNIQUE,                      -- first part of its articles' addresses
    kind TEXT NOT NULL,                             -- how fresh it must be: news, notice, guide, figures, static
    position BIGINT NOT NULL                        -- order among its siblings, small first
);

-- A column's name and description, one row a language.
CREATE TABLE press_column_words (
    column_id BIGINT NOT NULL REFERENCES press_column (id),
    language TEXT NOT NULL,     -- BCP 47 tag, canonical
    name TEXT NOT NULL,         -- what the menu says
    description TEXT NOT NULL,  -- one sentence under the heading; may be empty
    PRIMARY KEY (column_id, language)
);

-- How many published texts a column has in a language: kept by every act that changes it, so that nobody has to
-- count a million rows. Texts whose publish time has not come yet are in it.
CREATE TABLE press_column_count (
    column_id BIGINT NOT NULL REFERENCES press_column (id),
    language TEXT NOT NULL,  -- BCP 47 tag
    n BIGINT NOT NULL,       -- published articles with a text in this language
    PRIMARY KEY (column_id, language)
);

-- Articles: what all languages of one have in common. No row is ever deleted.
CREATE TABLE article (
    id BIGINT PRIMARY KEY,                                   -- short, never changes: the last part of its address
    column_id BIGINT NOT NULL REFERENCES press_column (id),  -- where it stands now
    state BIGINT NOT NULL,                                   -- 0 draft, 1 published, 2 withdrawn
    first_language TEXT NOT NULL,                            -- of its first text
    languages TEXT NOT NULL,                                 -- tags of all its texts in order, parted by a space
    sort_us BIGINT NOT NULL,                                 -- place in lists: a draft's created_us, else published_us
    published_us BIGINT,                                     -- publish time as shown; of a draft: the intended one
    first_published_us BIGINT,                               -- when it was first made public; from then on its texts' revisions are kept
    created_us BIGINT NOT NULL,                              -- when the draft was made
    changed_us BIGINT NOT NULL,                              -- last act of any kind
    withdrawn_us BIGINT,                                     -- the last withdrawal, also when published again
    withdrawn_reason TEXT,                                   -- its public reason
    picture TEXT,                                            -- address of the lead picture
    outside_key TEXT UNIQUE                                  -- ties translations and repeated imports
);
CREATE INDEX article_by_time ON article (sort_us, id);
CREATE INDEX article_by_column ON article (column_id, sort_us, id);

-- An article's present text in one language, without the body, which is in its revision. State, column and place in
-- lists are repeated from the article, so that a list page is one walk along one index at any size.
CREATE TABLE article_text (
    article_id BIGINT NOT NULL REFERENCES article (id),
    language TEXT NOT NULL,        -- BCP 47 tag, canonical
    column_id BIGINT NOT NULL,     -- = article.column_id
    state BIGINT NOT NULL,         -- = article.state
    sort_us BIGINT NOT NULL,       -- = article.sort_us
    revision BIGINT NOT NULL,      -- number of the present revision
    changed_us BIGINT NOT NULL,    -- when that was made
    title TEXT NOT NULL,           -- 1 to 300 characters, one line
    summary TEXT NOT NULL,         -- what lists and feeds show; may be empty
    source TEXT NOT NULL,          -- who issued it; may be empty
    author TEXT NOT NULL,          -- who wrote it; may be empty
    keywords TEXT NOT NULL,        -- parted by ", "; may be empty
    picture_alt TEXT NOT NULL,     -- what the lead picture shows; may be empty
    note TEXT NOT NULL,            -- of the present revision: what was corrected and why; public
    PRIMARY KEY (article_id, language)
);
CREATE INDEX article_text_shown ON article_text (language, sort_us, article_id) WHERE state = 1;
CREATE INDEX article_text_shown_column ON article_text (language, column_id, sort_us, article_id) WHERE state = 1;

-- Every revision of every text, the present one too. Kept from the first publication on: a draft that was never public
-- is rewritten in place.
CREATE TABLE article_revision (
    article_id BIGINT NOT NULL,
    language TEXT NOT NULL,        -- with the article: which text
    number BIGINT NOT NULL,        -- 1, 2, … without gaps
    made_us BIGINT NOT NULL,       -- when
    title TEXT NOT NULL,           -- these as in article_text
    summary TEXT NOT NULL,
    source TEXT NOT NULL,
    author TEXT NOT NULL,
    keywords TEXT NOT NULL,
    picture_alt TEXT NOT NULL,
    note TEXT NOT NULL,            -- what was corrected and why; public
    body_html TEXT NOT NULL,       -- clean HTML (text/html.h)
    PRIMARY KEY (article_id, language, number),
    FOREIGN KEY (article_id, language) REFERENCES article_text (article_id, language)
);

-- What a list shows of an article, found along article_text's indexes …
CREATE VIEW article_shown AS
SELECT t.article_id AS id, t.column_id, c.slug AS column_slug, t.state, a.published_us, a.created_us, a.changed_us,
       a.withdrawn_us, a.withdrawn_reason, a.picture, a.outside_key, a.languages, t.language, t.revision,
       t.changed_us AS text_changed_us, t.title, t.summary, t.source, t.author, t.keywords, t.picture_alt, t.note,
       t.sort_us, a.first_language
FROM article_text t JOIN article a ON a.id = t.article_id JOIN press_column c ON c.id = t.column_id;

-- … and the same along article's own.
CREATE VIEW article_every AS
SELECT a.id, a.column_id, c.slug AS column_slug, a.state, a.published_us, a.created_us, a.changed_us,
       a.withdrawn_us, a.withdrawn_reason, a.picture, a.outside_key, a.languages, t.language, t.revision,
       t.changed_us AS text_changed_us, t.title, t.summary, t.source, t.author, t.keywords, t.picture_alt, t.note,
       a.sort_us, a.first_language
FROM article a JOIN article_text t ON t.article_id = a.id JOIN press_column c ON c.id = a.column_id;

-- Pages that came in by import, so that the same one is recognised when it comes again.
CREATE TABLE import_seen (
    hash TEXT NOT NULL,      -- BLAKE2b of title, publish time, source and body text, hex
    language TEXT NOT NULL,  -- BCP 47 tag
    article_id BIGINT NOT NULL REFERENCES article (id),  -- what it became
    PRIMARY KEY (hash, language)
);

-- Views, folded from the data folders' counter files every few seconds. A folder writes its own rows only, always
-- totals: writing a batch twice changes nothing, and a page's count is the sum over folders.
CREATE TABLE view_count (
    folder TEXT NOT NULL,        -- the data folder's own name, 16 hex digits
    article_id BIGINT NOT NULL,  -- what was read
    people BIGINT NOT NULL,      -- readings by people: what a page shows
    robots BIGINT NOT NULL,      -- robots that say so
    prefetches BIGINT NOT NULL,  -- browsers that fetched ahead
    heads BIGINT NOT NULL,       -- HEAD requests
    staff BIGINT NOT NULL,       -- the office's own people
    folded BIGINT NOT NULL,      -- number of the fold that wrote it, one sequence for all folders
    PRIMARY KEY (article_id, folder)
);
CREATE INDEX view_count_by_fold ON view_count (folded);

-- One row a data folder: its sums over all articles.
CREATE TABLE view_folder (
    folder TEXT PRIMARY KEY,     -- as in view_count
    folded BIGINT NOT NULL,      -- number of its last fold
    people BIGINT NOT NULL,      -- these as in view_count
    robots BIGINT NOT NULL,
    prefetches BIGINT NOT NULL,
    heads BIGINT NOT NULL,
    staff BIGINT NOT NULL
);

-- Search: can be rebuilt from the articles. Only published texts are in it. Both engines hold the same tokens
-- (text/tokens), cut before they come here.

-- only: sqlite
-- The words. Contentless: the texts are in article_revision. The ascii tokenizer leaves every byte above 127 alone, so
-- that tokens, which hold letters and digits only, come back as they went in. First characters have an index of their
-- own: one Chinese character is a search, and stands for all the pairs that it begins. A text that changes gets a new
-- row here; the old one stays behind, dead, as search_doc no longer points at it, until the index is rebuilt.
CREATE VIRTUAL TABLE search_index USING fts5 (
    facets,    -- language, column and month of publication, as words
    title, keywords, summary, body,
    content = '', columnsize = 0, tokenize = 'ascii', prefix = '1'
);
-- What one transaction brings is gathered in memory (16 MB, not 1) before it is written, and fewer of the pieces so
-- written are merged at a time: an import of thousands costs a third less.
INSERT INTO search_index (search_index, rank) VALUES ('hashsize', 16777216);
INSERT INTO search_index (search_index, rank) VALUES ('automerge', 8);
-- Which text a row of search_index is.
CREATE TABLE search_doc (
    docid INTEGER PRIMARY KEY,     -- its rowid there, never used twice
    article_id BIGINT NOT NULL,
    language TEXT NOT NULL,
    column_id BIGINT NOT NULL,
    published_us BIGINT NOT NULL,  -- not shown before
    UNIQUE (article_id, language)
);
-- end
-- only: postgres
-- One row a text.
CREATE TABLE search_doc (
    article_id BIGINT NOT NULL,
    language TEXT NOT NULL,
    column_id BIGINT NOT NULL,
    published_us BIGINT NOT NULL,  -- not shown before
    head TSVECTOR NOT NULL,        -- tokens of title and keywords
    tokens TSVECTOR NOT NULL,      -- tokens of title, keywords, summary and body; a gap between them, for phrases
    PRIMARY KEY (article_id, language)
);
-- Kept in the row (compressed): the planner counts pages, and would take a walk along a thousand rows whose words lie
-- elsewhere for a cheap one. More statistics: how rare a word is decides which way is the short one.
ALTER TABLE search_doc ALTER COLUMN head SET STORAGE MAIN, ALTER COLUMN tokens SET STORAGE MAIN;
ALTER TABLE search_doc ALTER COLUMN head SET STATISTICS 500, ALTER COLUMN tokens SET STATISTICS 500;
CREATE INDEX search_doc_head ON search_doc USING GIN (head) WITH (gin_pending_list_limit = 256);
CREATE INDEX search_doc_tokens ON search_doc USING GIN (tokens) WITH (gin_pending_list_limit = 256);
CREATE INDEX search_doc_by_time ON search_doc (language, published_us, article_id);
CREATE INDEX search_doc_by_column ON search_doc (language, column_id, published_us, article_id);
-- end
