-- What a batch reads and writes of pools. $1 is always the organization. Offerings are locked
-- before; then pools, in id order; whoever publishes a slot locks pools alone.

-- name: lock_pools
-- The only statement by which pools are locked for reservations: those that reservations of the
-- slots ($2) take from. An array of ids, for the reason given at `lock_offerings`.
SELECT p.id, p.name, p.units, p.before_minutes, p.after_minutes
FROM pool AS p
WHERE p.organization_id = $1 AND p.id = ANY (ARRAY(
    SELECT r.pool_id FROM unnest($2::uuid[]) AS asked (id)
    CROSS JOIN LATERAL (
        SELECT r.pool_id FROM requirement AS r
        WHERE r.organization_id = $1 AND r.slot_id = asked.id AND r.per = 'reservation'
        OFFSET 0
    ) AS r
))
ORDER BY p.id
FOR UPDATE;

-- name: load_slots
-- The slots ($2) with what their sites set, one row for each thing that a reservation of them
-- requires, or one for none, and with what they have taken of it. `awaited`: whether anybody waits
-- for a slot that takes from pools. Whoever joins locks the pools, so this stays true of ours.
SELECT statement_timestamp() AS now,
       EXISTS (SELECT FROM offering AS w
               WHERE w.organization_id = $1 AND w.waiting > 0 AND w.lends) AS awaited,
       o.id AS slot_id, o.site_id, o.starts_at, o.ends_at,
       coalesce(s.horizon_days, g.horizon_days) AS horizon_days,
       coalesce(s.notice_minutes, g.notice_minutes) AS notice_minutes,
       coalesce(s.cutoff_minutes, g.cutoff_minutes) AS cutoff_minutes,
       s.customer_limit, s.customer_days, r.pool_id, r.units,
       own.units AS lent, own.begins AS lent_from, own.ends AS lent_until
FROM unnest($2::uuid[]) AS asked (id)
JOIN offering AS o ON o.organization_id = $1 AND o.id = asked.id
JOIN site AS s ON s.organization_id = $1 AND s.id = o.site_id
JOIN organization AS g ON g.id = $1
LEFT JOIN LATERAL (
    SELECT r.pool_id, r.units FROM requirement AS r
    WHERE r.organization_id = $1 AND r.slot_id = asked.id AND r.per = 'reservation'
    OFFSET 0
) AS r ON o.lends
LEFT JOIN LATERAL (
    SELECT l.units, l.begins, l.ends FROM loan AS l
    WHERE l.organization_id = $1 AND l.slot_id = asked.id AND l.pool_id = r.pool_id
    OFFSET 0
) AS own ON r.pool_id IS NOT NULL
ORDER BY o.id, r.pool_id;

-- name: loans_around
-- What pools ($2) have lent at some time from $3 to $4: arrays of equal length. A loan may come more
-- than once. With it, the first $6 reservations whose hold ends by $5 and which have not given back
-- what they have of it, when they end, and how much each has.
SELECT l.pool_id, l.slot_id, l.units, l.begins AS lent_from, l.ends AS lent_until,
       ending.reservations, ending.ends, r.units AS each
FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[])
    AS asked (pool_id, begins, ends)
JOIN loan AS l
  ON l.organization_id = $1 AND l.pool_id = asked.pool_id
 AND l.begins < asked.ends AND l.ends > asked.begins AND asked.begins < asked.ends
CROSS JOIN LATERAL (
    SELECT r.units, r.per FROM requirement AS r
    WHERE r.organization_id = $1 AND r.slot_id = l.slot_id AND r.pool_id = l.pool_id
    OFFSET 0
) AS r
LEFT JOIN LATERAL (
    SELECT array_agg(line.reservation_id) AS reservations, array_agg(line.expires_at) AS ends
    FROM (
        SELECT line.reservation_id, line.expires_at FROM reservation_line AS line
        WHERE line.organization_id = $1 AND line.offering_id = l.slot_id
          AND line.status = 'held' AND line.expires_at <= $5
        ORDER BY line.expires_at LIMIT $6
    ) AS line
) AS ending ON r.per = 'reservation';

-- name: waited_for_around
-- Slots for which somebody waits, and of which a reservation requires something of the pools ($2) at
-- some time from $3 to $4: arrays of equal length. With $5 only those at whose time a pool gets
-- something back from a hold that has ended, though nobody has recorded that yet.
SELECT DISTINCT o.id FROM (
    SELECT o.id, o.starts_at, o.ends_at FROM offering AS o
    WHERE o.organization_id = $1 AND o.waiting > 0 AND o.lends
    OFFSET 0
) AS o
CROSS JOIN unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[])
    AS asked (pool_id, begins, ends)
