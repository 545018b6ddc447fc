-- Facts that never change, looked up for many callers at once. $1 is the organization of each key.

-- name: offerings_of_reservations
SELECT asked.position::integer AS position, array_agg(o.id ORDER BY l.position) AS offerings,
       array_agg(o.kind ORDER BY l.position) AS kinds
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS asked (organization_id, id, position)
JOIN reservation_line AS l
  ON l.organization_id = asked.organization_id AND l.reservation_id = asked.id
JOIN offering AS o ON o.organization_id = l.organization_id AND o.id = l.offering_id
GROUP BY asked.position;

-- name: offerings_of_entries
SELECT asked.position::integer AS position, o.id, o.kind
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS asked (organization_id, id, position)
JOIN waitlist_entry AS w ON w.organization_id = asked.organization_id AND w.id = asked.id
JOIN offering AS o ON o.organization_id = w.organization_id AND o.id = w.offering_id;

-- name: items_by_sku
SELECT asked.position::integer AS position, i.id
FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS asked (organization_id, sku, position)
JOIN item AS i ON i.organization_id = asked.organization_id AND i.sku = asked.sku;

-- name: names_of_offerings
SELECT asked.position::integer AS position, i.sku, o.starts_at, o.ends_at
FROM unnest($1::uuid[], $2::uuid[], $3::text[])
    WITH ORDINALITY AS asked (organization_id, id, kind, position)
JOIN offering AS o
  ON o.organization_id = asked.organization_id AND o.id = asked.id AND o.kind = asked.kind
LEFT JOIN item AS i ON i.organization_id = o.organization_id AND i.id = o.id;
