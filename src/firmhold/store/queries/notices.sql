-- Notifications, in the code notices. $1 is the organization, except where somebody works for all of
-- them at once.

-- name: settings_of_all
-- How all organizations tell their customers, as far as they do.
SELECT organization_id, channels, kinds, reminder_minutes, expiry_seconds FROM notice_settings
WHERE channels <> '{}' AND kinds <> '{}';

-- name: reservations
-- What planning has to know of reservations $2 of organizations $1; the starts of slots of which they
-- have confirmed units.
SELECT r.organization_id, r.id, r.status, r.customer, r.expires_at,
       ARRAY(SELECT DISTINCT o.starts_at
             FROM reservation_line AS l
             JOIN offering AS o ON o.organization_id = l.organization_id AND o.id = l.offering_id
             WHERE l.organization_id = r.organization_id AND l.reservation_id = r.id
               AND l.confirmed > 0 AND o.kind = 'slot'
             ORDER BY o.starts_at) AS starts
FROM unnest($1::uuid[], $2::uuid[]) AS asked (organization_id, id)
JOIN reservation AS r ON r.organization_id = asked.organization_id AND r.id = asked.id;

-- name: drop_old!
-- What waits for reservations $2 of organizations $1 and is not so any more: of what was to be told at
-- some time all but $3, and confirmations where something newer is told ($4). Whether the rest is still
-- so is looked at when it is sent.
UPDATE notice AS n
SET status = 'dropped', ended_at = clock_timestamp(), detail = 'the reservation has changed'
FROM unnest($1::uuid[], $2::uuid[], $4::boolean[]) AS asked (organization_id, reservation_id, anew)
WHERE n.organization_id = asked.organization_id AND n.reservation_id = asked.reservation_id
  AND n.status = 'waiting' AND (n.about IS NOT NULL OR (n.kind = 'confirmation' AND asked.anew))
  AND NOT (n.id = ANY ($3::uuid[]));

-- name: plan!
-- Notices to come, in this order. What was dropped and is to be told after all waits again; nothing
-- else is there twice.
INSERT INTO notice AS n (organization_id, id, kind, channel, reservation_id, customer, about, due_at,
                         next_at, created_at)
SELECT p.organization_id, p.id, p.kind, p.channel, p.reservation_id, p.customer, p.about, p.due_at,
       p.due_at, clock_timestamp()
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[],
            $7::timestamptz[], $8::timestamptz[])
    WITH ORDINALITY AS p (organization_id, id, kind, channel, reservation_id, customer, about, due_at,
                          place)
ORDER BY p.place
ON CONFLICT (organization_id, id) DO UPDATE
SET status = 'waiting', ended_at = NULL, due_at = excluded.due_at,
    -- Somebody may just be sending it.
    next_at = greatest(excluded.next_at, n.next_at),
    customer = excluded.customer, detail = NULL
WHERE n.status = 'dropped';

-- name: by_index#
-- Local to the transaction: everything is found by its index, however much there is, and what is due in
-- the order of it.
SET LOCAL enable_seqscan = off;
SET LOCAL enable_sort = off;

-- name: claim
-- At most $2 of channel $1 that are due, for $3; whoever does not say what came of one until then is
-- given up. By a time that does not go on while this looks, or no index would be asked.
WITH due AS MATERIALIZED (
    SELECT organization_id, id FROM notice
    WHERE channel = $1 AND status = 'waiting' AND next_at <= statement_timestamp()
    ORDER BY next_at LIMIT $2
    FOR UPDATE SKIP LOCKED
)
UPDATE notice AS n SET next_at = clock_timestamp() + $3::interval, attempts = n.attempts + 1
FROM due WHERE n.organization_id = due.organization_id AND n.id = due.id
RETURNING n.organization_id, n.id;

