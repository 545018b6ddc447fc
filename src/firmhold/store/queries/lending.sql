-- What a batch reads and writes of pools. $1 is always the organization. Offerings are locked
-- before; then pools, in id order; whoever publishes a slot locks pools alone.

-- name: lock_pools
-- The only statement by which pools are locked for reservations: those that reservations of the
-- slots ($2) take from. An array of ids, for the reason given at `lock_offerings`.
SELECT p.id, p.name, p.units, p.before_minutes, p.after_minutes
FROM pool AS p
WHERE p.organization_id = $1 AND p.id = ANY (ARRAY(
    SELECT r.pool_id FROM requirement AS r
    WHERE r.organization_id = $1 AND r.slot_id = ANY ($2) AND r.per = 'reservation'
))
ORDER BY p.id
FOR UPDATE;

-- name: load_slots
-- The slots ($2) with what their sites set, one row for each thing that a reservation of them
-- requires, or one for none, and with everything that is lent by the same pools at the same times,
-- buffers included.
SELECT clock_timestamp() AS now, o.id AS slot_id, o.site_id, o.starts_at, o.ends_at,
       coalesce(s.horizon_days, g.horizon_days) AS horizon_days,
       coalesce(s.notice_minutes, g.notice_minutes) AS notice_minutes,
       coalesce(s.cutoff_minutes, g.cutoff_minutes) AS cutoff_minutes,
       s.customer_limit, s.customer_days, r.pool_id, r.units, lent.*
FROM unnest($2::uuid[]) AS asked (id)
JOIN offering AS o ON o.organization_id = $1 AND o.id = asked.id
JOIN site AS s ON s.organization_id = $1 AND s.id = o.site_id
JOIN organization AS g ON g.id = $1
LEFT JOIN requirement AS r
  ON o.lends AND r.organization_id = $1 AND r.slot_id = asked.id AND r.per = 'reservation'
LEFT JOIN pool AS p ON p.organization_id = $1 AND p.id = r.pool_id
LEFT JOIN LATERAL (
    SELECT array_agg(l.slot_id) AS slots, array_agg(l.reservation_id) AS reservations,
           array_agg(l.units) AS lent, array_agg(lower(l.during)) AS starts,
           array_agg(upper(l.during)) AS ends, array_agg(l.expires_at) AS expires
    FROM (
        -- Twice, because the index for what is exclusive is not the one for what is counted.
        SELECT * FROM loan
        WHERE organization_id = $1 AND pool_id = r.pool_id AND exclusive
          AND during && tstzrange(o.starts_at - make_interval(mins => p.before_minutes),
                                  o.ends_at + make_interval(mins => p.after_minutes))
        UNION ALL
        SELECT * FROM loan
        WHERE organization_id = $1 AND pool_id = r.pool_id AND NOT exclusive
          AND during && tstzrange(o.starts_at - make_interval(mins => p.before_minutes),
                                  o.ends_at + make_interval(mins => p.after_minutes))
    ) AS l
) AS lent ON r.pool_id IS NOT NULL
ORDER BY o.id, r.pool_id;

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

-- name: return_loans!
-- Whatever these reservations ($2) have taken for these slots ($3).
DELETE FROM loan AS l
USING (
    SELECT $1::uuid AS organization_id, u.* FROM unnest($2::uuid[], $3::uuid[])
        AS u (reservation_id, slot_id)
    OFFSET 0
) AS n
WHERE l.organization_id = n.organization_id AND l.reservation_id = n.reservation_id
  AND l.slot_id = n.slot_id;

-- name: keep_loans!
-- Loans of these reservations ($2) now end with a hold at these times ($3), or with the slot (NULL).
UPDATE loan AS l SET expires_at = n.expires_at
FROM (
    SELECT $1::uuid AS organization_id, u.* FROM unnest($2::uuid[], $3::timestamptz[])
        AS u (reservation_id, expires_at)
    OFFSET 0
) AS n
WHERE l.organization_id = n.organization_id AND l.reservation_id = n.reservation_id;

-- name: take_loans!
INSERT INTO loan (organization_id, pool_id, slot_id, reservation_id, units, during, exclusive,
                  expires_at)
SELECT $1, n.pool_id, n.slot_id, n.reservation_id, n.units, tstzrange(n.starts_at, n.ends_at),
       p.exclusive, n.expires_at
FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::integer[], $6::timestamptz[],
            $7::timestamptz[], $8::timestamptz[])
    AS n (pool_id, slot_id, reservation_id, units, starts_at, ends_at, expires_at)
JOIN pool AS p ON p.organization_id = $1 AND p.id = n.pool_id;

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
