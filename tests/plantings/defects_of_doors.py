"""Defects of the doors that a stranger found, of the demo behind one of them, and of connections:
of clients to us, and of us to the database. See `defects`."""

from __future__ import annotations

from tests.plantings.defects import Defect

OPEN_SLOTS = "tests/doors/test_appointments.py"
REPORT = "tests/doors/test_appointments_report.py"
SEED = "tests/doors/test_appointments_seed.py"
CUSTOMERS = "tests/doors/test_customers.py"
FILTERS = "tests/doors/test_filters.py"
SLOTS = "tests/doors/test_slots.py"
CHECK_IN = "tests/unit/test_checkin.py"
CUT_OFF = "tests/unit/test_cancellable.py"
SILENCE = "tests/faults/test_silence.py"
PATROL = "tests/cli/test_patrol.py"

DEFECTS_OF_DOORS = (
    Defect(
        "pages of open slots are full of those that are not open",
        "engine/timetable.py",
        "where.bookable or where.has_places,",
        "where.bookable,",
        (OPEN_SLOTS,),
    ),
    Defect(
        "an auditor reads who the patients are",
        "doors/appointments/report.py",
        "permission=Permission.CUSTOMERS_READ,",
        "permission=Permission.REPORTS_READ,",
        (REPORT,),
    ),
    Defect(
        "a spreadsheet ends before the bookings do",
        "doors/appointments/report.py",
        "        yield page\n        if beyond is None:\n            return\n",
        "        yield page\n        return\n",
        (REPORT,),
    ),
    Defect(
        "those who ask at once under one key each have the demo made anew",
        "cli/demo.py",
        "            # Whoever had the same key may have been faster.\n"
        "            if (reply := await self._done_before(found.id, act)) is not None:\n"
        "                return reply\n",
        "",
        (SEED,),
    ),
    Defect(
        "a demo is left in ruins by whoever does not wait for it",
        "cli/demo.py",
        "return await asyncio.shield(task)",
        "return await task",
        (SEED,),
    ),
    Defect(
        "a demo that is in ruins stays so",
        "cli/demo.py",
        "if await mark.is_set():",
        "if False:",
        (SEED,),
    ),
    Defect(
        "somebody has not come to what is still to come",
        "domain/attending.py",
        "if desk.now >= since:",
        "if True:",
        (CHECK_IN,),
    ),
    Defect(
        "whoever books is not told until when it can be given back",
        "domain/decide.py",
        "_with_cut_off(desk, outcome) if has_slots else outcome",
        "outcome",
        (CUT_OFF,),
    ),
    Defect(
        "one's own address in capitals is somebody else's",
        "doors/shared/customers.py",
        "_address(name) != email.lower()",
        "name != email",
        (CUSTOMERS,),
    ),
    Defect(
        "an address finds nothing that a user has",
        "doors/shared/customers.py",
        "[await customer_named(call, name), _address(name), name]",
        "[name]",
        (CUSTOMERS,),
    ),
    Defect(
        "a list of what there is not is empty",
        "doors/shared/filters.py",
        "if id is not None and not await _KINDS",
        "if False and not await _KINDS",
        (FILTERS,),
    ),
    Defect(
        "a stretch of time that ends before it begins is empty",
        "doors/shared/body.py",
        "until is not None and until <= since",
        "until is not None and False",
        (FILTERS,),
    ),
    Defect(
        "everybody reads what was noted for those who run it",
        "doors/rest/slot_views.py",
        "dict(fields.metadata) if for_staff else None",
        "dict(fields.metadata)",
        (SLOTS,),
    ),
    Defect(
        "a site that is not there has no pools",
        "doors/rest/pools.py",
        "    if not found:\n        await require_there(call, named)\n",
        "",
        (FILTERS,),
    ),
    Defect(
        "what a slot requires already keeps its room from being changed",
        "engine/slots.py",
        "fields.requirements, pools, standing=before)",
        "fields.requirements, pools)",
        (SLOTS,),
    ),
    Defect(
        "a customer is another one by a space",
        "doors/shared/text.py",
        "Customer = Annotated[str, Meta(min_length=1, max_length=200, pattern=_TRIMMED)]",
        "Customer = Annotated[str, Meta(min_length=1, max_length=200, pattern=_LINE)]",
        (CUSTOMERS,),
    ),
    Defect(
        "a flood of reads makes a server unready",
        "doors/operations/health.py",
        "services.database.engine() as connection",
        "services.database.read_shared() as connection",
        ("tests/doors/test_operations.py",),
    ),
    Defect(
        "what killed processes have counted stays for ever",
        "cli/metrics_folder.py",
        "    _remove_abandoned(Path(tempfile.gettempdir()))\n",
        "",
        ("tests/cli/test_metrics_folder.py",),
    ),
    Defect(
        "a host that is gone without a word is all that is ever asked",
        "store/hosts.py",
        "waiting = deque(apart(url))",
        "waiting = deque([url])",
        (SILENCE,),
    ),
    Defect(
        "connections that died together are waited for one after the other",
        "store/database.py",
        "if connection.opened_at >= self._silent_at:",
        "if connection.opened_at >= 0:",
        (SILENCE,),
    ),
    Defect(
        "a client that sends nothing keeps its place",
        "cli/patrol.py",
        'return ("has sent no request",)',
        "return None",
        (PATROL,),
    ),
    Defect(
        "a client that reads nothing keeps its place",
        "cli/patrol.py",
        "if connection.flow.write_paused:",
        "if False:",
        (PATROL,),
    ),
)
