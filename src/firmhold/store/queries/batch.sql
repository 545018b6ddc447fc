-- The statements of one batch, in the order in which the engine runs them: lock, load, write.
-- $1 is always the organization. What is written is passed as one array per column.

-- name: lock_customers
-- Customers whose number of holds is limited are locked first, in one order, so that two holds
-- on different offerings cannot both be the last one allowed. A collision of the hash makes two
-- customers wait for each other and has no other effect.
SELECT pg_advisory_xact_lock(ordered.lock) FROM (
    SELECT DISTINCT hashtextextended($1::text || customer, 0) AS lock
    FROM unnest($2::text[]) AS customer ORDER BY lock
) AS ordered;

-- name: lock_offerings
-- The only statement by which a batch locks offerings, in id order. Offerings that share a hold
-- with one of ours, if that hold is due or is about to be, are locked along: the hold will be
-- expired as a whole. What becomes due while we wait for the locks is caught after loading.
--
-- Before them, and together with all other batches, the limits that the organization sets:
-- `update_organization` takes that lock alone, so that no batch that goes by the old ones is under
-- way any more when the new ones are in force.
--
-- The ids are an array that is made before the first row is locked, not a joined subquery: after
-- waiting for a lock PostgreSQL evaluates joins once more with the row's new version, and did not
-- find it in a subquery of this shape again.
SELECT o.id, o.kind, o.capacity, o.held, o.confirmed, o.seq, o.drain_to,
       o.sale_starts_at, o.sale_ends_at, o.min_quantity, o.max_quantity, o.max_per_customer,
       o.hold_ttl_seconds, o.unit_price, o.currency, o.waiting, o.open, o.lends
FROM offering AS o
WHERE (SELECT pg_advisory_xact_lock_shared(1, hashtext($1::uuid::text))) IS NOT NULL
  AND o.organization_id = $1 AND o.id = ANY ($2::uuid[] || ARRAY(
    SELECT other.offering_id FROM (
        SELECT due.reservation_id FROM unnest($2::uuid[]) AS asked (id)
        CROSS JOIN LATERAL (
            SELECT l.reservation_id FROM reservation_line AS l
            WHERE l.organization_id = $1 AND l.offering_id = asked.id AND l.status = 'held'
              -- Not the clock itself, which changes while one looks and so cannot bound an index.
              AND l.expires_at <= statement_timestamp() + interval '2 seconds'
            ORDER BY l.expires_at LIMIT $3  -- in the order of the one index that knows it
        ) AS due
        LIMIT $3
    ) AS due
    CROSS JOIN LATERAL (
        SELECT l.offering_id FROM reservation_line AS l
        WHERE l.organization_id = $1 AND l.reservation_id = due.reservation_id
        OFFSET 0
    ) AS other
))
ORDER BY o.id
FOR UPDATE OF o;

-- name: load_batch
-- The clock and the organization's limits, read now that the locks are ours, and with them: the
-- reservations that commands name ($3), the holds that are due on the offerings ($2), at most $4 of
-- those, and, in the first row, what was answered to callers who used their keys ($5) before. One
-- statement, because each one more is paid by every batch. Always at least one row, for the clock.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
due AS MATERIALIZED (
    SELECT l.reservation_id AS id FROM clock
    CROSS JOIN unnest($2::text::uuid[]) AS asked (id)
    CROSS JOIN LATERAL (
        SELECT line.reservation_id FROM reservation_line AS line
        WHERE line.organization_id = $1 AND line.offering_id = asked.id
          AND line.status = 'held' AND line.expires_at <= clock.now
        ORDER BY line.expires_at LIMIT $4  -- in the order of the one index that knows it
    ) AS l
    LIMIT $4
),
wanted AS (SELECT unnest($3::text::uuid[]) AS id UNION SELECT id FROM due),
answers AS MATERIALIZED (
    SELECT array_agg(a.key) AS keys, array_agg(a.fingerprint) AS fingerprints,
           array_agg(a.status) AS statuses, array_agg(a.body) AS bodies
    FROM idempotency AS a WHERE a.organization_id = $1 AND a.key = ANY ($5::text::uuid[])
)
SELECT clock.now, g.hold_ttl_seconds, g.max_live_holds, g.offer_ttl_seconds, (SELECT count(*) FROM due) AS due,
       answers.*, r.*
