-- Whom another server has signed in.

-- name: person_of_identity^
SELECT p.id, p.email FROM external_identity AS e JOIN person AS p ON p.id = e.person_id
WHERE e.issuer = $1 AND e.subject = $2;

-- name: add_identity^
-- Nothing if it is somebody's, or if the person is somebody else to this issuer.
INSERT INTO external_identity (issuer, subject, person_id) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING
RETURNING person_id;
