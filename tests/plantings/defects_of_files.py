"""Defects about calendars, feeds, imports and exports. See `defects`."""

from __future__ import annotations

from tests.plantings.defects import Defect

CALENDARS = "tests/doors/test_calendars.py"
IMPORTS = "tests/doors/test_imports.py"
AGAIN = "tests/doors/test_imports_again.py"
PARTS = "tests/doors/test_appointments_parts.py"
ZONES = "tests/unit/planning/test_calendar_zones.py"
EVENTS = "tests/unit/planning/test_calendar_slots.py"
REPORTS = "tests/unit/planning/test_calendar_reports.py"
COMMANDS = "tests/cli/test_slot_commands.py"
ROUND_TRIP = "tests/cli/test_slot_files.py"

DEFECTS_OF_FILES = (
    Defect(
        "a calendar shows a line that was given back as confirmed",
        "engine/calendars.py",
        'status if row["units"] else None',
        "status",
        (CALENDARS,),
    ),
    Defect(
        "a slot that was left by a move stays in one's calendar",
        "store/queries/calendars.sql",
        "AND e.kind IN ('moved', 'released')\n      AND NOT EXISTS",
        "AND e.kind IN ('created')\n      AND NOT EXISTS",
        (CALENDARS,),
    ),
    Defect(
        "a reservation's file changes each second",
        "doors/rest/calendars.py",
        "changed_at=max(entry.changed_at, claim.changed_at)",
        "changed_at=slot.now",
        (CALENDARS,),
    ),
    Defect(
        "what is over crowds out what is to come",
        "store/queries/calendars.sql",
        "ORDER BY o.starts_at DESC, o.id DESC LIMIT $5)",
        "ORDER BY o.starts_at, o.id LIMIT $6 + $5::bigint - $5)",
        (CALENDARS,),
    ),
    Defect(
        "a token that was withdrawn opens the calendar",
        "doors/rest/calendars.py",
        "if version != await call.services.calendars.version(call.organization, id):",
        "if version > (await call.services.calendars.version(call.organization, id) or 0):",
        (CALENDARS,),
    ),
    Defect(
        "an event that was moved becomes a second slot",
        "engine/imported_events.py",
        "found = by_key.get(key) or by_key.get((slot.uid, slot.starts_at))",
        "found = by_start.get((slot.uid, slot.starts_at))",
        (AGAIN,),
    ),
    Defect(
        "what a file has cancelled stays without a word",
        "engine/imported_events.py",
        'remarks.append(_remark(line, it, "is cancelled in the file"))',
        "pass",
        (AGAIN,),
    ),
    Defect(
        "events that are left out are not counted",
        "planning/calendar_slots.py",
        "outside += not found",
        "outside += 0",
        (EVENTS,),
    ),
    Defect(
        "a line break comes in with a title",
        "planning/calendar_event.py",
        '_NOT_IN_LINE.sub(" ", self._value(name)).strip()',
        "self._value(name)",
        (EVENTS,),
    ),
    Defect(
        "one small file keeps the process busy for minutes",
        "planning/recurrence.py",
        "budget.spend(1 + len(period))",
        "budget.spend(0)",
        (REPORTS,),
    ),
    Defect(
        "two files are read at once",
        "engine/slot_import.py",
        "asyncio.Semaphore(1)",
        "asyncio.Semaphore(2)",
        (IMPORTS,),
    ),
    Defect(
        "a file's name for a place goes before the name of the zone",
        "planning/calendar_zones.py",
        "tries = [name, place, ",
        "tries = [place, name, ",
        (ZONES,),
    ),
    Defect(
        "an event is taken at another time than its file has it",
        "planning/calendar_zones.py",
        "        if theirs == ours:\n",
        "        if theirs == ours or theirs != ours:\n",
        (ZONES,),
    ),
    Defect(
        "the file of rejects ends at a thousand",
        "engine/slot_import.py",
        "done = Imported(created, rejected, ",
        "done = Imported(created, rejected[:SHOWN], ",
        (COMMANDS,),
    ),
    Defect(
        "an export drops a limit without a word",
        "cli/slot_transfer.py",
        '"max_quantity": terms.max_quantity,',
        '"max_quantity": None,',
        (ROUND_TRIP,),
    ),
    Defect(
        "a booking is the slot that was given back",
        "doors/appointments/shared.py",
        "return next(iter(live or lines), None)",
        "return next(iter(lines), None)",
        (PARTS,),
    ),
)
