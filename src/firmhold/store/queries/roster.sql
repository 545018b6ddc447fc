-- Who has reserved slots, for those who run them. $1 is always the organization.

-- name: slots
-- Slots that may have been reserved, the latest first, $2 of them, from the one that starts at $3 and
-- has id $4 on; at a site ($5), this one ($6), that start from $7 and before $8, of which some is held
-- ($9) or confirmed ($10). NULL leaves a criterion out.
SELECT o.id, o.starts_at FROM offering AS o
WHERE o.organization_id = $1 AND o.kind = 'slot' AND o.seq > 1
  AND ($3::timestamptz IS NULL OR (o.starts_at, o.id) <= ($3, $4::uuid))
  AND ($5::uuid IS NULL OR o.site_id = $5)
  AND ($6::uuid IS NULL OR o.id = $6)
  AND ($7::timestamptz IS NULL OR o.starts_at >= $7)
  AND ($8::timestamptz IS NULL OR o.starts_at < $8)
  AND (NOT $9::boolean OR o.held > 0) AND (NOT $10::boolean OR o.confirmed > 0)
ORDER BY o.starts_at DESC, o.id DESC
LIMIT $2;

-- name: lines
-- Lines of reservations on these slots ($2), those on the latest first, $3 of them, beyond the one on
-- the slot that starts at $4 and has id $5, of reservation $6; that stand as one of these ($7). A
-- slot's ledger leads to whoever has or had some of it; who has moved away has no line there.
SELECT o.starts_at, o.id AS slot_id, r.id AS reservation_id, seen.status, r.customer,
       CASE WHEN strpos(r.customer, '@') > 0 THEN r.customer ELSE u.email END AS email,
       CASE jsonb_typeof(r.metadata -> 'patient_name')
           WHEN 'string' THEN r.metadata ->> 'patient_name' END AS name,
       r.notes,
       CASE WHEN seen.status IN ('confirmed', 'fulfilled', 'no_show') THEN l.confirmed
            ELSE l.quantity END AS units,
       r.created_at, r.expires_at, r.confirmed_at, r.ended_at
FROM unnest($2::uuid[]) AS asked (id)
-- One by one, by primary key (OFFSET 0), whatever the planner thinks of the tables' sizes.
CROSS JOIN LATERAL (
    SELECT * FROM offering AS o WHERE o.organization_id = $1 AND o.id = asked.id OFFSET 0
) AS o
CROSS JOIN LATERAL (
    SELECT DISTINCT e.reservation_id FROM ledger AS e
    WHERE e.organization_id = $1 AND e.offering_id = o.id AND e.reservation_id IS NOT NULL
) AS named
CROSS JOIN LATERAL (
    SELECT * FROM reservation_line AS l
    WHERE l.organization_id = $1 AND l.reservation_id = named.reservation_id
      AND l.offering_id = o.id OFFSET 0
) AS l
CROSS JOIN LATERAL (
    SELECT * FROM reservation AS r
    WHERE r.organization_id = $1 AND r.id = named.reservation_id OFFSET 0
) AS r
CROSS JOIN LATERAL (
    -- Who has given back all of this slot, and kept another, has cancelled this one.
    SELECT CASE WHEN r.status IN ('confirmed', 'fulfilled', 'no_show') AND l.confirmed = 0
                THEN 'cancelled' ELSE status_now(r.status, r.expires_at) END AS status
) AS seen
CROSS JOIN LATERAL (
    -- Worked out apart (OFFSET 0): as part of the comparison it would keep it from the index.
    SELECT CASE WHEN r.customer ~ '^usr_[0-9a-f]{32}$' THEN right(r.customer, 32)::uuid END AS user_id
    OFFSET 0
) AS who
LEFT JOIN users AS u ON u.organization_id = $1 AND u.id = who.user_id
WHERE ($4::timestamptz IS NULL OR (o.starts_at, o.id, r.id) < ($4, $5::uuid, $6::uuid))
  AND ($7::text[] IS NULL OR seen.status = ANY ($7))
ORDER BY o.starts_at DESC, o.id DESC, r.id DESC
LIMIT $3;

-- name: spare
-- Units of what these slots ($2) require that are not lent at any instant of their times, buffers
-- included. What a hold that has ended took is there again.
SELECT r.slot_id, r.pool_id, p.units - coalesce(most.units, 0) AS spare
FROM requirement AS r
JOIN offering AS o ON o.organization_id = $1 AND o.id = r.slot_id
JOIN pool AS p ON p.organization_id = $1 AND p.id = r.pool_id
CROSS JOIN LATERAL time_to_take($1, r.slot_id, o.starts_at, o.ends_at, p.id, p.before_minutes,
                                p.after_minutes, statement_timestamp()) AS wanted
LEFT JOIN LATERAL pool_busiest($1, p.id, wanted.during, statement_timestamp()) AS most ON true
WHERE r.organization_id = $1 AND r.slot_id = ANY ($2);
