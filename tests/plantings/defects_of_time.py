"""Defects about slots, what they take from pools, schedules, and who waits. See `defects`."""

from __future__ import annotations

from tests.plantings.defects import Defect

SLOTS = "tests/engine/test_slots.py"
PLACES = "tests/engine/test_places.py"
TIMETABLE = "tests/engine/test_timetable.py"
LENDING = "tests/engine/test_lending_refused_by_the_database.py"
FIRE = "tests/engine/test_pools_under_fire.py"
LINE = "tests/engine/test_waitlist_under_fire.py"
WAITLISTS = "tests/engine/test_waitlists.py"
SCHEDULES = "tests/engine/test_schedules.py"
MOVING = "tests/engine/test_moving.py"
PLANS = "tests/store/test_plans_of_time.py"

TIME = "store/migrations/0002_time.sql"

DEFECTS_OF_TIME = (
    Defect(
        "the database lets a room be lent twice",
        TIME,
        "during WITH &&) WHERE (exclusive)",
        "during WITH &&) WHERE (exclusive AND units > 1)",
        (LENDING,),
    ),
    Defect(
        "two slots share the last ventilator, past the code",
        TIME,
        "        IF peak > owned THEN",
        "        IF peak > owned + 1 THEN",
        (LENDING,),
    ),
    Defect(
        "two who lend at once do not notice each other",
        TIME,
        """        UPDATE pool SET lendings = lendings + 1
        WHERE organization_id = counted.organization_id AND id = counted.pool_id
        RETURNING units INTO owned;""",
        """        SELECT units INTO owned FROM pool
        WHERE organization_id = counted.organization_id AND id = counted.pool_id;""",
        (LENDING,),
    ),
    Defect(
        "a pool becomes smaller than what it lends, past the code",
        TIME,
        "    IF peak > NEW.units THEN",
        "    IF peak > NEW.units + 1 THEN",
        (LENDING,),
    ),
    Defect(
        "a loan that never ends",
        TIME,
        "                           AND NOT upper_inf(during)\n",
        "",
        (LENDING,),
    ),
    Defect(
        "what ends when another begins is in its way",
        TIME,
        "GROUP BY change.at\n",
        "GROUP BY change.at, change.units\n",
        (FIRE, TIMETABLE, LENDING, PLACES),
    ),
    Defect(
        "an ended hold keeps a slot from being published",
        "engine/publishing.py",
        "over = loan.expires_at is not None and is_due(loan.expires_at, now)",
        "over = False",
        (SLOTS,),
    ),
    Defect(
        "an ended hold keeps a pool from becoming smaller",
        "store/queries/places.sql",
        "LEFT JOIN LATERAL pool_busiest($1, $2, tstzrange(clock.now, NULL), clock.now) AS most",
        "LEFT JOIN LATERAL pool_busiest($1, $2, tstzrange(clock.now, NULL), NULL) AS most",
        (PLACES,),
    ),
    Defect(
        "slots that are published together are not compared with each other",
        "domain/publishing.py",
        "            self.add(loan)\n        return None",
        "        return None",
        (SLOTS, "tests/unit/test_publishing.py"),
    ),
    Defect(
        "a reserved slot is withdrawn",
        "engine/slots.py",
        "    if offering.held or offering.confirmed:\n",
        "    if offering.held and offering.confirmed:\n",
        (SLOTS,),
    ),
    Defect(
        "a withdrawn slot keeps its room",
        "store/queries/slots.sql",
        "    DELETE FROM loan\n    WHERE organization_id = $1 AND slot_id = ANY ($2)",
        "    DELETE FROM loan\n    WHERE false AND organization_id = $1 AND slot_id = ANY ($2)",
        (SLOTS,),
    ),
    Defect(
        "a withdrawn slot can be opened again",
        "engine/slots.py",
        "            if slot.withdrawn_at is not None:\n                raise Refused(",
        "            if slot.withdrawn_at is None and False:\n                raise Refused(",
        (SLOTS,),
    ),
    Defect(
        "what reservations take is replaced under them",
        "engine/slots.py",
        "if any(required.per is Per.RESERVATION for required in gone | new):",
        "if False:",
        (SLOTS,),
    ),
    Defect(
        "a limit of the hold's time is not written when it moves",
        "store/queries/batch.sql",
        "        extend_until = n.extend_until\n",
        "        extend_until = r.extend_until\n",
        (MOVING,),
    ),
    Defect(
        "counts of the past count offers that had ended",
        "store/queries/reading.sql",
        "'waitlisted', 'unlisted', 'fulfilled', 'no_show')",
        "'waitlisted', 'fulfilled', 'no_show')",
        (MOVING,),
    ),
    Defect(
        "generating again disturbs a reserved slot",
        "engine/generation.py",
        "    if it.reserved:\n        why = Why.RESERVED\n    elif",
        "    if",
        (SCHEDULES,),
    ),
    Defect(
        "generating again makes what somebody has withdrawn",
        "store/queries/schedules.sql",
        "AND (t.withdrawn_at IS NULL OR t.by_hand)",
        "AND t.withdrawn_at IS NULL",
        (SCHEDULES,),
    ),
    Defect(
        "two workers extend a schedule twice",
        "store/queries/schedules.sql",
        "AND id = $2 AND active\nFOR NO KEY UPDATE SKIP LOCKED;",
        "AND id = $2 AND active;",
        (SCHEDULES,),
    ),
    Defect(
        "a busy room stops a whole schedule",
        "engine/generation.py",
        "            conflicts.append(Conflict(it.slot.starts_at, it.slot.ends_at, refusal))\n"
        "            continue\n",
        "            raise Refused(refusal)\n",
        (SCHEDULES,),
    ),
    Defect(
        "nobody waits for a pool that comes free elsewhere",
        "store/queries/workers.sql",
        "AND NOT (o.lends AND EXISTS",
        "AND NOT (o.lends OR EXISTS",
        (WAITLISTS,),
    ),
    Defect(
        "those who cannot be served keep the engine busy",
        "workers/waitlist.py",
        "tried.pause * 2",
        "tried.pause",
        (WAITLISTS,),
    ),
    Defect(
        "a horizon is an hour longer when the clocks change",
        "store/queries/timetable.sql",
        "make_interval(hours => 24 * coalesce(s.horizon_days, g.horizon_days)) AS horizon,",
        "make_interval(days => coalesce(s.horizon_days, g.horizon_days)) AS horizon,",
        (TIMETABLE,),
    ),
    Defect(
        "lists offer what a pool cannot lend",
        "store/queries/timetable.sql",
        "AND NOT (o.lends AND EXISTS (SELECT FROM busy_pool(",
        "AND NOT (false AND EXISTS (SELECT FROM busy_pool(",
        (TIMETABLE,),
    ),
    Defect(
        "a list reads all the slots that there ever were",
        "store/queries/timetable.sql",
        "r.slot_id = o.id AND r.pool_id = $8), false))",
        "r.slot_id = o.id AND r.pool_id = $8), false)"
        " AND EXISTS (SELECT FROM requirement AS r WHERE r.slot_id = o.id AND r.pool_id = $8))",
        (PLANS,),
    ),
    Defect(
        "what a customer has is looked for among everybody's",
        "store/queries/lending.sql",
        "AND l.held + l.confirmed > 0\n    OFFSET 0\n",
        "AND l.held + l.confirmed > 0\n",
        (PLANS,),
    ),
)
