"""Defects about slots, what they take from pools, schedules, and who waits. See `defects`."""

from __future__ import annotations

from tests.plantings.defects import SIMULATION, Defect

SLOTS = "tests/engine/test_slots.py"
PLACES = "tests/engine/test_places.py"
TIMETABLE = "tests/engine/test_timetable.py"
LENDING = "tests/engine/test_lending_refused_by_the_database.py"
OVER_TIME = "tests/engine/test_lending_over_time.py"
FIRE = "tests/engine/test_pools_under_fire.py"
LINE = "tests/engine/test_waitlist_under_fire.py"
WAITLISTS = "tests/engine/test_waitlists.py"
SCHEDULES = "tests/engine/test_schedules.py"
HORIZON = "tests/engine/test_horizon.py"
CHANGES = "tests/doors/test_schedule_changes.py"
MOVING = "tests/engine/test_moving.py"
ELSEWHERE = "tests/engine/test_moved_elsewhere.py"
PLANS = "tests/store/test_plans_of_time.py"
INSTANTS = "tests/unit/planning/test_instants.py"
LIBRARIES = "tests/unit/planning/test_recurrence_libraries.py"

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
        "    IF peak > owned THEN",
        "    IF peak > owned + 1 THEN",
        (LENDING,),
    ),
    Defect(
        "two who lend at once do not notice each other",
        TIME,
        "    UPDATE pool AS p SET lendings = p.lendings + 1\n"
        "    WHERE (p.organization_id, p.id) = (organization, pool)\n"
        "    RETURNING p.units INTO owned;",
        "    SELECT p.units INTO owned FROM pool AS p\n"
        "    WHERE (p.organization_id, p.id) = (organization, pool);",
        (LENDING,),
    ),
    Defect(
        "a pool that has become smaller gets nothing back",
        TIME,
        "(NEW.units > OLD.units OR NEW.during <> OLD.during)",
        "true",
        (OVER_TIME,),
    ),
    Defect(
        "what was lent on Monday keeps somebody out on Wednesday",
        "domain/lending.py",
        "loan._replace(starts_at=max(loan.starts_at, self._now)),\n                    (",
        "loan,\n                    (",
        (OVER_TIME,),
    ),
    Defect(
        "what comes back to a pool is for whoever asks first",
        "engine/batch.py",
        "return frozenset(found - self.offerings.keys())",
        "return frozenset()",
        (OVER_TIME, SIMULATION),
    ),
    Defect(
        "a customer who has collected may take as much again",
        "store/queries/batch.sql",
        "('held'), ('confirmed'), ('fulfilled'), ('no_show')",
        "('held'), ('confirmed')",
        (OVER_TIME,),
    ),
    Defect(
        "one ended hold leads to the next without end",
        "engine/batch.py",
        "self.connection, self.organization, slots, self.asked, DUE_AT_ONCE",
        "self.connection, self.organization, slots, slots.keys(), DUE_AT_ONCE",
        (OVER_TIME,),
    ),
    Defect(
        "a long line is read whole",
        "engine/waitlist.py",
        "[look and look.fits for look in looks]",
        "[look and 10**6 for look in looks]",
        ("tests/engine/test_long_lines.py",),
    ),
    Defect(
        "everybody who waits is locked",
        "engine/batch.py",
        "{customer for customer, _ in named})",
        "{it for it, _ in named} | {f'c{n}' for n in range(60)})",
        ("tests/engine/test_long_lines.py",),
    ),
    Defect(
        "a plan is kept when the tables have outgrown it",
        "store/connections.py",
        'await self.execute("DISCARD PLANS")',
        "pass",
        ("tests/store/test_plans_keep_up.py",),
    ),
    Defect(
        "due holds are found by reading all holds",
        "store/queries/batch.sql",
        "            ORDER BY l.expires_at LIMIT $3  --",
        "            LIMIT $3  --",
        ("tests/store/test_plans.py",),
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
        "store/migrations/0006_tenants.sql",
        "(l.ends, -live.units)) AS change",
        "(l.ends + interval '1 us', -live.units)) AS change",
        (FIRE,),
    ),
    Defect(
        "an ended hold keeps a slot from being published",
        "engine/publishing.py",
        "units := loan.units - len(ending) * each",
        "units := loan.units",
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
        "domain/calendar.py",
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
        "    DELETE FROM loan WHERE organization_id = $1 AND slot_id = ANY ($2)",
        "    DELETE FROM loan WHERE false AND organization_id = $1 AND slot_id = ANY ($2)",
        (SLOTS,),
    ),
    Defect(
        "a withdrawn slot can be opened again",
        "engine/slots.py",
        "    if slot.withdrawn_at is not None:\n        raise Refused(",
        "    if slot.withdrawn_at is None and False:\n        raise Refused(",
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
        "a walk-in takes the room of who waits when a hold on a third slot has ended",
        "engine/batch.py",
        "        if not (self.lent.stretches and self.lent.awaited):\n"
        "            return frozenset()\n"
        "        gives_back",
        "        if not (self.lent.stretches and self.lent.awaited):\n"
        "            return frozenset()\n"
        "        if all(isinstance(it, Hold | Join) for it in self._commands):\n"
        "            return frozenset()\n"
        "        gives_back",
        ("tests/engine/test_waitlists.py",),
    ),
    Defect(
        "a late confirmation takes what it finds where nobody looked for it",
        "engine/batch.py",
        "        if taking := self._taken_again(reservations) - self.asked:\n"
        "            raise Again(asked=taking)\n",
        "",
        (ELSEWHERE,),
    ),
    Defect(
        "generating again disturbs a reserved slot",
        "engine/survey.py",
        "    if it.reserved:\n        return Why.RESERVED\n",
        "",
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
        "AND (active OR outdated_until IS NOT NULL)\nFOR NO KEY UPDATE SKIP LOCKED;",
        "AND (active OR outdated_until IS NOT NULL);",
        (HORIZON,),
    ),
    Defect(
        "a busy room stops a whole schedule",
        "engine/schedule_slots.py",
        "            conflicts.append(Conflict(it.slot.starts_at, it.slot.ends_at, refusal))\n"
        "            continue\n",
        "            raise Refused(refusal)\n",
        (SCHEDULES,),
    ),
    Defect(
        "two blackouts of the same time stop all planning",
        "planning/plan.py",
        "    blackouts = sorted(times, key=lambda it: it[:2])",
        "    blackouts = sorted(times)",
        ("tests/unit/planning/test_plan.py",),
    ),
    Defect(
        "one schedule that raises stops the horizon of all others",
        "workers/horizon.py",
        "        except Exception as error:  # noqa: BLE001 - one schedule",
        "        except Refused as error:  # noqa: BLE001 - one schedule",
        (HORIZON,),
    ),
    Defect(
        "a change of a stopped schedule withdraws its slots",
        "engine/schedules.py",
        "            if new.active or withdraw:\n",
        "            if new.active or withdraw or new != old:\n",
        (CHANGES,),
    ),
    Defect(
        "a slot is made over one that is reserved",
        "engine/survey.py",
        "    return found.free, [_conflict(slot, it) for slot, it in found.blocked]\n",
        "    return list(missing), []\n",
        (CHANGES,),
    ),
    Defect(
        "time that somebody withdrew is offered again when slots have another length",
        "engine/survey.py",
        "    return beside(missing, withdrawn).free, closing\n",
        "    times = {(it.starts_at, it.ends_at) for it in withdrawn}\n"
        "    free = [it for it in missing if (it.starts_at, it.ends_at) not in times]\n"
        "    return free, closing\n",
        (CHANGES,),
    ),
    Defect(
        "nights of two zones overlap where a site has moved from one to the other",
        "engine/survey.py",
        "        free, conflicts = _clear(task, drawn, missing, [*staying, *found.superfluous])\n",
        "        free, conflicts = [*planned], []\n",
        (CHANGES,),
    ),
    Defect(
        "a site that has moved to another zone misses the hours between the two midnights",
        "engine/schedules.py",
        "    since = now if old.reaches is None else max(now, old.reaches)\n",
        "    since = now\n"
        "    if old.reaches is not None:\n"
        "        there = old.reaches.astimezone(zone_of(old.zone))\n"
        "        midnight = there.replace(hour=0) + timedelta(days=there.hour > 0)\n"
        "        since = max(now, midnight)\n",
        (CHANGES,),
    ),
    Defect(
        "what a long horizon asks for is refused as a whole",
        "engine/survey.py",
        "        last = planning.reach(task.schedule, task.first, last)\n",
        "        planning.refuse_too_many(\n"
        '            "rule", planning.count(task.schedule, task.first, last)\n'
        "        )\n",
        (HORIZON,),
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
    Defect(
        "a gap of half an hour is read with the offset after it",
        "planning/zones.py",
        "    return Placed((local - before)",
        "    if (after - before).seconds == 1800:\n        before = after\n"
        "    return Placed((local - before)",
        (INSTANTS,),
    ),
    Defect(
        "a time that occurs twice is the second one",
        "planning/zones.py",
        "    return Placed((local - before)",
        "    return Placed((local - (after if fit is Fit.TWICE else before))",
        (INSTANTS,),
    ),
    Defect(
        "BYSETPOS chooses nothing",
        "planning/recurrence.py",
        "    return [chosen[place] for place in sorted(places) if 0 <= place < size]",
        "    return []",
        (LIBRARIES,),
    ),
    Defect(
        "a loan is compared with all beside it though there is room",
        "domain/calendar.py",
        "            if self._levels_of(loan).most(loan) + loan.units > pool.units and (\n",
        "            if (\n",
        ("tests/unit/test_publishing.py",),
    ),
    Defect(
        "what a pool has lent for a year is forgotten after two days",
        "domain/calendar.py",
        "        found = [*self._long.get(loan.pool, ())]\n",
        "        found: list[Loan] = []\n",
        ("tests/unit/test_publishing.py",),
    ),
    Defect(
        "all that leaves is gone through for each that stays",
        "engine/publishing.py",
        "if it.loan.slot not in gone]",
        "if it.loan.slot not in frozenset(leaving)]",
        (SLOTS,),
    ),
)
