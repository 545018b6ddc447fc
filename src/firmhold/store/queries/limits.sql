-- Token buckets that several nodes keep together where there is no Redis.

-- name: take
-- The tokens of many requests; see the function.
SELECT now, before
FROM take_tokens($1::uuid[], $2::integer[], $3::integer[], $4::bigint[], $5::bigint[]);

-- name: prune
-- Forget buckets that are full, at most $1 at a time: no row says the same.
WITH full_ones AS (
    SELECT name FROM bucket
    WHERE full_at <= (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
    LIMIT $1 FOR UPDATE SKIP LOCKED
)
DELETE FROM bucket WHERE name IN (SELECT name FROM full_ones) RETURNING 1;
