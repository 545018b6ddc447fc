-- Sessions and their refresh tokens. That one was opened or ended is an act: noted by the statement
-- that does it, so that no way to it leads past that.

-- name: open_session^
WITH opened AS (
    INSERT INTO session (id, organization_id, user_id, kind, created_at, seen_at, expires_at,
                         token_until, agent, address)
    VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp(),
            clock_timestamp() + $5::interval, clock_timestamp() + $6::interval, $7, $8)
    RETURNING organization_id, user_id, id, kind, agent, address
)
SELECT id, note_session(organization_id, user_id, id, 'session_opened',
                        jsonb_build_object('by', kind, 'agent', agent, 'address', address))
FROM opened;

-- name: add_refresh_token!
INSERT INTO refresh_token (digest, session_id) VALUES ($1, $2);

-- name: lock_session_of^
-- The session of a refresh token, for as long as it takes to decide about it.
SELECT s.id, s.organization_id, s.user_id, s.ended_at, s.expires_at, s.seen_at, s.token_until,
       clock_timestamp() AS now
FROM session AS s
WHERE s.id = (SELECT session_id FROM refresh_token WHERE digest = $1)
FOR UPDATE;

-- name: family
-- The token that was shown, the one that is not spent, and those spent a moment ago.
SELECT digest, session_id, spent_at, salt FROM refresh_token
WHERE session_id = $1
  AND (digest = $2 OR spent_at IS NULL OR spent_at > $3::timestamptz);

-- name: spend!
UPDATE refresh_token SET spent_at = $2, salt = $3 WHERE digest = $1;

-- name: touch_session!
UPDATE session SET seen_at = clock_timestamp(), agent = $2, address = $3,
    token_until = greatest(token_until, clock_timestamp() + $4::interval)
WHERE id = $1;

-- name: end_session
-- Nothing if it is not one of the person's that this user is, or has ended already.
WITH gone AS (
    UPDATE session AS s SET ended_at = clock_timestamp(), ended_why = $4
    FROM users AS mine JOIN users AS u ON u.person_id = mine.person_id
    WHERE mine.organization_id = $1 AND mine.id = $2
      AND s.organization_id = u.organization_id AND s.user_id = u.id
      AND s.id = $3 AND s.ended_at IS NULL
    RETURNING s.organization_id, s.user_id, s.id, s.ended_why AS why
)
SELECT id, note_session(organization_id, user_id, id, 'session_ended',
                        jsonb_build_object('why', why)) FROM gone;

-- name: end_sessions
-- Of a user in one organization.
WITH gone AS (
    UPDATE session SET ended_at = clock_timestamp(), ended_why = $3
    WHERE organization_id = $1 AND user_id = $2 AND ended_at IS NULL
    RETURNING organization_id, user_id, id, ended_why AS why
)
SELECT id, note_session(organization_id, user_id, id, 'session_ended',
                        jsonb_build_object('why', why)) FROM gone;

-- name: end_sessions_of_person
-- Wherever the person has signed in, but for one session if that is named.
WITH gone AS (
    UPDATE session AS s SET ended_at = clock_timestamp(), ended_why = $2
    FROM users AS u
    WHERE u.person_id = $1 AND s.organization_id = u.organization_id AND s.user_id = u.id
      AND s.ended_at IS NULL AND s.id IS DISTINCT FROM $3::uuid
    RETURNING s.organization_id, s.user_id, s.id, s.ended_why AS why
)
SELECT id, note_session(organization_id, user_id, id, 'session_ended',
                        jsonb_build_object('why', why)) FROM gone;

-- name: sessions_of_person
-- Those that have not ended, the newest first.
SELECT s.id, s.kind, s.created_at, s.seen_at, s.expires_at, s.agent, s.address, o.slug
FROM users AS u
JOIN session AS s ON s.organization_id = u.organization_id AND s.user_id = u.id
JOIN organization AS o ON o.id = u.organization_id
WHERE u.person_id = $1 AND s.ended_at IS NULL AND s.expires_at > clock_timestamp()
  AND s.seen_at > clock_timestamp() - $3::interval
ORDER BY s.created_at DESC LIMIT $2;

-- name: ended_since
-- Sessions that ended after an instant, and whose access tokens are not over yet.
SELECT id, ended_at, token_until FROM session
WHERE ended_at > $1 AND token_until > clock_timestamp();

-- name: prune_sessions
-- Those of which nothing is left to be refused.
DELETE FROM session WHERE id IN (
    SELECT id FROM session
    WHERE expires_at < clock_timestamp() - $1::interval AND token_until < clock_timestamp()
    LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING 1;
