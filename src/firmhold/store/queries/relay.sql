-- The relay: reading the end of the ledger. A transaction of several statements, all of one snapshot.

-- name: snapshot
-- Which transactions are seen here and now: below `next`, but for those that are running. And since
-- when they are numbered as they are.
SELECT p.system_identifier AS system, pg_snapshot_xmax(s)::text::bigint AS next,
       ARRAY(SELECT x::text::bigint FROM pg_snapshot_xip(s) AS x) AS running,
       c.system AS known, c.beyond, c.since
FROM pg_current_snapshot() AS s, pg_control_system() AS p, ledger_cluster AS c;

-- name: note_cluster!
-- Transactions are numbered anew here, in cluster $1; once, whoever notices first.
UPDATE ledger_cluster
SET system = $1, beyond = coalesce((SELECT max(xid) FROM ledger), 0), since = clock_timestamp()
WHERE system <> $1;

-- name: next_entries
-- At most $4 entries of transactions from $1 to before $2, but for those in $3, by transaction. $5:
-- one organization's, or NULL for all. $6 and $7: what was numbered elsewhere is left out.
SELECT l.*, o.kind AS offering_kind, o.site_id
FROM (
    SELECT * FROM ledger
    WHERE xid >= $1 AND xid < $2 AND xid <> ALL ($3::bigint[])
      AND ($5::uuid IS NULL OR organization_id = $5)
      AND (xid > $6 OR at >= $7)
    ORDER BY xid LIMIT $4
) AS l
JOIN offering AS o ON o.organization_id = l.organization_id AND o.id = l.offering_id
ORDER BY l.xid;

-- name: entries_of
-- All entries of transactions $1. The others as above.
SELECT l.*, o.kind AS offering_kind, o.site_id
FROM unnest($1::bigint[]) AS t (xid)
CROSS JOIN LATERAL (
    SELECT * FROM ledger AS l
    WHERE l.xid = t.xid AND ($2::uuid IS NULL OR l.organization_id = $2)
      AND (l.xid > $3 OR l.at >= $4)
    OFFSET 0  -- by the index, for each
) AS l
JOIN offering AS o ON o.organization_id = l.organization_id AND o.id = l.offering_id;

-- name: written_before
-- The transactions from $4 on, but for those in $5, that wrote the entries right before these: by
-- organization, offering and number. $6 and $7: as above.
SELECT DISTINCT l.xid
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS e (organization_id, offering_id, seq)
CROSS JOIN LATERAL (
    SELECT l.xid, l.at FROM ledger AS l
    WHERE l.organization_id = e.organization_id AND l.offering_id = e.offering_id
      AND l.seq = e.seq - 1
    OFFSET 0
) AS l
WHERE l.xid >= $4 AND l.xid <> ALL ($5::bigint[]) AND (l.xid > $6 OR l.at >= $7);

-- name: stock_of
-- What is left of offerings $2.
SELECT s.id, s.kind, s.site_id, s.seq, s.capacity, s.held, s.confirmed, s.available
FROM unnest($2::uuid[]) AS asked (id)
CROSS JOIN LATERAL (
    SELECT * FROM stock AS s WHERE s.organization_id = $1 AND s.id = asked.id OFFSET 0
) AS s;

-- name: of_organization
-- Which of offerings $2 and sites $3 there are.
SELECT id FROM offering WHERE organization_id = $1 AND id = ANY ($2::uuid[])
UNION ALL
SELECT id FROM site WHERE organization_id = $1 AND id = ANY ($3::uuid[]);

-- name: lock_cursor
-- Of all nodes, one at a time; nothing for the others.
SELECT position FROM relay_cursor WHERE name = $1 FOR UPDATE SKIP LOCKED;

-- name: move_cursor!
UPDATE relay_cursor SET position = $2 WHERE name = $1;

-- name: cursors
-- Of those who go on from where they were, how far each has come.
SELECT name, position FROM relay_cursor WHERE position IS NOT NULL ORDER BY name;

-- name: seconds_untold
-- For how long the oldest entry has been waiting of transactions from $1 on, but for those in $2,
-- and of those in $3; 0 if there is none. By the first $4, which are the oldest or nearly. $5 and
-- $6: what was numbered elsewhere is left out.
SELECT greatest(0, coalesce(extract(epoch FROM clock_timestamp() - least(
    (SELECT min(at) FROM (
        SELECT at FROM ledger
        WHERE xid >= $1 AND xid <> ALL ($2::bigint[]) AND (xid > $5 OR at >= $6)
        ORDER BY xid LIMIT $4) AS later),
    (SELECT min(e.at) FROM unnest($3::bigint[]) AS t (xid)
     CROSS JOIN LATERAL (
        SELECT l.at FROM ledger AS l WHERE l.xid = t.xid AND (l.xid > $5 OR l.at >= $6) LIMIT 1
     ) AS e)
)), 0))::float8;
