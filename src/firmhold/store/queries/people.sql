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

-- name: lock_person^
SELECT id, email, password, verified_at FROM person WHERE id = $1 FOR UPDATE;

-- name: lock_person_of_user^
SELECT p.id FROM users AS u JOIN person AS p ON p.id = u.person_id
WHERE u.organization_id = $1 AND u.id = $2 FOR UPDATE OF p;

-- name: set_password!
-- Noted wherever the person is a user, and by whom if not by themselves ($3).
WITH changed AS (
    UPDATE person SET password = $2, password_changed_at = clock_timestamp() WHERE id = $1 RETURNING id
)
INSERT INTO act (organization_id, id, kind, actor, subject)
SELECT u.organization_id, gen_random_uuid(), 'password_changed',
       coalesce($3, 'user:usr_' || replace(u.id::text, '-', '')),
       CASE WHEN $3::text IS NOT NULL THEN 'usr_' || replace(u.id::text, '-', '') END
FROM changed JOIN users AS u ON u.person_id = changed.id;

-- name: disown^
-- What was set by somebody who has never shown that the address is theirs opens nothing any more.
-- Noted wherever they are a user. Nothing if there is nothing of that.
WITH changed AS (
    UPDATE person SET password = NULL, password_changed_at = clock_timestamp()
    WHERE id = $1 AND verified_at IS NULL AND password IS NOT NULL RETURNING id
)
SELECT count(note_by_user(u.organization_id, u.id, 'password_voided'))
FROM changed JOIN users AS u ON u.person_id = changed.id
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
FROM changed JOIN users AS u ON u.person_id = changed.id;

-- name: note_refusals
-- That somebody tried to sign in as these persons and had the wrong password: so often each, from
-- where. Noted wherever they are users; from where only in their first organization, and where they
-- have signed in: any other can let in whom it likes, and would learn where they are at home.
SELECT note_by_user(u.organization_id, u.id, 'sign_in_refused',
       facts => jsonb_build_object('times', r.times, 'address', CASE
           WHEN EXISTS (SELECT FROM session AS s
                        WHERE s.organization_id = u.organization_id AND s.user_id = u.id)
             OR NOT EXISTS (SELECT FROM users AS v
                            WHERE v.person_id = u.person_id
                              AND v.created_at < u.created_at)
           THEN r.address END))
FROM unnest($1::uuid[], $2::text[], $3::integer[]) AS r (person_id, address, times)
JOIN users AS u ON u.person_id = r.person_id;

-- name: places_of_person
-- Where the person may sign in, by the organization's name.
SELECT u.organization_id, u.id, u.email, u.role, u.name, u.disabled_at, u.created_at,
       o.slug, o.name AS organization_name
FROM users AS u JOIN organization AS o ON o.id = u.organization_id
WHERE u.person_id = $1 AND u.disabled_at IS NULL
ORDER BY o.slug;

-- name: add_user^
-- Nothing if the person has a place there.
INSERT INTO users (organization_id, id, email, role, person_id, name)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (organization_id, email) DO NOTHING
RETURNING organization_id, id, email, role, name, disabled_at, created_at;

-- name: user_by_id^
SELECT organization_id, id, email, role, name, disabled_at, created_at
FROM users WHERE organization_id = $1 AND id = $2;

-- name: user_to_sign_in^
-- As what they are by now, and remain until the transaction is over; nothing if they are shut out.
SELECT organization_id, id, email, role, name, disabled_at, created_at
FROM users WHERE organization_id = $1 AND id = $2 AND disabled_at IS NULL FOR SHARE;

-- name: lock_users
-- Those whom an organization cannot do without, and the one in question, in one order.
SELECT organization_id, id, email, role, name, disabled_at, created_at
FROM users
WHERE organization_id = $1
  AND (id = $2 OR (role IN ('owner', 'admin') AND disabled_at IS NULL))
ORDER BY id FOR UPDATE;

-- name: update_user^
UPDATE users
SET role = coalesce($3, role),
    name = CASE WHEN $4 THEN $5 ELSE name END,
    disabled_at = CASE WHEN $6::boolean IS NULL THEN disabled_at
                       WHEN $6 THEN coalesce(disabled_at, clock_timestamp()) END
WHERE organization_id = $1 AND id = $2
RETURNING organization_id, id, email, role, name, disabled_at, created_at;

-- name: page_of_users
-- Newest first, after the one with id $2.
SELECT organization_id, id, email, role, name, disabled_at, created_at
FROM users
WHERE organization_id = $1 AND ($2::uuid IS NULL OR id < $2)
  AND ($3::text IS NULL OR role = $3)
  AND ($4::text IS NULL OR email = $4)
ORDER BY id DESC LIMIT $5;

-- name: is_anybody_there$
-- Whether someone can run this server: an administrator or an owner who is not shut out.
SELECT EXISTS (SELECT FROM users WHERE role IN ('owner', 'admin') AND disabled_at IS NULL);

-- name: add_code!
INSERT INTO code (digest, purpose, person_id, created_at, expires_at)
VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp() + $4::interval);

-- name: take_code^
-- Each code works once, and in time.
DELETE FROM code WHERE digest = $1 AND purpose = $2 AND expires_at > clock_timestamp()
RETURNING person_id;

-- name: drop_codes!
DELETE FROM code WHERE purpose = $1 AND person_id IS NOT DISTINCT FROM $2::uuid;

-- name: prune_codes
DELETE FROM code WHERE digest IN (
    SELECT digest FROM code WHERE expires_at <= clock_timestamp()
    LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING 1;

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
