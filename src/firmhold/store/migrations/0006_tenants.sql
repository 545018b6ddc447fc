-- A second wall between organizations, behind the condition in every statement (ADR 0017): no row is
-- seen or written but by a connection that has said whose it works for. Whoever adds a table with an
-- organization_id gives it the same three lines; a test finds one without.

-- Loans are found by the times at which they begin and end. Below a policy only what cannot tell
-- anything about rows that it hides may be the condition of an index: comparisons of times are, the
-- overlap of ranges is not.
ALTER TABLE loan
    ADD COLUMN begins timestamptz GENERATED ALWAYS AS (lower(during)) STORED,
    ADD COLUMN ends   timestamptz GENERATED ALWAYS AS (upper(during)) STORED;
DROP INDEX loan_counted;
-- All have a beginning. That it is said keeps the index for those who ask for times: a plan that was
-- made while the table was empty would as soon look for a slot's loans in it.
CREATE INDEX loan_times ON loan USING gist (organization_id, pool_id, begins, ends)
    WHERE begins IS NOT NULL;

-- Likewise what an event of a calendar file is known by: its own column, and not worked out by each
-- who looks. Anybody may write there what is too long for an index.
ALTER TABLE slot
    ADD COLUMN event text GENERATED ALWAYS AS (left(metadata #>> '{calendar,uid}', 255)) STORED;
DROP INDEX slot_event;
CREATE INDEX slot_event ON slot (organization_id, event)
    WHERE event IS NOT NULL AND withdrawn_at IS NULL;

CREATE OR REPLACE FUNCTION pool_busiest(
    organization uuid, pool uuid, within tstzrange, live_at timestamptz
)
RETURNS TABLE (units bigint, busy_from timestamptz, busy_until timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT taken.units, taken.at, taken.until
    FROM (
        -- What is given back at an instant makes room for what is taken then: one sum for both.
        SELECT sum(sum(change.units)) OVER by_time::bigint AS units, change.at,
               lead(change.at) OVER by_time AS until
        FROM (
            -- Worked out apart (OFFSET 0): as part of the comparison it would keep it from the index.
            SELECT coalesce(lower(within), '-infinity') AS begins,
                   coalesce(upper(within), 'infinity') AS ends
            WHERE NOT isempty(within) OFFSET 0
        ) AS asked
        CROSS JOIN LATERAL (
            SELECT l.slot_id, l.units, l.begins, l.ends FROM loan AS l
            WHERE l.organization_id = organization AND l.pool_id = pool
              AND l.begins < asked.ends AND l.ends > asked.begins
        ) AS l
        CROSS JOIN LATERAL (
            SELECT l.units - ended.units AS units
            FROM units_of_ended_holds(organization, l.slot_id, pool, live_at) AS ended
            OFFSET 0
        ) AS live
        CROSS JOIN LATERAL (VALUES (greatest(l.begins, asked.begins), live.units),
                                   (l.ends, -live.units)) AS change (at, units)
        GROUP BY change.at
        WINDOW by_time AS (ORDER BY change.at)
    ) AS taken
    ORDER BY taken.units DESC, taken.at LIMIT 1
$$;

-- What a connection has said: the id of an organization, or that it looks across all of them on
-- purpose. Nothing, and an empty word, which is what a local setting leaves behind: nobody's rows.
-- Parsed here and now, so that nobody's search_path has a say in it.
CREATE FUNCTION own_organization() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(nullif(current_setting('firmhold.organization', true), ''), 'all')::uuid;

CREATE FUNCTION across_organizations() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(current_setting('firmhold.organization', true) = 'all', false);

-- Forced, because the application owns its tables. What was said is looked up in a subquery, once for
-- a statement and not for each row. Whether it is across, only of rows that this has not let through:
-- none, but for those who do look across.
DO $$
DECLARE
    belonging text;
BEGIN
    FOREACH belonging IN ARRAY ARRAY[
        'users', 'session', 'api_key', 'offering', 'item', 'reservation', 'reservation_line',
        'ledger', 'idempotency', 'site', 'pool', 'slot', 'requirement', 'loan', 'schedule',
        'waitlist_entry', 'act', 'audit_span', 'audit_tile', 'audit_checkpoint', 'audit_erasure']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', belonging);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', belonging);
        EXECUTE format(
            'CREATE POLICY of_one_organization ON %I '
            'USING (organization_id = (SELECT own_organization()) OR across_organizations())',
            belonging);
    END LOOP;
END $$;

-- What belongs to an organization without saying so: itself, and what hangs on a session.
ALTER TABLE organization ENABLE ROW LEVEL SECURITY;
ALTER TABLE organization FORCE ROW LEVEL SECURITY;
CREATE POLICY of_one_organization ON organization
    USING (id = (SELECT own_organization()) OR across_organizations());

ALTER TABLE refresh_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_token FORCE ROW LEVEL SECURITY;
CREATE POLICY of_one_organization ON refresh_token
    USING (EXISTS (SELECT FROM session AS s WHERE s.id = session_id));  -- which are hidden likewise

-- How far the sealer has come is nobody's but the sealer's: the organization there is a place among all.
ALTER TABLE audit_cursor ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_cursor FORCE ROW LEVEL SECURITY;
CREATE POLICY of_all_organizations ON audit_cursor USING ((SELECT across_organizations()));

-- Views look with the eyes of whoever looks through them.
ALTER VIEW stock SET (security_invoker = true);
ALTER VIEW reservation_with_lines SET (security_invoker = true);
ALTER VIEW audit_entry SET (security_invoker = true);
