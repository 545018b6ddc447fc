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
  AND NOT CASE status
          WHEN 'held'      THEN held = quantity AND confirmed = 0
          WHEN 'confirmed' THEN held = 0 AND confirmed BETWEEN 0 AND quantity
          ELSE                  held = 0 AND confirmed = 0 END
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
SELECT e.organization_id, e.offering_id, e.reservation_id, e.seq, e.kind
FROM ledger AS e
WHERE e.reservation_id IS NOT NULL AND ($1::uuid IS NULL OR e.organization_id = $1)
  AND NOT EXISTS (
    SELECT FROM reservation_line AS l
    WHERE l.organization_id = e.organization_id AND l.reservation_id = e.reservation_id
      AND l.offering_id = e.offering_id)
ORDER BY e.organization_id, e.offering_id, e.seq LIMIT $2;

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
      WHEN kind IN ('updated', 'extended')
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
      ELSE false END
      AND (seq > 1 OR kind = 'created')
      AND (reservation_id IS NULL)
          = (kind IN ('created', 'updated', 'capacity_set', 'capacity_adjusted')))
ORDER BY organization_id, offering_id, seq LIMIT $2;

-- name: taken_once
-- Each line is opened once, as a hold or confirmed at once, with all of its units.
SELECT l.organization_id, l.reservation_id, l.offering_id, l.quantity,
       coalesce(e.openings, 0) AS openings, coalesce(e.units, 0) AS units
FROM reservation_line AS l
LEFT JOIN (
    SELECT organization_id, reservation_id, offering_id, count(*) AS openings,
           sum(held_delta + confirmed_delta) AS units
    FROM ledger
    WHERE (kind = 'held' OR kind = 'confirmed' AND held_delta = 0)
      AND ($1::uuid IS NULL OR organization_id = $1)
    GROUP BY organization_id, reservation_id, offering_id
) AS e ON e.organization_id = l.organization_id AND e.reservation_id = l.reservation_id
      AND e.offering_id = l.offering_id
WHERE ($1::uuid IS NULL OR l.organization_id = $1)
  AND (e.openings, e.units) IS DISTINCT FROM (1::bigint, l.quantity::bigint)
ORDER BY l.organization_id, l.reservation_id, l.offering_id LIMIT $2;

-- name: left_held_once
SELECT organization_id, reservation_id, offering_id, count(*) AS exits,
       string_agg(kind, ', ' ORDER BY seq) AS kinds
FROM ledger
WHERE (kind IN ('released', 'expired') OR kind = 'confirmed' AND held_delta < 0)
  AND reservation_id IS NOT NULL AND ($1::uuid IS NULL OR organization_id = $1)
GROUP BY organization_id, reservation_id, offering_id
HAVING count(*) > 1
ORDER BY organization_id, reservation_id, offering_id LIMIT $2;

-- name: given_back_once
-- Confirmed units come back by one cancellation, and are taken again after expiry at most once.
SELECT organization_id, reservation_id, offering_id,
       count(*) FILTER (WHERE kind = 'cancelled') AS cancellations,
       count(*) FILTER (WHERE kind = 'reacquired') AS reacquisitions
FROM ledger
WHERE kind IN ('cancelled', 'reacquired')
  AND reservation_id IS NOT NULL AND ($1::uuid IS NULL OR organization_id = $1)
GROUP BY organization_id, reservation_id, offering_id
HAVING count(*) FILTER (WHERE kind = 'cancelled') > 1
    OR count(*) FILTER (WHERE kind = 'reacquired') > 1
ORDER BY organization_id, reservation_id, offering_id LIMIT $2;

-- name: holds_ended_in_time
-- A hold is confirmed, released or extended before its end, and expires not before it: the end
-- itself belongs to expiry.
SELECT organization_id, offering_id, reservation_id, seq, kind, at, hold_expires_at
FROM ledger
WHERE ($1::uuid IS NULL OR organization_id = $1)
  AND (kind IN ('held', 'extended', 'released', 'expired')
       OR kind = 'confirmed' AND held_delta < 0)
  AND (hold_expires_at IS NULL OR (at < hold_expires_at) = (kind = 'expired'))
