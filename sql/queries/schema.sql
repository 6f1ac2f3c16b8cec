-- Which schema a store has, and whether it answers.

-- name: schema_version_there only: sqlite
SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version';

-- name: schema_version_there only: postgres
SELECT COUNT(to_regclass('schema_version'));

-- name: schema_version_get
SELECT COALESCE(MAX(version), 0) FROM schema_version;

-- name: schema_version_add
INSERT INTO schema_version (version, name, applied_us) VALUES ($1, $2, $3);

-- name: store_ping
SELECT 1;
