-- Time and place: sites, slots, what slots take from pools, schedules, and who waits.

-- Equality of ids beside overlap of times, in one index.
CREATE EXTENSION IF NOT EXISTS btree_gist;

ALTER TABLE organization
    -- How far ahead slots can be booked, how long before the start at the latest, and until when
    -- they can be given back; where the site does not set its own.
    ADD COLUMN horizon_days      integer NOT NULL DEFAULT 90 CHECK (horizon_days BETWEEN 1 AND 3650),
    ADD COLUMN notice_minutes    integer NOT NULL DEFAULT 0 CHECK (notice_minutes BETWEEN 0 AND 525600),
    ADD COLUMN cutoff_minutes    integer NOT NULL DEFAULT 0 CHECK (cutoff_minutes BETWEEN 0 AND 525600),
    -- How long units are held for someone from the waitlist.
    ADD COLUMN offer_ttl_seconds integer NOT NULL DEFAULT 600 CHECK (offer_ttl_seconds BETWEEN 1 AND 604800);

CREATE TABLE site (
    organization_id uuid NOT NULL REFERENCES organization,
    id              uuid NOT NULL,
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    address         text,
    -- An IANA name; checked by those who know the names.
    zone            text NOT NULL,
    slot_minutes    integer NOT NULL DEFAULT 30 CHECK (slot_minutes BETWEEN 1 AND 10080),
    -- [{"day": "MO", "opens": "09:00", "closes": "17:00"}], wall-clock times of the zone.
    opening_hours   jsonb NOT NULL DEFAULT '[]',
    -- [{"starts": "2026-12-24T12:00", "ends": "2026-12-27", "reason": "…"}], likewise.
    blackouts       jsonb NOT NULL DEFAULT '[]',
    -- NULL: the organization's.
    horizon_days    integer CHECK (horizon_days BETWEEN 1 AND 3650),
    notice_minutes  integer CHECK (notice_minutes BETWEEN 0 AND 525600),
    cutoff_minutes  integer CHECK (cutoff_minutes BETWEEN 0 AND 525600),
    -- At most so many units for one customer within any so many days.
    customer_limit  integer CHECK (customer_limit >= 1),
    customer_days   integer CHECK (customer_days BETWEEN 1 AND 3650),
    -- What a token must say that opens its calendar; raised to withdraw those that say less.
    calendar_version integer NOT NULL DEFAULT 1,
    metadata        jsonb NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, name),
    CONSTRAINT limit_has_days CHECK ((customer_limit IS NULL) = (customer_days IS NULL))
);

-- What is lent for a time and given back. A room or a practitioner is one unit for good, which lets
-- an exclusion constraint guard it; equipment is counted.
CREATE TABLE pool (
    organization_id uuid NOT NULL REFERENCES organization,
    id              uuid NOT NULL,
    site_id         uuid,
    kind            text NOT NULL CHECK (kind IN ('room', 'practitioner', 'equipment')),
    name            text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    units           integer NOT NULL CHECK (units BETWEEN 0 AND 100000),
    exclusive       boolean NOT NULL GENERATED ALWAYS AS (kind <> 'equipment') STORED,
    -- Time around each use that counts as taken.
    before_minutes  integer NOT NULL DEFAULT 0 CHECK (before_minutes BETWEEN 0 AND 1440),
    after_minutes   integer NOT NULL DEFAULT 0 CHECK (after_minutes BETWEEN 0 AND 1440),
    -- Counted up by whoever lends, so that two who lend at once are noticed at any isolation level.
    lendings        bigint NOT NULL DEFAULT 0,
    metadata        jsonb NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    -- Nothing requires it, and somebody took it off the list; its name is free again.
    deleted_at      timestamptz,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, id, exclusive),
    FOREIGN KEY (organization_id, site_id) REFERENCES site,
    CONSTRAINT one_of_its_kind CHECK (kind = 'equipment' OR units = 1)
) WITH (fillfactor = 70);

CREATE UNIQUE INDEX pool_name ON pool (organization_id, kind, name) WHERE deleted_at IS NULL;

