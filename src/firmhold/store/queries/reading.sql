-- Looking at reservations and the ledger. $1 is always the organization.

-- name: reservations
-- One ($2), or a page of $9 below id $3, filtered. A hold that is due is an expired one here, as
-- everywhere. By offering ($4) it is the ledger that leads to them, newest first, because the
-- ledger is ordered by offering: the page then begins below entry $8.
WITH opened AS MATERIALIZED (
    SELECT l.reservation_id AS id, l.seq FROM ledger AS l
    WHERE $4::uuid IS NOT NULL AND l.organization_id = $1 AND l.offering_id = $4
      AND ($8::bigint IS NULL OR l.seq < $8)
      AND (l.kind = 'held' OR (l.kind = 'confirmed' AND l.held_delta = 0))
    ORDER BY l.seq DESC LIMIT CASE WHEN $4::uuid IS NULL THEN 0 ELSE 5000 END
),
page AS (
    SELECT r.*, opened.seq FROM opened
    JOIN reservation AS r ON r.organization_id = $1 AND r.id = opened.id
    UNION ALL
    SELECT r.*, NULL FROM reservation AS r WHERE $4::uuid IS NULL AND r.organization_id = $1
      AND ($2::uuid IS NULL OR r.id = $2)
      AND ($5::text IS NULL OR r.id IN (
          SELECT l.reservation_id FROM reservation_line AS l
          WHERE l.organization_id = $1 AND l.customer = $5))
)
SELECT now() AS now, r.seq, r.id, r.status, r.customer, r.actor, r.created_at, r.expires_at,
       r.extend_until, r.confirmed_at, r.ended_at, r.reason, r.notes, r.guest_count, r.metadata,
       r.reacquired, lines.*
FROM page AS r
CROSS JOIN LATERAL (
    SELECT array_agg(l.offering_id ORDER BY l.position) AS offerings,
           array_agg(l.quantity ORDER BY l.position) AS quantities,
           array_agg(l.held ORDER BY l.position) AS held,
           array_agg(l.confirmed ORDER BY l.position) AS confirmed,
           array_agg(l.unit_price ORDER BY l.position) AS unit_prices,
           array_agg(l.currency ORDER BY l.position) AS currencies
    FROM reservation_line AS l WHERE l.organization_id = $1 AND l.reservation_id = r.id
) AS lines
WHERE ($3::uuid IS NULL OR r.id < $3)
  AND ($5::text IS NULL OR r.customer = $5)
  AND ($6::timestamptz IS NULL OR r.created_at >= $6)
  AND ($7::timestamptz IS NULL OR r.created_at < $7)
  AND ($10::text IS NULL OR $10 = CASE
        WHEN r.status = 'held' AND r.expires_at <= now() THEN 'expired' ELSE r.status END)
ORDER BY r.seq DESC NULLS LAST, r.id DESC
LIMIT $9;

-- name: ledger
-- A page of $4 entries after entry $3.
SELECT seq, kind, reservation_id, capacity_delta, held_delta, confirmed_delta, capacity, held,
       confirmed, at, actor, reason, hold_expires_at
FROM ledger WHERE organization_id = $1 AND offering_id = $2 AND seq > $3 ORDER BY seq LIMIT $4;

-- name: counts_at^
-- The counts at the instant $3. A hold that had ended by then but was recorded as expired only
-- later counts as ended: the first thing anyone does with an offering is to record what is due,
-- so such entries follow the one we found directly. `due` is what is not recorded to this day.
SELECT now() AS now, e.seq, e.capacity, e.held, e.confirmed,
       coalesce(late.units, 0)::integer AS late, coalesce(due.units, 0)::integer AS due
FROM ledger AS e
LEFT JOIN LATERAL (
    SELECT -sum(l.held_delta) AS units FROM ledger AS l
    WHERE l.organization_id = $1 AND l.offering_id = $2 AND l.seq > e.seq AND l.at > $3
      AND l.kind = 'expired' AND l.hold_expires_at <= $3
      AND l.seq < coalesce((
          SELECT min(o.seq) FROM ledger AS o
          WHERE o.organization_id = $1 AND o.offering_id = $2 AND o.seq > e.seq
            AND o.kind <> 'expired'), l.seq + 1)
) AS late ON true
LEFT JOIN LATERAL (
    SELECT sum(l.held) AS units FROM reservation_line AS l
    WHERE l.organization_id = $1 AND l.offering_id = $2 AND l.status = 'held'
      AND l.expires_at <= $3
) AS due ON true
WHERE e.organization_id = $1 AND e.offering_id = $2 AND e.seq = ledger_seq_at($1, $2, $3);

-- name: totals^
SELECT now() AS now, count(*) AS offerings, coalesce(sum(capacity), 0)::bigint AS capacity,
       coalesce(sum(held), 0)::bigint AS held, coalesce(sum(confirmed), 0)::bigint AS confirmed
FROM offering WHERE organization_id = $1;

-- name: activity
-- What happened in steps of $3 seconds since $2. Read from the ledger's
-- time index.
SELECT (floor(extract(epoch FROM at) / $3) * $3)::bigint AS bucket, kind,
       count(DISTINCT reservation_id) AS reservations,
       sum(greatest(held_delta, confirmed_delta, -held_delta, -confirmed_delta))::bigint AS units
FROM ledger
WHERE organization_id = $1 AND at >= $2
  AND kind IN ('held', 'confirmed', 'reacquired', 'released', 'expired', 'cancelled')
GROUP BY 1, 2 ORDER BY 1;

-- name: due_reservations
-- Holds that have ended and are still to be recorded as expired, oldest first.
SELECT organization_id, id FROM reservation
WHERE status = 'held' AND expires_at <= clock_timestamp() ORDER BY expires_at LIMIT $1;

-- name: seconds_to_next_expiry
SELECT extract(epoch FROM min(expires_at) - clock_timestamp())::float8
FROM reservation WHERE status = 'held';

-- name: prune_answers
-- Forget answers older than $1, at most $2 at a time, so that no transaction is long.
WITH old AS (
    SELECT ctid FROM idempotency WHERE created_at < now() - $1::interval
    LIMIT $2 FOR UPDATE SKIP LOCKED
)
DELETE FROM idempotency WHERE ctid IN (SELECT ctid FROM old) RETURNING 1;

-- name: live_reservations
SELECT count(*) FROM reservation WHERE status = 'held' AND expires_at > clock_timestamp();

-- name: stock
-- What is available of the offerings that change most, with their names, for gauges.
SELECT g.slug, i.sku, o.capacity - o.held - o.confirmed + coalesce(due.units, 0)::integer
FROM (SELECT * FROM offering ORDER BY seq DESC LIMIT $1) AS o
JOIN item AS i USING (organization_id, id)
JOIN organization AS g ON g.id = o.organization_id
LEFT JOIN LATERAL (
    SELECT sum(l.held) AS units FROM reservation_line AS l
    WHERE l.organization_id = o.organization_id AND l.offering_id = o.id
      AND l.status = 'held' AND l.expires_at <= now()
) AS due ON o.held > 0;
