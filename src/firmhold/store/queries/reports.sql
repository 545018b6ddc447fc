-- Reports: counting what the ledger tells, and reading the counts (ADR 0026).

-- name: lock_progress^
-- How far the counts have come, for whoever counts: one at a time, nothing for the others.
SELECT version, clearing, brought, position FROM report_progress FOR UPDATE SKIP LOCKED;

-- name: move_progress!
UPDATE report_progress
SET version = $1, clearing = $2, brought = $3, position = $4, counted_at = $5;

-- name: by_key#
-- Local to the transaction. What is new is little, and all that belongs to it is found by its key,
-- whatever is known of how large the tables are.
SET LOCAL enable_seqscan = off;
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = off;
SET LOCAL plan_cache_mode = force_custom_plan;

-- name: by_hash#
-- After that, for what is looked up in what was read.
SET LOCAL enable_hashjoin = on;

-- name: patience#
-- A transaction may have written a million entries, and is counted as a whole. Nobody waits for it.
SET LOCAL statement_timeout = '120s';

-- name: clear$
-- Delete some counts; how many.
WITH counts AS (
    DELETE FROM report_count WHERE ctid IN (SELECT ctid FROM report_count LIMIT $1) RETURNING 1
), waits AS (
    DELETE FROM report_wait WHERE ctid IN (SELECT ctid FROM report_wait LIMIT $1) RETURNING 1
), sales AS (
    DELETE FROM report_sale WHERE ctid IN (SELECT ctid FROM report_sale LIMIT $1) RETURNING 1
)
SELECT (SELECT count(*) FROM counts) + (SELECT count(*) FROM waits) + (SELECT count(*) FROM sales);

-- name: bound
-- The transaction in which the $3rd entry from transaction $1 on to before $2 is, and when it was
-- written. $4: of those that a dump has brought along, or of those that were numbered here.
SELECT l.xid, l.at FROM ledger AS l
WHERE l.xid >= $1 AND l.xid < $2
  AND (l.xid > (SELECT beyond FROM ledger_cluster)
       OR l.at >= (SELECT since FROM ledger_cluster)) <> $4
ORDER BY l.xid OFFSET $3 - 1 LIMIT 1;

-- name: first_numbered_here$
-- The lowest number of a transaction that was numbered here and has entries; by the index of times,
-- because those that a dump has brought along have such numbers too.
SELECT least((SELECT min(xid) FROM ledger WHERE at >= (SELECT since FROM ledger_cluster)),
             (SELECT min(xid) FROM ledger WHERE xid > (SELECT beyond FROM ledger_cluster)));

-- name: count!
-- Add entries to the counts: $1 to $5 as `report_entries` has them.
WITH facts AS MATERIALIZED (
    SELECT * FROM report_facts(NULL, $1, $2, $3, $4, $5)
), counted AS (
    INSERT INTO report_count AS c
    SELECT organization_id, scope, subject_id, quarter, sum(holds), sum(confirmed), sum(released),
           sum(expired), sum(direct), sum(reacquired), sum(cancelled), sum(units_held),
           sum(units_confirmed), sum(units_expired), sum(capacity_delta), sum(held_delta),
           sum(confirmed_delta)
    FROM facts GROUP BY organization_id, scope, subject_id, quarter
    ON CONFLICT (organization_id, scope, subject_id, quarter) DO UPDATE SET
        holds = c.holds + excluded.holds, confirmed = c.confirmed + excluded.confirmed,
        released = c.released + excluded.released, expired = c.expired + excluded.expired,
        direct = c.direct + excluded.direct, reacquired = c.reacquired + excluded.reacquired,
        cancelled = c.cancelled + excluded.cancelled,
        units_held = c.units_held + excluded.units_held,
        units_confirmed = c.units_confirmed + excluded.units_confirmed,
        units_expired = c.units_expired + excluded.units_expired,
        capacity_delta = c.capacity_delta + excluded.capacity_delta,
        held_delta = c.held_delta + excluded.held_delta,
        confirmed_delta = c.confirmed_delta + excluded.confirmed_delta
), waited AS (
    INSERT INTO report_wait AS w
    SELECT organization_id, scope, subject_id, quarter, class, count(*)
    FROM facts WHERE class IS NOT NULL
    GROUP BY organization_id, scope, subject_id, quarter, class
    ON CONFLICT (organization_id, scope, subject_id, quarter, class)
    DO UPDATE SET reservations = w.reservations + excluded.reservations
)
INSERT INTO report_sale AS s
SELECT f.organization_id, f.offering_id, o.kind, min(f.held_at), min(f.sold_out_at),
       max(f.sold_out_at), count(f.sold_out_at), min(f.opened_at), count(f.opened_at)
