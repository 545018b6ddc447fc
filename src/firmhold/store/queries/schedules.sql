-- Schedules and what they have made. $1 is always the organization. A schedule is locked before the
-- slots that it takes back, and those before pools.

-- name: insert_schedule!
INSERT INTO schedule (organization_id, id, site_id, title, rule, plan, generated_until, created_at,
    updated_at)
VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $8);

-- name: lock_schedule^
-- Not against whoever only needs it to be there.
SELECT id FROM schedule WHERE organization_id = $1 AND id = $2 FOR NO KEY UPDATE;

-- name: lock_schedule_if_free^
-- For those who need not wait, because whoever has locked it does the same.
SELECT id FROM schedule WHERE organization_id = $1 AND id = $2 AND active
FOR NO KEY UPDATE SKIP LOCKED;

-- name: update_schedule!
UPDATE schedule SET title = $3, rule = $4, plan = $5::jsonb, version = $6, active = $7,
                    generated_until = $8, updated_at = $9
WHERE organization_id = $1 AND id = $2;

-- name: schedules
-- By ids ($2), or all of them in pages of $5 after id $3, of a site ($4).
SELECT statement_timestamp() AS now, c.id, c.site_id, c.title, c.rule, c.plan, c.active,
       c.generated_until, c.version, c.created_at, c.updated_at
FROM schedule AS c
WHERE c.organization_id = $1 AND ($2::uuid[] IS NULL OR c.id = ANY ($2))
  AND ($3::uuid IS NULL OR c.id > $3) AND ($4::uuid IS NULL OR c.site_id = $4)
ORDER BY c.id LIMIT $5;

-- name: horizon
-- How far ahead slots of the site ($2) are made.
SELECT coalesce(s.horizon_days, g.horizon_days)
FROM site AS s JOIN organization AS g ON g.id = s.organization_id
WHERE s.organization_id = $1 AND s.id = $2;

-- name: slots_of_schedule
-- What the schedule ($2) has made that starts after $3, and what somebody has withdrawn of that,
-- which is not to be made again. Holds that have ended count no more.
SELECT o.id, o.starts_at, o.ends_at, o.held + o.confirmed > 0 AS reserved, o.waiting,
       t.withdrawn_at IS NOT NULL AS withdrawn, t.schedule_version,
       t.by_hand OR (o.seq > 1 AND EXISTS (
           SELECT FROM ledger AS l
           WHERE l.organization_id = $1 AND l.offering_id = o.id
             AND l.kind IN ('capacity_set', 'capacity_adjusted'))) AS by_hand
FROM slot AS t
CROSS JOIN LATERAL (
    SELECT * FROM stock AS o WHERE o.organization_id = $1 AND o.id = t.id OFFSET 0
) AS o
WHERE t.organization_id = $1 AND t.schedule_id = $2 AND (t.withdrawn_at IS NULL OR t.by_hand)
  AND o.starts_at > $3
ORDER BY withdrawn, o.starts_at, o.id;

-- name: read_pools
SELECT id, name, units, before_minutes, after_minutes FROM pool
WHERE organization_id = $1 AND id = ANY ($2) AND deleted_at IS NULL;
