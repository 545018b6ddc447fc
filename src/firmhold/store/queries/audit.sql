-- The audit: sealing what has happened, and reading it for proof. $1 is the organization, except
-- where the sealer works for all of them at once.

-- name: only_sealer
-- Of all nodes, one at a time; and where there is nothing to seal, nothing is written.
SELECT pg_try_advisory_xact_lock($1);

-- name: patience#
-- Local to the transaction. A round is short; the first ones of a database with a history are not.
SET LOCAL statement_timeout = '60s';
SET LOCAL idle_in_transaction_session_timeout = '60s';
-- What is new is found by a BRIN index, however small the ledger still is.
SET LOCAL enable_seqscan = off;

-- name: horizon
-- Which transactions are over: all that are numbered below xmin. Read before any entry is.
SELECT pg_snapshot_xmin(s)::text::bigint AS xmin, pg_snapshot_xmax(s)::text::bigint AS xmax,
       (SELECT system_identifier FROM pg_control_system()) AS system, clock_timestamp() AS now
FROM pg_current_snapshot() AS s;

-- name: cursors
SELECT name, system, public, xid, organization_id, id, seq, until FROM audit_cursor;

-- name: move_cursor!
UPDATE audit_cursor SET xid = $2, organization_id = $3, id = $4, seq = $5 WHERE name = $1;

-- name: note_system!
UPDATE audit_cursor SET system = $1 WHERE name = 'now';

-- name: note_key!
UPDATE audit_cursor SET public = $1 WHERE name = 'now';

-- name: look_again!
-- Let everything be looked at once more, for entries that were never sealed. Those that are being
-- written meanwhile come after.
WITH written AS (
    SELECT greatest((SELECT max(xid) FROM ledger), (SELECT max(xid) FROM act), $1::bigint) AS last
),
begun AS (
    INSERT INTO audit_cursor (name, until) SELECT 'again', last + 1 FROM written
    ON CONFLICT (name) DO UPDATE SET xid = 0, seq = -1, until = excluded.until,
        organization_id = excluded.organization_id, id = excluded.id
)
UPDATE audit_cursor
SET xid = $1, seq = -1, organization_id = '00000000-0000-0000-0000-000000000000',
    id = '00000000-0000-0000-0000-000000000000'
WHERE name = 'now';

-- name: end_looking_again!
DELETE FROM audit_cursor WHERE name = 'again';

-- name: entries_to_seal
-- At most $8 entries of transactions from $1 to before $2 that are over: below $6, or not of this
-- cluster, whose next one is $7. Of transaction $1 only what comes after the entry named.
SELECT * FROM audit_entry
WHERE xid >= $1 AND xid < $2 AND (xid < $6 OR xid >= $7)
  AND (xid, organization_id, id, seq) > ($1, $3::uuid, $4::uuid, $5::bigint)
ORDER BY xid, organization_id, id, seq LIMIT $8;

-- name: sealed_already
-- What spans have of transactions from $1 to before $2. Only where numbers begin anew, in another
-- cluster, is there anything.
SELECT organization_id, runs FROM audit_span WHERE to_xid > $1 AND from_xid < $2;

-- name: heads
-- The newest checkpoints of organizations $1, and where their last spans end; NULL and 0 if there are
-- none.
SELECT o.id, coalesce(s.ends, 0) AS ends, c.*
FROM unnest($1::uuid[]) AS o (id)
LEFT JOIN LATERAL (
    SELECT first + count AS ends FROM audit_span
    WHERE organization_id = o.id ORDER BY first DESC LIMIT 1
) AS s ON true
LEFT JOIN LATERAL (
    SELECT * FROM audit_checkpoint WHERE organization_id = o.id ORDER BY size DESC LIMIT 1
) AS c ON true;

-- name: tiles
-- Tiles by organization, level and number.
SELECT t.organization_id, t.level, t.number, t.hashes
FROM unnest($1::uuid[], $2::smallint[], $3::bigint[]) AS p (organization_id, level, number)
CROSS JOIN LATERAL (
    SELECT * FROM audit_tile AS t WHERE t.organization_id = p.organization_id
       AND t.level = p.level AND t.number = p.number OFFSET 0
) AS t;