FROM report_sales(NULL, $1, $2, $3, $4, $5) AS f
JOIN offering AS o ON o.organization_id = f.organization_id AND o.id = f.offering_id
GROUP BY f.organization_id, f.offering_id, o.kind
ON CONFLICT (organization_id, offering_id) DO UPDATE SET
    first_held_at = least(s.first_held_at, excluded.first_held_at),
    sold_out_at = least(s.sold_out_at, excluded.sold_out_at),
    sold_out_last = greatest(s.sold_out_last, excluded.sold_out_last),
    times_sold_out = s.times_sold_out + excluded.times_sold_out,
    opened_again_at = least(s.opened_again_at, excluded.opened_again_at),
    times_opened = s.times_opened + excluded.times_opened;

-- name: progress^
-- How far the counts have come, and by whose numbers.
SELECT r.version, r.clearing, r.brought, r.position, r.counted_at, now() AS now,
       p.system_identifier AS system, c.system AS known, c.beyond,
       pg_snapshot_xmax(s)::text::bigint AS next,
       ARRAY(SELECT x::text::bigint FROM pg_snapshot_xip(s) AS x) AS running
FROM report_progress AS r, pg_current_snapshot() AS s, pg_control_system() AS p,
     ledger_cluster AS c;

-- name: newer$
-- How many entries are not counted yet, of all organizations; not beyond $3. They are of
-- transactions from $1 to before $4, and in $2.
SELECT count(*) FROM (
    SELECT FROM ledger AS l
    WHERE l.xid >= $1 AND l.xid < $4 AND (l.xid > (SELECT beyond FROM ledger_cluster)
                           OR l.at >= (SELECT since FROM ledger_cluster))
    UNION ALL
    SELECT FROM ledger AS l WHERE l.xid = ANY ($2::bigint[])
    LIMIT $3
) AS entries;

-- name: series
-- What happened in each step; steps begin at the quarters $6, ascending, and are numbered from 1.
-- What was before the first is step 0, if it is wanted ($7). Of organization $1, scope $2 or, if that
-- is NULL, both scopes of an organization; subjects $3. $4, $8
-- and $5: which entries are not counted yet.
WITH facts AS (
    SELECT quarter, holds, confirmed, released, expired, direct, reacquired, cancelled, units_held,
           units_confirmed, units_expired, capacity_delta, held_delta, confirmed_delta
    FROM report_count
    WHERE organization_id = $1 AND scope = ANY ($2::smallint[]) AND subject_id = ANY ($3::uuid[])
      AND ($7 OR quarter >= ($6::integer[])[1]) AND quarter < ($6::integer[])[cardinality($6)]
    UNION ALL
    SELECT quarter, holds, confirmed, released, expired, direct, reacquired, cancelled, units_held,
           units_confirmed, units_expired, capacity_delta, held_delta, confirmed_delta
    FROM report_facts($1, $4, $8, '{}', $5::bigint[], false)
    WHERE scope = ANY ($2::smallint[]) AND subject_id = ANY ($3::uuid[])
      AND ($7 OR quarter >= ($6::integer[])[1]) AND quarter < ($6::integer[])[cardinality($6)]
)
SELECT width_bucket(quarter, $6::integer[]) AS step, sum(holds)::bigint AS holds,
       sum(confirmed)::bigint AS confirmed, sum(released)::bigint AS released,
       sum(expired)::bigint AS expired, sum(direct)::bigint AS direct,
       sum(reacquired)::bigint AS reacquired, sum(cancelled)::bigint AS cancelled,
       sum(units_held)::bigint AS units_held, sum(units_confirmed)::bigint AS units_confirmed,
       sum(units_expired)::bigint AS units_expired, sum(capacity_delta)::bigint AS capacity,
       sum(held_delta)::bigint AS held, sum(confirmed_delta)::bigint AS confirmed_units
FROM facts GROUP BY step ORDER BY step;

-- name: waits
-- For how long they were held that were confirmed in each step, by classes. As above.
WITH facts AS (
    SELECT quarter, class, reservations FROM report_wait
    WHERE organization_id = $1 AND scope = ANY ($2::smallint[]) AND subject_id = ANY ($3::uuid[])
      AND quarter >= ($6::integer[])[1] AND quarter < ($6::integer[])[cardinality($6)]
    UNION ALL
    SELECT quarter, class, 1
    FROM report_facts($1, $4, $7, '{}', $5::bigint[], false)
    WHERE scope = ANY ($2::smallint[]) AND subject_id = ANY ($3::uuid[]) AND class IS NOT NULL
      AND quarter >= ($6::integer[])[1] AND quarter < ($6::integer[])[cardinality($6)]
)
SELECT width_bucket(quarter, $6::integer[]) AS step, class, sum(reservations)::bigint AS reservations
FROM facts GROUP BY step, class ORDER BY step, class;

