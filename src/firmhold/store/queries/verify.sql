-- One statement per check of `firmhold verify`. Each returns the first few rows that are wrong, with
-- the numbers that disagree, and nothing when all is well. $1 is the organization, NULL for all;
-- $2 how many rows to return. Columns ending in _id become ids in the sentence that verify.py
-- has for the check; the others stand in it as they are.
--
-- A check reads its tables from end to end and joins by hash. No index is wanted for it: what the
-- hot path would have to maintain, a rare audit can do without.

-- name: planner#
-- Tables are read from end to end, and joined by hash: the engine's connections shun that, and the
-- planner would shun it too, for the sake of the few rows we ask for and hope not to find. Local
-- to the transaction.
SET LOCAL enable_seqscan = on;
SET LOCAL enable_hashjoin = on;
SET LOCAL enable_nestloop = off;
SET LOCAL enable_mergejoin = off;
SET LOCAL enable_indexscan = off;
SET LOCAL enable_indexonlyscan = off;
SET LOCAL plan_cache_mode = force_custom_plan;
-- Per node of a plan, twice that for hashes; beyond it they spill to disk in an orderly way.
SET LOCAL work_mem = '128MB';
-- An audit is in no hurry: it takes one processor, and leaves the others to those who sell.
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL jit = off;
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;

-- name: organization_exists
SELECT EXISTS (SELECT FROM organization WHERE id = $1);

-- name: kind_of_offering
SELECT kind FROM offering WHERE organization_id = $1 AND id = $2;

-- name: how_many
SELECT (SELECT count(*) FROM organization WHERE $1::uuid IS NULL OR id = $1) AS organizations,
       (SELECT count(*) FROM offering
        WHERE $1::uuid IS NULL OR organization_id = $1) AS offerings,
       (SELECT count(*) FROM reservation
        WHERE $1::uuid IS NULL OR organization_id = $1) AS reservations,
       (SELECT count(*) FROM reservation_line
        WHERE $1::uuid IS NULL OR organization_id = $1) AS lines,
       (SELECT count(*) FROM loan
        WHERE $1::uuid IS NULL OR organization_id = $1) AS loans,
       (SELECT count(*) FROM waitlist_entry
        WHERE $1::uuid IS NULL OR organization_id = $1) AS waitlist_entries,
       (SELECT count(*) FROM ledger
        WHERE $1::uuid IS NULL OR organization_id = $1) AS ledger_entries,
       (SELECT count(*) FROM idempotency
        WHERE $1::uuid IS NULL OR organization_id = $1) AS idempotency_records;

-- name: counters_within_bounds
SELECT organization_id, id AS offering_id, capacity, held, confirmed
FROM offering
WHERE ($1::uuid IS NULL OR organization_id = $1)
  AND (held < 0 OR confirmed < 0 OR held::bigint + confirmed > capacity)
ORDER BY organization_id, id LIMIT $2;

-- name: drain_sells_nothing
-- While an offering drains, each unit that comes back takes the capacity down with it.
SELECT organization_id, id AS offering_id, capacity, held, confirmed, drain_to
FROM offering
WHERE ($1::uuid IS NULL OR organization_id = $1)
  AND drain_to IS NOT NULL AND (held + confirmed <> capacity OR drain_to >= capacity)
ORDER BY organization_id, id LIMIT $2;

-- name: entries_within_bounds
SELECT organization_id, offering_id, seq, capacity, held, confirmed
FROM ledger
WHERE ($1::uuid IS NULL OR organization_id = $1)
  AND (held < 0 OR confirmed < 0 OR held::bigint + confirmed > capacity)
ORDER BY organization_id, offering_id, seq LIMIT $2;

-- name: ledger_without_gaps
-- Both ways: an offering without entries, and entries without an offering.
SELECT organization_id, offering_id, coalesce(o.seq, 0) AS seq, coalesce(l.first, 0) AS first,
       coalesce(l.last, 0) AS last, coalesce(l.entries, 0) AS entries
FROM (SELECT organization_id, id AS offering_id, seq FROM offering
      WHERE $1::uuid IS NULL OR organization_id = $1) AS o
FULL JOIN (
    SELECT organization_id, offering_id, min(seq) AS first, max(seq) AS last, count(*) AS entries
    FROM ledger WHERE $1::uuid IS NULL OR organization_id = $1
    GROUP BY organization_id, offering_id
) AS l USING (organization_id, offering_id)
WHERE (l.first, l.last, l.entries) IS DISTINCT FROM (1::bigint, o.seq, o.seq)
ORDER BY organization_id, offering_id LIMIT $2;

-- name: entries_follow_each_other
-- An entry has the next number, and left what the one before it left, and its own change.
SELECT organization_id, offering_id, seq, capacity, held, confirmed,
       expected_seq, expected_capacity, expected_held, expected_confirmed
FROM (
    SELECT organization_id, offering_id, seq, capacity, held, confirmed,
           coalesce(lag(seq) OVER by_number, 0) + 1 AS expected_seq,
           coalesce(lag(capacity) OVER by_number, 0) + capacity_delta AS expected_capacity,
           coalesce(lag(held) OVER by_number, 0) + held_delta AS expected_held,
           coalesce(lag(confirmed) OVER by_number, 0) + confirmed_delta AS expected_confirmed
    FROM ledger WHERE $1::uuid IS NULL OR organization_id = $1
    WINDOW by_number AS (PARTITION BY organization_id, offering_id ORDER BY seq)
) AS entry
WHERE (seq, capacity, held, confirmed)
      <> (expected_seq, expected_capacity, expected_held, expected_confirmed)
