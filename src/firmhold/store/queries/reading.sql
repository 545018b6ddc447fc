-- Looking at reservations and the ledger. $1 is always the organization.

-- Lists of reservations, newest first. All of them take: below which id, or entry of the ledger,
-- the page begins ($2), how many it has ($3), from when ($4) and until when ($5) they were created.
-- NULL leaves a criterion out; the plan is made for the values at hand. A status ($7) is the one
-- that everybody sees, not the one that is recorded.

-- name: page
-- From id $6 on, which is what `from` means for ids.
SELECT r.id FROM reservation AS r
WHERE r.organization_id = $1
  AND ($2::uuid IS NULL OR r.id < $2) AND ($6::uuid IS NULL OR r.id >= $6)
  AND ($4::timestamptz IS NULL OR r.created_at >= $4)
  AND ($5::timestamptz IS NULL OR r.created_at < $5)
ORDER BY r.id DESC LIMIT $3;

-- name: page_of_status
-- What has left `held` is found by the index of statuses; holds, and those that have expired and
-- are not recorded yet, by the index of what is due. Only of holds can an offering ($8) be named.
WITH found AS MATERIALIZED (
    (SELECT r.id FROM reservation AS r
     WHERE r.organization_id = $1 AND r.status = $7 AND r.status <> 'held'
       AND ($2::uuid IS NULL OR r.id < $2) AND ($6::uuid IS NULL OR r.id >= $6)
       AND ($4::timestamptz IS NULL OR r.created_at >= $4)
       AND ($5::timestamptz IS NULL OR r.created_at < $5)
     ORDER BY r.id DESC LIMIT $3)
    UNION
    SELECT l.reservation_id FROM reservation_line AS l
    WHERE $7 IN ('held', 'expired') AND l.organization_id = $1 AND l.status = 'held'
      AND status_now(l.status, l.expires_at) = $7
      AND ($8::uuid IS NULL OR l.offering_id = $8)
      AND ($2::uuid IS NULL OR l.reservation_id < $2)
)
SELECT r.id FROM (SELECT id FROM found ORDER BY id DESC) AS found
JOIN reservation AS r ON r.organization_id = $1 AND r.id = found.id
WHERE ($4::timestamptz IS NULL OR r.created_at >= $4)
  AND ($5::timestamptz IS NULL OR r.created_at < $5)
ORDER BY r.id DESC LIMIT $3;

-- name: page_of_customer
-- All that one customer ($9) has and had, perhaps of one offering ($8).
WITH own AS MATERIALIZED (
    SELECT DISTINCT l.reservation_id AS id FROM reservation_line AS l
    WHERE l.organization_id = $1 AND l.customer = $9
      AND ($8::uuid IS NULL OR l.offering_id = $8)
      AND ($7::text IS NULL OR (l.status IN ($7, CASE $7 WHEN 'expired' THEN 'held' END)
                                AND status_now(l.status, l.expires_at) = $7))
      AND ($2::uuid IS NULL OR l.reservation_id < $2)
      AND ($6::uuid IS NULL OR l.reservation_id >= $6)
)
SELECT r.id FROM (SELECT id FROM own ORDER BY id DESC) AS own
JOIN reservation AS r ON r.organization_id = $1 AND r.id = own.id
WHERE ($4::timestamptz IS NULL OR r.created_at >= $4)
  AND ($5::timestamptz IS NULL OR r.created_at < $5)
ORDER BY r.id DESC LIMIT $3;