-- name: put_tiles!
INSERT INTO audit_tile (organization_id, level, number, hashes)
SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::bytea[])
ON CONFLICT (organization_id, level, number) DO UPDATE SET hashes = excluded.hashes;

-- name: put_spans!
INSERT INTO audit_span (organization_id, first, count, from_xid, to_xid, runs, salts)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::integer[], $4::bigint[], $5::bigint[],
                     $6::bytea[], $7::bytea[]);

-- name: put_checkpoints!
INSERT INTO audit_checkpoint (organization_id, size, previous, root, at, key_id, signature)
SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bytea[], $5::timestamptz[],
                     $6::bytea[], $7::bytea[]);

-- name: record_act!
INSERT INTO act (organization_id, id, kind, actor, subject, facts)
VALUES ($1, $2, $3, $4, $5, $6::text::jsonb);

-- name: page_of_acts
-- The newest first.
SELECT id, kind, actor, subject, facts::text AS facts, at FROM act
WHERE organization_id = $1 AND ($2::timestamptz IS NULL OR (at, id) < ($2, $3::uuid))
  AND ($4::text IS NULL OR kind = $4) AND ($5::text IS NULL OR actor = $5)
  AND ($6::text IS NULL OR subject = $6)
ORDER BY at DESC, id DESC LIMIT $7;

-- name: organizations
-- Those that have entries to prove or to seal, or the one given.
SELECT id, slug FROM organization WHERE $1::uuid IS NULL OR id = $1 ORDER BY id;

-- name: spans
SELECT first, count, from_xid, to_xid, runs, salts FROM audit_span
WHERE organization_id = $1 ORDER BY first;

-- name: span_of_leaf
SELECT first, count, runs, salts FROM audit_span
WHERE organization_id = $1 AND first <= $2 ORDER BY first DESC LIMIT 1;

-- name: spans_of_transactions
-- Where the spans begin that may have entries of transactions $2.
SELECT DISTINCT s.first FROM unnest($2::bigint[]) AS t (xid)
CROSS JOIN LATERAL (
    SELECT first FROM audit_span
    WHERE organization_id = $1 AND from_xid <= t.xid AND to_xid > t.xid OFFSET 0
) AS s
ORDER BY s.first;

-- name: entries_by_key
-- The entries with ids $2 and numbers $3 and their places in that list, with what was erased of
-- them.
SELECT k.place, l.*, e.commitments, e.act_id
FROM unnest($2::uuid[], $3::bigint[]) WITH ORDINALITY AS k (id, seq, place)
CROSS JOIN LATERAL (
    SELECT * FROM audit_entry AS l
    WHERE l.organization_id = $1 AND l.id = k.id AND l.seq = k.seq OFFSET 0
) AS l
LEFT JOIN LATERAL (
    SELECT * FROM audit_erasure AS e
    WHERE e.organization_id = $1 AND e.id = k.id AND e.seq = k.seq OFFSET 0
) AS e ON true;

-- name: leaf_tiles
SELECT number, hashes FROM audit_tile
WHERE organization_id = $1 AND level = 0 AND number BETWEEN $2 AND $3 ORDER BY number;

-- name: level
SELECT number, hashes FROM audit_tile WHERE organization_id = $1 AND level = $2 ORDER BY number;

-- name: levels
SELECT coalesce(max(level), -1) FROM audit_tile WHERE organization_id = $1;

-- name: checkpoints_between
-- Those that are larger than $2 and no larger than $3.
SELECT * FROM audit_checkpoint
WHERE organization_id = $1 AND size > $2 AND size <= $3 ORDER BY size;

-- name: count_entries
-- How many entries each offering has that are old enough to have been sealed, or how many acts there
-- are. $2: transactions below it are.
SELECT offering_id AS id, count(*) AS entries FROM ledger
WHERE organization_id = $1 AND xid < $2 GROUP BY offering_id
UNION ALL
SELECT id, 1 FROM act WHERE organization_id = $1 AND xid < $2;

