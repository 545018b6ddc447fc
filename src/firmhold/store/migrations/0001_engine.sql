-- What the engine stands on. The database refuses here what the code must never ask for, so that
-- a defect, a script or a person with psql cannot oversell, resurrect or rewrite.
--
-- organization_id leads every key, so that a distributed PostgreSQL can spread the tables by
-- organization. Ids are UUIDv7 and grow with time, which keeps inserts at the right edge of
-- their indexes.

CREATE TABLE organization (
    id               uuid PRIMARY KEY,
    slug             text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    name             text NOT NULL,
    -- Default and cap of a hold's TTL, where the offering does not set its own.
    hold_ttl_seconds integer NOT NULL DEFAULT 300 CHECK (hold_ttl_seconds BETWEEN 1 AND 604800),
    -- Holds one customer may have at the same time; NULL: as many as they like.
    max_live_holds   integer CHECK (max_live_holds > 0),
    -- Whether someone without an account may hold, with nothing but an e-mail address.
    guest_holds      boolean NOT NULL DEFAULT false,
    -- Whether catalogue and availability can be read without a token.
    public_catalogue boolean NOT NULL DEFAULT false,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE users (
    organization_id uuid NOT NULL REFERENCES organization,
    id              uuid NOT NULL,
    email           text NOT NULL CHECK (email = lower(email)),
    role            text NOT NULL
                    CHECK (role IN ('admin', 'owner', 'operator', 'auditor', 'customer')),
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, email)
);

-- The row that is locked. It is small, and no index covers what changes, so that an update stays
-- on its page (HOT) however hot the offering is; half of each page is left free for that.
CREATE TABLE offering (
    organization_id  uuid NOT NULL REFERENCES organization,
    id               uuid NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('item')),
    capacity         integer NOT NULL CHECK (capacity BETWEEN 0 AND 1000000000),
    held             integer NOT NULL DEFAULT 0 CHECK (held >= 0),
    confirmed        integer NOT NULL DEFAULT 0 CHECK (confirmed >= 0),
    -- Number of the newest ledger entry. Counted up under the row's lock: no gaps, and whoever
    -- reads entry n has been able to read all before it.
    seq              bigint NOT NULL CHECK (seq >= 1),
    -- A lower capacity that is approached as units come back.
    drain_to         integer CHECK (drain_to >= 0 AND drain_to < capacity),
    sale_starts_at   timestamptz,
    sale_ends_at     timestamptz,
    min_quantity     integer NOT NULL DEFAULT 1 CHECK (min_quantity >= 1),
    max_quantity     integer CHECK (max_quantity >= min_quantity),
    max_per_customer integer CHECK (max_per_customer >= 1),
    hold_ttl_seconds integer CHECK (hold_ttl_seconds BETWEEN 1 AND 604800),
    -- In the currency's minor unit.
    unit_price       bigint CHECK (unit_price >= 0),
    currency         text CHECK (currency ~ '^[A-Z]{3}$'),
    PRIMARY KEY (organization_id, id),
    CONSTRAINT never_oversold CHECK (held + confirmed <= capacity),
    CONSTRAINT sale_window CHECK (sale_starts_at < sale_ends_at),
    CONSTRAINT price_has_currency CHECK ((unit_price IS NULL) = (currency IS NULL))
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

CREATE TABLE item (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    sku             text NOT NULL CHECK (length(sku) BETWEEN 1 AND 128),
    name            text NOT NULL,
    description     text,
    metadata        jsonb NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, sku),
    FOREIGN KEY (organization_id, id) REFERENCES offering
);

CREATE TABLE reservation (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    status          text NOT NULL
                    CHECK (status IN ('held', 'confirmed', 'released', 'expired', 'cancelled')),
    customer        text,
    actor           text NOT NULL,
    created_at      timestamptz NOT NULL,
    -- Half-open: from this instant on the hold is over, whether or not anyone has noticed.
    expires_at      timestamptz,
    extend_until    timestamptz,
    confirmed_at    timestamptz,
    ended_at        timestamptz,
    reason          text,
    notes           text,
    guest_count     integer CHECK (guest_count >= 0),
    metadata        jsonb,
    reacquired      boolean NOT NULL DEFAULT false,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT hold_has_an_end CHECK (
        (expires_at IS NULL) = (extend_until IS NULL)
        AND created_at < expires_at AND expires_at <= extend_until
        AND (status = 'confirmed' OR status = 'cancelled' OR expires_at IS NOT NULL)),
    CONSTRAINT status_matches_times CHECK (CASE status
        WHEN 'held'      THEN confirmed_at IS NULL AND ended_at IS NULL
        WHEN 'confirmed' THEN confirmed_at IS NOT NULL AND ended_at IS NULL
        WHEN 'cancelled' THEN confirmed_at IS NOT NULL AND ended_at IS NOT NULL
        ELSE                  confirmed_at IS NULL AND ended_at IS NOT NULL END),
    CONSTRAINT expired_when_due CHECK (status <> 'expired' OR expires_at <= ended_at),
    CONSTRAINT confirmed_in_time CHECK (reacquired OR confirmed_at < expires_at)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);