-- name: slots_of_pool
-- Slots that require a pool, at most $3.
SELECT slot_id AS id FROM requirement WHERE organization_id = $1 AND pool_id = $2 LIMIT $3;

-- name: sales
-- Sales of which the first units were taken from $4 to before $5, the newest first, from below instant
-- $7 and offering $10 on: of kind $8, and of offerings $6 if they are named; at most $9. $2, $11 and
-- $3: which entries are not counted yet.
WITH newer AS MATERIALIZED (
    SELECT offering_id, min(held_at) AS first_held_at, min(sold_out_at) AS sold_out_at,
           max(sold_out_at) AS sold_out_last, count(sold_out_at) AS times_sold_out,
           min(opened_at) AS opened_again_at, count(opened_at) AS times_opened
    FROM report_sales($1, $2, $11, '{}', $3::bigint[], false)
    WHERE $6::uuid[] IS NULL OR offering_id = ANY ($6)
    GROUP BY offering_id
), sale AS (
    -- Those that are only counted, in the order of their index: as many as are wanted, and as many
    -- more as may be left out because there is something newer of them.
    SELECT s.* FROM (
        SELECT s.offering_id, s.first_held_at, s.sold_out_at, s.sold_out_last,
               s.times_sold_out::bigint, s.opened_again_at, s.times_opened::bigint
        FROM report_sale AS s
        WHERE s.organization_id = $1 AND s.kind = $8
          AND s.first_held_at >= $4 AND s.first_held_at < $5
          AND ($6::uuid[] IS NULL OR s.offering_id = ANY ($6))
          AND ($7::timestamptz IS NULL OR (s.first_held_at, s.offering_id) < ($7, $10::uuid))
        ORDER BY s.first_held_at DESC, s.offering_id DESC
        LIMIT $9 + (SELECT count(*) FROM newer)
    ) AS s
    WHERE NOT EXISTS (SELECT FROM newer AS n WHERE n.offering_id = s.offering_id)
    UNION ALL
    SELECT n.offering_id, least(s.first_held_at, n.first_held_at),
           least(s.sold_out_at, n.sold_out_at), greatest(s.sold_out_last, n.sold_out_last),
           coalesce(s.times_sold_out, 0) + n.times_sold_out,
           least(s.opened_again_at, n.opened_again_at),
           coalesce(s.times_opened, 0) + n.times_opened
    FROM newer AS n
    LEFT JOIN report_sale AS s ON s.organization_id = $1 AND s.offering_id = n.offering_id
)
SELECT s.*, o.kind, o.sale_starts_at, coalesce(i.name, t.title) AS name, i.sku
FROM sale AS s
JOIN offering AS o ON o.organization_id = $1 AND o.id = s.offering_id
LEFT JOIN item AS i ON i.organization_id = $1 AND i.id = s.offering_id
LEFT JOIN slot AS t ON t.organization_id = $1 AND t.id = s.offering_id
WHERE s.first_held_at >= $4 AND s.first_held_at < $5 AND o.kind = $8
  AND ($7::timestamptz IS NULL OR (s.first_held_at, s.offering_id) < ($7, $10::uuid))
ORDER BY s.first_held_at DESC, s.offering_id DESC LIMIT $9;

-- name: pools
-- Pools $2, or all; at most $4. With the site at which each is.
SELECT p.id, p.kind, p.name, p.units, p.site_id, s.zone, s.opening_hours, s.blackouts
FROM pool AS p LEFT JOIN site AS s ON s.organization_id = $1 AND s.id = p.site_id
WHERE p.organization_id = $1
  AND ($2::uuid IS NULL OR p.id = $2) AND ($3::uuid IS NULL OR p.site_id = $3)
  AND ($5::text IS NULL OR p.kind = $5)
  AND (p.deleted_at IS NULL OR p.id = $2)
ORDER BY p.name, p.id LIMIT $4;

-- name: taken
-- For how many seconds units of pools $2 are lent in each step, with the time around each use and
-- without it, and how much of the latter for slots of which somebody has units. Steps begin at the
-- instants $3 and end at $4. What ended holds have not given back yet counts no longer.
SELECT p.id, s.step,
       coalesce(sum(live.units * extract(epoch FROM
           least(l.ends, s.ends) - greatest(l.begins, s.begins))), 0)::float8 AS with_buffers,
       coalesce(sum(live.units * greatest(0, extract(epoch FROM
           least(o.ends_at, s.ends) - greatest(o.starts_at, s.begins)))), 0)::float8 AS without,
       coalesce(sum(live.units * greatest(0, extract(epoch FROM
           least(o.ends_at, s.ends) - greatest(o.starts_at, s.begins))))
           FILTER (WHERE o.confirmed > 0), 0)::float8 AS booked
