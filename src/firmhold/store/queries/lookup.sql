-- Facts that never change, looked up for many callers at once. $1 is the organization of each key.

-- name: offerings_of_reservations
SELECT asked.position::integer AS position, array_agg(l.offering_id ORDER BY l.position) AS offerings
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS asked (organization_id, id, position)
JOIN reservation_line AS l
  ON l.organization_id = asked.organization_id AND l.reservation_id = asked.id
GROUP BY asked.position;

-- name: items_by_sku
SELECT asked.position::integer AS position, i.id
FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS asked (organization_id, sku, position)
JOIN item AS i ON i.organization_id = asked.organization_id AND i.sku = asked.sku;

-- name: skus_of_items
SELECT asked.position::integer AS position, i.sku
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS asked (organization_id, id, position)
JOIN item AS i ON i.organization_id = asked.organization_id AND i.id = asked.id;