-- name: page_of_offering
-- The ledger of one offering ($6) leads to its reservations, newest first: the page begins below
-- entry $2. Times are numbers of entries there. A reservation that was moved there came by that; one
-- that was moved away is not there any more.
--
-- Each step is one look-up by a whole key, which `OFFSET 0` keeps apart: before PostgreSQL has first
-- counted a table it takes all of it to be one row, and would read all lines again for each entry.
SELECT r.id, opened.seq FROM (
    SELECT * FROM ledger AS l
    WHERE l.organization_id = $1 AND l.offering_id = $6
      AND ($2::bigint IS NULL OR l.seq < $2)
      AND ($4::timestamptz IS NULL
           OR l.seq > ledger_seq_at($1, $6, $4 - interval '1 microsecond'))
      AND ($5::timestamptz IS NULL
           OR l.seq <= ledger_seq_at($1, $6, $5 - interval '1 microsecond'))
      AND (l.kind = 'held' OR (l.kind = 'confirmed' AND l.held_delta = 0)
           OR (l.kind = 'moved' AND l.held_delta + l.confirmed_delta > 0))
    ORDER BY l.seq DESC
    OFFSET 0
) AS opened
CROSS JOIN LATERAL (
    SELECT r.id, r.status, r.expires_at FROM reservation AS r
    WHERE r.organization_id = $1 AND r.id = opened.reservation_id
    OFFSET 0
) AS r
CROSS JOIN LATERAL (
    SELECT FROM reservation_line AS line
    WHERE line.organization_id = $1 AND line.reservation_id = opened.reservation_id
      AND line.offering_id = $6
    OFFSET 0
) AS line
WHERE ($7::text IS NULL OR status_now(r.status, r.expires_at) = $7)
  AND (opened.kind <> 'moved' OR NOT EXISTS (
      SELECT FROM ledger AS before
      WHERE before.organization_id = $1 AND before.offering_id = $6
        AND before.seq < opened.seq AND before.reservation_id = opened.reservation_id))
ORDER BY opened.seq DESC LIMIT $3;

-- name: reservations
-- These ($2), with their lines.
SELECT now() AS now, r.* FROM reservation_with_lines AS r
WHERE r.organization_id = $1 AND r.id = ANY ($2);

-- name: ledger
-- A page of $4 entries after entry $3.
SELECT seq, kind, reservation_id, capacity_delta, held_delta, confirmed_delta, capacity, held,
       confirmed, at, actor, reason, hold_expires_at
FROM ledger WHERE organization_id = $1 AND offering_id = $2 AND seq > $3 ORDER BY seq LIMIT $4;

-- name: ledger_about
-- The same of one reservation. There is no index by it, which every hold would have to pay for: the
-- entries since it was placed are looked through.
SELECT seq, kind, reservation_id, capacity_delta, held_delta, confirmed_delta, capacity, held,
       confirmed, at, actor, reason, hold_expires_at
FROM ledger
WHERE organization_id = $1 AND offering_id = $2 AND reservation_id = $5
  AND seq > greatest($3::bigint, (
      SELECT ledger_seq_at($1, $2, r.created_at - interval '1 minute')
      FROM reservation AS r WHERE r.organization_id = $1 AND r.id = $5))
ORDER BY seq LIMIT $4;

-- name: ledger_newest
-- A page of the $4 entries before entry $3, the newest first.
SELECT seq, kind, reservation_id, capacity_delta, held_delta, confirmed_delta, capacity, held,
       confirmed, at, actor, reason, hold_expires_at
FROM ledger WHERE organization_id = $1 AND offering_id = $2 AND ($3::bigint = 0 OR seq < $3)
ORDER BY seq DESC LIMIT $4;

-- name: counts_at^
-- The counts at the instant $3. A hold that had ended by then but was recorded as expired only
-- later counts as ended: whoever moves units first records what is due, so such entries follow the
-- one we found, before the next that moves units. `due` is what is not recorded to this day.
SELECT now() AS now, e.seq, e.capacity + late.capacity AS capacity,
       e.held - late.units - due.units AS held, e.confirmed
FROM ledger AS e
CROSS JOIN LATERAL (
    -- Looked for apart (OFFSET 0): as part of the comparison it would keep it from the index.
    SELECT coalesce((
        SELECT min(o.seq) FROM ledger AS o
        WHERE o.organization_id = $1 AND o.offering_id = $2 AND o.seq > e.seq
          AND o.kind NOT IN ('expired', 'updated', 'capacity_set', 'capacity_adjusted',
                             'waitlisted', 'unlisted', 'fulfilled', 'no_show')),
        9223372036854775807) AS seq
    OFFSET 0
) AS moved
CROSS JOIN LATERAL (
    SELECT coalesce(-sum(l.held_delta), 0)::integer AS units,
           coalesce(sum(l.capacity_delta), 0)::integer AS capacity  -- of an offering that drains
    FROM ledger AS l
    WHERE l.organization_id = $1 AND l.offering_id = $2 AND l.seq > e.seq AND l.seq < moved.seq
      AND l.at > $3 AND l.kind = 'expired' AND l.hold_expires_at <= $3
) AS late
CROSS JOIN LATERAL (
    SELECT coalesce(sum(l.held), 0)::integer AS units FROM reservation_line AS l
    WHERE l.organization_id = $1 AND l.offering_id = $2 AND l.status = 'held'
      AND l.expires_at <= $3
) AS due
WHERE e.organization_id = $1 AND e.offering_id = $2 AND e.seq = ledger_seq_at($1, $2, $3);