ALTER TABLE offering
    DROP CONSTRAINT offering_kind_check,
    ADD CONSTRAINT offering_kind_check CHECK (kind IN ('item', 'slot')),
    ADD COLUMN site_id   uuid,
    ADD COLUMN starts_at timestamptz,
    ADD COLUMN ends_at   timestamptz,
    -- Whether it can be taken at all; an operator may close it for a while, or for good.
    ADD COLUMN open      boolean NOT NULL DEFAULT true,
    -- Whether reservations of it take anything from pools.
    ADD COLUMN lends     boolean NOT NULL DEFAULT false,
    -- Waitlist entries that wait or have an open offer.
    ADD COLUMN waiting   integer NOT NULL DEFAULT 0 CHECK (waiting >= 0),
    ADD FOREIGN KEY (organization_id, site_id) REFERENCES site,
    ADD CONSTRAINT slot_has_a_time_and_place CHECK (
        (kind = 'slot') = (site_id IS NOT NULL)
        AND (kind = 'slot') = (starts_at IS NOT NULL) AND (kind = 'slot') = (ends_at IS NOT NULL)
        AND starts_at < ends_at);

-- For lists of slots, of one site or of all. None of these columns ever changes.
CREATE INDEX offering_time ON offering (organization_id, site_id, starts_at, id)
    WHERE kind = 'slot';
CREATE INDEX offering_calendar ON offering (organization_id, starts_at, id) WHERE kind = 'slot';
-- For the worker that looks after waitlists. Changes only when one becomes longer or shorter.
CREATE INDEX offering_waiting ON offering (organization_id, id) WHERE waiting > 0;

-- What a schedule generates, and from what. Times are wall-clock times of the site's zone.
CREATE TABLE schedule (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    site_id         uuid NOT NULL,
    title           text NOT NULL,
    -- RFC 5545, for example FREQ=WEEKLY;BYDAY=MO,TH
    rule            text NOT NULL,
    -- Everything else about it, as the API shows it.
    plan            jsonb NOT NULL,
    active          boolean NOT NULL DEFAULT true,
    -- Slots that start before are there, …
    generated_until timestamptz,
    -- … and later ones, up to then, may still be what it said before; NULL: there are none.
    outdated_until  timestamptz,
    -- Why it could not go on the last time, in words; NULL: it could.
    refusal         text,
    version         integer NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, site_id) REFERENCES site
);

CREATE TABLE slot (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    title           text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description     text,
    schedule_id     uuid,
    -- Version of the schedule by which it was made.
    schedule_version integer,
    -- Changed or withdrawn by somebody since its schedule made it, who knows better.
    by_hand         boolean NOT NULL DEFAULT false,
    metadata        jsonb NOT NULL DEFAULT '{}',
    -- Taken back by an operator or by its schedule: closed for good, its pools given back.
    withdrawn_at    timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, id) REFERENCES offering,
    FOREIGN KEY (organization_id, schedule_id) REFERENCES schedule,
    CONSTRAINT schedule_has_version CHECK ((schedule_id IS NULL) = (schedule_version IS NULL))
);

