-- What ties a text to its entries in the ledger, and opens their commitments.
CREATE TABLE article_proof (
    ticket TEXT PRIMARY KEY,       -- of its entry (ledger_pending, then ledger_entry)
    article_id BIGINT NOT NULL,
    language TEXT NOT NULL,        -- with the article: which text
    revision BIGINT NOT NULL,      -- which revision the act was about
    type TEXT NOT NULL,            -- the entry's word: publish, correct, withdraw, erase
    number BIGINT NOT NULL,        -- 1, 2, … of this text, in order
    opening TEXT,                  -- the commitment's key, base64; NULL: destroyed by an erasure
    parts TEXT NOT NULL,           -- hashes of the parts, base64, parted by a space
    reason TEXT,                   -- of a withdrawal: the public reason, a part of its document
    UNIQUE (article_id, language, number)
);
