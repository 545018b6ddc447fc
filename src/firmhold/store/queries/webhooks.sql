-- Webhooks. $1 is the organization, except where somebody works for all of them at once.

-- name: active
-- The endpoints to which anything is delivered, of all organizations.
SELECT organization_id, id, types FROM webhook WHERE disabled_at IS NULL;

-- name: plan!
-- Deliveries to come, in this order; none twice.
INSERT INTO webhook_delivery (organization_id, webhook_id, event_id, type, subject, body, next_at,
                              created_at)
SELECT p.organization_id, p.webhook_id, p.event_id, p.type, p.subject, p.body, clock_timestamp(),
       clock_timestamp()
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[])
    WITH ORDINALITY AS p (organization_id, webhook_id, event_id, type, subject, body, place)
ORDER BY p.place
ON CONFLICT (organization_id, webhook_id, event_id) DO NOTHING;

-- name: by_index#
-- Local to the transaction: what is due is taken in the order of its index, however much of it there
-- is, instead of being looked through and sorted for the first few.
SET LOCAL enable_seqscan = off;
SET LOCAL enable_sort = off;

-- name: claim
-- At most $1 deliveries that are due, for $2; whoever does not say what came of one until then is
-- given up. Of one subject only the first that waits: the others come after it. Of one endpoint at
-- most $3, less what is under way to it (to endpoints $4 so many, $5), so that one that hangs does not
-- keep all the others waiting. By a time that does not go on while this looks, or no index would be
-- asked, and a backlog looked through for each delivery.
WITH due AS MATERIALIZED (
    SELECT d.organization_id, d.webhook_id, d.event_id, d.next_at,
           $3 - coalesce(busy.deliveries, 0) AS share
    FROM webhook_delivery AS d
    LEFT JOIN unnest($4::uuid[], $5::integer[]) AS busy (webhook_id, deliveries)
        ON busy.webhook_id = d.webhook_id
    JOIN webhook AS w ON w.organization_id = d.organization_id AND w.id = d.webhook_id
    WHERE d.status = 'waiting' AND d.next_at <= statement_timestamp() AND w.disabled_at IS NULL
      AND NOT EXISTS (
          SELECT FROM webhook_delivery AS e
          WHERE e.organization_id = d.organization_id AND e.webhook_id = d.webhook_id
            AND e.subject = d.subject AND e.status = 'waiting' AND e.number < d.number)
      AND coalesce(busy.deliveries, 0) < $3
    ORDER BY d.next_at LIMIT $1 * 10
    FOR UPDATE OF d SKIP LOCKED
),
fair AS (
    SELECT *, row_number() OVER (PARTITION BY webhook_id ORDER BY next_at) AS place FROM due
)
UPDATE webhook_delivery AS d
SET next_at = clock_timestamp() + $2::interval, attempts = d.attempts + 1
FROM (SELECT * FROM fair WHERE place <= share ORDER BY next_at LIMIT $1) AS f
JOIN webhook AS w ON w.organization_id = f.organization_id AND w.id = f.webhook_id
WHERE d.organization_id = f.organization_id AND d.webhook_id = f.webhook_id
  AND d.event_id = f.event_id
RETURNING d.organization_id, d.webhook_id, d.event_id, d.type, d.subject, d.body, d.attempts,
          d.created_at, w.url, w.secret,
          CASE WHEN w.old_until > clock_timestamp() THEN w.old_secret END AS old_secret;

-- name: put_by
-- Of the first $1 deliveries that are due, those that come after another of their subject: they are
-- due when `next_of_subject` says so, which has to wait for what is locked here, and then sees it.
WITH blocked AS MATERIALIZED (
    SELECT d.organization_id, d.webhook_id, d.event_id, e.event_id AS before
    FROM (
        SELECT * FROM webhook_delivery
        WHERE status = 'waiting' AND next_at <= statement_timestamp()
        ORDER BY next_at LIMIT $1
    ) AS d
    CROSS JOIN LATERAL (
        SELECT e.event_id FROM webhook_delivery AS e
        WHERE e.organization_id = d.organization_id AND e.webhook_id = d.webhook_id
          AND e.subject = d.subject AND e.status = 'waiting' AND e.number < d.number
        ORDER BY e.number LIMIT 1
    ) AS e
),
kept AS MATERIALIZED (
    SELECT b.organization_id, b.webhook_id, b.event_id FROM blocked AS b
    JOIN webhook_delivery AS e
        ON e.organization_id = b.organization_id AND e.webhook_id = b.webhook_id
       AND e.event_id = b.before AND e.status = 'waiting'
    FOR UPDATE OF e SKIP LOCKED
)
UPDATE webhook_delivery AS d SET next_at = 'infinity'
FROM kept AS k
WHERE d.organization_id = k.organization_id AND d.webhook_id = k.webhook_id
  AND d.event_id = k.event_id AND d.status = 'waiting' AND d.next_at <= statement_timestamp()
