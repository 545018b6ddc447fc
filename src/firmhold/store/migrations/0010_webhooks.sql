-- Webhooks: endpoints, and what is to be delivered to them (ADR 0023).

-- How far those have come who go on from where they were, whoever of them has the row locked.
CREATE TABLE relay_cursor (
    name     text PRIMARY KEY,
    -- A position in the ledger, as `firmhold.relay.position` writes it; NULL before the first reading.
    position text
);
INSERT INTO relay_cursor (name) VALUES ('webhooks'), ('notices');

CREATE TABLE webhook (
    organization_id uuid NOT NULL REFERENCES organization,
    id              uuid NOT NULL,
    url             text NOT NULL CHECK (length(url) BETWEEN 1 AND 2048),
    description     text,
    -- Such as reservation.held; none is all.
    types           text[] NOT NULL DEFAULT '{}',
    -- Needed as it is: every delivery is signed with it.
    secret          bytea NOT NULL CHECK (length(secret) BETWEEN 24 AND 64),
    -- The one before, for a day after it was changed.
    old_secret      bytea CHECK (length(old_secret) BETWEEN 24 AND 64),
    old_until       timestamptz,
    created_at      timestamptz NOT NULL,
    -- By somebody, or because the receiver said that there is nothing any more.
    disabled_at     timestamptz,
    disabled_reason text,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT old_for_a_while CHECK ((old_secret IS NULL) = (old_until IS NULL)),
    CONSTRAINT disabled_for_a_reason CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
);

-- One row for each event and endpoint: what is to be sent, and what came of it.
CREATE TABLE webhook_delivery (
    organization_id uuid NOT NULL,
    webhook_id      uuid NOT NULL,
    event_id        uuid NOT NULL,
    -- Events of one subject are delivered in this order.
    number          bigint GENERATED ALWAYS AS IDENTITY,
    type            text NOT NULL,
    subject         text NOT NULL,
    body            text NOT NULL,
    status          text NOT NULL DEFAULT 'waiting'
                    CHECK (status IN ('waiting', 'delivered', 'failed')),
    attempts        integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    -- When it is tried again; or, while it is being tried, when whoever does so is given up.
    next_at         timestamptz NOT NULL,
    created_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    -- Of the last attempt.
    answer          integer,
    error           text,
    milliseconds    integer,
    PRIMARY KEY (organization_id, webhook_id, event_id),
    FOREIGN KEY (organization_id, webhook_id) REFERENCES webhook ON DELETE CASCADE,
    CONSTRAINT ended_or_waiting CHECK ((status = 'waiting') = (ended_at IS NULL))
) WITH (fillfactor = 85);

CREATE INDEX webhook_delivery_due ON webhook_delivery (next_at) WHERE status = 'waiting';
CREATE INDEX webhook_delivery_order ON webhook_delivery (organization_id, webhook_id, subject, number)
    WHERE status = 'waiting';
CREATE INDEX webhook_delivery_list ON webhook_delivery (organization_id, webhook_id, number);
CREATE INDEX webhook_delivery_over ON webhook_delivery (ended_at) WHERE status <> 'waiting';

DO $$
DECLARE
    belonging text;
BEGIN
    FOREACH belonging IN ARRAY ARRAY['webhook', 'webhook_delivery'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', belonging);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', belonging);
        EXECUTE format(
            'CREATE POLICY of_one_organization ON %I '
            'USING (organization_id = (SELECT own_organization()) OR across_organizations())',
            belonging);
    END LOOP;
END $$;

-- How far the relay has come is a place among all organizations.
ALTER TABLE relay_cursor ENABLE ROW LEVEL SECURITY;
ALTER TABLE relay_cursor FORCE ROW LEVEL SECURITY;
CREATE POLICY of_all_organizations ON relay_cursor USING ((SELECT across_organizations()));
