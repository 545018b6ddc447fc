-- How statements that change something about a user note it as an act, and how acts are found.

-- Appends an act of which a user is the actor, for the very statement that does what it tells of.
-- Parsed here and now, so that nobody's search_path has a say in it.
CREATE FUNCTION note_by_user(
    organization uuid, user_id uuid, kind text, subject text DEFAULT NULL, facts jsonb DEFAULT '{}'
) RETURNS uuid LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO act (organization_id, id, kind, actor, subject, facts)
    VALUES (organization, gen_random_uuid(), kind, 'user:usr_' || replace(user_id::text, '-', ''),
            subject, jsonb_strip_nulls(facts))
    RETURNING id;
END;

-- The same about a session of theirs.
CREATE FUNCTION note_session(
    organization uuid, user_id uuid, session uuid, kind text, facts jsonb
) RETURNS uuid LANGUAGE sql
RETURN note_by_user(organization, user_id, kind, 'ses_' || replace(session::text, '-', ''), facts);

-- Every sign-in is an act, so a log is long, and what somebody did or what was done to them is a
-- small part of it.
CREATE INDEX act_by ON act (organization_id, actor, at, id);
CREATE INDEX act_about ON act (organization_id, subject, at, id) WHERE subject IS NOT NULL;
