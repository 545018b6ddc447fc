-- People, their places in organizations, and what they prove themselves with.

-- name: person_by_email^
SELECT id, email, password, verified_at FROM person WHERE email = $1;

-- name: person_of_user^
SELECT p.id, p.email, p.password, p.verified_at
FROM users AS u JOIN person AS p ON p.id = u.person_id
WHERE u.organization_id = $1 AND u.id = $2;

-- name: add_person^
-- Nothing if there is one with this address.
INSERT INTO person (id, email, password, password_changed_at)
VALUES ($1, $2, $3, CASE WHEN $3::text IS NOT NULL THEN clock_timestamp() END)
ON CONFLICT (email) DO NOTHING
RETURNING id, email, password, verified_at;

-- name: register_person^
-- With a password. Nothing if somebody has the address; whoever was only asked in somewhere, and
-- has never come, does not have it yet.
INSERT INTO person (id, email, password, password_changed_at)
VALUES ($1, $2, $3, clock_timestamp())
ON CONFLICT (email) DO UPDATE
SET password = excluded.password, password_changed_at = excluded.password_changed_at
WHERE person.password IS NULL AND person.verified_at IS NULL
  AND NOT EXISTS (SELECT FROM users AS u WHERE u.person_id = person.id AND u.invited_at IS NULL)
RETURNING id, email;

-- name: lock_person^
SELECT id, email, password, verified_at FROM person WHERE id = $1 FOR UPDATE;

-- name: lock_person_of_user^
SELECT p.id, p.verified_at FROM users AS u JOIN person AS p ON p.id = u.person_id
WHERE u.organization_id = $1 AND u.id = $2 FOR UPDATE OF p;

-- name: set_password!
-- Noted wherever the person is a user, and by whom if not by themselves ($3). Where they were asked
-- in and have not come, nobody is told anything about them.
WITH changed AS (
    UPDATE person SET password = $2, password_changed_at = clock_timestamp() WHERE id = $1 RETURNING id
)
INSERT INTO act (organization_id, id, kind, actor, subject)
SELECT u.organization_id, gen_random_uuid(), 'password_changed',
       coalesce($3, 'user:usr_' || replace(u.id::text, '-', '')),
       CASE WHEN $3::text IS NOT NULL THEN 'usr_' || replace(u.id::text, '-', '') END
FROM changed JOIN users AS u ON u.person_id = changed.id AND u.invited_at IS NULL;

-- name: disown^
-- What was set by somebody who has never shown that the address is theirs opens nothing any more.
-- Noted wherever they are a user. Nothing if there is nothing of that.
WITH changed AS (
    UPDATE person SET password = NULL, password_changed_at = clock_timestamp()
    WHERE id = $1 AND verified_at IS NULL AND password IS NOT NULL RETURNING id
)
SELECT count(CASE WHEN u.id IS NOT NULL
                  THEN note_by_user(u.organization_id, u.id, 'password_voided') END)
FROM changed LEFT JOIN users AS u ON u.person_id = changed.id AND u.invited_at IS NULL
HAVING EXISTS (SELECT FROM changed);

-- name: rehash_password!
-- The same password with other costs; nothing if it has been changed meanwhile.
UPDATE person SET password = $3 WHERE id = $1 AND password = $2;

-- name: set_verified
-- Noted likewise, the first time.
WITH changed AS (
    UPDATE person SET verified_at = clock_timestamp()
    WHERE id = $1 AND verified_at IS NULL RETURNING id
)
SELECT note_by_user(u.organization_id, u.id, 'address_verified')
FROM changed JOIN users AS u ON u.person_id = changed.id AND u.invited_at IS NULL;

