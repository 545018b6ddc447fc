-- A place that somebody was given in an organization is theirs once they have taken it: whoever
-- gives it knows an address, and not whose password goes with it (ADR 0024).

ALTER TABLE users
    -- Since when the person has been asked in and has not come; NULL: the place is theirs. The
    -- version before knows no invitations, and what it writes is none.
    ADD COLUMN invited_at timestamptz;

ALTER TABLE code
    DROP CONSTRAINT code_purpose_check,
    ADD CONSTRAINT code_purpose_check CHECK (purpose IN ('verify', 'reset', 'set_up', 'invited')),
    -- The place that it gives the person, who is a user by this id.
    ADD COLUMN user_id uuid,
    ADD CONSTRAINT invited_somewhere CHECK ((user_id IS NULL) = (purpose <> 'invited'));

-- Whoever has never shown that an address is theirs, of whom nothing is kept for ever.
CREATE INDEX person_unverified ON person (created_at) WHERE verified_at IS NULL;
