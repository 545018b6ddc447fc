-- API keys.

-- name: add_key^
INSERT INTO api_key (organization_id, id, name, digest, scopes, made_by, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING organization_id, id, name, scopes, made_by, created_at, expires_at, seen_at, withdrawn_at;

-- name: key_by_id^
SELECT organization_id, id, digest, scopes FROM api_key
WHERE id = $1 AND withdrawn_at IS NULL
  AND (expires_at IS NULL OR expires_at > clock_timestamp());

-- name: page_of_keys
SELECT organization_id, id, name, scopes, made_by, created_at, expires_at, seen_at, withdrawn_at
FROM api_key
WHERE organization_id = $1 AND ($2::uuid IS NULL OR id < $2)
ORDER BY id DESC LIMIT $3;

-- name: withdraw_key^
UPDATE api_key SET withdrawn_at = coalesce(withdrawn_at, $3)
WHERE organization_id = $1 AND id = $2
RETURNING organization_id, id, name, scopes, made_by, created_at, expires_at, seen_at, withdrawn_at;

-- name: withdraw_keys_of
-- Those that somebody ($2) has made, and those that were made with them; each noted as an act of
-- whoever took the place away ($3).
WITH RECURSIVE theirs AS (
    SELECT id FROM api_key WHERE organization_id = $1 AND made_by = $2
    UNION
    SELECT k.id FROM theirs AS t
    JOIN api_key AS k ON k.organization_id = $1
                     AND k.made_by = 'key:key_' || replace(t.id::text, '-', '')
), gone AS (
    UPDATE api_key SET withdrawn_at = clock_timestamp()
    WHERE organization_id = $1 AND id IN (SELECT id FROM theirs) AND withdrawn_at IS NULL
    RETURNING id
)
INSERT INTO act (organization_id, id, kind, actor, subject)
SELECT $1, gen_random_uuid(), 'key_withdrawn', $3, 'key_' || replace(id::text, '-', '') FROM gone
RETURNING subject;

-- name: note_use!
-- Set-wise, and never back in time.
UPDATE api_key AS k SET seen_at = greatest(k.seen_at, clock_timestamp())
FROM unnest($1::uuid[]) AS used (id)
WHERE k.id = used.id;
