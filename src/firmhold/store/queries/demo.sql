-- The demo's data.

-- name: lock_demo$
-- Whether we are now the only one who makes it or makes it anew, until the end of the transaction.
SELECT pg_try_advisory_xact_lock(2, hashtext($1));
