-- What ties acts upon articles to their entries in the ledger and opens them again; and what is left of an erased text.

-- One row an act and text. Only added to; an erasure takes key, picture and reason out of the rows before its own.
CREATE TABLE article_proof (
    ticket TEXT PRIMARY KEY,                           -- of its entry (ledger_pending, then ledger_entry)
    article_id BIGINT NOT NULL REFERENCES article (id),
    number BIGINT NOT NULL,                            -- 1, 2, … of this article, all languages together, in order of the acts
    language TEXT NOT NULL,                            -- with the article: which text
    revision BIGINT NOT NULL,                          -- the text's present one, when the act took place
    type TEXT NOT NULL,                                -- these two: the entry's words (ledger/entry.h)
    code TEXT NOT NULL,
    made_us BIGINT NOT NULL,                           -- when
    published_us BIGINT,                               -- publish time as committed; NULL: not a part of the document
    picture TEXT,                                      -- address of the lead picture as committed
    opening TEXT,                                      -- the commitment's key, base64; NULL: destroyed
    parts TEXT NOT NULL,                               -- hashes of the document's parts, base64, parted by a space
    reason TEXT,                                       -- of a withdrawal or an erasure, public: a part of its document
    UNIQUE (article_id, number)
);

-- State 3 of an article and of its texts: erased. The rows stay, with nothing in them that was said.
ALTER TABLE article_text ADD COLUMN erased_us BIGINT;  -- when the text was erased
ALTER TABLE article_text ADD COLUMN erased_reason TEXT;  -- public

-- What an erasure has still to do when its transaction is stored: addresses of media that no other article may use, and
-- its moment (digits) until the store itself was cleaned of what lies in freed room.
CREATE TABLE erasure_left (
    article_id BIGINT NOT NULL REFERENCES article (id),
    address TEXT NOT NULL,
    PRIMARY KEY (article_id, address)
);

-- Of one text only its own state is told, as others of the article may live on.
DROP VIEW article_shown;
CREATE VIEW article_shown AS
SELECT t.article_id AS id, t.column_id, c.slug AS column_slug, t.state, a.published_us, a.created_us, a.changed_us,
       COALESCE(t.erased_us, a.withdrawn_us) AS withdrawn_us,
       COALESCE(t.erased_reason, a.withdrawn_reason) AS withdrawn_reason, a.picture, a.outside_key, a.languages,
       t.language, t.revision, t.changed_us AS text_changed_us, t.title, t.summary, t.source, t.author, t.keywords,
       t.picture_alt, t.note, t.sort_us, a.first_language
FROM article_text t JOIN article a ON a.id = t.article_id JOIN press_column c ON c.id = t.column_id;

DROP VIEW article_every;
CREATE VIEW article_every AS
SELECT a.id, a.column_id, c.slug AS column_slug, CASE WHEN t.state = 3 THEN 3 ELSE a.state END AS state,
       a.published_us, a.created_us, a.changed_us, COALESCE(t.erased_us, a.withdrawn_us) AS withdrawn_us,
       COALESCE(t.erased_reason, a.withdrawn_reason) AS withdrawn_reason, a.picture, a.outside_key, a.languages,
       t.language, t.revision, t.changed_us AS text_changed_us, t.title, t.summary, t.source, t.author, t.keywords,
       t.picture_alt, t.note, a.sort_us, a.first_language
FROM article a JOIN article_text t ON t.article_id = a.id JOIN press_column c ON c.id = a.column_id;