-- By the event of a calendar file that it was. Anybody may write there what is too long for an index.
CREATE INDEX slot_event ON slot (organization_id, left(metadata #>> '{calendar,uid}', 255))
    WHERE metadata #>> '{calendar,uid}' IS NOT NULL AND withdrawn_at IS NULL;

CREATE TABLE requirement (
    organization_id uuid NOT NULL,
    slot_id         uuid NOT NULL,
    pool_id         uuid NOT NULL,
    units           integer NOT NULL CHECK (units BETWEEN 1 AND 100000),
    per             text NOT NULL CHECK (per IN ('slot', 'reservation')),
    PRIMARY KEY (organization_id, slot_id, pool_id),
    FOREIGN KEY (organization_id, slot_id) REFERENCES offering,
    FOREIGN KEY (organization_id, pool_id) REFERENCES pool
);

CREATE INDEX requirement_pool ON requirement (organization_id, pool_id, slot_id);

-- Units that a slot has taken from a pool for a time, buffers included: when it was published, or,
-- if that is required per reservation, as many as all reservations with units of it require. So what
-- a hold costs does not depend on how many there are. When all have come back, the row is deleted.
CREATE TABLE loan (
    organization_id uuid NOT NULL,
    pool_id         uuid NOT NULL,
    slot_id         uuid NOT NULL,
    units           integer NOT NULL CHECK (units >= 1),
    during          tstzrange NOT NULL
                    CHECK (NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)
                           AND NOT upper_inf(during)
                           AND lower(during) > '-infinity' AND upper(during) < 'infinity'),
    exclusive       boolean NOT NULL,
    PRIMARY KEY (organization_id, slot_id, pool_id),
    FOREIGN KEY (organization_id, slot_id, pool_id) REFERENCES requirement,
    FOREIGN KEY (organization_id, pool_id, exclusive)
        REFERENCES pool (organization_id, id, exclusive),
    CHECK (NOT exclusive OR units = 1),
    -- A room, a surgeon: nobody twice at the same time.
    CONSTRAINT never_lent_twice EXCLUDE USING gist
        (organization_id WITH =, pool_id WITH =, during WITH &&) WHERE (exclusive)
) WITH (fillfactor = 85);

CREATE INDEX loan_counted ON loan USING gist (organization_id, pool_id, during)
    WHERE NOT exclusive;

-- Units of a pool that a slot has only because holds that have ended by `live_at` have not given back.
-- This and what follows return tables, because those become part of the query that asks, and a scalar
-- would be a query of its own for each row.
CREATE FUNCTION units_of_ended_holds(organization uuid, slot uuid, pool uuid, live_at timestamptz)
RETURNS TABLE (units bigint) LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN live_at IS NULL THEN 0 ELSE coalesce((
        SELECT r.units * (SELECT count(*) FROM reservation_line AS l
                          WHERE l.organization_id = organization AND l.offering_id = slot
                            AND l.status = 'held' AND l.expires_at <= live_at)
        FROM requirement AS r
        WHERE r.organization_id = organization AND r.slot_id = slot AND r.pool_id = pool
          AND r.per = 'reservation'), 0) END
$$;

-- When most units of a pool are taken at one instant of some time, how many, and until when; no row
-- if none are. What holds have taken that have ended by `live_at` is back; without it, all counts.
CREATE FUNCTION pool_busiest(organization uuid, pool uuid, within tstzrange, live_at timestamptz)
RETURNS TABLE (units bigint, busy_from timestamptz, busy_until timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT taken.units, taken.at, taken.until
    FROM (
        -- What is given back at an instant makes room for what is taken then: one sum for both.
        SELECT sum(sum(change.units)) OVER by_time::bigint AS units, change.at,
               lead(change.at) OVER by_time AS until
        FROM (
            -- Twice, because the index for what is exclusive is not the one for what is counted.
            SELECT l.slot_id, l.units, l.during FROM loan AS l
            WHERE l.organization_id = organization AND l.pool_id = pool AND l.exclusive
              AND l.during && within
            UNION ALL
            SELECT l.slot_id, l.units, l.during FROM loan AS l
            WHERE l.organization_id = organization AND l.pool_id = pool AND NOT l.exclusive
              AND l.during && within
        ) AS l
        CROSS JOIN LATERAL (
            SELECT l.units - ended.units AS units
            FROM units_of_ended_holds(organization, l.slot_id, pool, live_at) AS ended
            OFFSET 0
        ) AS live
        CROSS JOIN LATERAL (VALUES (greatest(lower(l.during), lower(within)), live.units),
                                   (upper(l.during), -live.units)) AS change (at, units)
        GROUP BY change.at
        WINDOW by_time AS (ORDER BY change.at)
    ) AS taken
    ORDER BY taken.units DESC, taken.at LIMIT 1
$$;

-- When one more reservation of a slot would take units of a pool, as of `live_at`: from then on, and
-- for the time for which others have units already, if any do. Buffers may have been others then.
CREATE FUNCTION time_to_take(organization uuid, slot uuid, starts_at timestamptz,
                             ends_at timestamptz, pool uuid, before_minutes integer,
                             after_minutes integer, live_at timestamptz)
RETURNS TABLE (during tstzrange) LANGUAGE sql STABLE AS $$
    SELECT tstzrange(live_at, NULL) * coalesce(
        (SELECT l.during FROM loan AS l, units_of_ended_holds(organization, slot, pool, live_at) AS ended
         WHERE l.organization_id = organization AND l.slot_id = slot AND l.pool_id = pool
           AND l.units > ended.units),
        tstzrange(starts_at - make_interval(mins => before_minutes),
                  ends_at + make_interval(mins => after_minutes)))
$$;

-- What is in the way of one more reservation of a slot: the first pool, by id, that cannot lend what
-- such a reservation requires, and when it has lent most. No row if all can.
CREATE FUNCTION busy_pool(organization uuid, slot uuid, starts_at timestamptz, ends_at timestamptz,
                          live_at timestamptz)
RETURNS TABLE (pool_id uuid, pool_name text, pool_units integer, before_minutes integer,
               after_minutes integer, required integer, taken bigint, busy_from timestamptz,
               busy_until timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT p.id, p.name, p.units, p.before_minutes, p.after_minutes, r.units,
           coalesce(most.units, 0), most.busy_from, most.busy_until
    FROM requirement AS r
    JOIN pool AS p ON p.organization_id = organization AND p.id = r.pool_id
    CROSS JOIN LATERAL time_to_take(organization, slot, starts_at, ends_at, p.id, p.before_minutes,
                                    p.after_minutes, live_at) AS wanted
    LEFT JOIN LATERAL pool_busiest(organization, p.id, wanted.during, live_at) AS most ON true
    WHERE r.organization_id = organization AND r.slot_id = slot AND r.per = 'reservation'
      AND coalesce(most.units, 0) + r.units > p.units
    ORDER BY r.pool_id LIMIT 1
$$;

-- Equipment is counted where it is written: whoever lends more takes the pool's row, and only then
-- looks at all that is lent from now on. Taking it is an update and not a mere lock, because a
-- transaction that began before another one lent would otherwise not see what that one wrote.
CREATE FUNCTION refuse_overlending(organization uuid, pool uuid, times tstzmultirange)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    owned bigint;
    peak  bigint;
BEGIN
    UPDATE pool AS p SET lendings = p.lendings + 1
    WHERE (p.organization_id, p.id) = (organization, pool)
    RETURNING p.units INTO owned;
    -- Times that lie apart one by one, and nothing of what lies between.
    SELECT max(most.units) INTO peak
    FROM unnest(times * tstzmultirange(tstzrange(clock_timestamp(), NULL))) AS within
    CROSS JOIN LATERAL pool_busiest(organization, pool, within, NULL) AS most;
    IF peak > owned THEN
        RAISE EXCEPTION 'pool % has % units and would lend %', pool, owned, peak
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'never_overlent';
    END IF;
END $$;

CREATE FUNCTION count_new_loans() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lent record;
BEGIN
    FOR lent IN
        SELECT n.organization_id, n.pool_id, range_agg(n.during) AS times
        FROM new_loans AS n WHERE NOT n.exclusive
        GROUP BY n.organization_id, n.pool_id ORDER BY n.pool_id
    LOOP
        PERFORM refuse_overlending(lent.organization_id, lent.pool_id, lent.times);
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER new_loans_within_pool AFTER INSERT ON loan
    REFERENCING NEW TABLE AS new_loans
    FOR EACH STATEMENT EXECUTE FUNCTION count_new_loans();

CREATE FUNCTION count_loan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse_overlending(NEW.organization_id, NEW.pool_id, tstzmultirange(NEW.during));
    RETURN NULL;
END $$;

-- Whatever comes back needs no counting, and must be able to come back.
CREATE TRIGGER loan_stays_within_pool AFTER UPDATE ON loan FOR EACH ROW
    WHEN (NOT NEW.exclusive AND (NEW.units > OLD.units OR NEW.during <> OLD.during))
    EXECUTE FUNCTION count_loan();

-- Whose it is, and of which pool, never changes.
CREATE FUNCTION refuse_changing_loans() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a loan stays with its slot and its pool'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER loan_fixed BEFORE UPDATE ON loan FOR EACH ROW
    WHEN ((OLD.organization_id, OLD.pool_id, OLD.slot_id, OLD.exclusive) IS DISTINCT FROM
          (NEW.organization_id, NEW.pool_id, NEW.slot_id, NEW.exclusive))
    EXECUTE FUNCTION refuse_changing_loans();

-- A pool cannot become smaller than what is lent from now on.
CREATE FUNCTION refuse_shrinking() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    peak bigint;
BEGIN
    SELECT most.units INTO peak FROM pool_busiest(
        NEW.organization_id, NEW.id, tstzrange(clock_timestamp(), NULL), NULL) AS most;
    IF peak > NEW.units THEN
        RAISE EXCEPTION 'pool % lends % units and cannot have only %', NEW.id, peak, NEW.units
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'never_overlent';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER pool_covers_loans AFTER UPDATE OF units ON pool FOR EACH ROW
    WHEN (NEW.units < OLD.units) EXECUTE FUNCTION refuse_shrinking();

CREATE TABLE waitlist_entry (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    offering_id     uuid NOT NULL,
    customer        text NOT NULL,
    actor           text NOT NULL,
    quantity        integer NOT NULL CHECK (quantity BETWEEN 1 AND 1000000),
    -- Number of the ledger entry by which it joined: lower goes first, whatever any clock says.
    place           bigint NOT NULL,
    status          text NOT NULL CHECK (status IN ('waiting', 'offered', 'accepted', 'declined',
                                                    'lapsed', 'withdrawn', 'closed')),
    -- By which units were held for it, once they were.
    reservation_id  uuid,
    created_at      timestamptz NOT NULL,
    offered_at      timestamptz,
    ended_at        timestamptz,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, offering_id) REFERENCES offering,
    FOREIGN KEY (organization_id, reservation_id) REFERENCES reservation,
    CONSTRAINT wait_matches_times CHECK (
        (status IN ('waiting', 'offered')) = (ended_at IS NULL)
        AND (offered_at IS NULL) = (reservation_id IS NULL)
        AND CASE WHEN status IN ('waiting', 'withdrawn', 'closed') THEN reservation_id IS NULL
                 ELSE reservation_id IS NOT NULL END)
) WITH (fillfactor = 85);

CREATE UNIQUE INDEX waitlist_one_place ON waitlist_entry (organization_id, customer, offering_id)
    WHERE status IN ('waiting', 'offered');
-- With what they want, because a long line is looked through for who fits.
CREATE INDEX waitlist_queue ON waitlist_entry (organization_id, offering_id, place)
    INCLUDE (quantity, id) WHERE status = 'waiting';
CREATE INDEX waitlist_offer ON waitlist_entry (organization_id, reservation_id)
    WHERE reservation_id IS NOT NULL;
-- For lists: of a customer, of an offering, of what is in a state.
CREATE INDEX waitlist_customer ON waitlist_entry (organization_id, customer, id);
-- Not a partial one: a batch's plans, made while the tables are empty, would prefer it to the ones
-- that are meant for them.
CREATE INDEX waitlist_history ON waitlist_entry (organization_id, offering_id, place);
CREATE INDEX waitlist_status ON waitlist_entry (organization_id, status, id);

-- Once over, it is over; an offer is made once.
CREATE FUNCTION refuse_other_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status || '>' || NEW.status NOT IN (
        'waiting>offered', 'waiting>withdrawn', 'waiting>closed', 'waiting>accepted',
        'waiting>declined', 'waiting>lapsed',
        'offered>accepted', 'offered>declined', 'offered>lapsed')
    THEN
        RAISE EXCEPTION 'a waitlist entry does not go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER waitlist_life BEFORE UPDATE ON waitlist_entry
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION refuse_other_waits();

-- Reservations can now be checked in …
ALTER TABLE reservation
    DROP CONSTRAINT reservation_status_check,
    ADD CONSTRAINT reservation_status_check CHECK (status IN (
        'held', 'confirmed', 'released', 'expired', 'cancelled', 'fulfilled', 'no_show')),
    DROP CONSTRAINT hold_has_an_end,
    ADD CONSTRAINT hold_has_an_end CHECK (
        (expires_at IS NULL) = (extend_until IS NULL)
        AND created_at < expires_at AND expires_at <= extend_until
        AND (confirmed_at IS NOT NULL OR expires_at IS NOT NULL)),
    DROP CONSTRAINT status_matches_times,
    ADD CONSTRAINT status_matches_times CHECK (CASE status
        WHEN 'held'      THEN confirmed_at IS NULL AND ended_at IS NULL
        WHEN 'confirmed' THEN confirmed_at IS NOT NULL AND ended_at IS NULL
        WHEN 'cancelled' THEN confirmed_at IS NOT NULL AND ended_at IS NOT NULL
        WHEN 'fulfilled' THEN confirmed_at IS NOT NULL AND ended_at IS NOT NULL
        WHEN 'no_show'   THEN confirmed_at IS NOT NULL AND ended_at IS NOT NULL
        ELSE                  confirmed_at IS NULL AND ended_at IS NOT NULL END);

ALTER TABLE reservation_line
    DROP CONSTRAINT units_match_status,
    ADD CONSTRAINT units_match_status CHECK (CASE
        WHEN status = 'held' THEN held = quantity AND confirmed = 0 AND expires_at IS NOT NULL
        WHEN status IN ('confirmed', 'fulfilled', 'no_show')
                             THEN held = 0 AND confirmed BETWEEN 0 AND quantity
        ELSE                      held = 0 AND confirmed = 0 END);

CREATE OR REPLACE FUNCTION refuse_other_ways() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status || '>' || NEW.status NOT IN (
        'held>confirmed', 'held>released', 'held>expired', 'held>cancelled',
        'confirmed>cancelled', 'expired>confirmed', 'expired>cancelled',
        'confirmed>fulfilled', 'confirmed>no_show', 'fulfilled>no_show', 'no_show>fulfilled',
        'held>fulfilled', 'held>no_show', 'expired>fulfilled', 'expired>no_show')
    THEN
        RAISE EXCEPTION 'a reservation does not go from % to %', OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

-- … and moved; and the ledger says so, and who waits.
ALTER TABLE ledger
    DROP CONSTRAINT ledger_kind_check,
    ADD CONSTRAINT ledger_kind_check CHECK (kind IN (
        'created', 'updated', 'capacity_set', 'capacity_adjusted', 'held', 'extended', 'confirmed',
        'reacquired', 'released', 'expired', 'cancelled', 'moved', 'fulfilled', 'no_show',
        'waitlisted', 'unlisted'));

-- What a reservation has left, which its calendar has to take back.
CREATE INDEX ledger_left ON ledger (organization_id, reservation_id)
    WHERE kind IN ('moved', 'released');

-- What is left of offerings of either kind.
CREATE OR REPLACE VIEW stock AS
SELECT o.organization_id, o.id, o.capacity - drained.units AS capacity, o.held - due.units AS held,
       o.confirmed, o.capacity - drained.units - (o.held - due.units) - o.confirmed AS available,
       o.seq, nullif(o.drain_to, o.capacity - drained.units) AS drain_to,
       o.sale_starts_at, o.sale_ends_at, o.min_quantity, o.max_quantity, o.max_per_customer,
       o.hold_ttl_seconds, o.unit_price, o.currency,
       o.kind, o.site_id, o.starts_at, o.ends_at, o.open, o.lends, o.waiting
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

-- Lines name offerings of either kind now.
CREATE OR REPLACE VIEW reservation_with_lines AS
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
           array_agg(l.currency ORDER BY l.position) AS currencies,
           array_agg(o.kind ORDER BY l.position) AS kinds
    FROM reservation_line AS l
    JOIN offering AS o ON o.organization_id = l.organization_id AND o.id = l.offering_id
    WHERE l.organization_id = r.organization_id AND l.reservation_id = r.id
) AS lines;
