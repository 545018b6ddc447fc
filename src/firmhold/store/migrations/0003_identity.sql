-- Who signs in, with what, and where: people with their passwords, sessions with their refresh
-- tokens, API keys, one-time codes, and letters to be sent.
--
-- A person exists once, by e-mail address. A user is a person's place in one organization: its id
-- stands in reservations, and its role says what the person may do there.

CREATE TABLE person (
    id                  uuid PRIMARY KEY,
    email               text NOT NULL UNIQUE CHECK (email = lower(email)),
    -- argon2id, with its parameters and salt. NULL: nobody can sign in with a password.
    password            text,
    password_changed_at timestamptz,
    -- When it was shown that whoever signs in reads mail to this address.
    verified_at         timestamptz,
    created_at          timestamptz NOT NULL DEFAULT clock_timestamp()
);

INSERT INTO person (id, email, verified_at)
SELECT gen_random_uuid(), email, min(created_at) FROM users GROUP BY email;

ALTER TABLE users
    ADD COLUMN person_id uuid REFERENCES person,
    ADD COLUMN name text,
    -- From then on the person is shut out of this organization.
    ADD COLUMN disabled_at timestamptz;

UPDATE users SET person_id = person.id FROM person WHERE person.email = users.email;

ALTER TABLE users ALTER COLUMN person_id SET NOT NULL;

CREATE INDEX users_person ON users (person_id);

-- Whether people may make themselves customers.
ALTER TABLE organization ADD COLUMN open_registration boolean NOT NULL DEFAULT false;

-- Somebody who has signed in somewhere, until they sign out.
CREATE TABLE session (
    id              uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    user_id         uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('password', 'oidc', 'command')),
    created_at      timestamptz NOT NULL,
    seen_at         timestamptz NOT NULL,
    -- No refresh token lives longer than this.
    expires_at      timestamptz NOT NULL,
    -- No access token of this session lives longer than this.
    token_until     timestamptz NOT NULL,
    ended_at        timestamptz,
    ended_why       text CHECK (ended_why IN
                        ('signed_out', 'reused', 'password_changed', 'role_changed', 'shut_out')),
    -- What people recognize it by.
    agent           text,
    address         text,
    FOREIGN KEY (organization_id, user_id) REFERENCES users,
    CONSTRAINT ended_for_a_reason CHECK ((ended_at IS NULL) = (ended_why IS NULL))
);

CREATE INDEX session_of_user ON session (organization_id, user_id, created_at);
-- Whose access tokens must be refused although they are not over yet.
CREATE INDEX session_ended ON session (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX session_over ON session (expires_at);

-- One row per refresh token that was ever handed out: those that were spent tell a thief.
CREATE TABLE refresh_token (
    digest     bytea PRIMARY KEY CHECK (length(digest) = 32),
    session_id uuid NOT NULL REFERENCES session ON DELETE CASCADE,
    spent_at   timestamptz,
    -- From which, with the token itself, its successor is worked out.
    salt       bytea,
    CONSTRAINT salted_when_spent CHECK ((spent_at IS NULL) = (salt IS NULL))
);

CREATE INDEX refresh_token_session ON refresh_token (session_id);

CREATE TABLE api_key (
    organization_id uuid NOT NULL REFERENCES organization,
    id              uuid NOT NULL,
    name            text NOT NULL,
    digest          bytea NOT NULL CHECK (length(digest) = 32),
    scopes          text[] NOT NULL,
    made_by         text NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz,
    -- To the minute.
    seen_at         timestamptz,
    withdrawn_at    timestamptz,
    PRIMARY KEY (organization_id, id)
);

CREATE UNIQUE INDEX api_key_id ON api_key (id);

-- What is sent to somebody, to show that they have got it.
CREATE TABLE code (
    digest     bytea PRIMARY KEY CHECK (length(digest) = 32),
    purpose    text NOT NULL CHECK (purpose IN ('verify', 'reset', 'set_up')),
    -- NULL: whoever has it, to set the server up.
    person_id  uuid REFERENCES person ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT somebodys CHECK ((person_id IS NULL) = (purpose = 'set_up'))
);

CREATE INDEX code_person ON code (person_id, purpose);
CREATE INDEX code_over ON code (expires_at);

-- The outbox for mail. A letter is deleted once it has been handed over: it may hold a code.
CREATE TABLE letter (
    id         uuid PRIMARY KEY,
    address    text NOT NULL,
    kind       text NOT NULL,
    facts      jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    due_at     timestamptz NOT NULL,
    attempts   integer NOT NULL DEFAULT 0
);

CREATE INDEX letter_due ON letter (due_at);
