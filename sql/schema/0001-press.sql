-- The store's own, and the press: columns, articles, texts, revisions, views.
-- One text for both engines. Lines between "-- only: sqlite" (or postgres) and "-- end" are for that engine.

-- Named counters from which ids are taken.
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    next BIGINT NOT NULL       -- the number that will be given next
);
