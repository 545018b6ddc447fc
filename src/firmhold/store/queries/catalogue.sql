-- Items: what they are and what is left of them. $1 is always the organization.

-- name: insert_items!
-- New items, created at $2 by $3, with their first ledger entry.
WITH new AS MATERIALIZED (
    SELECT * FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::jsonb[],
        $9::integer[], $10::timestamptz[], $11::timestamptz[], $12::integer[], $13::integer[],
        $14::integer[], $15::integer[], $16::bigint[], $17::text[])
        AS n (id, sku, name, description, metadata, capacity, sale_starts_at, sale_ends_at,
              min_quantity, max_quantity, max_per_customer, hold_ttl_seconds, unit_price, currency)
),
offerings AS (
    INSERT INTO offering (organization_id, id, kind, capacity, seq, sale_starts_at, sale_ends_at,
        min_quantity, max_quantity, max_per_customer, hold_ttl_seconds, unit_price, currency)
    SELECT $1, id, 'item', capacity, 1, sale_starts_at, sale_ends_at, min_quantity, max_quantity,
           max_per_customer, hold_ttl_seconds, unit_price, currency
    FROM new
),
items AS (
    INSERT INTO item (organization_id, id, sku, name, description, metadata, created_at, updated_at)
    SELECT $1, id, sku, name, description, metadata, $2, $2 FROM new
)
INSERT INTO ledger (organization_id, offering_id, seq, kind, capacity_delta, held_delta,
    confirmed_delta, capacity, held, confirmed, at, actor)
SELECT $1, id, 1, 'created', capacity, 0, 0, capacity, 0, 0, $2, $3 FROM new;

-- name: lock_item^
SELECT clock_timestamp() AS now FROM offering AS o JOIN item AS i USING (organization_id, id)
WHERE o.organization_id = $1 AND o.id = $2 FOR UPDATE OF o;

-- name: update_item!
-- Everything that may change but the capacity, at $3 by $4, as one more ledger entry.
WITH items AS (
    UPDATE item SET name = $5, description = $6, metadata = $7, updated_at = $3
    WHERE organization_id = $1 AND id = $2
),
offerings AS (
    UPDATE offering
    SET seq = seq + 1, sale_starts_at = $8, sale_ends_at = $9, min_quantity = $10,
        max_quantity = $11, max_per_customer = $12, hold_ttl_seconds = $13, unit_price = $14,
        currency = $15
    WHERE organization_id = $1 AND id = $2
    RETURNING id, seq, capacity, held, confirmed
)
INSERT INTO ledger (organization_id, offering_id, seq, kind, capacity_delta, held_delta,
    confirmed_delta, capacity, held, confirmed, at, actor)
SELECT $1, id, seq, 'updated', 0, 0, 0, capacity, held, confirmed, $3, $4 FROM offerings;

-- name: items
-- By ids ($2) or SKUs ($3), or all of them in pages of $6 after id $4, searched by $5.
SELECT statement_timestamp() AS now, i.sku, i.name, i.description, i.metadata, i.created_at,
       i.updated_at, s.*, next.expires_at AS next_expiry
FROM item AS i
JOIN stock AS s USING (organization_id, id)
LEFT JOIN LATERAL (
    SELECT l.expires_at FROM reservation_line AS l
    WHERE l.organization_id = i.organization_id AND l.offering_id = i.id
      AND l.status = 'held' AND l.expires_at > statement_timestamp()
    ORDER BY l.expires_at LIMIT 1
) AS next ON s.held > 0
WHERE i.organization_id = $1
  AND ($2::uuid[] IS NULL OR i.id = ANY ($2))
  AND ($3::text[] IS NULL OR i.sku = ANY ($3))
  AND ($4::uuid IS NULL OR i.id > $4)
  AND ($5::text IS NULL OR i.sku ILIKE $5 OR i.name ILIKE $5)
ORDER BY i.id
LIMIT $6;
