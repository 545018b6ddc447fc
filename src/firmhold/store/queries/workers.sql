-- What the background loops ask. They alone look across organizations.

-- name: due_reservations
-- Holds that have ended and are still to be recorded as expired, oldest first, at most $1 of them,
-- but for organizations ($2) that are being seen to.
SELECT organization_id, id FROM reservation
WHERE status = 'held' AND expires_at <= clock_timestamp() AND organization_id <> ALL ($2::uuid[])
ORDER BY expires_at LIMIT $1;

-- name: seconds_to_next_expiry
-- But for organizations ($1) that are being seen to.
SELECT extract(epoch FROM min(expires_at) - clock_timestamp())::float8
FROM reservation WHERE status = 'held' AND organization_id <> ALL ($1::uuid[]);

-- name: prune_answers
-- Forget answers older than $1, at most $2 at a time, so that no transaction is long.
WITH old AS (
    SELECT ctid FROM idempotency WHERE created_at < now() - $1::interval
    LIMIT $2 FOR UPDATE SKIP LOCKED
)
DELETE FROM idempotency WHERE ctid IN (SELECT ctid FROM old) RETURNING 1;
