-- Looking at reservations and the ledger. $1 is always the organization.

-- name: page
-- Ids of a page of $6 reservations below id $2, newest first; filtered by status ($3) and time of
-- creation ($4, $5). A hold that is due is an expired one here, as everywhere.
SELECT r.id, NULL::bigint AS seq FROM reservation AS r
WHERE r.organization_id = $1 AND ($2::uuid IS NULL OR r.id < $2)
  AND ($3::text IS NULL OR $3 = CASE
        WHEN r.status = 'held' AND r.expires_at <= now() THEN 'expired' ELSE r.status END)
  AND ($4::timestamptz IS NULL OR r.created_at >= $4)
  AND ($5::timestamptz IS NULL OR r.created_at < $5)
ORDER BY r.id DESC LIMIT $6;

-- name: page_of_customer
-- The same for one customer ($7), found by the index of what customers have.
SELECT r.id, NULL::bigint AS seq FROM reservation AS r
WHERE r.organization_id = $1 AND ($2::uuid IS NULL OR r.id < $2)
  AND r.id IN (SELECT l.reservation_id FROM reservation_line AS l
               WHERE l.organization_id = $1 AND l.customer = $7)
  AND ($3::text IS NULL OR $3 = CASE
        WHEN r.status = 'held' AND r.expires_at <= now() THEN 'expired' ELSE r.status END)
  AND ($4::timestamptz IS NULL OR r.created_at >= $4)
  AND ($5::timestamptz IS NULL OR r.created_at < $5)
ORDER BY r.id DESC LIMIT $6;

-- name: page_of_offering
-- The same for one offering ($7) and perhaps one customer ($8). The ledger leads to them, newest
-- first, because it is ordered by offering: the page begins below entry $2.
SELECT r.id, opened.seq FROM ledger AS opened
JOIN reservation AS r ON r.organization_id = $1 AND r.id = opened.reservation_id
WHERE opened.organization_id = $1 AND opened.offering_id = $7
  AND ($2::bigint IS NULL OR opened.seq < $2)
  AND (opened.kind = 'held' OR (opened.kind = 'confirmed' AND opened.held_delta = 0))
  AND ($8::text IS NULL OR r.customer = $8)
  AND ($3::text IS NULL OR $3 = CASE
        WHEN r.status = 'held' AND r.expires_at <= now() THEN 'expired' ELSE r.status END)
  AND ($4::timestamptz IS NULL OR r.created_at >= $4)
  AND ($5::timestamptz IS NULL OR r.created_at < $5)
ORDER BY opened.seq DESC LIMIT $6;

-- name: reservations
-- These ($2), with their lines.
SELECT now() AS now, r.id, r.status, r.customer, r.actor, r.created_at, r.expires_at,
       r.extend_until, r.confirmed_at, r.ended_at, r.reason, r.notes, r.guest_count, r.metadata,
       r.reacquired, lines.*
FROM reservation AS r
CROSS JOIN LATERAL (
    SELECT array_agg(l.offering_id ORDER BY l.position) AS offerings,
           array_agg(l.quantity ORDER BY l.position) AS quantities,
           array_agg(l.held ORDER BY l.position) AS held,
           array_agg(l.confirmed ORDER BY l.position) AS confirmed,
           array_agg(l.unit_price ORDER BY l.position) AS unit_prices,
           array_agg(l.currency ORDER BY l.position) AS currencies
    FROM reservation_line AS l WHERE l.organization_id = $1 AND l.reservation_id = r.id
) AS lines
WHERE r.organization_id = $1 AND r.id = ANY ($2);

-- name: ledger
-- A page of $4 entries after entry $3.
SELECT seq, kind, reservation_id, capacity_delta, held_delta, confirmed_delta, capacity, held,
       confirmed, at, actor, reason, hold_expires_at
FROM ledger WHERE organization_id = $1 AND offering_id = $2 AND seq > $3 ORDER BY seq LIMIT $4;

-- name: counts_at^
-- The counts at the instant $3. A hold that had ended by then but was recorded as expired only
-- later counts as ended: whoever moves units first records what is due, so such entries follow the
-- one we found, before the next that moves units. `due` is what is not recorded to this day.
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
            AND o.kind NOT IN ('expired', 'updated', 'capacity_set', 'capacity_adjusted')),
          9223372036854775807)
) AS late ON true
LEFT JOIN LATERAL (
    SELECT sum(l.held) AS units FROM reservation_line AS l
    WHERE l.organization_id = $1 AND l.offering_id = $2 AND l.status = 'held'
      AND l.expires_at <= $3
) AS due ON true
WHERE e.organization_id = $1 AND e.offering_id = $2 AND e.seq = ledger_seq_at($1, $2, $3);

-- name: totals^
SELECT now() AS now, count(*) AS offerings, coalesce(sum(o.capacity), 0)::bigint AS capacity,
       coalesce(sum(o.held), 0)::bigint - (
           SELECT coalesce(sum(l.held), 0) FROM reservation_line AS l
           WHERE l.organization_id = $1 AND l.status = 'held' AND l.expires_at <= now()
       )::bigint AS held,
       coalesce(sum(o.confirmed), 0)::bigint AS confirmed
FROM offering AS o WHERE o.organization_id = $1;

-- name: activity
-- What happened in steps of $3 seconds since $2. Read from the ledger's
-- time index.
SELECT (floor(extract(epoch FROM at) / $3) * $3)::bigint AS bucket, kind,
       count(DISTINCT reservation_id) AS reservations,
       sum(greatest(confirmed_delta, 0))::bigint AS units_confirmed
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
-- What is available of the first $1 items of each public catalogue, for gauges.
SELECT g.slug, i.sku, o.capacity - o.held - o.confirmed + coalesce(due.units, 0)::integer
FROM organization AS g
CROSS JOIN LATERAL (
    SELECT * FROM offering WHERE organization_id = g.id ORDER BY id LIMIT $1
) AS o
JOIN item AS i ON i.organization_id = o.organization_id AND i.id = o.id
LEFT JOIN LATERAL (
    SELECT sum(l.held) AS units FROM reservation_line AS l
    WHERE l.organization_id = o.organization_id AND l.offering_id = o.id
      AND l.status = 'held' AND l.expires_at <= now()
) AS due ON o.held > 0
WHERE g.public_catalogue;
