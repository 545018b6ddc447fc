-- Looking at waitlists. $1 is always the organization. An offer whose hold has ended has lapsed for
-- everyone who looks, whether or not that has been recorded.

-- name: page_of_offering
-- Of the line for one offering ($2), those in a state ($3), in the order in which they joined, $4 of
-- them after the place $5.
SELECT w.id FROM waitlist_entry AS w
LEFT JOIN reservation AS r ON r.organization_id = w.organization_id AND r.id = w.reservation_id
WHERE w.organization_id = $1 AND w.offering_id = $2 AND w.place > $5
  AND ($3::text IS NULL OR $3 = CASE
      WHEN w.status = 'offered' AND status_now(r.status, r.expires_at) = 'expired' THEN 'lapsed'
      ELSE w.status END)
  -- Said once more, for the index of those who wait.
  AND ($3::text IS DISTINCT FROM 'waiting' OR w.status = 'waiting')
ORDER BY w.place LIMIT $4;

-- name: page_of_customer
-- What a customer ($2) waits or waited for, perhaps in a state ($3) and for one offering ($6), newest
-- first, $4 of them below an id ($5).
SELECT w.id FROM waitlist_entry AS w
LEFT JOIN reservation AS r ON r.organization_id = w.organization_id AND r.id = w.reservation_id
WHERE w.organization_id = $1 AND w.customer = $2 AND ($5::uuid IS NULL OR w.id < $5)
  AND ($3::text IS NULL OR $3 = CASE
      WHEN w.status = 'offered' AND status_now(r.status, r.expires_at) = 'expired' THEN 'lapsed'
      ELSE w.status END)
  AND ($6::uuid IS NULL OR w.offering_id = $6)
ORDER BY w.id DESC LIMIT $4;

-- name: page_of_status
-- Everyone in a state ($2), newest first, $3 of them below an id ($4).
SELECT id FROM (
    (SELECT w.id FROM waitlist_entry AS w
     LEFT JOIN reservation AS r ON r.organization_id = w.organization_id AND r.id = w.reservation_id
     WHERE w.organization_id = $1 AND w.status = $2 AND ($4::uuid IS NULL OR w.id < $4)
       AND ($2 <> 'offered' OR status_now(r.status, r.expires_at) = 'held')
     ORDER BY w.id DESC LIMIT $3)
    UNION ALL
    (SELECT w.id FROM waitlist_entry AS w
     JOIN reservation AS r ON r.organization_id = w.organization_id AND r.id = w.reservation_id
     WHERE $2 = 'lapsed' AND w.organization_id = $1 AND w.status = 'offered'
       AND ($4::uuid IS NULL OR w.id < $4) AND status_now(r.status, r.expires_at) = 'expired'
     ORDER BY w.id DESC LIMIT $3)
) AS found
ORDER BY id DESC LIMIT $3;

-- name: page
-- Everyone, newest first, $2 of them below an id ($3).
SELECT id FROM waitlist_entry
WHERE organization_id = $1 AND ($3::uuid IS NULL OR id < $3)
ORDER BY id DESC LIMIT $2;

-- name: entries
-- These ($2), in the order in which they are named.
SELECT statement_timestamp() AS now, w.id, w.offering_id, o.kind, w.customer, w.actor, w.quantity,
       w.place,
       CASE WHEN w.status = 'offered' AND r.expires_at <= statement_timestamp() THEN 'lapsed'
            ELSE w.status END AS status,
       w.created_at, w.reservation_id, w.offered_at,
       CASE WHEN w.status = 'offered' AND r.expires_at <= statement_timestamp() THEN r.expires_at
            ELSE w.ended_at END AS ended_at,
       r.expires_at,
       CASE w.status WHEN 'waiting' THEN (
           SELECT count(*) FROM waitlist_entry AS ahead
           WHERE ahead.organization_id = $1 AND ahead.offering_id = w.offering_id
             AND ahead.status = 'waiting' AND ahead.place <= w.place) END AS position
FROM unnest($2::uuid[]) WITH ORDINALITY AS asked (id, number)
CROSS JOIN LATERAL (
    SELECT * FROM waitlist_entry AS w WHERE w.organization_id = $1 AND w.id = asked.id OFFSET 0
) AS w
JOIN offering AS o ON o.organization_id = $1 AND o.id = w.offering_id
LEFT JOIN reservation AS r ON r.organization_id = $1 AND r.id = w.reservation_id
ORDER BY asked.number;

-- name: queue
-- How many wait at a site ($2), perhaps for one of its slots ($3): entries and units, since when the
-- first of them has waited, and how many have an offer that is open.
SELECT count(*) FILTER (WHERE w.status = 'waiting') AS waiting,
       coalesce(sum(w.quantity) FILTER (WHERE w.status = 'waiting'), 0)::bigint AS units,
       min(w.created_at) FILTER (WHERE w.status = 'waiting') AS since,
       count(*) FILTER (WHERE w.status = 'offered') AS offered,
       count(DISTINCT w.offering_id) FILTER (WHERE w.status = 'waiting') AS slots,
       statement_timestamp() AS now
FROM waitlist_entry AS w
JOIN offering AS o ON o.organization_id = w.organization_id AND o.id = w.offering_id
LEFT JOIN reservation AS r ON r.organization_id = w.organization_id AND r.id = w.reservation_id
WHERE w.organization_id = $1 AND o.site_id = $2 AND ($3::uuid IS NULL OR w.offering_id = $3)
  AND (w.status = 'waiting'
       OR w.status = 'offered' AND status_now(r.status, r.expires_at) = 'held');