ORDER BY organization_id, offering_id, seq LIMIT $2;

-- name: counters_equal_ledger
SELECT o.organization_id, o.id AS offering_id, o.capacity, o.held, o.confirmed,
       coalesce(l.capacity, 0) AS ledger_capacity, coalesce(l.held, 0) AS ledger_held,
       coalesce(l.confirmed, 0) AS ledger_confirmed
FROM offering AS o
LEFT JOIN (
    SELECT organization_id, offering_id, sum(capacity_delta) AS capacity, sum(held_delta) AS held,
           sum(confirmed_delta) AS confirmed
    FROM ledger WHERE $1::uuid IS NULL OR organization_id = $1
    GROUP BY organization_id, offering_id
) AS l ON l.organization_id = o.organization_id AND l.offering_id = o.id
WHERE ($1::uuid IS NULL OR o.organization_id = $1)
  AND (o.capacity, o.held, o.confirmed)
      IS DISTINCT FROM (l.capacity, l.held, l.confirmed)
ORDER BY o.organization_id, o.id LIMIT $2;

-- name: counters_equal_lines
SELECT o.organization_id, o.id AS offering_id, o.held, o.confirmed,
       coalesce(l.held, 0) AS lines_held, coalesce(l.confirmed, 0) AS lines_confirmed
FROM offering AS o
LEFT JOIN (
    SELECT organization_id, offering_id, sum(held) AS held, sum(confirmed) AS confirmed
    FROM reservation_line WHERE $1::uuid IS NULL OR organization_id = $1
    GROUP BY organization_id, offering_id
) AS l ON l.organization_id = o.organization_id AND l.offering_id = o.id
WHERE ($1::uuid IS NULL OR o.organization_id = $1)
  AND (o.held <> coalesce(l.held, 0) OR o.confirmed <> coalesce(l.confirmed, 0))
ORDER BY o.organization_id, o.id LIMIT $2;

-- name: offering_has_item
-- Made together, so that neither exists alone.
SELECT organization_id, offering_id,
       CASE WHEN o.offering_id IS NULL THEN 'item without offering'
            ELSE 'offering without item' END AS what
FROM (SELECT organization_id, id AS offering_id FROM offering
      WHERE kind = 'item' AND ($1::uuid IS NULL OR organization_id = $1)) AS o
FULL JOIN (SELECT organization_id, id AS offering_id, sku FROM item
           WHERE $1::uuid IS NULL OR organization_id = $1) AS i
USING (organization_id, offering_id)
WHERE o.offering_id IS NULL OR i.offering_id IS NULL
ORDER BY organization_id, offering_id LIMIT $2;

-- name: offering_has_slot
-- Likewise, and with a time and a place; and an item has neither.
SELECT organization_id, offering_id,
       CASE WHEN o.offering_id IS NULL THEN 'slot without offering'
            WHEN s.offering_id IS NULL THEN 'offering without slot'
            WHEN o.site_id IS NULL OR o.starts_at IS NULL OR o.ends_at IS NULL
                THEN 'slot without time or place'
            ELSE 'slot that ends before it begins' END AS what
FROM (SELECT organization_id, id AS offering_id, site_id, starts_at, ends_at FROM offering
      WHERE kind = 'slot' AND ($1::uuid IS NULL OR organization_id = $1)) AS o
FULL JOIN (SELECT organization_id, id AS offering_id FROM slot
           WHERE $1::uuid IS NULL OR organization_id = $1) AS s
USING (organization_id, offering_id)
WHERE o.offering_id IS NULL OR s.offering_id IS NULL OR o.site_id IS NULL OR o.starts_at IS NULL
   OR o.ends_at IS NULL OR o.starts_at >= o.ends_at
ORDER BY organization_id, offering_id LIMIT $2;

-- name: withdrawn_is_closed
-- Nobody has anything of a slot that was withdrawn, waits for it, or can have it.
SELECT o.organization_id, o.id AS offering_id, s.withdrawn_at, o.open, o.held, o.confirmed,
       o.waiting
FROM slot AS s
JOIN offering AS o ON o.organization_id = s.organization_id AND o.id = s.id
WHERE ($1::uuid IS NULL OR s.organization_id = $1) AND s.withdrawn_at IS NOT NULL
  AND (o.open OR o.held <> 0 OR o.confirmed <> 0 OR o.waiting <> 0)
ORDER BY o.organization_id, o.id LIMIT $2;

-- name: pools_within_units
-- What a pool lends at any instant from now on. What it lent before, it may have had then.
SELECT organization_id, pool_id, units, at, taken
FROM (
    SELECT p.organization_id, p.id AS pool_id, p.units, c.at,
           sum(c.units) OVER (PARTITION BY p.organization_id, p.id ORDER BY c.at
                              RANGE UNBOUNDED PRECEDING) AS taken
    FROM pool AS p
    JOIN (
        SELECT organization_id, pool_id, greatest(lower(during), statement_timestamp()) AS at, units
        FROM loan
        WHERE ($1::uuid IS NULL OR organization_id = $1) AND upper(during) > statement_timestamp()
        UNION ALL
        SELECT organization_id, pool_id, upper(during), -units
        FROM loan
        WHERE ($1::uuid IS NULL OR organization_id = $1) AND upper(during) > statement_timestamp()
    ) AS c ON c.organization_id = p.organization_id AND c.pool_id = p.id
) AS running
WHERE taken > units
ORDER BY organization_id, pool_id, at LIMIT $2;