FROM clock
LEFT JOIN organization AS g ON g.id = $1
LEFT JOIN (
    SELECT row_number() OVER () AS number, r.*
    FROM wanted
    CROSS JOIN LATERAL (
        SELECT * FROM reservation_with_lines AS r
        WHERE r.organization_id = $1 AND r.id = wanted.id
        OFFSET 0  -- one by one, by primary key, whatever the planner thinks of the table's size
    ) AS r
) AS r ON true
LEFT JOIN answers ON coalesce(r.number, 1) = 1;

-- name: load_usage
-- Units that customers have of offerings which limit them: $2 and $3 are pairs. A hold that is
-- due at $4 counts no more.
SELECT pair.customer, pair.offering_id, usage.units
FROM unnest($2::text[], $3::uuid[]) AS pair (customer, offering_id)
CROSS JOIN LATERAL (
    SELECT sum(of_status.units)::integer AS units
    -- One by one, each by the whole of an index.
    FROM (VALUES ('held'), ('confirmed'), ('fulfilled'), ('no_show')) AS s (status)
    CROSS JOIN LATERAL (
        SELECT sum(l.held + l.confirmed) AS units FROM reservation_line AS l
        WHERE l.organization_id = $1 AND l.customer = pair.customer AND l.status = s.status
          AND l.offering_id = pair.offering_id AND (l.status <> 'held' OR l.expires_at > $4)
    ) AS of_status
) AS usage
WHERE usage.units > 0;

-- name: load_live_holds
-- Holds that customers ($2) have at $3. The status comes with them, behind a fence: as a constant
-- it would invite the index of what is due, which knows no customers.
SELECT who.customer, live.holds
FROM (SELECT u.customer, 'held'::text AS status FROM unnest($2::text[]) AS u (customer) OFFSET 0)
    AS who
CROSS JOIN LATERAL (
    SELECT count(DISTINCT l.reservation_id)::integer AS holds FROM reservation_line AS l
    WHERE l.organization_id = $1 AND l.customer = who.customer
      AND l.status = who.status AND l.expires_at > $3
) AS live
WHERE live.holds > 0;

-- name: update_reservations!
-- Reservations that have changed ($2 … $8, $15) and their lines ($9 … $14). The organization comes
-- with the values, behind a fence (OFFSET 0): were it a constant, a plan made while the tables were
-- empty would read all of the organization's rows instead of finding each by its key.
WITH reservations AS (
    UPDATE reservation AS r
    SET status = n.status, expires_at = n.expires_at, confirmed_at = n.confirmed_at,
        ended_at = n.ended_at, reason = n.reason, reacquired = n.reacquired,
        extend_until = n.extend_until
    FROM (
        SELECT $1::uuid AS organization_id, u.* FROM unnest($2::uuid[], $3::text[],
            $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::boolean[],
            $15::timestamptz[])
            AS u (id, status, expires_at, confirmed_at, ended_at, reason, reacquired, extend_until)
        OFFSET 0
    ) AS n
    WHERE r.organization_id = n.organization_id AND r.id = n.id
)
UPDATE reservation_line AS l
SET held = n.held, confirmed = n.confirmed, status = n.status, expires_at = n.expires_at
FROM (
    SELECT $1::uuid AS organization_id, u.* FROM unnest($9::uuid[], $10::uuid[], $11::integer[],
        $12::integer[], $13::text[], $14::timestamptz[])
        AS u (reservation_id, offering_id, held, confirmed, status, expires_at)
    OFFSET 0
) AS n
WHERE l.organization_id = n.organization_id AND l.reservation_id = n.reservation_id
  AND l.offering_id = n.offering_id;

