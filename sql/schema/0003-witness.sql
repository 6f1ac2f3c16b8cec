-- This office as a witness of other offices' logs.

-- The newest checkpoint that it cosigned, of each log.
CREATE TABLE witness_log (
    origin TEXT PRIMARY KEY,          -- the log's name
    origin_hash TEXT NOT NULL UNIQUE, -- its SHA-256, hex: under which the checkpoint is served
    size BIGINT NOT NULL,
    root TEXT NOT NULL,               -- base64
    at_s BIGINT NOT NULL,             -- of the cosignature, POSIX seconds; never goes back
    checkpoint TEXT NOT NULL          -- the note with the log's signatures and the cosignature
);

-- The last ones of each log, whole: what a fork is compared with.
CREATE TABLE witness_checkpoint (
    origin TEXT NOT NULL,
    size BIGINT NOT NULL,
    root TEXT NOT NULL,        -- base64
    checkpoint TEXT NOT NULL,  -- as in witness_log
    PRIMARY KEY (origin, size)
);

-- Pairs of checkpoints that one log signed and that cannot both be true: kept for good.
CREATE TABLE witness_fork (
    origin TEXT NOT NULL,
    size BIGINT NOT NULL,      -- of both
    root TEXT NOT NULL,        -- of the one that was refused, base64
    at_us BIGINT NOT NULL,     -- when it came
    ours TEXT NOT NULL,        -- the note that had been cosigned
    theirs TEXT NOT NULL,      -- the note that was refused
    PRIMARY KEY (origin, size, root)
);

-- The witnesses of this office's own log, beside ledger_cosignature.
CREATE TABLE ledger_witness (
    name TEXT PRIMARY KEY,     -- as the policy calls it
    url TEXT NOT NULL,         -- where it is asked
    since_s BIGINT NOT NULL,   -- since when it is asked, POSIX seconds
    failed_s BIGINT NOT NULL,  -- when its last answer was no cosignature; 0: it was one
    why TEXT NOT NULL          -- then: a sentence
);

-- What the ledger's keepers have to remember between two starts.
CREATE TABLE ledger_fact (
    name TEXT PRIMARY KEY,  -- policy: hash of the one that the last policy entry commits to; unwitnessed: since when
    value TEXT NOT NULL
);