-- What the expirer looks at: live holds only, however long the history.
CREATE INDEX reservation_live ON reservation (expires_at) WHERE status = 'held';
-- For lists by status. A reservation comes in when it leaves `held`, so that placing a hold pays
-- nothing for it; live holds are found by the index of what is due.
CREATE INDEX reservation_status ON reservation (organization_id, status, id) WHERE status <> 'held';

-- status, expires_at and customer repeat the reservation's, so that what is due on an offering
-- and what a customer has of it can be found in one index each.
CREATE TABLE reservation_line (
    organization_id uuid NOT NULL,
    reservation_id  uuid NOT NULL,
    offering_id     uuid NOT NULL,
    position        smallint NOT NULL,
    quantity        integer NOT NULL CHECK (quantity BETWEEN 1 AND 100000000),
    held            integer NOT NULL,
    confirmed       integer NOT NULL,
    unit_price      bigint,
    currency        text,
    status          text NOT NULL,
    expires_at      timestamptz,
    customer        text,
    PRIMARY KEY (organization_id, reservation_id, offering_id),
    FOREIGN KEY (organization_id, reservation_id) REFERENCES reservation,
    FOREIGN KEY (organization_id, offering_id) REFERENCES offering,
    CONSTRAINT units_match_status CHECK (CASE status
        WHEN 'held'      THEN held = quantity AND confirmed = 0 AND expires_at IS NOT NULL
        WHEN 'confirmed' THEN held = 0 AND confirmed BETWEEN 0 AND quantity
        ELSE                  held = 0 AND confirmed = 0 END)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX reservation_line_due ON reservation_line (organization_id, offering_id, expires_at)
    WHERE status = 'held';
-- What a customer has, and had: for limits (by status and offering) and for lists.
CREATE INDEX reservation_line_customer
    ON reservation_line (organization_id, customer, status, offering_id)
    WHERE customer IS NOT NULL;

-- Reservations with their lines as arrays, in the order in which the engine reads them.
CREATE VIEW reservation_with_lines AS
SELECT r.organization_id, r.id, r.status, r.customer, r.actor, r.created_at, r.expires_at,
       r.extend_until, r.confirmed_at, r.ended_at, r.reason, r.notes, r.guest_count, r.metadata,
       r.reacquired, lines.*
FROM reservation AS r
CROSS JOIN LATERAL (
    SELECT array_agg(l.offering_id ORDER BY l.position) AS offerings,
           array_agg(l.quantity ORDER BY l.position) AS quantities,
           array_agg(l.held ORDER BY l.position) AS held,
           array_agg(l.confirmed ORDER BY l.position) AS confirmed,
           array_agg(l.unit_price ORDER BY l.position) AS unit_prices,
           array_agg(l.currency ORDER BY l.position) AS currencies
    FROM reservation_line AS l
    WHERE l.organization_id = r.organization_id AND l.reservation_id = r.id
) AS lines;

-- Where a reservation stands for everyone who looks: a hold that is due has expired, whether or not
-- that has been recorded.
CREATE FUNCTION status_now(status text, expires_at timestamptz) RETURNS text LANGUAGE sql STABLE
RETURN CASE WHEN status = 'held' AND expires_at <= statement_timestamp() THEN 'expired'
            ELSE status END;

-- Offerings with what is left of them for everyone who looks: holds that are due are over, and what
-- a draining offering thereby gets back is not put on sale.
CREATE VIEW stock AS
SELECT o.organization_id, o.id, o.capacity - drained.units AS capacity, o.held - due.units AS held,
       o.confirmed, o.capacity - drained.units - (o.held - due.units) - o.confirmed AS available,
       o.seq, nullif(o.drain_to, o.capacity - drained.units) AS drain_to,
       o.sale_starts_at, o.sale_ends_at, o.min_quantity, o.max_quantity, o.max_per_customer,
       o.hold_ttl_seconds, o.unit_price, o.currency
FROM offering AS o
CROSS JOIN LATERAL (
    SELECT coalesce(sum(l.held), 0)::integer AS units FROM reservation_line AS l
    WHERE o.held > 0  -- most often there is nothing to look for
      AND l.organization_id = o.organization_id AND l.offering_id = o.id
      AND l.status = 'held' AND l.expires_at <= statement_timestamp()
) AS due
CROSS JOIN LATERAL (
    SELECT CASE WHEN o.drain_to IS NULL THEN 0
                ELSE least(due.units, o.capacity - o.drain_to) END AS units
) AS drained;

-- Ledger, outbox and audit source in one: what happened, to which offering, and what it left.
CREATE TABLE ledger (
    organization_id uuid NOT NULL,
    offering_id     uuid NOT NULL,
    seq             bigint NOT NULL,
    kind            text NOT NULL CHECK (kind IN (
                        'created', 'updated', 'capacity_set', 'capacity_adjusted',
                        'held', 'extended', 'confirmed', 'reacquired',
                        'released', 'expired', 'cancelled')),
    reservation_id  uuid,
    capacity_delta  integer NOT NULL,
    held_delta      integer NOT NULL,
    confirmed_delta integer NOT NULL,
    -- The counters after this entry.
    capacity        integer NOT NULL,
    held            integer NOT NULL CHECK (held >= 0),
    confirmed       integer NOT NULL CHECK (confirmed >= 0),
    at              timestamptz NOT NULL,
    actor           text NOT NULL,
    reason          text,
    hold_expires_at timestamptz,
    -- The transaction that wrote it: readers stay below the oldest one still running, because
    -- transactions do not commit in the order in which they began.
    xid             bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    PRIMARY KEY (organization_id, offering_id, seq),
    FOREIGN KEY (organization_id, offering_id) REFERENCES offering,
    CONSTRAINT entry_within_capacity CHECK (held + confirmed <= capacity)
);

CREATE INDEX ledger_xid ON ledger USING brin (xid);
CREATE INDEX ledger_at ON ledger USING brin (at);

-- One row per effect that a caller gave a name to. Refusals leave none.
CREATE TABLE idempotency (
    organization_id uuid NOT NULL,
    -- Digest of actor, operation and the caller's key.
    key             uuid NOT NULL,
    -- Digest of what was asked, to tell a repeat from a mistake.
    fingerprint     uuid NOT NULL,
    status          smallint NOT NULL,
    body            bytea NOT NULL,
    -- The reservation, offering or organization it had its effect on.
    subject         uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, key)
);

