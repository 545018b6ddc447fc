-- The tables of every rival that holds stock in PostgreSQL: the same weight as a real
-- service carries (who holds what until when, an append-only ledger, stored answers).

CREATE TABLE item (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku      text NOT NULL UNIQUE,
    capacity integer NOT NULL,
    held     integer NOT NULL DEFAULT 0,
    CONSTRAINT never_oversold CHECK (held BETWEEN 0 AND capacity)
);

CREATE TABLE reservation (
    id          uuid PRIMARY KEY,
    customer_id text NOT NULL,
    status      text NOT NULL CHECK (status IN ('held', 'confirmed', 'expired', 'cancelled')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL
);

CREATE TABLE line (
    reservation_id uuid NOT NULL REFERENCES reservation,
    item_id        bigint NOT NULL REFERENCES item,
    quantity       integer NOT NULL CHECK (quantity > 0),
    status         text NOT NULL,
    expires_at     timestamptz NOT NULL,
    PRIMARY KEY (reservation_id, item_id)
);
CREATE INDEX line_due ON line (item_id, expires_at) WHERE status = 'held';

CREATE TABLE ledger (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item_id        bigint NOT NULL,
    reservation_id uuid NOT NULL,
    kind           text NOT NULL,
    quantity       integer NOT NULL,
    at             timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE idempotency (
    customer_id text NOT NULL,
    key         text NOT NULL,
    sku         text NOT NULL,
    quantity    integer NOT NULL,
    answer      text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (customer_id, key)
);