-- name: facts
-- Everything that there is to know before notices $2 of organizations $1 are sent: whether there is
-- still a reason to, in which words, and to whom.
SELECT n.organization_id, n.id, n.kind, n.channel, n.reservation_id, n.customer, n.about, n.attempts,
       clock_timestamp() AS now,
       o.name AS organization, o.slug, s.language, s.channels, s.kinds,
       r.status AS standing, r.expires_at, r.reason,
       u.id AS user_id, u.email, u.name, u.disabled_at,
       p.language AS own_language, p.phone, p.kinds_off, p.channels_off,
       (SELECT w.status FROM waitlist_entry AS w
        WHERE w.organization_id = n.organization_id AND w.reservation_id = n.reservation_id
        ORDER BY w.id DESC LIMIT 1) AS wait,
       -- A reminder for which it is too late, because a later one is due already.
       EXISTS (SELECT FROM notice AS m
               WHERE m.organization_id = n.organization_id AND m.reservation_id = n.reservation_id
                 AND m.kind = 'reminder' AND n.kind = 'reminder' AND m.channel = n.channel
                 AND m.about = n.about AND m.due_at > n.due_at AND m.due_at <= clock_timestamp()
                 AND m.status IN ('waiting', 'sent')) AS overtaken,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'title', coalesce(slot.title, item.name),
                   'units', l.held + l.confirmed, 'asked', l.quantity,
                   'unit_price', l.unit_price, 'currency', l.currency,
                   'starts_at', f.starts_at, 'ends_at', f.ends_at,
                   'site', site.name, 'address', site.address, 'zone', site.zone)
                   ORDER BY f.starts_at NULLS LAST, l.position), '[]')
        FROM reservation_line AS l
        JOIN offering AS f ON f.organization_id = l.organization_id AND f.id = l.offering_id
        LEFT JOIN slot ON slot.organization_id = f.organization_id AND slot.id = f.id
        LEFT JOIN item ON item.organization_id = f.organization_id AND item.id = f.id
        LEFT JOIN site ON site.organization_id = f.organization_id AND site.id = f.site_id
        WHERE l.organization_id = n.organization_id AND l.reservation_id = n.reservation_id) AS lines
FROM unnest($1::uuid[], $2::uuid[]) AS asked (organization_id, id)
JOIN notice AS n ON n.organization_id = asked.organization_id AND n.id = asked.id
JOIN organization AS o ON o.id = n.organization_id
JOIN reservation AS r ON r.organization_id = n.organization_id AND r.id = n.reservation_id
LEFT JOIN notice_settings AS s ON s.organization_id = n.organization_id
LEFT JOIN users AS u
    ON u.organization_id = n.organization_id
   AND u.id = CASE WHEN n.customer ~ '^usr_[0-9a-f]{32}$' THEN substr(n.customer, 5)::uuid END
LEFT JOIN notice_preference AS p ON p.organization_id = u.organization_id AND p.user_id = u.id;

-- name: templates_of
-- The templates of organizations $1.
SELECT organization_id, kind, language, subject, body FROM notice_template
WHERE organization_id = ANY ($1::uuid[]);

-- name: record
-- What came of attempt $3; nothing if somebody else has begun another one meanwhile. What was dropped
-- while it was being sent has been sent all the same.
UPDATE notice
SET status = $4, ended_at = CASE WHEN $4 <> 'waiting' THEN clock_timestamp() END,
    next_at = clock_timestamp() + $5::interval, address = $6, subject = $7, body = $8, detail = $9
WHERE organization_id = $1 AND id = $2 AND attempts = $3
  AND (status = 'waiting' OR (status = 'dropped' AND $4 = 'sent'))
RETURNING 1;

-- name: count!
-- $3 more of channel $1 with outcome $2.
INSERT INTO notice_count AS c (channel, outcome, total) VALUES ($1, $2, $3)
ON CONFLICT (channel, outcome) DO UPDATE SET total = c.total + excluded.total;

