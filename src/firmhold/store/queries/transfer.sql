-- Items in bulk: staged in a temporary table, then moved set-wise. $1 is always the organization.

-- name: patience#
-- What limits callers who wait is not for a file. Local to the transaction, like all that follows.
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;

-- name: planner#
-- One plan for all chunks and all foreign keys, good however much the tables grow meanwhile: from
-- the chunk by index to the items.
SET LOCAL plan_cache_mode = force_generic_plan;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = off;
SET LOCAL jit = off;
-- Whoever works on the same items holds their locks for milliseconds; a person with psql may not.
SET LOCAL lock_timeout = '30s';

-- name: prepare#
-- Rows of the file on their way, and which SKU stood in which line.
DROP TABLE IF EXISTS pg_temp.import_row, pg_temp.import_sku;
CREATE TEMPORARY TABLE import_row (
    line             bigint NOT NULL,
    raw              text NOT NULL,
    id               uuid PRIMARY KEY,
    given            integer NOT NULL,
    sku              text NOT NULL,
    name             text NOT NULL,
    capacity         integer NOT NULL,
    description      text,
    unit_price       bigint,
    currency         text,
    sale_starts_at   timestamptz,
    sale_ends_at     timestamptz,
    min_quantity     integer NOT NULL,
    max_quantity     integer,
    max_per_customer integer,
    hold_ttl_seconds integer,
    metadata         jsonb NOT NULL
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE import_sku (sku text NOT NULL, line bigint NOT NULL);

-- name: clean_up#
DROP TABLE IF EXISTS pg_temp.import_row, pg_temp.import_sku;

-- name: organization_exists
SELECT EXISTS (SELECT FROM organization WHERE id = $1);

-- name: remember_skus!
-- Of the rows from line $1 on.
INSERT INTO import_sku SELECT sku, line FROM import_row WHERE line >= $1;

-- name: index_skus#
-- Made when first needed: a file with nothing but new items does without.
CREATE INDEX IF NOT EXISTS import_sku_line ON import_sku (sku, line);

-- name: reject_repeated
-- A SKU belongs to the line that named it first.
WITH repeated AS (
    SELECT r.id, s.first FROM import_row AS r
    CROSS JOIN LATERAL (SELECT min(line) AS first FROM import_sku WHERE sku = r.sku) AS s
    WHERE s.first < r.line
)
DELETE FROM import_row AS r USING repeated WHERE r.id = repeated.id
RETURNING r.line, r.raw, repeated.first;

-- name: create_items
-- What is new. A SKU that exists, in the table or in a line before, is passed over, also when it is
-- made by someone else at this moment. In the order of SKUs, so that two imports of the same items
-- do not wait for each other crosswise.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
created AS (
    INSERT INTO item (organization_id, id, sku, name, description, metadata, created_at, updated_at)
    SELECT $1, id, sku, name, description, metadata, now, now FROM import_row, clock
    ORDER BY sku, line
    ON CONFLICT (organization_id, sku) DO NOTHING
    RETURNING id
),
offerings AS (
    INSERT INTO offering (organization_id, id, kind, capacity, seq, sale_starts_at, sale_ends_at,
        min_quantity, max_quantity, max_per_customer, hold_ttl_seconds, unit_price, currency)
    SELECT $1, id, 'item', capacity, 1, sale_starts_at, sale_ends_at, min_quantity, max_quantity,
           max_per_customer, hold_ttl_seconds, unit_price, currency
    FROM import_row JOIN created USING (id)
),
entries AS (
    INSERT INTO ledger (organization_id, offering_id, seq, kind, capacity_delta, held_delta,
        confirmed_delta, capacity, held, confirmed, at, actor, reason)
    SELECT $1, id, 1, 'created', capacity, 0, 0, capacity, 0, 0, now, $2, 'import'
    FROM import_row JOIN created USING (id), clock
)
SELECT count(*) FROM created;

-- name: forget_created!
DELETE FROM import_row AS r USING item AS i WHERE i.organization_id = $1 AND i.id = r.id;

-- name: reject_existing
DELETE FROM import_row RETURNING line, raw;

-- name: point_to_existing!
UPDATE import_row AS r SET id = i.id FROM item AS i
WHERE i.organization_id = $1 AND i.sku = r.sku;

-- name: lock_existing
-- In id order, as the engine locks them.
SELECT count(*) FROM (
    SELECT FROM offering AS o
    WHERE o.organization_id = $1 AND o.id IN (SELECT id FROM import_row)
    ORDER BY o.id FOR UPDATE OF o
) AS locked;

-- name: merge!
-- What a row does not give stays as it is. The numbers are places in the list of fields.
UPDATE import_row AS r SET
    description = CASE WHEN given & (1 << 3) = 0 THEN i.description ELSE r.description END,
    unit_price = CASE WHEN given & (1 << 4) = 0 THEN o.unit_price ELSE r.unit_price END,
    currency = CASE WHEN given & (1 << 5) = 0 THEN o.currency ELSE r.currency END,
    sale_starts_at = CASE WHEN given & (1 << 6) = 0 THEN o.sale_starts_at ELSE r.sale_starts_at END,
    sale_ends_at = CASE WHEN given & (1 << 7) = 0 THEN o.sale_ends_at ELSE r.sale_ends_at END,
    min_quantity = CASE WHEN given & (1 << 8) = 0 THEN o.min_quantity ELSE r.min_quantity END,
    max_quantity = CASE WHEN given & (1 << 9) = 0 THEN o.max_quantity ELSE r.max_quantity END,
    max_per_customer =
        CASE WHEN given & (1 << 10) = 0 THEN o.max_per_customer ELSE r.max_per_customer END,
    hold_ttl_seconds =
        CASE WHEN given & (1 << 11) = 0 THEN o.hold_ttl_seconds ELSE r.hold_ttl_seconds END,
    metadata = CASE WHEN given & (1 << 12) = 0 THEN i.metadata ELSE r.metadata END
FROM offering AS o JOIN item AS i USING (organization_id, id)
WHERE o.organization_id = $1 AND o.id = r.id AND r.given <> $2;

-- name: reject_impossible
-- What the item, as it would be, must not be. Only the locks make this answer last. Holds that are
-- due are over.
DELETE FROM import_row AS r USING stock AS o
WHERE o.organization_id = $1 AND o.id = r.id
  AND (r.capacity < o.held + o.confirmed
       OR r.sale_starts_at >= r.sale_ends_at
       OR r.max_quantity < r.min_quantity
       OR (r.unit_price IS NULL) <> (r.currency IS NULL))
RETURNING r.line, r.raw, o.held, o.confirmed,
    CASE WHEN r.capacity < o.held + o.confirmed THEN 'capacity'
         WHEN r.sale_starts_at >= r.sale_ends_at THEN 'sale_ends_at'
         WHEN r.max_quantity < r.min_quantity THEN 'max_quantity'
         ELSE 'price_currency' END AS field;

-- name: update_items
-- One entry for what is said about the item, one for its stock; none for what is the same. A
-- capacity that is set ends a drain, unless holds that are due and not recorded yet keep it from
-- being reached at once: then it drains, for nobody gets their units any more.
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
compared AS MATERIALIZED (
    SELECT r.*, o.capacity AS was, o.held, o.confirmed, o.seq,
           greatest(r.capacity, o.held + o.confirmed) AS reached, r.capacity <> s.capacity AS stock,
           (r.name, r.description, r.metadata, r.unit_price, r.currency, r.sale_starts_at,
            r.sale_ends_at, r.min_quantity, r.max_quantity, r.max_per_customer, r.hold_ttl_seconds)
           IS DISTINCT FROM
           (i.name, i.description, i.metadata, o.unit_price, o.currency, o.sale_starts_at,
            o.sale_ends_at, o.min_quantity, o.max_quantity, o.max_per_customer, o.hold_ttl_seconds)
           AS facts
    FROM import_row AS r
    JOIN offering AS o ON o.organization_id = $1 AND o.id = r.id
    JOIN stock AS s ON s.organization_id = $1 AND s.id = r.id
    JOIN item AS i ON i.organization_id = $1 AND i.id = r.id
),
changed AS MATERIALIZED (SELECT * FROM compared WHERE facts OR stock),
offerings AS (
    UPDATE offering AS o
    SET seq = o.seq + c.facts::integer + c.stock::integer,
        capacity = CASE WHEN c.stock THEN c.reached ELSE o.capacity END,
        drain_to = CASE WHEN c.stock THEN nullif(c.capacity, c.reached) ELSE o.drain_to END,
        unit_price = c.unit_price, currency = c.currency, sale_starts_at = c.sale_starts_at,
        sale_ends_at = c.sale_ends_at, min_quantity = c.min_quantity,
        max_quantity = c.max_quantity, max_per_customer = c.max_per_customer,
        hold_ttl_seconds = c.hold_ttl_seconds
    FROM changed AS c WHERE o.organization_id = $1 AND o.id = c.id
),
items AS (
    UPDATE item AS i
    SET name = c.name, description = c.description, metadata = c.metadata, updated_at = clock.now
    FROM changed AS c, clock WHERE i.organization_id = $1 AND i.id = c.id AND c.facts
),
entries AS (
    INSERT INTO ledger (organization_id, offering_id, seq, kind, capacity_delta, held_delta,
        confirmed_delta, capacity, held, confirmed, at, actor, reason)
    SELECT $1, c.id, c.seq + e.step, e.kind, e.capacity - c.was, 0, 0, e.capacity, c.held,
           c.confirmed, clock.now, $2, 'import'
    FROM clock, changed AS c CROSS JOIN LATERAL (
        VALUES ('updated', c.facts, 1, c.was),
               ('capacity_set', c.stock, c.facts::integer + 1, c.reached)
    ) AS e (kind, happens, step, capacity)
    WHERE e.happens
)
SELECT count(*) FROM changed;

-- name: export_items
-- In the order of creation, so that an export that is imported again exports the same.
SELECT i.sku, i.name, o.capacity, i.description, o.unit_price AS price_amount,
       o.currency AS price_currency, o.sale_starts_at, o.sale_ends_at, o.min_quantity,
       o.max_quantity, o.max_per_customer, o.hold_ttl_seconds,
       nullif(i.metadata, '{}') AS metadata, o.held, o.confirmed, o.available
FROM item AS i JOIN stock AS o USING (organization_id, id)
WHERE i.organization_id = $1
ORDER BY i.id;