-- name: note_refusals
-- That somebody tried to sign in as these persons, or to change their password, and had the wrong
-- one: so often each, from where. Noted wherever they are users; from where only in their first organization, and where they
-- have signed in: any other can let in whom it likes, and would learn where they are at home.
SELECT note_by_user(u.organization_id, u.id, r.kind,
       facts => jsonb_build_object('times', r.times, 'address', CASE
           WHEN EXISTS (SELECT FROM session AS s
                        WHERE s.organization_id = u.organization_id AND s.user_id = u.id)
             OR NOT EXISTS (SELECT FROM users AS v
                            WHERE v.person_id = u.person_id AND v.invited_at IS NULL
                              AND v.created_at < u.created_at)
           THEN r.address END))
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::integer[]) AS r (person_id, address, kind, times)
JOIN users AS u ON u.person_id = r.person_id AND u.invited_at IS NULL;

-- name: places_of_person
-- Where the person may sign in, by the organization's name: also where they were asked in.
SELECT u.organization_id, u.id, u.email, u.role, u.name, u.invited_at, u.disabled_at, u.created_at,
       o.slug, o.name AS organization_name
FROM users AS u JOIN organization AS o ON o.id = u.organization_id
WHERE u.person_id = $1 AND u.disabled_at IS NULL
ORDER BY o.slug;

-- name: add_user^
-- Nothing if the person has a place there. $7: whether they are only asked in.
INSERT INTO users (organization_id, id, email, role, person_id, name, invited_at)
VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7 THEN clock_timestamp() END)
ON CONFLICT (organization_id, email) DO NOTHING
RETURNING organization_id, id, email, role, name, invited_at, disabled_at, created_at;

-- name: user_by_id^
SELECT organization_id, id, email, role, name, invited_at, disabled_at, created_at
FROM users WHERE organization_id = $1 AND id = $2;

-- name: user_to_sign_in^
-- As what they are by now, and remain until the transaction is over; nothing if they are shut out.
SELECT organization_id, id, email, role, name, invited_at, disabled_at, created_at, person_id
FROM users WHERE organization_id = $1 AND id = $2 AND disabled_at IS NULL FOR SHARE;

-- name: accept_invitation
-- The place is the person's, who has come; noted. Nothing if it was before, or if they are shut out.
WITH accepted AS (
    UPDATE users SET invited_at = NULL
    WHERE person_id = $1 AND id = $2 AND invited_at IS NOT NULL AND disabled_at IS NULL
    RETURNING organization_id, id
)
SELECT note_by_user(organization_id, id, 'invitation_accepted') FROM accepted;

-- name: lock_users
-- Those whom an organization cannot do without, and the one in question, in one order.
SELECT organization_id, id, email, role, name, invited_at, disabled_at, created_at
FROM users
WHERE organization_id = $1
  AND (id = $2 OR (role IN ('owner', 'admin') AND disabled_at IS NULL))
ORDER BY id FOR UPDATE;

-- name: update_user^
UPDATE users
SET role = coalesce($3, role),
    name = CASE WHEN $4 THEN $5 ELSE name END,
    disabled_at = CASE WHEN $6::boolean IS NULL THEN disabled_at
                       WHEN $6 THEN coalesce(disabled_at, clock_timestamp()) END,
    invited_at = CASE WHEN $7 THEN coalesce(invited_at, clock_timestamp()) ELSE invited_at END
WHERE organization_id = $1 AND id = $2
RETURNING organization_id, id, email, role, name, invited_at, disabled_at, created_at;

-- name: page_of_users
-- Newest first, after the one with id $2.
SELECT organization_id, id, email, role, name, invited_at, disabled_at, created_at
FROM users
WHERE organization_id = $1 AND ($2::uuid IS NULL OR id < $2)
  AND ($3::text IS NULL OR role = $3)
  AND ($4::text IS NULL OR email = $4)
ORDER BY id DESC LIMIT $5;

-- name: is_anybody_there$
-- Whether someone can run this server: an administrator or an owner who has come and is not shut out.
SELECT EXISTS (SELECT FROM users WHERE role IN ('owner', 'admin')
               AND disabled_at IS NULL AND invited_at IS NULL);