-- name: forget
-- At most $2 notices that have been over for $1.
DELETE FROM notice
WHERE (organization_id, id) IN (
    SELECT organization_id, id FROM notice
    WHERE status <> 'waiting' AND ended_at < clock_timestamp() - $1::interval
    ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING 1;

-- name: erase
-- All that is personal in notices that name somebody by $2, in whichever part; what waits is dropped.
UPDATE notice AS n
SET customer = NULL, address = NULL, subject = NULL, body = NULL, detail = NULL,
    status = CASE WHEN n.status = 'waiting' THEN 'dropped' ELSE n.status END,
    ended_at = coalesce(n.ended_at, clock_timestamp())
WHERE n.organization_id = $1
  AND (n.customer = ANY ($2::text[]) OR EXISTS (
      SELECT FROM unnest($2::text[]) AS named (name)
      WHERE position(lower(named.name) IN lower(concat_ws(E'\n', n.customer, n.address, n.subject,
                                                          n.body, n.detail))) > 0))
RETURNING 1;

-- name: users_named
-- Ids of the users that names $2 mean: by id or by address.
SELECT id FROM users
WHERE organization_id = $1
  AND (email = ANY ($2::text[]) OR 'usr_' || replace(id::text, '-', '') = ANY ($2::text[]));

-- name: erase_preferences!
DELETE FROM notice_preference WHERE organization_id = $1 AND user_id = ANY ($2::uuid[]);

-- name: settings^
SELECT channels, kinds, language, reminder_minutes, expiry_seconds, updated_at
FROM notice_settings WHERE organization_id = $1;

-- name: put_settings^
INSERT INTO notice_settings (organization_id, channels, kinds, language, reminder_minutes,
                             expiry_seconds, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp())
ON CONFLICT (organization_id) DO UPDATE
SET channels = excluded.channels, kinds = excluded.kinds, language = excluded.language,
    reminder_minutes = excluded.reminder_minutes, expiry_seconds = excluded.expiry_seconds,
    updated_at = excluded.updated_at
RETURNING channels, kinds, language, reminder_minutes, expiry_seconds, updated_at;

-- name: count_templates^
SELECT count(*) AS templates FROM notice_template
WHERE organization_id = $1 AND NOT (kind = $2 AND language = $3);

-- name: template^
SELECT subject, body, updated_at FROM notice_template
WHERE organization_id = $1 AND kind = $2 AND language = $3;

-- name: templates
SELECT kind, language, subject, body, updated_at FROM notice_template
WHERE organization_id = $1 ORDER BY kind, language;

-- name: put_template^
INSERT INTO notice_template (organization_id, kind, language, subject, body, updated_at)
VALUES ($1, $2, $3, $4, $5, clock_timestamp())
ON CONFLICT (organization_id, kind, language) DO UPDATE
SET subject = excluded.subject, body = excluded.body, updated_at = excluded.updated_at
RETURNING subject, body, updated_at;

-- name: remove_template^
DELETE FROM notice_template WHERE organization_id = $1 AND kind = $2 AND language = $3
RETURNING kind;

-- name: preferences^
SELECT language, phone, kinds_off, channels_off FROM notice_preference
WHERE organization_id = $1 AND user_id = $2;

-- name: put_preferences^
INSERT INTO notice_preference (organization_id, user_id, language, phone, kinds_off, channels_off,
                               updated_at)
VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp())
ON CONFLICT (organization_id, user_id) DO UPDATE
SET language = excluded.language, phone = excluded.phone, kinds_off = excluded.kinds_off,
    channels_off = excluded.channels_off, updated_at = excluded.updated_at
RETURNING language, phone, kinds_off, channels_off;

-- name: page
-- The newest first, below number $2, as far as $3 to $6 are given.
SELECT id, number, kind, channel, reservation_id, customer, status, attempts, due_at, next_at,
       created_at, ended_at, address, subject, body, detail
FROM notice
WHERE organization_id = $1 AND ($2::bigint IS NULL OR number < $2)
  AND ($3::text IS NULL OR status = $3) AND ($4::text IS NULL OR kind = $4)
  AND ($5::text IS NULL OR channel = $5) AND ($6::uuid IS NULL OR reservation_id = $6)
ORDER BY number DESC LIMIT $7;

-- name: again^
-- One that was given up, once more and from the beginning.
UPDATE notice
SET status = 'waiting', ended_at = NULL, attempts = 0, next_at = clock_timestamp()
WHERE organization_id = $1 AND id = $2 AND status = 'failed'
RETURNING id, number, kind, channel, reservation_id, customer, status, attempts, due_at, next_at,
          created_at, ended_at, address, subject, body, detail;

-- name: waiting
-- By way: how many are due and wait (at most $1 are counted), for how many seconds the oldest has.
SELECT c.channel,
       (SELECT count(*) FROM (
            SELECT FROM notice AS n
            WHERE n.channel = c.channel AND n.status = 'waiting' AND n.due_at <= statement_timestamp()
            LIMIT $1) AS due) AS waiting,
       coalesce((SELECT extract(epoch FROM statement_timestamp() - n.due_at)::float8
                 FROM notice AS n
                 WHERE n.channel = c.channel AND n.status = 'waiting'
                   AND n.due_at <= statement_timestamp()
                 ORDER BY n.due_at LIMIT 1), 0) AS oldest
FROM unnest(ARRAY['email', 'log', 'sms', 'topic']) AS c (channel);

-- name: counts
SELECT channel, outcome, total FROM notice_count;