CROSS JOIN LATERAL (
    SELECT p.before_minutes, p.after_minutes FROM requirement AS r
    JOIN pool AS p ON p.organization_id = r.organization_id AND p.id = r.pool_id
    WHERE r.organization_id = $1 AND r.slot_id = o.id AND r.pool_id = asked.pool_id
      AND r.per = 'reservation'
    OFFSET 0
) AS r
CROSS JOIN LATERAL (
    SELECT o.starts_at - make_interval(mins => r.before_minutes) AS begins,
           o.ends_at + make_interval(mins => r.after_minutes) AS ends
    OFFSET 0  -- worked out apart: as part of a comparison it would keep that from an index
) AS needed
WHERE needed.begins < asked.ends AND needed.ends > asked.begins
  AND (NOT $5 OR EXISTS (
      SELECT FROM loan AS l
      CROSS JOIN LATERAL (
          SELECT FROM reservation_line AS line
          WHERE line.organization_id = $1 AND line.offering_id = l.slot_id
            AND line.status = 'held' AND line.expires_at <= statement_timestamp()
          ORDER BY line.expires_at LIMIT 1
      ) AS ended
      WHERE l.organization_id = $1 AND l.pool_id = asked.pool_id
        AND l.begins < needed.ends AND l.ends > needed.begins
  ));

-- name: load_visits
-- What customers have ($2) at sites ($3) where that is limited: three arrays of equal length, the
-- third with the instants ($4) around which slots count if they begin less than so many days ($5)
-- before or after. A hold that is due at $6 counts no more.
SELECT DISTINCT asked.customer, asked.site_id, l.reservation_id, l.offering_id, o.starts_at,
       l.held + l.confirmed AS units
FROM unnest($2::text[], $3::uuid[], $4::timestamptz[], $5::integer[])
    AS asked (customer, site_id, at, days)
CROSS JOIN LATERAL (
    SELECT * FROM reservation_line AS l
    WHERE l.organization_id = $1 AND l.customer = asked.customer
      AND l.status IN ('held', 'confirmed', 'fulfilled', 'no_show')
      AND (l.status <> 'held' OR l.expires_at > $6) AND l.held + l.confirmed > 0
    OFFSET 0
) AS l
CROSS JOIN LATERAL (
    -- In hours, because not every day has 24 of them.
    SELECT o.starts_at FROM offering AS o
    WHERE o.organization_id = $1 AND o.id = l.offering_id AND o.site_id = asked.site_id
      AND o.starts_at > asked.at - make_interval(hours => 24 * asked.days)
      AND o.starts_at < asked.at + make_interval(hours => 24 * asked.days)
    OFFSET 0
) AS o;

-- name: return!
-- Whatever slots ($3) have of pools ($2): pairs.
DELETE FROM loan AS l
USING (
    SELECT $1::uuid AS organization_id, u.* FROM unnest($2::uuid[], $3::uuid[])
        AS u (pool_id, slot_id)
    OFFSET 0
) AS n
WHERE l.organization_id = n.organization_id AND l.slot_id = n.slot_id AND l.pool_id = n.pool_id;

-- name: lend!
-- What slots ($3) have of pools ($2) now, and for which time.
INSERT INTO loan AS l (organization_id, pool_id, slot_id, units, during, exclusive)
SELECT $1, n.pool_id, n.slot_id, n.units, tstzrange(n.starts_at, n.ends_at), p.exclusive
FROM unnest($2::uuid[], $3::uuid[], $4::integer[], $5::timestamptz[], $6::timestamptz[])
    AS n (pool_id, slot_id, units, starts_at, ends_at)
JOIN pool AS p ON p.organization_id = $1 AND p.id = n.pool_id
ON CONFLICT (organization_id, slot_id, pool_id) DO UPDATE
SET units = EXCLUDED.units, during = EXCLUDED.during;

-- name: leave_lines!
-- Lines that moved reservations ($2) no longer have: those whose offering is not in $4, which names,
-- for each reservation in $3, the offerings that it is for now.
DELETE FROM reservation_line AS l
WHERE l.organization_id = $1 AND l.reservation_id = ANY ($2)
  AND NOT EXISTS (SELECT FROM unnest($3::uuid[], $4::uuid[]) AS n (reservation_id, offering_id)
                  WHERE n.reservation_id = l.reservation_id AND n.offering_id = l.offering_id);

-- name: enter_lines!
-- Lines of moved reservations as they are now, new ones and changed ones.
INSERT INTO reservation_line AS l (organization_id, reservation_id, offering_id, position, quantity,
    held, confirmed, unit_price, currency, status, expires_at, customer)
SELECT $1, n.* FROM unnest($2::uuid[], $3::uuid[], $4::smallint[], $5::integer[], $6::integer[],
        $7::integer[], $8::bigint[], $9::text[], $10::text[], $11::timestamptz[], $12::text[])
    AS n (reservation_id, offering_id, position, quantity, held, confirmed, unit_price, currency,
          status, expires_at, customer)
ON CONFLICT (organization_id, reservation_id, offering_id) DO UPDATE
SET position = EXCLUDED.position, quantity = EXCLUDED.quantity, held = EXCLUDED.held,
    confirmed = EXCLUDED.confirmed, status = EXCLUDED.status, expires_at = EXCLUDED.expires_at;
