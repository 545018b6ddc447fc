-- How often somebody may ask: token buckets that several nodes keep together where there is no
-- Redis. Of a bucket only the instant is kept at which it is full again; no row is a full bucket.
-- Nothing of it has to last, so nothing of it is logged: after a crash all buckets are full.

CREATE UNLOGGED TABLE bucket (
    -- A keyed digest of the organization, the limit and whose it is: rows spread evenly, and nobody
    -- learns an e-mail address from them.
    name    uuid PRIMARY KEY,
    -- In microseconds since 1970 by the clock of this database.
    full_at bigint NOT NULL
) WITH (fillfactor = 50);

-- Take the tokens of each request, or none of any of its, one request after the other: the rule is
-- firmhold/limits/bucket.py. names: the buckets, each once. sizes: how many buckets each request
-- asks. asked: which of the names, counted from 1, one request after the other; intervals and
-- depths: those of their policies. Returned are the instant and when each bucket that was asked had
-- been full before, never further away than can be told from "empty".
CREATE FUNCTION take_tokens(
    names uuid[], sizes integer[], asked integer[], intervals bigint[], depths bigint[],
    OUT now bigint, OUT before bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
    kept bigint[];
    size integer;
    first integer := 1;
    at integer;
    full_at bigint;
    admitted boolean;
BEGIN
    -- Nobody waits so long for an answer; who holds a row for longer is a person with psql.
    PERFORM set_config('lock_timeout', '1s', true);
    -- All rows are locked, or made, in one order by one statement: no two of them wait for each
    -- other. One that is there is only locked.
    INSERT INTO bucket AS b (name, full_at)
    SELECT n, 0 FROM unnest(names) AS n ORDER BY n
    ON CONFLICT (name) DO UPDATE SET full_at = 0 WHERE false;
    SELECT array_agg(b.full_at ORDER BY n.position) INTO kept
    FROM unnest(names) WITH ORDINALITY AS n (name, position)
    CROSS JOIN LATERAL (
        SELECT b.full_at FROM bucket AS b WHERE b.name = n.name
        OFFSET 0  -- each by its key
    ) AS b;
    now := extract(epoch FROM clock_timestamp()) * 1000000;
    before := asked;
    FOREACH size IN ARRAY sizes LOOP
        admitted := true;
        FOR i IN first .. first + size - 1 LOOP
            at := asked[i];
            full_at := least(kept[at], now + depths[i] + 1);
            before[i] := full_at;
            IF greatest(full_at, now) + intervals[i] > now + depths[i] THEN
                admitted := false;
                kept[at] := least(full_at, now + depths[i]);
            END IF;
        END LOOP;
        IF admitted THEN
            FOR i IN first .. first + size - 1 LOOP
                at := asked[i];
                kept[at] := greatest(kept[at], now) + intervals[i];
            END LOOP;
        END IF;
        first := first + size;
    END LOOP;
    UPDATE bucket AS b SET full_at = n.full_at
    FROM unnest(names, kept) AS n (name, full_at)
    WHERE b.name = n.name AND b.full_at <> n.full_at;
END $$;