-- name: add_code!
INSERT INTO code (digest, purpose, person_id, created_at, expires_at, user_id)
VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp() + $4::interval, $5);

-- name: take_code^
-- Each code works once, and in time; one to verify an address only for the person whose it is ($3).
DELETE FROM code
WHERE digest = $1 AND purpose = ANY ($2) AND expires_at > clock_timestamp()
  AND (purpose <> 'verify' OR person_id = $3::uuid)
RETURNING person_id, user_id;

-- name: drop_codes!
-- Of a purpose, but those for another place than $3, if that is given.
DELETE FROM code WHERE purpose = $1 AND person_id IS NOT DISTINCT FROM $2::uuid
  AND ($3::uuid IS NULL OR user_id = $3);

-- name: prune_codes
DELETE FROM code WHERE digest IN (
    SELECT digest FROM code WHERE expires_at <= clock_timestamp()
    LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING 1;

-- name: forget_unverified
-- Persons who have never shown that their address is theirs, for so long ($1), and who have left
-- nothing: no place but as customers, and not shut out of it; neither a session that is good, nor
-- without use for less than $3; and nothing they have reserved or waited for. At most $2 at a time.
-- Noted wherever they had a place.
WITH gone AS (
    SELECT p.id FROM person AS p
    WHERE p.verified_at IS NULL AND p.created_at < clock_timestamp() - $1::interval
      AND NOT EXISTS (
          SELECT FROM users AS u
          CROSS JOIN LATERAL (
              SELECT 'usr_' || replace(u.id::text, '-', '') AS name OFFSET 0
          ) AS customer
          WHERE u.person_id = p.id
            AND (u.disabled_at IS NOT NULL
                 OR u.invited_at IS NULL AND u.role <> 'customer'
                 OR EXISTS (SELECT FROM session AS s
                            WHERE s.organization_id = u.organization_id AND s.user_id = u.id
                              AND (s.token_until > clock_timestamp()
                                   OR s.ended_at IS NULL AND s.expires_at > clock_timestamp()
                                      AND s.seen_at > clock_timestamp() - $3::interval))
                 OR EXISTS (SELECT FROM reservation_line AS l
                            WHERE l.organization_id = u.organization_id
                              AND l.customer = customer.name)
                 OR EXISTS (SELECT FROM waitlist_entry AS w
                            WHERE w.organization_id = u.organization_id
                              AND w.customer = customer.name)))
    LIMIT $2 FOR UPDATE SKIP LOCKED
), signed_out AS (
    DELETE FROM session AS s USING gone, users AS u
    WHERE u.person_id = gone.id AND s.organization_id = u.organization_id AND s.user_id = u.id
), places AS (
    DELETE FROM users AS u USING gone WHERE u.person_id = gone.id
    RETURNING u.organization_id, u.id
), noted AS (
    INSERT INTO act (organization_id, id, kind, actor, subject)
    SELECT organization_id, gen_random_uuid(), 'user_forgotten', 'server',
           'usr_' || replace(id::text, '-', '')
    FROM places
)
DELETE FROM person AS p USING gone WHERE p.id = gone.id RETURNING 1;

-- name: add_letter!
INSERT INTO letter (id, address, kind, facts, created_at, due_at)
VALUES ($1, $2, $3, $4, clock_timestamp(), clock_timestamp());

-- name: take_letters
-- Those that are due, for whoever sends them; should that fail, they are due again after $2.
UPDATE letter SET attempts = attempts + 1, due_at = clock_timestamp() + $2::interval * (attempts + 1)
WHERE id IN (
    SELECT id FROM letter WHERE due_at <= clock_timestamp()
    ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING id, address, kind, facts, attempts, clock_timestamp() - created_at AS age;

-- name: drop_letter!
DELETE FROM letter WHERE id = $1;
