-- Looking at slots. $1 is always the organization. Holds that have ended count no more.

-- name: page
-- Ids of slots in the order of time, $2 of them, after the one that starts at $3 and has id $4; at a
-- site ($5), that start from $6 and before $7, that take from a pool ($8), of a schedule ($9), also
-- those that were withdrawn ($10), only those of which a customer could have something now ($11), if
-- not for pools, and only those for which pools could lend what that takes ($12). NULL leaves a
-- criterion out; the plan is made for the values at hand. What may be booked is said by the domain;
-- this says the same, and a test compares them.
--
-- Slots are gone through by the index of their times until there are enough, and what is to be known
-- of each is looked up one by one (OFFSET 0): any other way begins by reading all that there ever was.
SELECT o.id FROM offering AS o
CROSS JOIN LATERAL (
    SELECT t.schedule_id, t.withdrawn_at FROM slot AS t
    WHERE t.organization_id = o.organization_id AND t.id = o.id OFFSET 0
) AS t
CROSS JOIN LATERAL (
    -- In hours, because not every day has 24 of them.
    SELECT make_interval(hours => 24 * coalesce(s.horizon_days, g.horizon_days)) AS horizon,
           make_interval(mins => coalesce(s.notice_minutes, g.notice_minutes)) AS notice
    FROM site AS s JOIN organization AS g ON g.id = s.organization_id
    WHERE s.organization_id = o.organization_id AND s.id = o.site_id OFFSET 0
) AS s
WHERE o.organization_id = $1 AND o.kind = 'slot'
  AND ($3::timestamptz IS NULL OR (o.starts_at, o.id) > ($3, $4::uuid))
  AND ($5::uuid IS NULL OR o.site_id = $5)
  AND ($6::timestamptz IS NULL OR o.starts_at >= $6)
  AND ($7::timestamptz IS NULL OR o.starts_at < $7)
  AND ($8::uuid IS NULL OR coalesce((
      SELECT true FROM requirement AS r
      WHERE r.organization_id = o.organization_id AND r.slot_id = o.id AND r.pool_id = $8), false))
  AND ($9::uuid IS NULL OR t.schedule_id = $9)
  AND ($10::boolean OR t.withdrawn_at IS NULL)
  -- Where nobody can book yet, nobody has to look.
  AND (NOT $11::boolean OR o.starts_at <= statement_timestamp() + (
      SELECT make_interval(hours => 24 * max(coalesce(s.horizon_days, g.horizon_days)))
      FROM site AS s JOIN organization AS g ON g.id = s.organization_id
      WHERE s.organization_id = $1 AND ($5::uuid IS NULL OR s.id = $5)))
  AND (NOT $11::boolean OR (
      o.open AND o.starts_at > statement_timestamp()
      AND o.starts_at - s.horizon <= statement_timestamp()
      AND o.starts_at - s.notice > statement_timestamp()
      AND (o.sale_starts_at IS NULL OR o.sale_starts_at <= statement_timestamp())
      AND (o.sale_ends_at IS NULL OR o.sale_ends_at > statement_timestamp())
      AND o.capacity - o.confirmed >= o.min_quantity
      AND CASE o.held WHEN 0 THEN true ELSE (
          SELECT now.available FROM stock AS now
          WHERE now.organization_id = o.organization_id AND now.id = o.id) >= o.min_quantity END))
  AND NOT (o.lends AND EXISTS (SELECT FROM busy_pool(
      o.organization_id, o.id, o.starts_at, o.ends_at, statement_timestamp())) AND $12::boolean)
ORDER BY o.starts_at, o.id
LIMIT $2;

-- name: slots
-- These ($2), in the order in which they are named.
SELECT statement_timestamp() AS now, t.title, t.description, t.metadata, t.schedule_id,
       t.withdrawn_at, t.by_hand, t.created_at, t.updated_at,
       s.name AS site_name, s.zone, s.customer_limit, s.customer_days,
       coalesce(s.horizon_days, g.horizon_days) AS horizon_days,
       coalesce(s.notice_minutes, g.notice_minutes) AS notice_minutes,
       coalesce(s.cutoff_minutes, g.cutoff_minutes) AS cutoff_minutes,
       o.*, next.expires_at AS next_expiry, needs.*, busy.*
