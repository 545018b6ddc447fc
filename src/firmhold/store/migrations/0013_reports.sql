-- Reports: what the ledger adds up to, kept by quarter of an hour (ADR 0026). A process in the
-- background counts what it has not counted yet; whoever reads adds what is newer than that.

-- How far it has come. Of no organization, because everybody has to know where to go on from.
CREATE TABLE report_progress (
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    -- Of the rules by which it was counted.
    version    integer NOT NULL,
    -- Counts are deleted, a part at a time, before they are made anew.
    clearing   boolean NOT NULL,
    -- Entries that a dump has brought along are counted first, by the numbers that their transactions
    -- had elsewhere: those below this one are. NULL: all of them.
    brought    bigint,
    -- After that as the relay does, with a position as `firmhold.relay.position` writes it.
    position   text,
    -- The instant until which the counts tell everything; NULL: there are none.
    counted_at timestamptz
);
INSERT INTO report_progress (version, clearing) VALUES (0, true);

-- What happened to something in the quarter of an hour that is so many after 1970. To an offering
-- (scope 0), at a site (1), and in an organization to its items (2) and its slots (3): whatever is
-- about several offerings counts once. Nothing refers to anything: whatever is counted here stands in
-- the ledger, which does, and can be counted again.
CREATE TABLE report_count (
    organization_id uuid NOT NULL,
    scope           smallint NOT NULL CHECK (scope BETWEEN 0 AND 3),
    subject_id      uuid NOT NULL,
    quarter         integer NOT NULL,
    -- Reservations that were held; of those that were, and ended then, how; and others.
    holds           integer NOT NULL,
    confirmed       integer NOT NULL,
    released        integer NOT NULL,
    expired         integer NOT NULL,
    direct          integer NOT NULL,
    reacquired      integer NOT NULL,
    cancelled       integer NOT NULL,
    -- Units of them.
    units_held      bigint NOT NULL,
    units_confirmed bigint NOT NULL,
    units_expired   bigint NOT NULL,
    -- By how many units the counters changed.
    capacity_delta  bigint NOT NULL,
    held_delta      bigint NOT NULL,
    confirmed_delta bigint NOT NULL,
    PRIMARY KEY (organization_id, scope, subject_id, quarter)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

-- For how long they had been held when they were confirmed: how many, by the classes of
-- report_class().
CREATE TABLE report_wait (
    organization_id uuid NOT NULL,
    scope           smallint NOT NULL CHECK (scope BETWEEN 0 AND 3),
    subject_id      uuid NOT NULL,
    quarter         integer NOT NULL,
    class           smallint NOT NULL,
    reservations    integer NOT NULL,
    PRIMARY KEY (organization_id, scope, subject_id, quarter, class)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

-- When an offering was first held and first sold out, and how often since.
CREATE TABLE report_sale (
    organization_id uuid NOT NULL,
    offering_id     uuid NOT NULL,
    -- The offering's, so that a few items are found among many slots.
    kind            text NOT NULL,
    first_held_at   timestamptz,
    sold_out_at     timestamptz,
    sold_out_last   timestamptz,
    times_sold_out  integer NOT NULL,
    opened_again_at timestamptz,
    times_opened    integer NOT NULL,
    PRIMARY KEY (organization_id, offering_id)
) WITH (fillfactor = 80);
CREATE INDEX report_sale_first ON report_sale (organization_id, kind, first_held_at, offering_id);

-- Entries: of transactions from `low` to before `high` but for those in `but`, and of those in
-- `late`. Those that a dump has brought along, or those that were numbered here. NULL: of all
-- organizations. This and what follows return tables, so that they become part of the query.
CREATE FUNCTION report_entries(
    organization uuid, low bigint, high bigint, but bigint[], late bigint[], brought boolean
) RETURNS SETOF ledger LANGUAGE sql STABLE AS $$
    SELECT * FROM ledger AS l
    WHERE l.xid >= low AND l.xid < high AND l.xid <> ALL (but)
      AND (organization IS NULL OR l.organization_id = organization)
      AND (l.xid > (SELECT c.beyond FROM ledger_cluster AS c)
           OR l.at >= (SELECT c.since FROM ledger_cluster AS c)) <> brought
    UNION ALL
    SELECT * FROM ledger AS l
    WHERE l.xid = ANY (late)
      AND (organization IS NULL OR l.organization_id = organization)
      AND (l.xid > (SELECT c.beyond FROM ledger_cluster AS c)
           OR l.at >= (SELECT c.since FROM ledger_cluster AS c)) <> brought
$$;

-- The class of so many milliseconds: four for each doubling from a tenth of a second on.
CREATE FUNCTION report_class(milliseconds bigint) RETURNS smallint LANGUAGE sql IMMUTABLE
RETURN width_bucket(milliseconds,
    '{100,119,141,168,200,238,283,336,400,476,566,673,800,951,1131,1345,1600,1903,2263,2691,3200,
    3805,4525,5382,6400,7611,9051,10763,12800,15222,18102,21527,25600,30444,36204,43054,51200,60887,
    72408,86108,102400,121775,144815,172216,204800,243550,289631,344431,409600,487099,579262,688862,
    819200,974198,1158524,1377725,1638400,1948397,2317048,2755449,3276800,3896794,4634095,5510899,
    6553600,7793588,9268190,11021797,13107200,15587175,18536380,22043595,26214400,31174351,37072760,
    44087190,52428800,62348702,74145520,88174380,104857600,124697404,148291040,176348760,209715200,
    249394808,296582080,352697520,419430400,498789616,593164160,705395040,838860800,
    997579232}'::bigint[])::smallint;

-- What entries add to the counts: a row for each thing that happened, and for each scope and quarter.
-- A hold that was recorded as expired late had expired when it was due.
CREATE FUNCTION report_facts(
    organization uuid, low bigint, high bigint, but bigint[], late bigint[], brought boolean
) RETURNS TABLE (
    organization_id uuid, scope smallint, subject_id uuid, quarter integer, xid bigint,
    holds integer, confirmed integer, released integer, expired integer, direct integer,
    reacquired integer, cancelled integer, units_held bigint, units_confirmed bigint,
    units_expired bigint, capacity_delta bigint, held_delta bigint, confirmed_delta bigint,
    class smallint
) LANGUAGE sql STABLE AS $$
    SELECT f.organization_id, f.scope, f.subject_id, f.quarter, f.xid,
           (f.kind = 'held')::integer,
           (f.kind = 'confirmed' AND f.held < 0 AND f.confirmed > 0)::integer,
           (f.kind = 'released' AND f.ended
            OR f.kind = 'confirmed' AND f.held < 0 AND f.confirmed = 0)::integer,
           (f.kind = 'expired')::integer,
           (f.kind = 'confirmed' AND f.held = 0 AND f.confirmed > 0)::integer,
           (f.kind = 'reacquired')::integer,
           (f.kind = 'cancelled' AND f.ended)::integer,
           CASE WHEN f.kind = 'held' THEN f.held ELSE 0 END,
           CASE WHEN f.kind IN ('confirmed', 'reacquired') THEN f.confirmed ELSE 0 END,
           CASE WHEN f.kind = 'expired' THEN -f.held ELSE 0 END,
           f.capacity, f.held, f.confirmed,
           CASE WHEN f.kind = 'confirmed' AND f.held < 0 AND f.confirmed > 0
                THEN report_class(f.milliseconds) END
    FROM (
        SELECT e.organization_id, e.scope, e.subject_id, e.kind, e.xid, e.quarter,
               coalesce(bool_or(e.ended), false) AS ended,
               max(extract(epoch FROM e.waited) * 1000)::bigint AS milliseconds,
               sum(e.capacity_delta)::bigint AS capacity, sum(e.held_delta)::bigint AS held,
               sum(e.confirmed_delta)::bigint AS confirmed
        FROM (
            SELECT l.organization_id, l.kind, l.xid, l.at, l.reservation_id, l.capacity_delta,
                   l.held_delta, l.confirmed_delta,
                   r.status = l.kind AND r.ended_at = l.at AS ended, l.at - r.created_at AS waited,
                   floor(extract(epoch FROM CASE l.kind
                       WHEN 'expired' THEN least(l.hold_expires_at, l.at) ELSE l.at END) / 900)::integer
                       AS quarter,
                   unnest(ARRAY[0, 1, CASE o.kind WHEN 'item' THEN 2 ELSE 3 END]::smallint[])
                       AS scope,
                   unnest(ARRAY[o.id, o.site_id, l.organization_id]) AS subject_id
            FROM report_entries(organization, low, high, but, late, brought) AS l
            JOIN offering AS o ON o.organization_id = l.organization_id AND o.id = l.offering_id
            LEFT JOIN reservation AS r
                ON r.organization_id = l.organization_id AND r.id = l.reservation_id
                AND l.kind IN ('confirmed', 'released', 'cancelled')
            WHERE l.kind NOT IN
                ('updated', 'extended', 'fulfilled', 'no_show', 'waitlisted', 'unlisted')
        ) AS e
        WHERE e.subject_id IS NOT NULL
        GROUP BY e.organization_id, e.scope, e.subject_id, e.kind, e.xid, e.at, e.reservation_id,
                 e.quarter
    ) AS f
$$;

-- What each transaction tells of a sale, if anything: nobody sees more of it than what it led to. An
-- offering is sold out while none of its units can be had because others have them.
CREATE FUNCTION report_sales(
    organization uuid, low bigint, high bigint, but bigint[], late bigint[], brought boolean
) RETURNS TABLE (
    organization_id uuid, offering_id uuid, xid bigint, held_at timestamptz,
    sold_out_at timestamptz, opened_at timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT t.organization_id, t.offering_id, t.xid, CASE WHEN t.is_held THEN t.at END,
           CASE WHEN NOT t.out_before AND t.out_after THEN t.at END,
           CASE WHEN t.out_before AND NOT t.out_after THEN t.at END
    FROM (
        SELECT l.organization_id, l.offering_id, l.xid, l.at,
               bool_or(l.kind = 'held' OR l.kind = 'confirmed' AND l.held_delta = 0
                                          AND l.confirmed_delta > 0) AS is_held,
               (array_agg(l.held + l.confirmed - l.held_delta - l.confirmed_delta > 0
                          AND l.held + l.confirmed - l.held_delta - l.confirmed_delta
                              >= l.capacity - l.capacity_delta ORDER BY l.seq))[1] AS out_before,
               (array_agg(l.held + l.confirmed > 0 AND l.held + l.confirmed >= l.capacity
                          ORDER BY l.seq DESC))[1] AS out_after
        FROM report_entries(organization, low, high, but, late, brought) AS l
        WHERE l.capacity_delta <> 0 OR l.held_delta <> 0 OR l.confirmed_delta <> 0
        GROUP BY l.organization_id, l.offering_id, l.xid, l.at
    ) AS t
    WHERE t.is_held OR t.out_before <> t.out_after
$$;

DO $$
DECLARE
    belonging text;
BEGIN
    FOREACH belonging IN ARRAY ARRAY['report_count', 'report_wait', 'report_sale'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', belonging);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', belonging);
        EXECUTE format(
            'CREATE POLICY of_one_organization ON %I '
            'USING (organization_id = (SELECT own_organization()) OR across_organizations())',
            belonging);
    END LOOP;
END $$;
