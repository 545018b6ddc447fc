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
SELECT id FROM schedule
WHERE organization_id = $1 AND id = $2 AND (active OR outdated_until IS NOT NULL)
FOR NO KEY UPDATE SKIP LOCKED;

-- name: update_schedule!
UPDATE schedule SET title = $3, rule = $4, plan = $5::jsonb, version = $6, active = $7,
                    generated_until = $8, outdated_until = $9, refusal = $10, updated_at = $11
WHERE organization_id = $1 AND id = $2;

-- name: note_refusal^
-- Why it cannot go on ($3); a row if that is news.
UPDATE schedule SET refusal = $3
WHERE organization_id = $1 AND id = $2 AND refusal IS DISTINCT FROM $3
RETURNING id;

-- name: schedules
-- By ids ($2), or all of them in pages of $5 after id $3, of a site ($4).
SELECT statement_timestamp() AS now, c.id, c.site_id, c.title, c.rule, c.plan, c.active,
       c.generated_until, c.outdated_until, c.refusal, c.version, c.created_at, c.updated_at, s.zone
FROM schedule AS c JOIN site AS s ON s.organization_id = c.organization_id AND s.id = c.site_id
WHERE c.organization_id = $1 AND ($2::uuid[] IS NULL OR c.id = ANY ($2))
  AND ($3::uuid IS NULL OR c.id > $3) AND ($4::uuid IS NULL OR c.site_id = $4)
ORDER BY c.id LIMIT $5;

-- name: horizon
-- How far ahead slots of the site ($2) are made.
SELECT coalesce(s.horizon_days, g.horizon_days)
FROM site AS s JOIN organization AS g ON g.id = s.organization_id
WHERE s.organization_id = $1 AND s.id = $2;

-- Slots of a site are found by their times, and then told by their schedules: what there is to come
-- is bounded by the horizon, what there ever was is not.

-- name: slots_of_schedule
-- What the schedule ($3) has made at its site ($2) that starts from $4 and before $5 (NULL: ever), and
-- what somebody has withdrawn of that, whose time is not offered again. Holds that have ended count
-- no more.
SELECT s.id, s.starts_at, s.ends_at, s.held + s.confirmed > 0 AS reserved, s.waiting,
       made.withdrawn, made.schedule_version,
       made.by_hand OR (s.seq > 1 AND EXISTS (
           SELECT FROM ledger AS l
           WHERE l.organization_id = $1 AND l.offering_id = s.id
             AND l.kind IN ('capacity_set', 'capacity_adjusted'))) AS by_hand
FROM (
    SELECT o.id, t.schedule_version, t.by_hand, t.withdrawn_at IS NOT NULL AS withdrawn
    FROM offering AS o
    CROSS JOIN LATERAL (
        SELECT * FROM slot AS t WHERE t.organization_id = $1 AND t.id = o.id OFFSET 0
    ) AS t
    WHERE o.organization_id = $1 AND o.kind = 'slot' AND o.site_id = $2
      AND o.starts_at >= $4 AND ($5::timestamptz IS NULL OR o.starts_at < $5)
      AND t.schedule_id = $3 AND (t.withdrawn_at IS NULL OR t.by_hand)
    OFFSET 0
) AS made
CROSS JOIN LATERAL (
    SELECT * FROM stock AS s WHERE s.organization_id = $1 AND s.id = made.id OFFSET 0
) AS s
ORDER BY made.withdrawn, s.starts_at, s.id;

-- name: slot_after_many
-- When the slot of the schedule ($3) at the site ($2) starts that comes after $5 of them, of those that
-- start from $4.
SELECT o.starts_at
FROM offering AS o
CROSS JOIN LATERAL (
    SELECT * FROM slot AS t WHERE t.organization_id = $1 AND t.id = o.id OFFSET 0
) AS t
WHERE o.organization_id = $1 AND o.kind = 'slot' AND o.site_id = $2 AND o.starts_at >= $4
  AND t.schedule_id = $3 AND t.withdrawn_at IS NULL
ORDER BY o.starts_at, o.id OFFSET $5 LIMIT 1;

-- name: count_slots
-- How many slots of the schedule ($3) there are at the site ($2) that start from $4.
SELECT count(*)
FROM offering AS o
CROSS JOIN LATERAL (
    SELECT * FROM slot AS t WHERE t.organization_id = $1 AND t.id = o.id OFFSET 0
) AS t
WHERE o.organization_id = $1 AND o.kind = 'slot' AND o.site_id = $2 AND o.starts_at >= $4
  AND t.schedule_id = $3 AND t.withdrawn_at IS NULL;

-- name: schedules_beside
-- Other active schedules than $3 of the site ($2) with slots, of those that start from $7 and before
-- $8, in the times from $5 to $6: how many, and when the first and the last of them start. If slots
-- take something themselves ($4), as these do, they are meant to be side by side.
SELECT c.id, c.title, count(*) AS slots, min(o.starts_at) AS first, max(o.starts_at) AS last
FROM offering AS o
CROSS JOIN LATERAL (
    SELECT * FROM slot AS t WHERE t.organization_id = $1 AND t.id = o.id OFFSET 0
) AS t
JOIN schedule AS c ON c.organization_id = $1 AND c.id = t.schedule_id
WHERE o.organization_id = $1 AND o.kind = 'slot' AND o.site_id = $2
  AND o.starts_at >= $7 AND o.starts_at < $8 AND t.withdrawn_at IS NULL
  AND t.schedule_id = ANY (ARRAY(
      SELECT other.id FROM schedule AS other
      WHERE other.organization_id = $1 AND other.site_id = $2 AND other.active
        AND other.id IS DISTINCT FROM $3
        AND NOT ($4 AND other.plan -> 'slot' -> 'requirements' @> '[{"per": "slot"}]')))
  AND tstzrange(o.starts_at, o.ends_at) && (
      SELECT range_agg(tstzrange(asked.starts_at, asked.ends_at))
      FROM unnest($5::timestamptz[], $6::timestamptz[]) AS asked (starts_at, ends_at))
GROUP BY c.id, c.title
ORDER BY c.id;

-- name: read_pools
SELECT id, name, units, before_minutes, after_minutes FROM pool
WHERE organization_id = $1 AND id = ANY ($2) AND deleted_at IS NULL;
