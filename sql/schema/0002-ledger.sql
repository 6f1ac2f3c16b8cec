-- The ledger: insert-only, but for what waits and for the one row that says how far it is.

-- Entries that wait for their index: each was written with its act, in one transaction.
CREATE TABLE ledger_pending (
    ticket TEXT PRIMARY KEY,  -- 32 hex digits: when (microseconds, 16 digits; rises within a process, so that entries of
                              -- one transaction keep their order), then 16 by chance; so an index on them grows at its end
    text TEXT NOT NULL,       -- the entry; its line "ref @TICKET" gets the index of that ticket's entry
    hash TEXT NOT NULL        -- SHA-256 of the text, base64: a guard against flipped bits
);

-- The log. Never changed, never deleted from.
CREATE TABLE ledger_entry (
    idx BIGINT PRIMARY KEY,       -- 0, 1, … without gaps
    ticket TEXT NOT NULL UNIQUE,  -- under which it waited
    text TEXT NOT NULL            -- the entry as it is hashed
);

-- How far it is; one row.
CREATE TABLE ledger_state (
    id BIGINT PRIMARY KEY,        -- 1
    origin TEXT NOT NULL,         -- the log's name: host/ledger
    size BIGINT NOT NULL,         -- entries with an index
    root TEXT NOT NULL,           -- of those, base64
    signed_size BIGINT NOT NULL,  -- what the checkpoint covers
    signed_us BIGINT NOT NULL,    -- when it was signed
    checkpoint TEXT NOT NULL      -- the note with the log's own signatures; empty: none yet
);

-- Entries of each kind and day: kept by every batch.
CREATE TABLE ledger_count (
    day BIGINT NOT NULL,   -- since 1970-01-01, UTC
    type TEXT NOT NULL,    -- the entry's word
    n BIGINT NOT NULL,
    PRIMARY KEY (day, type)
);

-- Public documents that entries commit to: lists of keys, policies, incidents.
CREATE TABLE ledger_document (
    hash TEXT PRIMARY KEY,  -- commit_public(), base64
    text TEXT NOT NULL
);

-- The newest cosignature of each witness.
CREATE TABLE ledger_cosignature (
    witness TEXT PRIMARY KEY,  -- its name
    size BIGINT NOT NULL,      -- of the checkpoint that it cosigned
    at_s BIGINT NOT NULL,      -- its own time, POSIX seconds
    line TEXT NOT NULL,        -- the note's line with its \n
    checkpoint TEXT NOT NULL   -- the text that it cosigned, without signatures
);