-- name: numbers_of
-- For finding out which of an offering's entries were not sealed.
SELECT seq FROM audit_entry WHERE organization_id = $1 AND id = $2 AND xid < $3 ORDER BY seq;

-- name: waiting
-- Entries that are not old enough to be sealed, from transaction $2 on, though in another cluster they
-- may have been; how many seconds old each is, and whether its transaction is yet to begin.
SELECT id, seq, xid, extract(epoch FROM clock_timestamp() - at)::float8 AS seconds,
       xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS never
FROM audit_entry WHERE organization_id = $1 AND xid >= $2;

-- name: waiting_erasures
-- Acts by which something was erased and that are not sealed yet.
SELECT * FROM audit_entry
WHERE organization_id = $1 AND seq = 0 AND kind = 'audit.erased' AND xid >= $2;

-- name: erasures
SELECT id, seq, act_id FROM audit_erasure WHERE organization_id = $1;

-- name: lock_sealing
-- Wait for the sealer's round to end, and let none begin.
SELECT pg_advisory_xact_lock($1);

-- name: entries_about
-- What names a person ($2), and has not been erased: as actor, as subject, in the facts, or in the
-- reason given for a reservation of theirs.
SELECT l.* FROM audit_entry AS l
WHERE l.organization_id = $1
  AND (l.actor = ANY ($2::text[]) OR l.subject = ANY ($2)
       OR EXISTS (SELECT FROM unnest($2::text[]) AS named
                  WHERE strpos(lower(l.facts), lower(named)) > 0
                     OR strpos(lower(l.reason), lower(named)) > 0)
       OR l.reason IS NOT NULL AND EXISTS (
           SELECT FROM reservation AS r WHERE r.organization_id = $1 AND r.id = l.reservation_id
              AND r.customer = ANY ($2)))
  AND NOT (l.seq = 0 AND l.kind = 'audit.erased')
  AND NOT EXISTS (SELECT FROM audit_erasure AS e
                  WHERE e.organization_id = $1 AND e.id = l.id AND e.seq = l.seq)
ORDER BY l.xid, l.id, l.seq;

-- name: permit_blanking#
-- Until the transaction's end, before which it is taken back. The owner may.
GRANT UPDATE (actor, reason) ON ledger TO CURRENT_USER;
GRANT UPDATE (actor, subject, facts) ON act TO CURRENT_USER;
GRANT UPDATE (salts) ON audit_span TO CURRENT_USER;

-- name: forbid_blanking#
REVOKE UPDATE (actor, reason) ON ledger FROM CURRENT_USER;
REVOKE UPDATE (actor, subject, facts) ON act FROM CURRENT_USER;
REVOKE UPDATE (salts) ON audit_span FROM CURRENT_USER;

-- name: note_erasures!
INSERT INTO audit_erasure (organization_id, id, seq, commitments, act_id)
SELECT $1, e.id, e.seq, ARRAY(SELECT jsonb_array_elements_text(e.commitments::jsonb)), $5
FROM unnest($2::uuid[], $3::bigint[], $4::text[]) AS e (id, seq, commitments);

-- name: blank_ledger!
UPDATE ledger AS l SET actor = 'erased', reason = NULL
FROM unnest($2::uuid[], $3::bigint[]) AS e (id, seq)
WHERE l.organization_id = $1 AND l.offering_id = e.id AND l.seq = e.seq;

-- name: blank_acts!
UPDATE act AS a SET actor = 'erased', subject = NULL, facts = '{}'
FROM unnest($2::uuid[]) AS e (id)
WHERE a.organization_id = $1 AND a.id = e.id;

-- name: forget_salts!
-- Of a span's entries at places $3, counted from 0.
UPDATE audit_span SET salts = (
    SELECT string_agg(
        CASE WHEN place = ANY ($3::integer[]) THEN '\x00000000000000000000000000000000'::bytea
             ELSE substr(salts, place * 16 + 1, 16) END, '' ORDER BY place)
    FROM generate_series(0, length(salts) / 16 - 1) AS place)
WHERE organization_id = $1 AND first = $2;