FROM unnest($2::uuid[]) AS p (id)
CROSS JOIN unnest($3::timestamptz[], $4::timestamptz[]) WITH ORDINALITY AS s (begins, ends, step)
CROSS JOIN LATERAL (
    SELECT l.slot_id, l.units, l.begins, l.ends FROM loan AS l
    WHERE l.organization_id = $1 AND l.pool_id = p.id
      AND l.begins < s.ends AND l.ends > s.begins
    OFFSET 0
) AS l
CROSS JOIN LATERAL (
    SELECT l.units - ended.units AS units
    FROM units_of_ended_holds($1, l.slot_id, p.id, now()) AS ended
    OFFSET 0
) AS live
JOIN offering AS o ON o.organization_id = $1 AND o.id = l.slot_id
GROUP BY p.id, s.step;

-- name: due_slots
-- How many slots begin from $2 to before $3; not beyond $6.
SELECT count(*) FROM (
    SELECT FROM offering AS o
    WHERE o.organization_id = $1 AND o.kind = 'slot' AND o.starts_at >= $2 AND o.starts_at < $3
      AND ($4::uuid IS NULL OR o.site_id = $4)
      AND ($5::uuid IS NULL OR EXISTS (
          SELECT FROM requirement AS r
          WHERE r.organization_id = $1 AND r.slot_id = o.id AND r.pool_id = $5))
    LIMIT $6
) AS due;

-- name: attendance
-- What became of those who were expected at slots that begin from $2 to before $3 and have begun: by
-- `service` (title), `pool`, `site` or step ($7). Steps begin at the instants $8. Whoever has units of
-- several slots was expected at each. From the slots' own entries: a few for each.
WITH due AS MATERIALIZED (
    SELECT o.id, o.site_id, o.starts_at, o.capacity, o.confirmed
    FROM offering AS o
    WHERE o.organization_id = $1 AND o.kind = 'slot' AND o.starts_at >= $2 AND o.starts_at < $3
      AND o.starts_at <= now() AND ($4::uuid IS NULL OR o.site_id = $4)
      AND ($5::uuid IS NULL OR EXISTS (
          SELECT FROM requirement AS r
          WHERE r.organization_id = $1 AND r.slot_id = o.id AND r.pool_id = $5))
      AND ($6::uuid IS NULL OR o.id = $6)
), visits AS (
    SELECT d.id, d.site_id, d.starts_at, d.capacity, d.confirmed, v.expected, v.came, v.absent
    FROM due AS d
    CROSS JOIN LATERAL (
        SELECT count(*) AS expected, count(*) FILTER (WHERE r.outcome = 'fulfilled') AS came,
               count(*) FILTER (WHERE r.outcome = 'no_show') AS absent
        FROM (
            SELECT (array_agg(l.kind ORDER BY l.seq DESC)
                       FILTER (WHERE l.kind IN ('fulfilled', 'no_show')))[1] AS outcome
            FROM ledger AS l
            WHERE l.organization_id = $1 AND l.offering_id = d.id AND l.reservation_id IS NOT NULL
            GROUP BY l.reservation_id HAVING sum(l.confirmed_delta) > 0
        ) AS r
        OFFSET 0
    ) AS v
    JOIN slot AS t ON t.organization_id = $1 AND t.id = d.id
    WHERE t.withdrawn_at IS NULL OR v.expected > 0
), named AS (
    SELECT v.*, t.title AS key, t.title AS name FROM visits AS v
    JOIN slot AS t ON $7 = 'service' AND t.organization_id = $1 AND t.id = v.id
    UNION ALL
    SELECT v.*, p.id::text, p.name FROM visits AS v
    JOIN requirement AS q ON $7 = 'pool' AND q.organization_id = $1 AND q.slot_id = v.id
    JOIN pool AS p ON p.organization_id = $1 AND p.id = q.pool_id
    WHERE $5::uuid IS NULL OR p.id = $5
    UNION ALL
    SELECT v.*, s.id::text, s.name FROM visits AS v
    JOIN site AS s ON $7 = 'site' AND s.organization_id = $1 AND s.id = v.site_id
    UNION ALL
    SELECT v.*, width_bucket(v.starts_at, $8::timestamptz[])::text, NULL FROM visits AS v
    WHERE $7 = 'time'
)
SELECT key, min(name) AS name, count(*) AS slots, sum(capacity)::bigint AS capacity,
       sum(confirmed)::bigint AS confirmed, sum(expected)::bigint AS expected,
       sum(came)::bigint AS came, sum(absent)::bigint AS absent
FROM named GROUP BY key ORDER BY min(name), key LIMIT $9;
