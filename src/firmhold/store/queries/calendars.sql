-- What calendars show. $1 is always the organization.

-- name: around
-- Ids of slots of a site ($2), in the order of time: of those that started from $3 to $4 the last
-- $5, and of those that start from then on the first $6. None that were withdrawn.
--
-- Gone through by the index of their times, each looked up by itself (OFFSET 0).
(SELECT o.starts_at, o.id FROM offering AS o
 CROSS JOIN LATERAL (
     SELECT t.withdrawn_at FROM slot AS t
     WHERE t.organization_id = o.organization_id AND t.id = o.id OFFSET 0
 ) AS t
 WHERE o.organization_id = $1 AND o.kind = 'slot' AND o.site_id = $2
   AND o.starts_at >= $3 AND o.starts_at < $4 AND t.withdrawn_at IS NULL
 ORDER BY o.starts_at DESC, o.id DESC LIMIT $5)
UNION ALL
(SELECT o.starts_at, o.id FROM offering AS o
 CROSS JOIN LATERAL (
     SELECT t.withdrawn_at FROM slot AS t
     WHERE t.organization_id = o.organization_id AND t.id = o.id OFFSET 0
 ) AS t
 WHERE o.organization_id = $1 AND o.kind = 'slot' AND o.site_id = $2
   AND o.starts_at >= $4 AND t.withdrawn_at IS NULL
 ORDER BY o.starts_at, o.id LIMIT $6)
ORDER BY starts_at, id;

-- name: claims
-- The slots that a reservation ($2) is for or was for, with the units that it claims of each; those
-- that it has left come last, and only the ledger knows them. With the newest entry of each that is
-- about the reservation or about the slot itself: what others do with the slot is no matter.
WITH had AS (
    SELECT l.offering_id AS id, l.position, l.held + l.confirmed AS units
    FROM reservation_line AS l WHERE l.organization_id = $1 AND l.reservation_id = $2
    UNION ALL
    SELECT DISTINCT e.offering_id, NULL::smallint, 0 FROM ledger AS e
    WHERE e.organization_id = $1 AND e.reservation_id = $2 AND e.kind IN ('moved', 'released')
      AND NOT EXISTS (
          SELECT FROM reservation_line AS l
          WHERE l.organization_id = $1 AND l.reservation_id = $2
            AND l.offering_id = e.offering_id)
)
SELECT o.id, had.units, r.status, status_now(r.status, r.expires_at) AS status_now, r.expires_at,
       newest.seq, newest.at
FROM reservation AS r
CROSS JOIN had
JOIN offering AS o ON o.organization_id = $1 AND o.id = had.id AND o.kind = 'slot'
CROSS JOIN LATERAL (
    SELECT e.seq, e.at FROM ledger AS e
    WHERE e.organization_id = $1 AND e.offering_id = had.id
      AND (e.reservation_id = $2 OR e.kind IN ('created', 'updated'))
    ORDER BY e.seq DESC LIMIT 1
) AS newest
WHERE r.organization_id = $1 AND r.id = $2
ORDER BY had.position, had.id;

-- name: version^
SELECT calendar_version FROM site WHERE organization_id = $1 AND id = $2;

-- name: raise_version^
UPDATE site SET calendar_version = calendar_version + 1 WHERE organization_id = $1 AND id = $2
RETURNING calendar_version;

-- name: events
-- Slots at a site ($2) that events of calendar files have become, by as much of their UIDs as the
-- index has ($3), and were not withdrawn. In a file of our own a slot's UID is its id ($4).
SELECT o.id, o.starts_at, t.metadata #>> '{calendar,uid}' AS uid,
       t.metadata #>> '{calendar,recurrence}' AS recurrence
FROM slot AS t
JOIN offering AS o ON o.organization_id = $1 AND o.id = t.id AND o.site_id = $2
WHERE t.organization_id = $1 AND t.withdrawn_at IS NULL
  AND t.event = ANY ($3::text[])
UNION ALL
SELECT o.id, o.starts_at, 'slot_' || replace(o.id::text, '-', ''), NULL
FROM offering AS o
JOIN slot AS t ON t.organization_id = $1 AND t.id = o.id AND t.withdrawn_at IS NULL
WHERE o.organization_id = $1 AND o.id = ANY ($4::uuid[]) AND o.site_id = $2;