-- For forgetting the oldest. Not a BRIN: freed space is used again, and its ranges never shrink.
CREATE INDEX idempotency_age ON idempotency (created_at);

-- Append-only, by trigger for everyone and by privilege for whoever is not the superuser.
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % is refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

REVOKE UPDATE, DELETE, TRUNCATE ON ledger FROM PUBLIC, CURRENT_USER;

-- Exactly one way out of `held`, and no way back. A hold that has expired may be taken again only
-- as a confirmed reservation. A batch writes where a reservation ends up, so one that is confirmed
-- and cancelled in the same batch goes from `held` or `expired` to `cancelled`.
CREATE FUNCTION refuse_other_ways() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status || '>' || NEW.status NOT IN (
        'held>confirmed', 'held>released', 'held>expired', 'held>cancelled',
        'confirmed>cancelled', 'expired>confirmed', 'expired>cancelled')
    THEN
        RAISE EXCEPTION 'a reservation does not go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER reservation_life BEFORE UPDATE ON reservation
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION refuse_other_ways();

-- The newest ledger entry of an offering at an instant. Entries are numbered without gaps, so
-- halving finds it in a few steps of the primary key, and no index has to be kept for it.
CREATE FUNCTION ledger_seq_at(organization uuid, offering uuid, instant timestamptz)
RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    low    bigint := 0;
    high   bigint;
    middle bigint;
BEGIN
    SELECT coalesce(max(l.seq), 0) INTO high FROM ledger l
        WHERE l.organization_id = organization AND l.offering_id = offering;
    WHILE low < high LOOP
        middle := (low + high + 1) / 2;
        PERFORM FROM ledger l WHERE l.organization_id = organization
            AND l.offering_id = offering AND l.seq = middle AND l.at <= instant;
        IF FOUND THEN low := middle; ELSE high := middle - 1; END IF;
    END LOOP;
    RETURN low;
END $$;