RETURNING 1;

-- name: next_of_subject!
-- The first delivery of a subject that waits is due, if it was put by. After what came before it has
-- ended, in a statement of its own: whoever has put it by meanwhile has done so before this one.
UPDATE webhook_delivery SET next_at = clock_timestamp()
WHERE (organization_id, webhook_id, event_id) = (
    SELECT organization_id, webhook_id, event_id FROM webhook_delivery
    WHERE organization_id = $1 AND webhook_id = $2 AND subject = $3 AND status = 'waiting'
    ORDER BY number LIMIT 1
    FOR UPDATE)
  AND next_at = 'infinity';

-- name: record!
-- What came of attempt $4; nothing if somebody else has begun another one meanwhile.
UPDATE webhook_delivery
SET status = $5, ended_at = CASE WHEN $5 <> 'waiting' THEN clock_timestamp() END,
    next_at = clock_timestamp() + $6::interval, answer = $7, error = $8, milliseconds = $9
WHERE organization_id = $1 AND webhook_id = $2 AND event_id = $3 AND status = 'waiting'
  AND attempts = $4;

-- name: disable!
-- Nothing is delivered there any more, because of $3. What waits goes on waiting.
UPDATE webhook SET disabled_at = clock_timestamp(), disabled_reason = $3
WHERE organization_id = $1 AND id = $2 AND disabled_at IS NULL;

-- name: forget
-- At most $2 deliveries that have been over for $1.
DELETE FROM webhook_delivery
WHERE (organization_id, webhook_id, event_id) IN (
    SELECT organization_id, webhook_id, event_id FROM webhook_delivery
    WHERE status <> 'waiting' AND ended_at < clock_timestamp() - $1::interval
    ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING 1;

-- name: add^
INSERT INTO webhook (organization_id, id, url, description, types, secret, created_at)
VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp())
RETURNING *;

-- name: count^
SELECT count(*) AS webhooks FROM webhook WHERE organization_id = $1;

-- name: page
SELECT * FROM webhook WHERE organization_id = $1 AND ($2::uuid IS NULL OR id < $2)
ORDER BY id DESC LIMIT $3;

-- name: find^
SELECT * FROM webhook WHERE organization_id = $1 AND id = $2;

-- name: lock^
SELECT * FROM webhook WHERE organization_id = $1 AND id = $2 FOR UPDATE;

-- name: change^
-- $6: whether anything is delivered there.
UPDATE webhook
SET url = $3, description = $4, types = $5,
    disabled_at = CASE WHEN $6 THEN NULL ELSE coalesce(disabled_at, clock_timestamp()) END,
    disabled_reason = CASE WHEN $6 THEN NULL ELSE coalesce(disabled_reason, 'by hand') END
WHERE organization_id = $1 AND id = $2
RETURNING *;

-- name: rotate^
-- Another secret; the one before is good for $4 more.
UPDATE webhook
SET old_secret = secret, old_until = clock_timestamp() + $4::interval, secret = $3
WHERE organization_id = $1 AND id = $2
RETURNING *;

-- name: remove^
DELETE FROM webhook WHERE organization_id = $1 AND id = $2 RETURNING id, url;

-- name: deliveries
-- The newest first, below number $4.
SELECT event_id, number, type, subject, status, attempts, nullif(next_at, 'infinity') AS next_at,
       created_at, ended_at, answer, error, milliseconds
FROM webhook_delivery
WHERE organization_id = $1 AND webhook_id = $2 AND ($3::text IS NULL OR status = $3)
  AND ($4::bigint IS NULL OR number < $4)
ORDER BY number DESC LIMIT $5;

-- name: again^
-- Once more, from the beginning, at once.
UPDATE webhook_delivery
SET status = 'waiting', ended_at = NULL, attempts = 0, next_at = clock_timestamp()
WHERE organization_id = $1 AND webhook_id = $2 AND event_id = $3
RETURNING event_id, number, type, subject, status, attempts, next_at, created_at, ended_at, answer,
          error, milliseconds;
