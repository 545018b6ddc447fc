-- Who somebody is to another server that signs people in (OpenID Connect): by its own name for them,
-- which never changes, and never by an e-mail address, which may be given to somebody else.

CREATE TABLE external_identity (
    issuer     text NOT NULL CHECK (issuer <> ''),
    subject    text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    person_id  uuid NOT NULL REFERENCES person ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (issuer, subject),
    -- A second one of the same issuer would be somebody else, who has got the address since.
    CONSTRAINT one_for_each_issuer UNIQUE (person_id, issuer)
);
