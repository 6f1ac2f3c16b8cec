-- What ties texts to their entries.

-- name: article_proof_add
INSERT INTO article_proof (ticket, article_id, language, revision, type, number, opening, parts, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
