-- Answers under idempotency keys, for effects that come one at a time; batch.sql does the same for
-- many. $1 is always the organization.

-- name: find_answer^
SELECT fingerprint, status, body FROM idempotency WHERE organization_id = $1 AND key = $2;

-- name: store_answers
-- Says how many were new: a key that someone else has just used must not have two effects.
WITH stored AS (
    INSERT INTO idempotency (organization_id, created_at, key, fingerprint, status, body, subject)
    SELECT $1, $2, * FROM unnest($3::text::uuid[], $4::text::uuid[], $5::text::smallint[],
        $6::bytea[], $7::text::uuid[])
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT count(*) FROM stored;
