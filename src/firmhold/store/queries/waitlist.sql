-- What a batch reads and writes of waitlists. $1 is always the organization. An offering's waitlist
-- is protected by the offering's lock.

-- name: find_offers
-- The reservations by which units are held for these entries ($2), and for the places that customers
-- ($3) have for offerings ($4).
SELECT w.reservation_id FROM unnest($2::uuid[]) AS asked (id)
CROSS JOIN LATERAL (
    SELECT w.reservation_id, w.status FROM waitlist_entry AS w
    WHERE w.organization_id = $1 AND w.id = asked.id OFFSET 0
) AS w
WHERE w.status = 'offered'
UNION ALL
SELECT own.reservation_id FROM unnest($3::text[], $4::uuid[]) AS asked (customer, offering_id)
CROSS JOIN LATERAL (
    SELECT f.reservation_id, f.status FROM waitlist_entry AS f
    WHERE f.organization_id = $1 AND f.customer = asked.customer
      AND f.offering_id = asked.offering_id AND f.status IN ('waiting', 'offered')
    OFFSET 0
) AS own
WHERE own.status = 'offered';

-- name: load_waitlist
-- The first $3 who wait for each of the offerings ($2), and, where a number is given ($8), the first
-- so many ($9) who want at most that many units; those for whom units are held by one of the
-- reservations ($4); those named ($5); and the places that customers ($6) have for offerings ($7).
SELECT w.id, w.offering_id, o.kind, w.customer, w.actor, w.quantity, w.place, w.status, w.created_at,
       w.reservation_id, w.offered_at, w.ended_at
FROM (
    SELECT first.id FROM unnest($2::uuid[]) AS asked (offering_id)
    CROSS JOIN LATERAL (
        SELECT f.id FROM waitlist_entry AS f
        WHERE f.organization_id = $1 AND f.offering_id = asked.offering_id
          AND f.status = 'waiting'
        ORDER BY f.place LIMIT $3
    ) AS first
    UNION
    SELECT fitting.id
    FROM unnest($2::uuid[], $8::integer[], $9::integer[]) AS asked (offering_id, fits, most)
    CROSS JOIN LATERAL (
        SELECT f.id FROM waitlist_entry AS f
        WHERE f.organization_id = $1 AND f.offering_id = asked.offering_id
          AND f.status = 'waiting' AND f.quantity <= asked.fits
        ORDER BY f.place LIMIT asked.most
    ) AS fitting
    WHERE asked.fits IS NOT NULL
    UNION
    SELECT offered.id FROM unnest($4::uuid[]) AS asked (reservation_id)
    CROSS JOIN LATERAL (
        SELECT f.id FROM waitlist_entry AS f
        WHERE f.organization_id = $1 AND f.reservation_id = asked.reservation_id
          AND f.status = 'offered'
        OFFSET 0
    ) AS offered
    UNION
    SELECT unnest($5::uuid[])
    UNION
    SELECT own.id FROM unnest($6::text[], $7::uuid[]) AS asked (customer, offering_id)
    CROSS JOIN LATERAL (
        SELECT f.id FROM waitlist_entry AS f
        WHERE f.organization_id = $1 AND f.customer = asked.customer
          AND f.offering_id = asked.offering_id AND f.status IN ('waiting', 'offered')
        OFFSET 0
    ) AS own
) AS found
CROSS JOIN LATERAL (
    SELECT * FROM waitlist_entry AS w WHERE w.organization_id = $1 AND w.id = found.id OFFSET 0
) AS w
CROSS JOIN LATERAL (
    SELECT o.kind FROM offering AS o
    WHERE o.organization_id = $1 AND o.id = w.offering_id OFFSET 0
) AS o
ORDER BY w.place;

-- name: write_waitlist!
-- Entries that are new or different, as they end up.
INSERT INTO waitlist_entry AS w (organization_id, id, offering_id, customer, actor, quantity, place,
    status, created_at, reservation_id, offered_at, ended_at)
SELECT $1, n.* FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::integer[],
        $7::bigint[], $8::text[], $9::timestamptz[], $10::uuid[], $11::timestamptz[],
        $12::timestamptz[])
    AS n (id, offering_id, customer, actor, quantity, place, status, created_at, reservation_id,
          offered_at, ended_at)
ON CONFLICT (organization_id, id) DO UPDATE
SET status = EXCLUDED.status, reservation_id = EXCLUDED.reservation_id,
    offered_at = EXCLUDED.offered_at, ended_at = EXCLUDED.ended_at;