ORDER BY organization_id, offering_id, seq LIMIT $2;

-- name: status_equals_ledger
-- The ledger tells the state: what can only come later outweighs what came before. A reservation
-- without entries is named by lines_equal_ledger.
SELECT r.organization_id, r.id AS reservation_id,
       r.status || CASE WHEN r.reacquired THEN ' (reacquired)' ELSE '' END AS status,
       e.status || CASE WHEN e.reacquired THEN ' (reacquired)' ELSE '' END AS ledger_status
FROM reservation AS r
JOIN (
    SELECT organization_id, reservation_id, bool_or(kind = 'reacquired') AS reacquired,
           CASE WHEN bool_or(kind = 'cancelled') THEN 'cancelled'
                WHEN bool_or(kind IN ('confirmed', 'reacquired')) THEN 'confirmed'
                WHEN bool_or(kind = 'expired') THEN 'expired'
                WHEN bool_or(kind = 'released') THEN 'released'
                ELSE 'held' END AS status
    FROM ledger
    WHERE reservation_id IS NOT NULL AND ($1::uuid IS NULL OR organization_id = $1)
    GROUP BY organization_id, reservation_id
) AS e ON e.organization_id = r.organization_id AND e.reservation_id = r.id
WHERE (r.status, r.reacquired) <> (e.status, e.reacquired)
ORDER BY r.organization_id, r.id LIMIT $2;

-- name: times_equal_ledger
-- State and ledger entry are written by one transaction, at one time.
SELECT r.organization_id, r.id AS reservation_id,
       r.created_at, r.expires_at, r.confirmed_at, r.ended_at,
       e.created_at AS ledger_created_at, e.expires_at AS ledger_expires_at,
       e.confirmed_at AS ledger_confirmed_at, e.ended_at AS ledger_ended_at
FROM reservation AS r
JOIN (
    SELECT organization_id, reservation_id, min(at) AS created_at,
           max(hold_expires_at) FILTER (WHERE kind IN ('held', 'extended')) AS expires_at,
           max(at) FILTER (WHERE kind IN ('confirmed', 'reacquired')) AS confirmed_at,
           max(at) FILTER (WHERE kind IN ('released', 'expired', 'cancelled')) AS ended_at
    FROM ledger
    WHERE reservation_id IS NOT NULL AND ($1::uuid IS NULL OR organization_id = $1)
    GROUP BY organization_id, reservation_id
) AS e ON e.organization_id = r.organization_id AND e.reservation_id = r.id
WHERE (r.created_at, r.expires_at, r.confirmed_at)
      IS DISTINCT FROM (e.created_at, e.expires_at, e.confirmed_at)
   -- A reservation that was taken again has an expiry in its ledger, but no end.
   OR r.ended_at IS DISTINCT FROM CASE WHEN r.status <> 'confirmed' THEN e.ended_at END
ORDER BY r.organization_id, r.id LIMIT $2;

-- name: answers_have_subjects
SELECT i.organization_id, i.key, i.subject, i.created_at,
       coalesce(r.created_at, t.created_at) AS subject_created_at
FROM idempotency AS i
LEFT JOIN reservation AS r ON r.organization_id = i.organization_id AND r.id = i.subject
LEFT JOIN offering AS o ON o.organization_id = i.organization_id AND o.id = i.subject
LEFT JOIN item AS t ON t.organization_id = o.organization_id AND t.id = o.id
WHERE ($1::uuid IS NULL OR i.organization_id = $1)
  AND (r.id IS NULL AND o.id IS NULL AND i.subject <> i.organization_id
       OR i.created_at < coalesce(r.created_at, t.created_at))
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