-- name: totals^
-- Sums over all items, or of the one; slots are not sold. Holds count as long as they run.
SELECT now() AS now, count(*) AS offerings, coalesce(sum(o.capacity), 0)::bigint AS capacity,
       coalesce(sum(o.held), 0)::bigint - (
           SELECT coalesce(sum(l.held), 0) FROM reservation_line AS l
           JOIN item AS i ON i.organization_id = l.organization_id AND i.id = l.offering_id
           WHERE l.organization_id = $1 AND l.status = 'held' AND l.expires_at <= now()
             AND ($2::uuid IS NULL OR l.offering_id = $2)
       )::bigint AS held,
       coalesce(sum(o.confirmed), 0)::bigint AS confirmed,
       count(*) FILTER (WHERE o.capacity < o.held + o.confirmed) AS oversold,
       (
           SELECT count(DISTINCT l.reservation_id) FROM reservation_line AS l
           JOIN item AS i ON i.organization_id = l.organization_id AND i.id = l.offering_id
           WHERE l.organization_id = $1 AND l.status = 'held' AND l.expires_at > now()
             AND ($2::uuid IS NULL OR l.offering_id = $2)
       ) AS live_holds
FROM offering AS o
WHERE o.organization_id = $1 AND o.kind = 'item' AND ($2::uuid IS NULL OR o.id = $2);

-- name: made_within
-- Reservations from one id to another: those of a millisecond.
SELECT id FROM reservation WHERE organization_id = $1 AND id BETWEEN $2 AND $3 ORDER BY id;

-- name: activity
-- What happened to items, or to the one ($4), in steps of $3 seconds since $2. Read from the
-- ledger's time index.
SELECT (floor(extract(epoch FROM at) / $3) * $3)::bigint AS bucket, kind,
       count(DISTINCT reservation_id) AS reservations,
       sum(greatest(confirmed_delta, 0))::bigint AS units_confirmed
FROM ledger
JOIN item AS i ON i.organization_id = ledger.organization_id AND i.id = ledger.offering_id
WHERE ledger.organization_id = $1 AND at >= $2 AND ($4::uuid IS NULL OR ledger.offering_id = $4)
  AND kind IN ('held', 'confirmed', 'reacquired', 'released', 'expired', 'cancelled')
GROUP BY 1, 2 ORDER BY 1;

-- name: live_reservations
SELECT count(*) FROM reservation WHERE status = 'held' AND expires_at > clock_timestamp();

-- name: stock
-- What is available of the first $1 items of each public catalogue, for gauges.
SELECT g.slug, i.sku, s.available
FROM organization AS g
CROSS JOIN LATERAL (
    SELECT * FROM stock WHERE organization_id = g.id ORDER BY id LIMIT $1
) AS s
JOIN item AS i ON i.organization_id = s.organization_id AND i.id = s.id
WHERE g.public_catalogue;

-- name: seconds_unexpired
-- For how long the oldest hold that has ended is still to be recorded as expired; 0 if there is none.
SELECT greatest(0, coalesce(extract(epoch FROM clock_timestamp() - min(expires_at)), 0))::float8
FROM reservation WHERE status = 'held';

-- name: by_index#
-- Local to the transaction. What is new in the ledger is found by a BRIN index, however large it is.
SET LOCAL enable_seqscan = off;

-- name: seconds_unsealed
-- For how long the oldest entry without a seal has been waiting, by the first $1 there are of each
-- sort; 0 if there is none. Of the transaction at which the sealer has stopped, only what comes after.
SELECT greatest(0, coalesce(extract(epoch FROM clock_timestamp() - least(
    (SELECT min(at) FROM (
        SELECT l.at FROM ledger AS l
        WHERE l.xid >= c.xid
          AND (l.xid, l.organization_id, l.offering_id, l.seq)
              > (c.xid, c.organization_id, c.id, c.seq)
        LIMIT $1) AS entries),
    (SELECT min(at) FROM (
        SELECT a.at FROM act AS a
        WHERE a.xid >= c.xid
          AND (a.xid, a.organization_id, a.id, 0) > (c.xid, c.organization_id, c.id, c.seq)
        LIMIT $1) AS acts)
)), 0))::float8
FROM audit_cursor AS c WHERE c.name = 'now';
