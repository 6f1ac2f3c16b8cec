-- A text's number in SQLite's search indexes says where it stands: its language, and in it its place in order of publication,
-- the newest first. So a search walks along one language from the newest to the oldest, stops where it has enough, and reads
-- no row of search_doc but those it shows. How numbers are given: src/press/search/place.h. Those from before, and the few
-- that find no room, are small (below 2^42): what is found of them is looked up in search_doc.

-- only: sqlite
-- A language's number, the upper bits of those of its texts.
CREATE TABLE search_language (
    number INTEGER PRIMARY KEY,    -- 1, 2, …
    language TEXT NOT NULL UNIQUE  -- BCP 47 tag
);
-- Numbers with a place whose text changed or went: their words stay in the indexes until a rebuild, and are passed over.
CREATE TABLE search_dead (
    docid INTEGER PRIMARY KEY
);
-- end
