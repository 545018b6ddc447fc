-- The audit: acts beside the ledger, and a Merkle tree over both for each organization (ADR 0016).

-- What was done that changes no offering: by administrators, and for or against security.
CREATE TABLE act (
    organization_id uuid NOT NULL REFERENCES organization,
    id              uuid NOT NULL,
    -- Such as user.role_changed.
    kind            text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_.]{0,62}$'),
    actor           text NOT NULL,
    -- To whom or what.
    subject         text,
    facts           jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(facts) = 'object'),
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    xid             bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    PRIMARY KEY (organization_id, id)
);

CREATE INDEX act_time ON act (organization_id, at, id);
CREATE INDEX act_xid ON act USING brin (xid) WITH (autosummarize = on);
-- The sealer reads the end of the ledger every second; without this, all that came since the last
-- vacuum.
ALTER INDEX ledger_xid SET (autosummarize = on);

-- Everything that has a place in a log, whichever table it is in. An act's number is 0, the ledger's
-- count from 1. All types are said: a condition on a column of another type would not get inside.
CREATE VIEW audit_entry AS
SELECT organization_id, offering_id AS id, seq, xid, kind, at, actor, reason,
       NULL::text AS subject, NULL::text AS facts, reservation_id, capacity_delta, held_delta,
       confirmed_delta, capacity, held, confirmed, hold_expires_at
FROM ledger
UNION ALL
SELECT organization_id, id, 0::bigint, xid, kind, at, actor, NULL::text, subject, facts::text,
       NULL::uuid, NULL::integer, NULL::integer, NULL::integer, NULL::integer, NULL::integer,
       NULL::integer, NULL::timestamptz
FROM act;

-- How far the sealer has come: everything below xid, and of that transaction what is not after the
-- entry named. 'again' is there while everything is looked at once more, up to before `until`.
CREATE TABLE audit_cursor (
    name            text PRIMARY KEY CHECK (name IN ('now', 'again')),
    -- The cluster that xid counts in.
    system          bigint,
    -- The public key that seals: who has another leaves it to those who have this one.
    public          bytea CHECK (length(public) = 32),
    xid             bigint NOT NULL DEFAULT 0,
    organization_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    id              uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    seq             bigint NOT NULL DEFAULT -1,
    until           bigint
);

INSERT INTO audit_cursor (name) VALUES ('now');

-- Which entries the leaves from `first` on are.
CREATE TABLE audit_span (
    organization_id uuid NOT NULL,
    first           bigint NOT NULL CHECK (first >= 0),
    count           integer NOT NULL CHECK (count > 0),
    -- In whose range their xids are.
    from_xid        bigint NOT NULL,
    to_xid          bigint NOT NULL,
    -- Of 28 bytes each: id, number of the first entry, how many follow each other.
    runs            bytea NOT NULL,
    -- 16 bytes for each entry; zeros where it was erased.
    salts           bytea NOT NULL,
    PRIMARY KEY (organization_id, first)
);

CREATE INDEX audit_span_xid ON audit_span (to_xid);

-- Hashes of the tree, up to 256 in a row of 8 kB.
CREATE TABLE audit_tile (
    organization_id uuid NOT NULL,
    level           smallint NOT NULL,
    number          bigint NOT NULL,
    hashes          bytea NOT NULL CHECK (length(hashes) % 32 = 0),
    PRIMARY KEY (organization_id, level, number)
);

-- Random, so there is nothing to compress.
ALTER TABLE audit_span ALTER COLUMN salts SET STORAGE EXTERNAL;
ALTER TABLE audit_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE TABLE audit_checkpoint (
    organization_id uuid NOT NULL,
    size            bigint NOT NULL CHECK (size > 0),
    -- Of the checkpoint before, so that none can be taken out.
    previous        bigint NOT NULL CHECK (previous >= 0 AND previous < size),
    root            bytea NOT NULL CHECK (length(root) = 32),
    at              timestamptz NOT NULL,
    key_id          bytea NOT NULL CHECK (length(key_id) = 4),
    signature       bytea NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (organization_id, size)
);

-- What is left of the personal values that an entry had: commitments to them.
CREATE TABLE audit_erasure (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    seq             bigint NOT NULL,
    -- In the order of the entry; NULL where there was no value.
    commitments     text[] NOT NULL,
    -- By which it was erased.
    act_id          uuid NOT NULL,
    PRIMARY KEY (organization_id, id, seq)
);

CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the % is append-only: % is refused', replace(TG_TABLE_NAME, '_', ' '), TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- One thing only can be done to an entry: to blank what is personal in it, after commitments to it
-- were kept. Even for that nobody has the privilege but who erases, and only until that is done.
CREATE FUNCTION refuse_all_but_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    blank jsonb := CASE TG_TABLE_NAME
        WHEN 'ledger' THEN '{"actor": "erased", "reason": null}'
        ELSE '{"actor": "erased", "subject": null, "facts": {}}' END;
    key   uuid := CASE TG_TABLE_NAME
        WHEN 'ledger' THEN to_jsonb(OLD)->>'offering_id' ELSE to_jsonb(OLD)->>'id' END;
BEGIN
    IF to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) || blank OR NOT EXISTS (
        SELECT FROM audit_erasure AS e
        WHERE e.organization_id = OLD.organization_id AND e.id = key
          AND e.seq = coalesce((to_jsonb(OLD)->>'seq')::bigint, 0))
    THEN
        RAISE EXCEPTION 'the % is append-only: % is refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER ledger_append_only ON ledger;
CREATE TRIGGER ledger_append_only BEFORE DELETE OR TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER ledger_only_erased BEFORE UPDATE ON ledger
    FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasing();

CREATE TRIGGER act_append_only BEFORE DELETE OR TRUNCATE ON act
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER act_only_erased BEFORE UPDATE ON act
    FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasing();
REVOKE UPDATE, DELETE, TRUNCATE ON act FROM PUBLIC, CURRENT_USER;

CREATE TRIGGER audit_checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
REVOKE UPDATE, DELETE, TRUNCATE ON audit_checkpoint FROM PUBLIC, CURRENT_USER;

CREATE TRIGGER audit_erasure_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_erasure
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
REVOKE UPDATE, DELETE, TRUNCATE ON audit_erasure FROM PUBLIC, CURRENT_USER;

CREATE TRIGGER audit_span_append_only BEFORE DELETE OR TRUNCATE ON audit_span
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
REVOKE UPDATE, DELETE, TRUNCATE ON audit_span FROM PUBLIC, CURRENT_USER;
