-- Organizations and their users.

-- name: find_organization^
SELECT id, slug, name, hold_ttl_seconds, max_live_holds, guest_holds, public_catalogue,
       horizon_days, notice_minutes, cutoff_minutes, offer_ttl_seconds, open_registration
FROM organization WHERE slug = $1 OR id = $2::uuid;

-- name: ensure_organization^
WITH added AS (
    INSERT INTO organization (id, slug, name, guest_holds, public_catalogue, open_registration)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (slug) DO UPDATE SET slug = excluded.slug  -- so that the row is returned
    RETURNING *, (xmax = 0) AS created
)
SELECT id, slug, name, hold_ttl_seconds, max_live_holds, guest_holds, public_catalogue,
       horizon_days, notice_minutes, cutoff_minutes, offer_ttl_seconds, open_registration, created
FROM added;

-- name: add_organization^
-- Nothing if there is one with this slug.
INSERT INTO organization (id, slug, name) VALUES ($1, $2, $3)
ON CONFLICT (slug) DO NOTHING
RETURNING id, slug, name, hold_ttl_seconds, max_live_holds, guest_holds, public_catalogue,
          horizon_days, notice_minutes, cutoff_minutes, offer_ttl_seconds, open_registration;

-- name: page_of_organizations
-- Newest first, after the one with id $1.
SELECT id, slug, name, hold_ttl_seconds, max_live_holds, guest_holds, public_catalogue,
       horizon_days, notice_minutes, cutoff_minutes, offer_ttl_seconds, open_registration
FROM organization WHERE $1::uuid IS NULL OR id < $1
ORDER BY id DESC LIMIT $2;

-- name: update_organization^
-- NULL leaves a value as it is, but for the limit on live holds, of which a flag says whether it is
-- given. What batches decide by ($12) waits for those under way and lets no other begin before it is
-- in force: see `lock_offerings`.
UPDATE organization
SET name = coalesce($2, name),
    hold_ttl_seconds = coalesce($3, hold_ttl_seconds),
    max_live_holds = CASE WHEN $4 THEN $5 ELSE max_live_holds END,
    guest_holds = coalesce($6, guest_holds),
    public_catalogue = coalesce($7, public_catalogue),
    horizon_days = coalesce($8, horizon_days),
    notice_minutes = coalesce($9, notice_minutes),
    cutoff_minutes = coalesce($10, cutoff_minutes),
    offer_ttl_seconds = coalesce($11, offer_ttl_seconds),
    open_registration = coalesce($13, open_registration)
WHERE id = $1
  AND (NOT $12 OR (SELECT pg_advisory_xact_lock(1, hashtext($1::uuid::text))) IS NOT NULL)
RETURNING id, slug, name, hold_ttl_seconds, max_live_holds, guest_holds, public_catalogue,
          horizon_days, notice_minutes, cutoff_minutes, offer_ttl_seconds, open_registration;

-- name: put_person$
-- Whoever may do this vouches for the address. One that is there is locked.
INSERT INTO person (id, email, verified_at) VALUES ($1, $2, clock_timestamp())
ON CONFLICT (email) DO UPDATE SET email = excluded.email  -- so that the row is returned
RETURNING id;

-- name: put_user^
INSERT INTO users (organization_id, id, email, role, person_id)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (organization_id, email) DO UPDATE
SET role = excluded.role, disabled_at = NULL, invited_at = NULL
RETURNING organization_id, id, email, role, (xmax = 0) AS created;

-- name: lock_user^
SELECT id, role, invited_at FROM users WHERE organization_id = $1 AND email = $2 FOR UPDATE;

-- name: users_by_email
SELECT organization_id, id, email, role FROM users
WHERE email = $1 AND ($2::uuid IS NULL OR organization_id = $2)
  AND disabled_at IS NULL AND ($3 OR invited_at IS NULL)
ORDER BY organization_id;

-- name: proven_users_by_email
-- Those who have shown that the address is theirs, and have a place there.
SELECT u.organization_id, u.id, u.email, u.role
FROM users AS u JOIN person AS p ON p.id = u.person_id
WHERE u.email = $1 AND u.organization_id = $2
  AND p.verified_at IS NOT NULL AND u.invited_at IS NULL
ORDER BY u.id;