-- name: exclusive_never_twice
-- A room or a practitioner is one unit, and never was in two places. Whether it is exclusive is the
-- pool's to say.
SELECT organization_id, pool_id, offering_id, lower(during) AS starts_at, before AS taken_until
FROM (
    SELECT l.organization_id, l.pool_id, l.slot_id AS offering_id, l.during, l.units, l.exclusive,
           max(upper(l.during)) OVER (
               PARTITION BY l.organization_id, l.pool_id ORDER BY lower(l.during), upper(l.during)
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM loan AS l
    JOIN pool AS p ON p.organization_id = l.organization_id AND p.id = l.pool_id
    WHERE ($1::uuid IS NULL OR l.organization_id = $1) AND p.kind <> 'equipment'
) AS lent
WHERE lower(during) < before
ORDER BY organization_id, pool_id, lower(during) LIMIT $2;

-- name: loans_equal_requirements
-- A slot has exactly what is required: what it takes itself, while it is published, and for each
-- reservation with units of it, what each takes.
SELECT organization_id, offering_id, pool_id, coalesce(w.units, 0) AS required,
       coalesce(l.units, 0) AS units
FROM (
    SELECT r.organization_id, r.slot_id AS offering_id, r.pool_id, r.units::bigint AS units
    FROM requirement AS r
    JOIN slot AS s ON s.organization_id = r.organization_id AND s.id = r.slot_id
    WHERE ($1::uuid IS NULL OR r.organization_id = $1) AND r.per = 'slot'
      AND s.withdrawn_at IS NULL
    UNION ALL
    SELECT r.organization_id, r.slot_id, r.pool_id, r.units * count(*)
    FROM requirement AS r
    JOIN reservation_line AS l ON l.organization_id = r.organization_id AND l.offering_id = r.slot_id
    WHERE ($1::uuid IS NULL OR r.organization_id = $1) AND r.per = 'reservation'
      AND l.held + l.confirmed > 0
    GROUP BY r.organization_id, r.slot_id, r.pool_id, r.units
) AS w
FULL JOIN (
    SELECT organization_id, slot_id AS offering_id, pool_id, units
    FROM loan WHERE $1::uuid IS NULL OR organization_id = $1
) AS l USING (organization_id, offering_id, pool_id)
WHERE coalesce(w.units, 0) <> coalesce(l.units, 0)
ORDER BY organization_id, offering_id, pool_id LIMIT $2;

-- name: loans_cover_slots
-- From the slot's start to its end at least; buffers may have been others when it was lent. What was
-- first taken after the slot had begun is lent from then on.
SELECT l.organization_id, l.slot_id AS offering_id, l.pool_id, lower(l.during) AS lent_from,
       upper(l.during) AS lent_until, o.starts_at, o.ends_at
FROM loan AS l
LEFT JOIN offering AS o ON o.organization_id = l.organization_id AND o.id = l.slot_id
WHERE ($1::uuid IS NULL OR l.organization_id = $1)
  AND NOT coalesce(
      upper(l.during) >= o.ends_at
      AND lower(l.during) <= greatest(o.starts_at, least(statement_timestamp(), o.ends_at)), false)
ORDER BY l.organization_id, l.slot_id, l.pool_id LIMIT $2;

-- name: lending_is_known
-- A slot says whether its reservations take anything from pools, so that others need not look.
SELECT o.organization_id, o.id AS offering_id, o.lends, count(r.pool_id) AS requirements
FROM offering AS o
LEFT JOIN requirement AS r
  ON r.organization_id = o.organization_id AND r.slot_id = o.id AND r.per = 'reservation'
WHERE ($1::uuid IS NULL OR o.organization_id = $1)
GROUP BY o.organization_id, o.id, o.lends
HAVING o.lends <> (count(r.pool_id) > 0)
ORDER BY o.organization_id, o.id LIMIT $2;

-- name: waiting_equals_entries
SELECT o.organization_id, o.id AS offering_id, o.waiting, coalesce(w.entries, 0) AS entries
FROM offering AS o
LEFT JOIN (
    SELECT organization_id, offering_id, count(*) AS entries
    FROM waitlist_entry
    WHERE status IN ('waiting', 'offered') AND ($1::uuid IS NULL OR organization_id = $1)
    GROUP BY organization_id, offering_id
) AS w ON w.organization_id = o.organization_id AND w.offering_id = o.id
WHERE ($1::uuid IS NULL OR o.organization_id = $1) AND o.waiting <> coalesce(w.entries, 0)
ORDER BY o.organization_id, o.id LIMIT $2;

-- name: places_equal_ledger
-- Each entry joined by the ledger entry that is its place, and each that is over has left by one.
SELECT w.organization_id, w.offering_id, w.customer, w.place, w.status,
       coalesce(l.kind, 'nothing') AS kind
FROM waitlist_entry AS w
LEFT JOIN ledger AS l ON l.organization_id = w.organization_id AND l.offering_id = w.offering_id
                     AND l.seq = w.place
WHERE ($1::uuid IS NULL OR w.organization_id = $1) AND l.kind IS DISTINCT FROM 'waitlisted'
ORDER BY w.organization_id, w.offering_id, w.place LIMIT $2;

-- name: joined_and_left
-- So many have joined and left as the ledger says, and nobody has a place twice.
SELECT organization_id, offering_id, coalesce(w.joined, 0) AS joined, coalesce(w.places, 0) AS places,
       coalesce(w.over, 0) AS over, coalesce(l.joined, 0) AS ledger_joined,
       coalesce(l.over, 0) AS ledger_over
FROM (
    SELECT organization_id, offering_id, count(*) AS joined, count(DISTINCT place) AS places,
           count(ended_at) AS over
    FROM waitlist_entry WHERE $1::uuid IS NULL OR organization_id = $1
    GROUP BY organization_id, offering_id
) AS w
FULL JOIN (
    SELECT organization_id, offering_id, count(*) FILTER (WHERE kind = 'waitlisted') AS joined,
           count(*) FILTER (WHERE kind = 'unlisted') AS over
    FROM ledger
    WHERE kind IN ('waitlisted', 'unlisted') AND ($1::uuid IS NULL OR organization_id = $1)
    GROUP BY organization_id, offering_id
) AS l USING (organization_id, offering_id)
WHERE (w.joined, w.places, w.over) IS DISTINCT FROM (l.joined, l.joined, l.over)
ORDER BY organization_id, offering_id LIMIT $2;

-- name: offers_have_reservations
-- An open offer is a hold for that customer with units of the offering; one that was accepted has
-- been confirmed; one that was not is no hold any more, or none on this.
SELECT w.organization_id, w.offering_id, w.reservation_id, w.customer, w.status, w.place,
       coalesce(r.status, 'missing') AS reservation_status, coalesce(l.held, 0) AS held
FROM waitlist_entry AS w
LEFT JOIN reservation AS r
  ON r.organization_id = w.organization_id AND r.id = w.reservation_id
LEFT JOIN reservation_line AS l
  ON l.organization_id = w.organization_id AND l.reservation_id = w.reservation_id
 AND l.offering_id = w.offering_id
WHERE ($1::uuid IS NULL OR w.organization_id = $1) AND NOT CASE
      WHEN w.status IN ('waiting', 'withdrawn', 'closed') THEN w.reservation_id IS NULL
      WHEN r.id IS NULL OR r.customer IS DISTINCT FROM w.customer THEN false
      WHEN w.status = 'offered' THEN r.status = 'held' AND coalesce(l.held, 0) > 0
      WHEN w.status = 'accepted' THEN r.confirmed_at IS NOT NULL
      ELSE coalesce(l.held, 0) = 0 OR EXISTS (
          -- Moved away, which declines the offer, and later back.
          SELECT FROM ledger AS e
          WHERE e.organization_id = w.organization_id AND e.reservation_id = w.reservation_id
            AND e.offering_id = w.offering_id AND e.kind = 'moved') END
ORDER BY w.organization_id, w.offering_id, w.place LIMIT $2;

-- name: reservation_has_lines
SELECT r.organization_id, r.id AS reservation_id, r.status, 0 AS lines
FROM reservation AS r
WHERE ($1::uuid IS NULL OR r.organization_id = $1)
  AND NOT EXISTS (SELECT FROM reservation_line AS l
                  WHERE l.organization_id = r.organization_id AND l.reservation_id = r.id)
ORDER BY r.organization_id, r.id LIMIT $2;

-- name: lines_repeat_reservation
SELECT l.organization_id, l.reservation_id, l.offering_id,
       l.status, l.expires_at, l.customer, r.status AS reservation_status,
       r.expires_at AS reservation_expires_at, r.customer AS reservation_customer
FROM reservation_line AS l
LEFT JOIN reservation AS r ON r.organization_id = l.organization_id AND r.id = l.reservation_id
WHERE ($1::uuid IS NULL OR l.organization_id = $1)
  AND (r.id IS NULL OR (l.status, l.expires_at, l.customer)
       IS DISTINCT FROM (r.status, r.expires_at, r.customer))
ORDER BY l.organization_id, l.reservation_id, l.offering_id LIMIT $2;

-- name: line_units_fit_status
SELECT organization_id, reservation_id, offering_id, status, quantity, held, confirmed
FROM reservation_line
WHERE ($1::uuid IS NULL OR organization_id = $1)
  AND NOT CASE WHEN status = 'held' THEN held = quantity AND confirmed = 0
               WHEN status IN ('confirmed', 'fulfilled', 'no_show')
                                    THEN held = 0 AND confirmed BETWEEN 0 AND quantity
               ELSE                      held = 0 AND confirmed = 0 END
ORDER BY organization_id, reservation_id, offering_id LIMIT $2;

-- name: lines_equal_ledger
-- A line without any entry is wrong whatever it counts.
SELECT l.organization_id, l.reservation_id, l.offering_id, l.held, l.confirmed,
       coalesce(e.entries, 0) AS entries, coalesce(e.held, 0) AS ledger_held,
       coalesce(e.confirmed, 0) AS ledger_confirmed
FROM reservation_line AS l
LEFT JOIN (
    SELECT organization_id, reservation_id, offering_id, count(*) AS entries,
           sum(held_delta) AS held, sum(confirmed_delta) AS confirmed
    FROM ledger
    WHERE reservation_id IS NOT NULL AND ($1::uuid IS NULL OR organization_id = $1)
    GROUP BY organization_id, reservation_id, offering_id
) AS e ON e.organization_id = l.organization_id AND e.reservation_id = l.reservation_id
      AND e.offering_id = l.offering_id
WHERE ($1::uuid IS NULL OR l.organization_id = $1)
  AND (l.held, l.confirmed) IS DISTINCT FROM (e.held, e.confirmed)
ORDER BY l.organization_id, l.reservation_id, l.offering_id LIMIT $2;

-- name: entries_have_lines
-- A reservation that is moved, or partly released, has no line any more on what it has left, and
-- nothing of it. Every other entry is about a line.
SELECT organization_id, offering_id, reservation_id, seq, kind, held, confirmed
FROM (
    SELECT e.organization_id, e.offering_id, e.reservation_id, min(e.seq) AS seq,
           (array_agg(e.kind ORDER BY e.seq))[1] AS kind, sum(e.held_delta) AS held, sum(e.confirmed_delta) AS confirmed,
           bool_or(e.kind = 'released')
           -- Moved anywhere, it leaves behind what it had given back elsewhere.
           OR bool_or(bool_or(e.kind = 'moved'))
              OVER (PARTITION BY e.organization_id, e.reservation_id) AS could_leave
    FROM ledger AS e
    WHERE e.reservation_id IS NOT NULL AND ($1::uuid IS NULL OR e.organization_id = $1)
    GROUP BY e.organization_id, e.offering_id, e.reservation_id
) AS e
WHERE NOT EXISTS (
    SELECT FROM reservation_line AS l
    WHERE l.organization_id = e.organization_id AND l.reservation_id = e.reservation_id
      AND l.offering_id = e.offering_id)
  AND NOT (held = 0 AND confirmed = 0 AND could_leave AND EXISTS (
    SELECT FROM reservation AS r
    WHERE r.organization_id = e.organization_id AND r.id = e.reservation_id))
ORDER BY organization_id, offering_id, seq LIMIT $2;

-- name: kinds_fit_changes
-- What each kind of entry may change. Units that come back to a draining offering take capacity
-- with them, never more than themselves.
SELECT organization_id, offering_id, reservation_id, seq, kind,
       capacity_delta, held_delta, confirmed_delta
FROM ledger
WHERE ($1::uuid IS NULL OR organization_id = $1)
  AND NOT (CASE
      WHEN kind = 'created'
          THEN seq = 1 AND capacity_delta >= 0 AND held_delta = 0 AND confirmed_delta = 0
      WHEN kind IN ('capacity_set', 'capacity_adjusted')
          THEN held_delta = 0 AND confirmed_delta = 0
      WHEN kind IN ('updated', 'extended', 'fulfilled', 'no_show', 'waitlisted', 'unlisted')
          THEN capacity_delta = 0 AND held_delta = 0 AND confirmed_delta = 0
      WHEN kind = 'held'
          THEN capacity_delta = 0 AND held_delta > 0 AND confirmed_delta = 0
      WHEN kind = 'confirmed' AND held_delta < 0
          THEN confirmed_delta >= 0 AND capacity_delta BETWEEN held_delta + confirmed_delta AND 0
      WHEN kind IN ('confirmed', 'reacquired')
          THEN capacity_delta = 0 AND held_delta = 0 AND confirmed_delta > 0
      WHEN kind IN ('released', 'expired')
          THEN held_delta < 0 AND confirmed_delta = 0 AND capacity_delta BETWEEN held_delta AND 0
      WHEN kind = 'cancelled'
          THEN held_delta = 0 AND confirmed_delta < 0
               AND capacity_delta BETWEEN confirmed_delta AND 0
      WHEN kind = 'moved'
          THEN (held_delta = 0) <> (confirmed_delta = 0)
               AND capacity_delta BETWEEN least(held_delta + confirmed_delta, 0) AND 0
      ELSE false END
      AND (seq > 1 OR kind = 'created')
      AND (kind = 'unlisted' OR (reservation_id IS NULL) = (kind IN (
              'created', 'updated', 'capacity_set', 'capacity_adjusted', 'waitlisted'))))
ORDER BY organization_id, offering_id, seq LIMIT $2;

-- name: taken_once
-- Each line is opened once, as a hold or confirmed at once or by moving there, and its quantity is
-- what it had when it was last opened, moved or partly released. Moving a reservation makes that of
-- all its lines what is left of them, so for these it is enough that the line once had so much.
SELECT l.organization_id, l.reservation_id, l.offering_id, l.quantity,
       coalesce(e.openings, 0) AS openings,
       CASE WHEN e.openings > 1 THEN e.opened ELSE coalesce(e.units, 0) END AS units
FROM reservation_line AS l
LEFT JOIN (
    SELECT organization_id, reservation_id, offering_id,
           count(*) FILTER (WHERE opens) AS openings,
           sum(held_delta + confirmed_delta) FILTER (WHERE opens) AS opened,
           (array_agg(has ORDER BY seq DESC)
               FILTER (WHERE opens OR kind = 'moved' OR kind = 'released' AND has > 0))[1] AS units,
           (array_agg(opens OR kind = 'moved' ORDER BY seq))[1] AS begins,
           array_agg(has) AS had
    FROM (
        SELECT organization_id, reservation_id, offering_id, seq, kind, held_delta, confirmed_delta,
               kind = 'held' OR kind = 'confirmed' AND held_delta = 0 AND confirmed_delta > 0
                   AS opens,
               sum(held_delta + confirmed_delta) OVER (
                   PARTITION BY organization_id, reservation_id, offering_id ORDER BY seq) AS has
        FROM ledger
        WHERE reservation_id IS NOT NULL AND ($1::uuid IS NULL OR organization_id = $1)
    ) AS entry
    GROUP BY organization_id, reservation_id, offering_id
) AS e ON e.organization_id = l.organization_id AND e.reservation_id = l.reservation_id
      AND e.offering_id = l.offering_id
LEFT JOIN (
    SELECT DISTINCT organization_id, reservation_id FROM ledger
    WHERE kind = 'moved' AND ($1::uuid IS NULL OR organization_id = $1)
) AS m ON m.organization_id = l.organization_id AND m.reservation_id = l.reservation_id
WHERE ($1::uuid IS NULL OR l.organization_id = $1)
  AND (e.openings IS NULL OR e.openings > 1 OR NOT e.begins
       OR m.reservation_id IS NULL AND (e.openings, e.units) IS DISTINCT FROM (1, l.quantity)
       OR m.reservation_id IS NOT NULL AND l.quantity <> ALL (e.had))
ORDER BY l.organization_id, l.reservation_id, l.offering_id LIMIT $2;

-- name: left_held_once
-- By expiring, by being confirmed, or with the last unit that is released or moved away; once more
-- only if the reservation was moved back.
SELECT organization_id, reservation_id, offering_id,
       count(*) FILTER (WHERE leaves) - count(*) FILTER (WHERE returns) AS exits,
       string_agg(kind, ', ' ORDER BY seq) FILTER (WHERE leaves) AS kinds
FROM (
    SELECT *,
           kind = 'expired' OR kind = 'confirmed' AND held_delta < 0
           OR kind IN ('released', 'moved') AND held_delta < 0 AND has <= 0 AS leaves,
           kind = 'moved' AND held_delta > 0 AND has = held_delta AND number > 1 AS returns
    FROM (
        SELECT organization_id, reservation_id, offering_id, seq, kind, held_delta,
               sum(held_delta) OVER by_number AS has, row_number() OVER by_number AS number
        FROM ledger
        WHERE reservation_id IS NOT NULL AND ($1::uuid IS NULL OR organization_id = $1)
        WINDOW by_number AS (
            PARTITION BY organization_id, reservation_id, offering_id ORDER BY seq)
    ) AS running
) AS entry
GROUP BY organization_id, reservation_id, offering_id
HAVING count(*) FILTER (WHERE leaves) - count(*) FILTER (WHERE returns) > 1
ORDER BY organization_id, reservation_id, offering_id LIMIT $2;

-- name: given_back_once
-- Confirmed units may be cancelled in several steps, but never more than there are; what has expired
-- is taken again at most once.
SELECT organization_id, reservation_id, offering_id,
       count(*) FILTER (WHERE kind = 'cancelled') AS cancellations,
       count(*) FILTER (WHERE kind = 'reacquired') AS reacquisitions
FROM (
    SELECT organization_id, reservation_id, offering_id, kind,
           sum(confirmed_delta) OVER (
               PARTITION BY organization_id, reservation_id, offering_id ORDER BY seq) AS has
    FROM ledger
    WHERE reservation_id IS NOT NULL AND ($1::uuid IS NULL OR organization_id = $1)
) AS entry
GROUP BY organization_id, reservation_id, offering_id
HAVING bool_or(kind = 'cancelled' AND has < 0) OR count(*) FILTER (WHERE kind = 'reacquired') > 1
ORDER BY organization_id, reservation_id, offering_id LIMIT $2;

-- name: holds_ended_in_time
-- A hold is confirmed, released, moved or extended before its end, and expires not before it: the
-- end itself belongs to expiry.
SELECT organization_id, offering_id, reservation_id, seq, kind, at, hold_expires_at
FROM ledger
WHERE ($1::uuid IS NULL OR organization_id = $1)
  AND (kind IN ('held', 'extended', 'released', 'expired')
       OR kind = 'confirmed' AND held_delta < 0 OR kind = 'moved' AND held_delta <> 0)
  AND (hold_expires_at IS NULL OR (at < hold_expires_at) = (kind = 'expired'))
ORDER BY organization_id, offering_id, seq LIMIT $2;

-- name: status_equals_ledger
-- The ledger tells the state: what can only come later outweighs what came before. As long as the
-- reservation has something left, it was only partly cancelled or released. One without entries is
-- named by lines_equal_ledger.
SELECT r.organization_id, r.id AS reservation_id,
       r.status || CASE WHEN r.reacquired THEN ' (reacquired)' ELSE '' END AS status,
       e.status || CASE WHEN e.reacquired THEN ' (reacquired)' ELSE '' END AS ledger_status
FROM reservation AS r
JOIN (
    SELECT organization_id, reservation_id, bool_or(kind = 'reacquired') AS reacquired,
           CASE WHEN bool_or(kind = 'cancelled') AND sum(held_delta + confirmed_delta) = 0
                    THEN 'cancelled'
                WHEN bool_or(kind IN ('fulfilled', 'no_show'))
                    -- A slip of the finger may have been put right.
                    THEN (array_agg(kind ORDER BY at DESC, offering_id, seq DESC)
                          FILTER (WHERE kind IN ('fulfilled', 'no_show')))[1]
                WHEN bool_or(kind IN ('confirmed', 'reacquired')) THEN 'confirmed'
                WHEN bool_or(kind = 'expired') THEN 'expired'
                WHEN bool_or(kind = 'released') AND sum(held_delta + confirmed_delta) = 0
                    THEN 'released'
                ELSE 'held' END AS status
    FROM ledger
    -- The end of a waitlist entry is no change of the reservation that was made for it.
    WHERE reservation_id IS NOT NULL AND kind <> 'unlisted'
      AND ($1::uuid IS NULL OR organization_id = $1)
    GROUP BY organization_id, reservation_id
) AS e ON e.organization_id = r.organization_id AND e.reservation_id = r.id
WHERE (r.status, r.reacquired) <> (e.status, e.reacquired)
ORDER BY r.organization_id, r.id LIMIT $2;

-- name: times_equal_ledger
-- State and ledger entry are written by one transaction, at one time. A hold ends when it was last
-- said to; moving it can also make that earlier.
SELECT r.organization_id, r.id AS reservation_id,
       r.created_at, r.expires_at, r.confirmed_at, r.ended_at,
       e.created_at AS ledger_created_at, e.expires_at AS ledger_expires_at,
       e.confirmed_at AS ledger_confirmed_at, e.ended_at AS ledger_ended_at
FROM reservation AS r
JOIN (
    SELECT organization_id, reservation_id, min(at) AS created_at,
           (array_agg(hold_expires_at ORDER BY at DESC)
               FILTER (WHERE kind IN ('held', 'extended') OR kind = 'moved' AND held_delta <> 0)
           )[1] AS expires_at,
           -- What one transaction did has one time, and no order between offerings.
           array_agg(hold_expires_at)
               FILTER (WHERE at = said_at AND (kind IN ('held', 'extended')
                                               OR kind = 'moved' AND held_delta <> 0)) AS ends,
           max(at) FILTER (WHERE kind IN ('confirmed', 'reacquired')) AS confirmed_at,
           max(at) FILTER (WHERE kind IN ('released', 'expired', 'cancelled', 'fulfilled',
                                          'no_show')) AS ended_at
    FROM (
        SELECT *, max(at) FILTER (WHERE kind IN ('held', 'extended')
                                        OR kind = 'moved' AND held_delta <> 0)
                      OVER (PARTITION BY organization_id, reservation_id) AS said_at
        FROM ledger
        WHERE reservation_id IS NOT NULL AND kind <> 'unlisted'
          AND ($1::uuid IS NULL OR organization_id = $1)
    ) AS entry
    GROUP BY organization_id, reservation_id
) AS e ON e.organization_id = r.organization_id AND e.reservation_id = r.id
WHERE (r.created_at, r.confirmed_at) IS DISTINCT FROM (e.created_at, e.confirmed_at)
   OR NOT coalesce(r.expires_at = ANY (e.ends), r.expires_at IS NULL AND e.expires_at IS NULL)
   -- A reservation that was taken again has an expiry in its ledger, but no end; one that was given
   -- back in part goes on.
   OR r.ended_at IS DISTINCT FROM
      CASE WHEN r.status NOT IN ('held', 'confirmed') THEN e.ended_at END
ORDER BY r.organization_id, r.id LIMIT $2;

-- name: answers_have_subjects
SELECT i.organization_id, i.key, i.subject, i.created_at, s.created_at AS subject_created_at
FROM idempotency AS i
LEFT JOIN (
    SELECT organization_id, id, created_at FROM reservation
    UNION ALL SELECT organization_id, id, created_at FROM item
    UNION ALL SELECT organization_id, id, created_at FROM slot
    UNION ALL SELECT organization_id, id, created_at FROM waitlist_entry
    UNION ALL SELECT organization_id, id, created_at FROM site
    UNION ALL SELECT organization_id, id, created_at FROM pool
    UNION ALL SELECT organization_id, id, created_at FROM schedule
    -- Made at a later instant of the same transaction.
    UNION ALL SELECT organization_id, id, NULL FROM users
    UNION ALL SELECT organization_id, id, NULL FROM api_key
    UNION ALL SELECT organization_id, id, NULL FROM webhook
) AS s ON s.organization_id = i.organization_id AND s.id = i.subject
WHERE ($1::uuid IS NULL OR i.organization_id = $1)
  AND (s.id IS NULL OR i.created_at < s.created_at)
  -- A webhook or a notification may be gone since, and somebody who never came; what was done to it
  -- is an act.
  AND NOT EXISTS (SELECT FROM act AS a
                  WHERE a.organization_id = i.organization_id
                    AND a.subject IN ('hook_' || replace(i.subject::text, '-', ''),
                                      'ntf_' || replace(i.subject::text, '-', '')))
  AND NOT EXISTS (SELECT FROM act AS a
                  WHERE a.organization_id = i.organization_id AND a.kind = 'user_forgotten'
                    AND a.subject = 'usr_' || replace(i.subject::text, '-', ''))
  -- An organization that was made is nobody's but its own.
  AND NOT EXISTS (SELECT FROM organization AS o WHERE o.id = i.subject)
ORDER BY i.organization_id, i.key LIMIT $2;

-- name: answers_have_effects
-- A stored answer about a reservation and the entry of its effect carry the same time, being of
-- one transaction. An answer about an offering may be to a change that found nothing to change.
SELECT i.organization_id, i.key, i.subject AS reservation_id, i.created_at
FROM idempotency AS i
JOIN reservation AS r ON r.organization_id = i.organization_id AND r.id = i.subject
WHERE ($1::uuid IS NULL OR i.organization_id = $1)
  AND NOT EXISTS (SELECT FROM ledger AS e
                  WHERE e.organization_id = i.organization_id AND e.reservation_id = i.subject
                    AND e.at = i.created_at)
ORDER BY i.organization_id, i.key LIMIT $2;

-- name: answers_are_successes
-- A refusal has no effect, so there is nothing to record.
SELECT organization_id, key, subject, status
FROM idempotency
WHERE ($1::uuid IS NULL OR organization_id = $1) AND status NOT BETWEEN 200 AND 399
ORDER BY organization_id, key LIMIT $2;

-- name: report_counts_equal_ledger
-- What is counted for reports is what the counted entries add up to: those of transactions that the
-- position has seen, which stands in hexadecimal, and those that a dump has brought along. While they
-- are made anew, and in a cluster where they are going to be, there is nothing to compare.
WITH counted AS (
    SELECT ('x' || lpad(split_part(r.position, '.', 2), 16, '0'))::bit(64)::bigint AS next,
           ARRAY(SELECT ('x' || lpad(xid, 16, '0'))::bit(64)::bigint
                 FROM unnest(string_to_array(split_part(r.position, '.', 3), '-')) AS xid
                 WHERE xid <> '') AS missing,
           coalesce(r.brought, 9223372036854775807) AS brought
    FROM report_progress AS r, pg_control_system() AS p
    WHERE NOT r.clearing
      AND ('x' || lpad(split_part(r.position, '.', 1), 16, '0'))::bit(64)::bigint
          = p.system_identifier
), facts AS MATERIALIZED (
    SELECT * FROM report_facts($1, 0, 9223372036854775807, '{}', '{}', false) AS f
    WHERE f.xid < (SELECT next FROM counted) AND f.xid <> ALL ((SELECT missing FROM counted)::bigint[])
    UNION ALL
    SELECT * FROM report_facts($1, 0, 9223372036854775807, '{}', '{}', true) AS f
    WHERE f.xid < (SELECT brought FROM counted)
), sales AS (
    SELECT * FROM report_sales($1, 0, 9223372036854775807, '{}', '{}', false) AS f
    WHERE f.xid < (SELECT next FROM counted) AND f.xid <> ALL ((SELECT missing FROM counted)::bigint[])
    UNION ALL
    SELECT * FROM report_sales($1, 0, 9223372036854775807, '{}', '{}', true) AS f
    WHERE f.xid < (SELECT brought FROM counted)
), expected AS (
    SELECT organization_id, concat_ws(' ', scope, subject_id, quarter) AS of,
           concat_ws(' ', sum(holds), sum(confirmed), sum(released), sum(expired), sum(direct),
                     sum(reacquired), sum(cancelled), sum(units_held), sum(units_confirmed),
                     sum(units_expired), sum(capacity_delta), sum(held_delta),
                     sum(confirmed_delta)) AS figures
    FROM facts GROUP BY organization_id, scope, subject_id, quarter
    UNION ALL
    SELECT organization_id, concat_ws(' ', scope, subject_id, quarter, 'class', class),
           count(*)::text
    FROM facts WHERE class IS NOT NULL
    GROUP BY organization_id, scope, subject_id, quarter, class
    UNION ALL
    SELECT organization_id, concat_ws(' ', 'sale', offering_id),
           concat_ws(' ', min(held_at), min(sold_out_at), max(sold_out_at), count(sold_out_at),
                     min(opened_at), count(opened_at))
    FROM sales GROUP BY organization_id, offering_id
), kept AS (
    SELECT c.organization_id, concat_ws(' ', scope, subject_id, quarter) AS of,
           concat_ws(' ', holds, confirmed, released, expired, direct, reacquired, cancelled,
                     units_held, units_confirmed, units_expired, capacity_delta, held_delta,
                     confirmed_delta) AS figures
    FROM report_count AS c
    UNION ALL
    SELECT organization_id, concat_ws(' ', scope, subject_id, quarter, 'class', class),
           reservations::text
    FROM report_wait
    UNION ALL
    SELECT organization_id, concat_ws(' ', 'sale', offering_id),
           concat_ws(' ', first_held_at, sold_out_at, sold_out_last, times_sold_out,
                     opened_again_at, times_opened)
    FROM report_sale
)
SELECT organization_id, of, k.figures AS kept, e.figures AS expected
FROM expected AS e FULL JOIN (
    SELECT k.* FROM kept AS k
    WHERE EXISTS (SELECT FROM counted) AND ($1::uuid IS NULL OR k.organization_id = $1)
) AS k USING (organization_id, of)
WHERE k.figures IS DISTINCT FROM e.figures
ORDER BY organization_id, of LIMIT $2;