FROM unnest($2::uuid[]) WITH ORDINALITY AS asked (id, position)
-- One by one, by primary key (OFFSET 0), whatever the planner thinks of the tables' sizes.
CROSS JOIN LATERAL (
    SELECT * FROM stock AS o WHERE o.organization_id = $1 AND o.id = asked.id OFFSET 0
) AS o
CROSS JOIN LATERAL (
    SELECT * FROM slot AS t WHERE t.organization_id = $1 AND t.id = asked.id OFFSET 0
) AS t
CROSS JOIN LATERAL (
    SELECT * FROM site AS s WHERE s.organization_id = $1 AND s.id = o.site_id OFFSET 0
) AS s
JOIN organization AS g ON g.id = $1
LEFT JOIN LATERAL (
    SELECT l.expires_at FROM reservation_line AS l
    WHERE l.organization_id = $1 AND l.offering_id = asked.id
      AND l.status = 'held' AND l.expires_at > statement_timestamp()
    ORDER BY l.expires_at LIMIT 1
) AS next ON o.held > 0
CROSS JOIN LATERAL (
    SELECT array_agg(p.id ORDER BY r.per DESC, p.kind, p.id) AS pools,
           array_agg(p.name ORDER BY r.per DESC, p.kind, p.id) AS names,
           array_agg(p.kind ORDER BY r.per DESC, p.kind, p.id) AS kinds,
           array_agg(r.units ORDER BY r.per DESC, p.kind, p.id) AS required_units,
           array_agg(r.per ORDER BY r.per DESC, p.kind, p.id) AS pers
    FROM requirement AS r
    JOIN pool AS p ON p.organization_id = $1 AND p.id = r.pool_id
    WHERE r.organization_id = $1 AND r.slot_id = asked.id
) AS needs
LEFT JOIN LATERAL busy_pool($1, asked.id, o.starts_at, o.ends_at, statement_timestamp()) AS busy
  ON o.lends
ORDER BY asked.position;

-- name: cut_offs
-- Until when customers can give back each of these slots ($2).
SELECT o.id, o.starts_at
             - make_interval(mins => coalesce(s.cutoff_minutes, g.cutoff_minutes)) AS until
FROM unnest($2::uuid[]) AS asked (id)
CROSS JOIN LATERAL (
    SELECT * FROM offering AS o WHERE o.organization_id = $1 AND o.id = asked.id OFFSET 0
) AS o
CROSS JOIN LATERAL (
    SELECT * FROM site AS s WHERE s.organization_id = $1 AND s.id = o.site_id OFFSET 0
) AS s
JOIN organization AS g ON g.id = $1;

-- name: offerings
-- Items and slots ($2), for anyone who asks whether they can be had.
SELECT statement_timestamp() AS now, o.*, s.customer_limit, s.customer_days,
       coalesce(s.horizon_days, g.horizon_days) AS horizon_days,
       coalesce(s.notice_minutes, g.notice_minutes) AS notice_minutes,
       coalesce(s.cutoff_minutes, g.cutoff_minutes) AS cutoff_minutes,
       g.hold_ttl_seconds AS policy_ttl, g.max_live_holds, g.offer_ttl_seconds,
       next.expires_at AS next_expiry, busy.*
FROM unnest($2::uuid[]) AS asked (id)
CROSS JOIN LATERAL (
    SELECT * FROM stock AS o WHERE o.organization_id = $1 AND o.id = asked.id OFFSET 0
) AS o
JOIN organization AS g ON g.id = $1
LEFT JOIN LATERAL (
    SELECT * FROM site AS s WHERE s.organization_id = $1 AND s.id = o.site_id OFFSET 0
) AS s ON true
LEFT JOIN LATERAL (
    SELECT l.expires_at FROM reservation_line AS l
    WHERE l.organization_id = $1 AND l.offering_id = asked.id
      AND l.status = 'held' AND l.expires_at > statement_timestamp()
    ORDER BY l.expires_at LIMIT 1
) AS next ON o.held > 0
LEFT JOIN LATERAL busy_pool($1, asked.id, o.starts_at, o.ends_at, statement_timestamp()) AS busy
  ON o.lends;
