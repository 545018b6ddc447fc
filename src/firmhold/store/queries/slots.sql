-- Publishing, changing and withdrawing slots. $1 is always the organization. Slots are locked before
-- pools, as a batch does it, and both in id order.

-- name: lock_slots
-- As their rows have them: holds that have ended are still counted. Nothing is joined, because after
-- waiting for a lock PostgreSQL reads only the locked row again.
SELECT id, held, confirmed FROM offering
WHERE organization_id = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE;

-- name: lock_pools
-- All that is required of them, by slots or by reservations, so that no key is locked later on.
SELECT id, name, units, before_minutes, after_minutes FROM pool
WHERE organization_id = $1 AND id = ANY ($2) AND deleted_at IS NULL ORDER BY id
FOR NO KEY UPDATE;

-- name: known_sites
SELECT id FROM site WHERE organization_id = $1 AND id = ANY ($2);

-- name: ended_holds
-- Reservations that hold units of these ($2), and whose hold has ended by $3.
SELECT DISTINCT reservation_id FROM reservation_line
WHERE organization_id = $1 AND offering_id = ANY ($2) AND status = 'held' AND expires_at <= $3;

-- name: insert_slots!
-- New slots, published at $2 by $3, with their first ledger entry.
WITH new AS MATERIALIZED (
    SELECT * FROM unnest($4::uuid[], $5::uuid[], $6::timestamptz[], $7::timestamptz[],
        $8::integer[], $9::text[], $10::text[], $11::jsonb[], $12::boolean[], $13::boolean[],
        $14::uuid[], $15::integer[], $16::timestamptz[], $17::timestamptz[], $18::integer[],
        $19::integer[], $20::integer[], $21::integer[], $22::bigint[], $23::text[])
        AS n (id, site_id, starts_at, ends_at, capacity, title, description, metadata, open, lends,
              schedule_id, schedule_version, sale_starts_at, sale_ends_at, min_quantity,
              max_quantity, max_per_customer, hold_ttl_seconds, unit_price, currency)
),
offerings AS (
    INSERT INTO offering (organization_id, id, kind, capacity, seq, site_id, starts_at, ends_at,
        open, lends, sale_starts_at, sale_ends_at, min_quantity, max_quantity, max_per_customer,
        hold_ttl_seconds, unit_price, currency)
    SELECT $1, id, 'slot', capacity, 1, site_id, starts_at, ends_at, open, lends, sale_starts_at,
           sale_ends_at, min_quantity, max_quantity, max_per_customer, hold_ttl_seconds,
           unit_price, currency
    FROM new
),
slots AS (
    INSERT INTO slot (organization_id, id, title, description, metadata, schedule_id,
        schedule_version, created_at, updated_at)
    SELECT $1, id, title, description, metadata, schedule_id, schedule_version, $2, $2 FROM new
)
INSERT INTO ledger (organization_id, offering_id, seq, kind, capacity_delta, held_delta,
    confirmed_delta, capacity, held, confirmed, at, actor)
SELECT $1, id, 1, 'created', capacity, 0, 0, capacity, 0, 0, $2, $3 FROM new;

-- name: insert_requirements!
INSERT INTO requirement (organization_id, slot_id, pool_id, units, per)
SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::integer[], $5::text[]);

-- name: drop_requirements!
-- What a slot ($2) required from these pools ($3), and took from them.
WITH loans AS (
    DELETE FROM loan WHERE organization_id = $1 AND slot_id = $2 AND pool_id = ANY ($3)
)
DELETE FROM requirement WHERE organization_id = $1 AND slot_id = $2 AND pool_id = ANY ($3);

-- name: update_slot!
-- Everything that may change but the capacity, at $3 by $4, as one more ledger entry.
WITH slots AS (
    UPDATE slot SET title = $5, description = $6, metadata = $7::jsonb, updated_at = $3,
                    by_hand = schedule_id IS NOT NULL
    WHERE organization_id = $1 AND id = $2
),
offerings AS (
    UPDATE offering
    SET seq = seq + 1, open = $8, lends = $9, sale_starts_at = $10, sale_ends_at = $11,
        min_quantity = $12, max_quantity = $13, max_per_customer = $14, hold_ttl_seconds = $15,
        unit_price = $16, currency = $17
    WHERE organization_id = $1 AND id = $2
    RETURNING id, seq, capacity, held, confirmed
)
INSERT INTO ledger (organization_id, offering_id, seq, kind, capacity_delta, held_delta,
    confirmed_delta, capacity, held, confirmed, at, actor)
SELECT $1, id, seq, 'updated', 0, 0, 0, capacity, held, confirmed, $3, $4 FROM offerings;

-- name: withdraw_slots!
-- These ($2), which nobody has reserved, are closed for good at $3 by $4 for reason $5, by hand or
-- not ($6): what they took is given back, and whoever waits need not wait any longer.
WITH loans AS (
    DELETE FROM loan WHERE organization_id = $1 AND slot_id = ANY ($2)
),
slots AS (
    UPDATE slot SET withdrawn_at = $3, updated_at = $3,
                    by_hand = by_hand OR $6 AND schedule_id IS NOT NULL
    WHERE organization_id = $1 AND id = ANY ($2)
),
closed AS (
    UPDATE waitlist_entry SET status = 'closed', ended_at = $3
    WHERE organization_id = $1 AND offering_id = ANY ($2) AND status = 'waiting'
    RETURNING offering_id, place
),
numbered AS (
    SELECT offering_id, row_number() OVER (PARTITION BY offering_id ORDER BY place) AS number
    FROM closed
),
offerings AS (
    UPDATE offering AS o
    SET open = false, waiting = o.waiting - n.closed, seq = o.seq + n.closed + 1
    FROM (
        SELECT asked.id, count(closed.place)::integer AS closed
        FROM unnest($2::uuid[]) AS asked (id)
        LEFT JOIN closed ON closed.offering_id = asked.id
        GROUP BY asked.id
    ) AS n
    WHERE o.organization_id = $1 AND o.id = n.id
    RETURNING o.id, o.seq, o.seq - n.closed - 1 AS before, o.capacity, o.held, o.confirmed
)
INSERT INTO ledger (organization_id, offering_id, seq, kind, capacity_delta, held_delta,
    confirmed_delta, capacity, held, confirmed, at, actor, reason)
SELECT $1, o.id, o.before + w.number, 'unlisted', 0, 0, 0, o.capacity, o.held, o.confirmed, $3,
       $4, 'closed'
FROM offerings AS o JOIN numbered AS w ON w.offering_id = o.id
UNION ALL
SELECT $1, o.id, o.seq, 'updated', 0, 0, 0, o.capacity, o.held, o.confirmed, $3, $4, $5
FROM offerings AS o;
