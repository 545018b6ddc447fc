-- The relay: whoever tells what happened reads the end of the ledger many times a second (ADR 0022).

-- By transaction, exactly. A BRIN index, which was here, has everything looked through that came since
-- it was last summarized. Neighbours have the same number, so this takes seven bytes for an entry.
DROP INDEX ledger_xid;
CREATE INDEX ledger_xid ON ledger (xid);

-- Which cluster numbers the transactions. Where a dump was restored, there are entries with numbers
-- that transactions here have yet to get: up to `beyond`, all that is older than `since`.
CREATE TABLE ledger_cluster (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    system bigint NOT NULL,
    beyond bigint NOT NULL,
    since  timestamptz NOT NULL
);
INSERT INTO ledger_cluster (system, beyond, since)
SELECT system_identifier, 0, clock_timestamp() FROM pg_control_system();
