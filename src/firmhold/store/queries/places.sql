-- Sites, and the pools that are at them or nowhere in particular. $1 is always the organization.

-- name: insert_site!
INSERT INTO site (organization_id, id, name, address, zone, slot_minutes, opening_hours, blackouts,
    horizon_days, notice_minutes, cutoff_minutes, customer_limit, customer_days, metadata,
    created_at, updated_at)
VALUES ($1, $2, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10, $11, $12, $13, $14, $15::jsonb, $3, $3);

-- name: lock_limits
-- Alone, as `update_organization` takes it: no batch that goes by the site's old limits is under way
-- any more when the new ones are in force.
SELECT pg_advisory_xact_lock(1, hashtext($1::uuid::text));

-- name: lock_site^
SELECT id FROM site WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE;

-- name: update_site!
UPDATE site
SET updated_at = $3, name = $4, address = $5, zone = $6, slot_minutes = $7,
    opening_hours = $8::jsonb, blackouts = $9::jsonb, horizon_days = $10, notice_minutes = $11,
    cutoff_minutes = $12, customer_limit = $13, customer_days = $14, metadata = $15::jsonb
WHERE organization_id = $1 AND id = $2;

-- name: sites
-- By ids ($2), or all of them in pages of $4 after id $3.
SELECT statement_timestamp() AS now, s.id, s.name, s.address, s.zone, s.slot_minutes,
       s.opening_hours, s.blackouts, s.horizon_days, s.notice_minutes, s.cutoff_minutes,
       s.customer_limit, s.customer_days, s.metadata, s.created_at, s.updated_at
FROM site AS s
WHERE s.organization_id = $1 AND ($2::uuid[] IS NULL OR s.id = ANY ($2))
  AND ($3::uuid IS NULL OR s.id > $3)
ORDER BY s.id LIMIT $4;

-- name: insert_pool!
INSERT INTO pool (organization_id, id, kind, name, units, before_minutes, after_minutes, site_id,
    metadata, created_at, updated_at)
VALUES ($1, $2, $4, $5, $6, $7, $8, $9, $10::jsonb, $3, $3);

-- name: lock_pool^
-- Against whoever requires it as well.
SELECT id FROM pool WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE;

-- name: update_pool!
UPDATE pool
SET updated_at = $3, name = $4, units = $5, before_minutes = $6, after_minutes = $7, site_id = $8,
    metadata = $9::jsonb
WHERE organization_id = $1 AND id = $2;

-- name: lent_from_now^
-- The most that a pool lends at any instant from now on, loans of ended holds not counted.
SELECT clock.now, most.units, most.busy_from, most.busy_until
FROM (SELECT clock_timestamp() AS now OFFSET 0) AS clock
LEFT JOIN LATERAL pool_busiest($1, $2, tstzrange(clock.now, NULL), clock.now) AS most ON true;

-- name: ended_loans
-- Reservations whose hold has ended by $3, and which have something of the pool from then on.
SELECT DISTINCT line.reservation_id FROM loan AS l
JOIN requirement AS r
  ON r.organization_id = $1 AND r.slot_id = l.slot_id AND r.pool_id = $2 AND r.per = 'reservation'
JOIN reservation_line AS line
  ON line.organization_id = $1 AND line.offering_id = l.slot_id
 AND line.status = 'held' AND line.expires_at <= $3
WHERE l.organization_id = $1 AND l.pool_id = $2 AND NOT l.exclusive AND l.ends > $3;

-- name: slots_requiring
-- How many slots require the pool, or did when they were withdrawn.
SELECT count(*) FROM requirement WHERE organization_id = $1 AND pool_id = $2;

-- name: schedule_requiring^
-- An active schedule whose slots require the pool, which is named here as documents have it ($2).
SELECT id, title FROM schedule
WHERE organization_id = $1 AND active
  AND plan -> 'slot' -> 'requirements' @> jsonb_build_array(jsonb_build_object('pool', $2::text))
ORDER BY id LIMIT 1;

-- name: delete_pool!
UPDATE pool SET deleted_at = $3 WHERE organization_id = $1 AND id = $2;

-- name: pools
-- By ids ($2), or all of them in pages of $6 after id $3, at a site ($4), of a kind ($5).
SELECT p.id, p.kind, p.name, p.units, p.before_minutes, p.after_minutes, p.site_id, p.metadata,
       p.created_at, p.updated_at
FROM pool AS p
WHERE p.organization_id = $1 AND p.deleted_at IS NULL AND ($2::uuid[] IS NULL OR p.id = ANY ($2))
  AND ($3::uuid IS NULL OR p.id > $3)
  AND ($4::uuid IS NULL OR p.site_id = $4)
  AND ($5::text IS NULL OR p.kind = $5)
ORDER BY p.id LIMIT $6;

-- name: lent
-- What a pool ($2) has lent at some time from $3 to $4, in the order of time and slots, in pages of
-- $7 after the loan that begins at $5 and is for slot $6. Ended holds have nothing.
SELECT l.slot_id, live.units, l.begins AS starts_at, l.ends AS ends_at, t.title,
       r.per
FROM loan AS l
CROSS JOIN LATERAL (
    SELECT l.units - ended.units AS units
    FROM units_of_ended_holds($1, l.slot_id, $2, statement_timestamp()) AS ended
    OFFSET 0
) AS live
JOIN slot AS t ON t.organization_id = $1 AND t.id = l.slot_id
JOIN requirement AS r ON r.organization_id = $1 AND r.slot_id = l.slot_id AND r.pool_id = $2
WHERE l.organization_id = $1 AND l.pool_id = $2 AND l.begins < $4 AND l.ends > $3 AND $3 < $4
  AND live.units > 0
  AND ($5::timestamptz IS NULL OR (l.begins, l.slot_id) > ($5, $6::uuid))
ORDER BY l.begins, l.slot_id
LIMIT $7;
