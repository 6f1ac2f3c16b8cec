-- PostgreSQL's lists are made anew. A word's rows stand side by side: a rare word is one walk along the index, not a look
-- into each block. A row holds fewer texts of a frequent word, and its places, where it is long, stand beside the table: a
-- question for both words reads less of it. The parts of a block become one after an import of many. Characters of scripts
-- without spaces are words. How: src/press/search/lists.h. All texts wait for it in search_later, as in version 10.

-- only: postgres
INSERT INTO search_later (article_id, language, published_us)
SELECT article_id, language, published_us FROM search_doc ON CONFLICT DO NOTHING;
TRUNCATE search_doc;
TRUNCATE search_dead;
DROP TABLE search_block;
CREATE TABLE search_block (
    block BIGINT PRIMARY KEY,
    texts BIGINT NOT NULL,         -- that were ever put in
    first_docid BIGINT NOT NULL,   -- of them
    last_docid BIGINT NOT NULL,
    loose BIGINT NOT NULL,         -- of them in rows of level 0
    open BIGINT NOT NULL,          -- and of level 1
    parts BIGINT NOT NULL,         -- all of its parts together, as far as they are not one
    joined TEXT COLLATE "C"        -- while they are made one: the word up to which that has got
);
ALTER TABLE search_block ALTER COLUMN joined SET STATISTICS 0;
DROP TABLE search_list;
CREATE TABLE search_list (
    block BIGINT NOT NULL,
    first_docid BIGINT NOT NULL,
    last_docid BIGINT NOT NULL,
    level BIGINT NOT NULL,         -- 0: as it came; 1: put together, and will be again; 2: of a part
    word TEXT COLLATE "C" NOT NULL,
    texts TEXT COLLATE "C" NOT NULL,  -- src/press/search/postings.h
    places TEXT COLLATE "C" NOT NULL  -- read for phrases only
);
CREATE INDEX search_list_words ON search_list (word, block, first_docid, last_docid);
CREATE INDEX search_list_blocks ON search_list (block, word, first_docid, last_docid); -- what is asked for by a beginning
CREATE INDEX search_list_open ON search_list (block) WHERE level < 2; -- what will be put together
-- Nothing is compressed, and no plan depends on what words there are.
ALTER TABLE search_list ALTER COLUMN word SET STORAGE PLAIN, ALTER COLUMN texts SET STORAGE PLAIN,
    ALTER COLUMN places SET STORAGE EXTERNAL;
ALTER TABLE search_list ALTER COLUMN word SET STATISTICS 0, ALTER COLUMN texts SET STATISTICS 0,
    ALTER COLUMN places SET STATISTICS 0;
-- end
