-- What the background loops ask. They alone look across organizations.

-- name: due_reservations
-- Holds that have ended and are still to be recorded as expired, oldest first, at most $1 of them,
-- but for organizations ($2) that are being seen to. Not by the clock itself, which changes while one
-- looks and so cannot bound an index: all live holds would be read.
SELECT organization_id, id FROM reservation
WHERE status = 'held' AND expires_at <= statement_timestamp() AND organization_id <> ALL ($2::uuid[])
ORDER BY expires_at LIMIT $1;

-- name: seconds_to_next_expiry
-- But for organizations ($1) that are being seen to.
SELECT extract(epoch FROM min(expires_at) - clock_timestamp())::float8
FROM reservation WHERE status = 'held' AND organization_id <> ALL ($1::uuid[]);

-- name: prune_answers
-- Forget answers older than $1, at most $2 at a time, so that no transaction is long.
WITH old AS (
    SELECT ctid FROM idempotency WHERE created_at < now() - $1::interval
    LIMIT $2 FOR UPDATE SKIP LOCKED
)
DELETE FROM idempotency WHERE ctid IN (SELECT ctid FROM old) RETURNING 1;

-- name: waited_for
-- Offerings for which somebody waits, $3 of them after the one of organization $1 with id $2, and
-- whether it may be somebody's turn: there is enough for one who waits and it is the time, or it is
-- too late for all. Whose turn it is, if anyone's, is decided under lock.
SELECT o.organization_id, o.id, o.kind, o.seq,
       EXISTS (SELECT FROM waitlist_entry AS w
               WHERE w.organization_id = o.organization_id AND w.offering_id = o.id
                 AND w.status = 'waiting')
       AND CASE
           WHEN o.sale_ends_at <= statement_timestamp() THEN true
           WHEN o.starts_at - at.notice <= statement_timestamp() THEN true
           WHEN NOT o.open OR o.sale_starts_at > statement_timestamp() THEN false
           WHEN o.starts_at - at.horizon > statement_timestamp() THEN false
           ELSE EXISTS (
               SELECT FROM stock AS now
               JOIN waitlist_entry AS w
                 ON w.organization_id = o.organization_id AND w.offering_id = o.id
                AND w.status = 'waiting' AND w.quantity <= now.available
               WHERE now.organization_id = o.organization_id AND now.id = o.id)
               AND NOT (o.lends AND EXISTS (SELECT FROM busy_pool(
                   o.organization_id, o.id, o.starts_at, o.ends_at, statement_timestamp())))
           END AS ready
FROM (
    SELECT * FROM offering
    WHERE waiting > 0 AND (organization_id, id) > ($1::uuid, $2::uuid)
    ORDER BY organization_id, id LIMIT $3
) AS o
LEFT JOIN LATERAL (
    -- In hours, because not every day has 24 of them.
    SELECT make_interval(hours => 24 * coalesce(s.horizon_days, g.horizon_days)) AS horizon,
           make_interval(mins => coalesce(s.notice_minutes, g.notice_minutes)) AS notice
    FROM site AS s JOIN organization AS g ON g.id = s.organization_id
    WHERE s.organization_id = o.organization_id AND s.id = o.site_id
    OFFSET 0  -- each by its key
) AS at ON true
ORDER BY o.organization_id, o.id;

-- name: schedules_behind
-- Schedules, $3 of them after the one of organization $1 with id $2, that have slots to be seen to:
-- some are still what was said before, or an active one's may not reach the horizon. Whole days are
-- made by the site's clocks, some hours before the horizon is there.
SELECT c.organization_id, c.id
FROM schedule AS c
JOIN site AS s ON s.organization_id = c.organization_id AND s.id = c.site_id
JOIN organization AS g ON g.id = c.organization_id
WHERE (c.organization_id, c.id) > ($1, $2)
  AND (c.outdated_until IS NOT NULL
       OR c.active AND coalesce(c.generated_until, '-infinity') < statement_timestamp()
           + make_interval(hours => 24 * coalesce(s.horizon_days, g.horizon_days) + 3))
ORDER BY c.organization_id, c.id LIMIT $3;
