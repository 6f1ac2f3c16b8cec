-- PostgreSQL's index gives all texts that have a word, in no order. So that a frequent word can be asked for in the newest
-- texts alone, each text's words hold, without a place: '@c' and its column; '@1d' and the number of the day (since
-- 1970, UTC) in which it was published; '@4d' and the number of the four days, and so for 16, 64, 256, 1,024, 4,096. And in title and keywords: '@p' and the first
-- character, the first two, of each word that goes on.

-- only: postgres
DROP INDEX search_doc_head;
DROP INDEX search_doc_tokens;
-- The words lie beside the row: what a search reads of each hit is language and time, and these shall fit memory.
ALTER TABLE search_doc ALTER COLUMN head SET STORAGE EXTENDED, ALTER COLUMN tokens SET STORAGE EXTENDED;
ALTER TABLE search_doc SET (toast_tuple_target = 128);
-- No plan depends on how rare a word is any more.
ALTER TABLE search_doc ALTER COLUMN head SET STATISTICS 0, ALTER COLUMN tokens SET STATISTICS 0;
UPDATE search_doc SET
    head = head || place.words || array_to_tsvector(ARRAY(
        SELECT '@p' || SUBSTR(word, 1, n) FROM unnest(tsvector_to_array(head)) AS word, generate_series(1, 2) AS n
        WHERE CHAR_LENGTH(word) > n)),
    tokens = tokens || place.words
FROM (SELECT article_id, language, array_to_tsvector(ARRAY['@c' || column_id] || ARRAY(
          SELECT '@' || days || 'd' || CAST(FLOOR(published_us / (days * 86400000000.0)) AS BIGINT)
          FROM unnest(ARRAY[1, 4, 16, 64, 256, 1024, 4096]) AS days)) AS words
      FROM search_doc) AS place
WHERE place.article_id = search_doc.article_id AND place.language = search_doc.language;
CREATE INDEX search_doc_words ON search_doc USING GIN (head, tokens) WITH (gin_pending_list_limit = 256);
-- end