-- name: write_batch^
-- What the batch does, all at $2; instants are numbers into $3, because few differ and each is dear
-- to send. New reservations ($4 … $17) have one row per line, of which the first carries the
-- reservation; then counters ($18 … $24), ledger entries ($25 … $37) and answers ($38 … $42). A
-- column that is NULL throughout may be empty.
--
-- Says how many answers were new, because a key that someone else has just used must not have two
-- effects, and which transaction this is, for the case that its commit is never answered.
WITH new AS MATERIALIZED (
    SELECT n.*, ($3::timestamptz[])[n.expires] AS expires_at,
           ($3::timestamptz[])[n.extend] AS extend_until
    FROM unnest($4::text::uuid[], $5::text::smallint[], $6::text::text[], $7::text[], $8::text[], $9::text::smallint[],
        $10::text::smallint[], $11::text::uuid[], $12::text::integer[], $13::text::bigint[], $14::text[], $15::text[],
        $16::text::integer[], $17::jsonb[])
        AS n (id, position, status, customer, actor, expires, extend, offering_id, quantity,
              unit_price, currency, notes, guest_count, metadata)
),
reservations AS (
    INSERT INTO reservation (organization_id, id, status, customer, actor, created_at, expires_at,
        extend_until, confirmed_at, notes, guest_count, metadata)
    SELECT $1, id, status, customer, actor, $2, expires_at, extend_until,
           CASE status WHEN 'confirmed' THEN $2::timestamptz END, notes, guest_count, metadata
    FROM new WHERE position = 0
),
lines AS (
    INSERT INTO reservation_line (organization_id, reservation_id, offering_id, position, quantity,
        held, confirmed, unit_price, currency, status, expires_at, customer)
    SELECT $1, id, offering_id, position, quantity,
           CASE status WHEN 'held' THEN quantity ELSE 0 END,
           CASE status WHEN 'confirmed' THEN quantity ELSE 0 END,
           unit_price, currency, status, expires_at, customer
    FROM new
),
counters AS (
    UPDATE offering AS o
    SET capacity = n.capacity, held = n.held, confirmed = n.confirmed, seq = n.seq,
        drain_to = n.drain_to, waiting = n.waiting
    FROM (
        SELECT $1::uuid AS organization_id, u.* FROM unnest($18::text::uuid[], $19::text::integer[],
            $20::text::integer[], $21::text::integer[], $22::text::bigint[], $23::text::integer[], $24::text::integer[])
            AS u (id, capacity, held, confirmed, seq, drain_to, waiting)
        OFFSET 0
    ) AS n
    WHERE o.organization_id = n.organization_id AND o.id = n.id
),
entries AS (
    INSERT INTO ledger (organization_id, at, offering_id, seq, kind, reservation_id,
        capacity_delta, held_delta, confirmed_delta, capacity, held, confirmed, actor, reason,
        hold_expires_at)
    SELECT $1, $2, n.offering_id, n.seq, n.kind, n.reservation_id, n.capacity_delta,
           n.held_delta, n.confirmed_delta, n.capacity, n.held, n.confirmed, n.actor, n.reason,
           ($3::timestamptz[])[n.expires]
    FROM unnest($25::text::uuid[], $26::text::bigint[], $27::text::text[], $28::text::uuid[], $29::text::integer[],
        $30::text::integer[], $31::text::integer[], $32::text::integer[], $33::text::integer[], $34::text::integer[],
        $35::text[], $36::text[], $37::text::smallint[])
        AS n (offering_id, seq, kind, reservation_id, capacity_delta, held_delta,
              confirmed_delta, capacity, held, confirmed, actor, reason, expires)
),
answers AS (
    INSERT INTO idempotency (organization_id, created_at, key, fingerprint, status, body, subject)
    SELECT $1, $2, * FROM unnest($38::text::uuid[], $39::text::uuid[], $40::text::smallint[], $41::bytea[],
        $42::text::uuid[])
    ON CONFLICT DO NOTHING
    RETURNING 1
)
SELECT (SELECT count(*) FROM answers) AS answers, pg_current_xact_id()::text::bigint AS xid;

-- name: find_entry
-- Whether the entry that a lost commit would have written is there: it is ours if the
-- transaction and its time are. The offering must be locked, so that the lost transaction is over.
SELECT xid FROM ledger
WHERE organization_id = $1 AND offering_id = $2 AND seq = $3 AND at = $4;

-- name: find_unlocked
-- Run on its own, after a batch has waited in vain: the locks it takes end with the statement.
SELECT id, kind FROM offering WHERE organization_id = $1 AND id = ANY ($2)
FOR UPDATE SKIP LOCKED;
