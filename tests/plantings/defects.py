"""Defects that published systems of this kind really have, and some that only ours could have.

Each is a small edit of our own source that plants the defect. The suite must fail with each of
them; `python -m tests.plantings.plant` runs it, `make plantings` for short. An edit that no longer
applies is an error too, so the list cannot rot.
"""

from __future__ import annotations

from typing import NamedTuple

DECIDE = "tests/unit"
RACES = "tests/engine/test_races.py"
KEYS = "tests/engine/test_idempotency.py"
LOST = "tests/engine/test_lost_answers.py"
LIMITS = "tests/engine/test_limits.py"
EXPIRY = "tests/engine/test_ends_of_holds.py"
WAITING = "tests/engine/test_waiting.py"
WORKERS = "tests/engine/test_workers.py"
BAD = "tests/engine/test_bad_commands.py"
IDENTITY = "tests/doors/test_identity.py"
MARKS = "tests/engine/test_marks.py"
OPEN_SLOTS = "tests/doors/test_appointments.py"
SLOT_HOLDS = "tests/doors/test_appointments_holds.py"
SCHEDULING = "tests/doors/test_appointments_scheduling.py"
BOOKINGS = "tests/doors/test_appointments_bookings.py"
REPORT = "tests/doors/test_appointments_report.py"
SEED = "tests/doors/test_appointments_seed.py"
SIMULATION = "tests/simulation"
ENGINES = "tests/models/test_engine.py"
DOORS = "tests/models/test_doors.py"
HISTORIES = "tests/linearizability/test_histories.py"


class Defect(NamedTuple):
    """One edit, and where its discovery is expected. `tests` are paths, or `path::test_name`; each
    of them has to notice by itself."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


DEFECTS = (
    Defect(
        "holds are not counted against capacity",
        "domain/counts.py",
        "return self.capacity - self.held - self.confirmed",
        "return self.capacity - self.confirmed",
        (DECIDE,),
    ),
    Defect(
        "a repeated cancel gives back twice",
        "domain/leaving.py",
        "if reservation.status in (Status.RELEASED, Status.CANCELLED):\n"
        "        return Accepted(reservation, changed=False)\n",
        "",
        (DECIDE,),
    ),
    Defect(
        "releasing leaves the line's units claimed, to come back once more",
        "domain/desk.py",
        "lines=tuple(line._replace(held=0, confirmed=0) for line in reservation.lines),\n"
        "                ended_at",
        "lines=reservation.lines,\n                ended_at",
        (DECIDE,),
    ),
    Defect(
        "confirm and expiry both win",
        "domain/confirming.py",
        "case Status.EXPIRED if command.reacquire:",
        "case Status.EXPIRED:",
        (DECIDE,),
    ),
    Defect(
        "confirm and cancel both win",
        "domain/confirming.py",
        "case Status.EXPIRED if command.reacquire:",
        "case Status.CANCELLED | Status.RELEASED:",
        (DECIDE,),
    ),
    Defect(
        "two reapers give back twice",
        "domain/desk.py",
        "if reservation.status is Status.HELD:\n                assert reservation.expires_at",
        "if reservation.status in {Status.HELD, Status.EXPIRED}:\n"
        "                assert reservation.expires_at",
        (DECIDE,),
    ),
    Defect(
        "an expired hold still occupies its units",
        "domain/decide.py",
        "    desk.expire_due()\n",
        "",
        (DECIDE,),
    ),
    Defect(
        "due holds are not even looked for unless they are named",
        "store/queries/batch.sql",
        "wanted AS (SELECT unnest($3::text::uuid[]) AS id UNION SELECT id FROM due)",
        "wanted AS (SELECT unnest($3::text::uuid[]) AS id)",
        ("tests/engine/test_holding.py", HISTORIES),
    ),
    Defect(
        "a hold can be confirmed at the very instant at which it ends",
        "domain/expiry.py",
        "return expires_at <= now",
        "return expires_at < now",
        (DECIDE, ENGINES),
    ),
    Defect(
        "a retry after a lost answer makes a second hold",
        "engine/transaction.py",
        "if lost is not None and await batch.wrote(lost.mark):",
        "if False:",
        (LOST,),
    ),
    Defect(
        "a lost commit is taken for done",
        "engine/batch.py",
        "return found is not None and int(found) == mark.xid",
        "return True",
        (LOST, HISTORIES),
    ),
    Defect(
        "a lost commit is confused with another engine's entry of the same number",
        "engine/batch.py",
        "return found is not None and int(found) == mark.xid",
        "return found is not None",
        (MARKS, SIMULATION),
    ),
    Defect(
        "the same key of another user sees the result",
        "engine/ticket.py",
        '"\\0".join((actor, operation, key))',
        '"\\0".join((operation, key))',
        (KEYS,),
    ),
    Defect(
        "the same key for another operation sees the result",
        "engine/ticket.py",
        '"\\0".join((actor, operation, key))',
        '"\\0".join((actor, key))',
        (KEYS,),
    ),
    Defect(
        "the same key with another body is accepted",
        "engine/answers.py",
        "if stored.fingerprint != key.fingerprint:",
        "if False:",
        (KEYS,),
    ),
    Defect(
        "the same key twice in one batch has two effects",
        "engine/answers.py",
        "elif key.scope in leaders:",
        "elif False:",
        (KEYS,),
    ),
    Defect(
        "the same key in two batches has two effects",
        "engine/batch.py",
        'if record["answers"] != len(given):',
        "if False:",
        (KEYS, SIMULATION, ENGINES),
    ),
    Defect(
        "an effect is not remembered under its key",
        "engine/batch.py",
        "if ticket.key is not None and outcome.changed:",
        "if ticket.key is not None and False:",
        (KEYS,),
    ),
    Defect(
        "two lines on one item are checked apart",
        "domain/holding.py",
        "else same._replace(quantity=same.quantity + quantity)",
        "else same",
        (DECIDE,),
    ),
    Defect(
        "locks are taken in no order",
        "store/queries/batch.sql",
        "ORDER BY o.id\nFOR UPDATE OF o;",
        "ORDER BY random()\nFOR UPDATE OF o;",
        (f"{RACES}::test_offerings_are_locked_in_the_order_of_their_ids", SIMULATION),
    ),
    Defect(
        "offerings are not locked at all",
        "store/queries/batch.sql",
        "ORDER BY o.id\nFOR UPDATE OF o;",
        "ORDER BY o.id;",
        (RACES, SIMULATION),
    ),
    Defect(
        "the clock is read before the lock: a confirm that waited past expiry succeeds",
        "store/queries/batch.sql",
        "WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),",
        "WITH clock AS MATERIALIZED (SELECT transaction_timestamp() AS now),",
        (EXPIRY, SIMULATION),
    ),
    Defect(
        "the host's time zone shifts expiry",
        "domain/holding.py",
        "expires_at = desk.now + timedelta(seconds=command.ttl_seconds or cap)",
        "expires_at = (desk.now + timedelta(seconds=command.ttl_seconds or cap)).astimezone()"
        ".replace(tzinfo=desk.now.tzinfo)",
        (EXPIRY,),
    ),
    Defect(
        "capacity can be lowered below what is promised",
        "domain/stock.py",
        "if target >= reserved or drain:",
        "if True:",
        (DECIDE,),
    ),
    Defect(
        "a compare-and-set of the capacity does not compare",
        "domain/stock.py",
        "if command.expected is not None and command.expected != counts.capacity:",
        "if False:",
        (DECIDE, HISTORIES),
    ),
    Defect(
        "a draining item sells what comes back",
        "domain/counts.py",
        "capacity -= min(returned, self.capacity - self.drain_to)",
        "pass",
        (DECIDE,),
    ),
    Defect(
        "what a customer already has is not counted",
        "domain/admission.py",
        "if has + want.quantity > most:\n            detail",
        "if want.quantity > most:\n            detail",
        (DECIDE,),
    ),
    Defect(
        "a customer's limit is passed by requests in one batch",
        "domain/holding.py",
        "            desk.add_usage(customer, offering.id, want.quantity)\n",
        "            pass\n",
        (DECIDE,),
    ),
    Defect(
        "a customer's number of holds is passed by parallel requests for different items",
        "engine/batch.py",
        "        if self.locked_customers:\n",
        "        if False:\n",
        (LIMITS,),
    ),
    Defect(
        "a limit of holds does not wait for the batches that know of none",
        "store/queries/directory.sql",
        "(NOT $12 OR (SELECT pg_advisory_xact_lock(1, hashtext($1::uuid::text))) IS NOT NULL)",
        "($12 OR NOT $12)",
        (LIMITS,),
    ),
    Defect(
        "a row that is locked elsewhere holds up a batch behind a pooler",
        "engine/transaction.py",
        'return f"BEGIN; {PATIENCE}; {saying(organization)}"',
        'return f"BEGIN; {saying(organization)}"',
        (WAITING,),
    ),
    Defect(
        "an organization whose rows are locked delays the expiry of the others' holds",
        "workers/expirer.py",
        "await asyncio.wait(started.values(), timeout=SLOW)",
        "await asyncio.wait(started.values())",
        (WORKERS,),
    ),
    Defect(
        "an import counts due holds as held",
        "store/queries/transfer.sql",
        "DELETE FROM import_row AS r USING stock AS o",
        "DELETE FROM import_row AS r USING offering AS o",
        ("tests/store/test_transfer_update.py",),
    ),
    Defect(
        "a draining item shows what comes back as available",
        "store/migrations/0001_engine.sql",
        "ELSE least(due.units, o.capacity - o.drain_to) END AS units",
        "ELSE 0 END AS units",
        (EXPIRY,),
    ),
    Defect(
        "less is confirmed than may be held",
        "domain/confirming.py",
        "if keep[offering] < least:",
        "if False:",
        (DECIDE,),
    ),
    Defect(
        "any user may set stock",
        "domain/stock.py",
        "if not command.actor.operator:",
        "if False:",
        (DECIDE,),
    ),
    Defect(
        "another customer's reservation can be confirmed and cancelled",
        "domain/desk.py",
        "if reservation is not None and not may_act_on(actor, reservation):",
        "if False:",
        (DECIDE,),
    ),
    Defect(
        "a hold token opens every hold",
        "domain/desk.py",
        "actor.reservation == reservation.id",
        "actor.reservation is not None",
        (DECIDE, DOORS),
    ),
    Defect(
        "another customer's reservation can be read",
        "doors/rest/finding.py",
        "if not reading and not may_act_on(",
        "if False and not may_act_on(",
        (IDENTITY,),
    ),
    # The names of its lines are looked for by organization too: an error comes of it, and no leak.
    Defect(
        "another organization's reservation is found",
        "store/queries/reading.sql",
        "WHERE r.organization_id = $1 AND r.id = ANY ($2);",
        "WHERE $1::uuid IS NOT NULL AND r.id = ANY ($2);",
        (IDENTITY, DOORS),
    ),
    Defect(
        "a hold that has just ended is expired in part",
        "domain/desk.py",
        "        for line in reservation.lines:\n            if line.held or line.confirmed:",
        "        for line in reservation.lines[:1]:\n            if line.held or line.confirmed:",
        (DECIDE,),
    ),
    Defect(
        "an extension has no cap",
        "domain/leaving.py",
        "if command.ttl_seconds > (reservation.extend_until - desk.now).total_seconds():",
        "if False:",
        (DECIDE,),
    ),
    Defect(
        "an extension shortens a hold",
        "domain/leaving.py",
        "if asked <= reservation.expires_at:",
        "if asked == reservation.expires_at:",
        (DECIDE,),
    ),
    Defect(
        "the sale window does not bind a late payment",
        "domain/confirming.py",
        "if refusal := refuse_terms(wanted, who, desk.now) or refuse_units(desk, wanted):",
        "if refusal := refuse_units(desk, wanted):",
        (DECIDE,),
    ),
    Defect(
        "one bad command fails its neighbours",
        "engine/flight.py",
        "if self._worth_splitting(tickets, error) and lost is None:",
        "if False:",
        (BAD,),
    ),
    Defect(
        "the last to come is the first served",
        "engine/lanes.py",
        "                lane.append(ticket)",
        "                lane.appendleft(ticket)",
        ("tests/unit/test_lanes.py",),
    ),
    Defect(
        "two slots of one hold share the last ventilator",
        "domain/lending.py",
        "                beside.append(loan)",
        "                pass",
        (DECIDE,),
    ),
    Defect(
        "two slots of one batch share the last ventilator",
        "domain/lending.py",
        "self._lent[loan.pool][loan.slot] = loan._replace(units=after)",
        "pass",
        (DECIDE,),
    ),
    Defect(
        "time for cleaning up does not count as taken",
        "domain/lending.py",
        "slot.ends_at + pool.after",
        "slot.ends_at",
        (DECIDE, ENGINES),
    ),
    Defect(
        "a cancelled reservation keeps its room",
        "domain/desk.py",
        "self.lending.give_back(self.counts[line.offering].offering)",
        "pass",
        (DECIDE,),
    ),
    Defect(
        "a move cannot take the room that it leaves",
        "domain/moving.py",
        "for want in new), gone)",
        "for want in new))",
        (DECIDE,),
    ),
    Defect(
        "a move goes on though it is too late to cancel",
        "domain/moving.py",
        "if refusal := refuse_leaving(desk, reservation, command.actor, less):\n"
        "        return refusal",
        "pass",
        (DECIDE,),
    ),
    Defect(
        "what is held for long is moved to what is not",
        "domain/moving.py",
        "return min(ends, desk.now + cap), min(reach, desk.now + EXTENSION_FACTOR * cap)",
        "return ends, reach",
        (DECIDE,),
    ),
    Defect(
        "units that come back are for whoever asks next, and not for who waits",
        "domain/decide.py",
        "            if desk.line.queues:\n                serve_all(desk)\n    return",
        "    return",
        (DECIDE,),
    ),
    Defect(
        "units that came back by themselves are for whoever asks next",
        "domain/decide.py",
        "        if desk.line.queues:\n            serve_all(desk)\n        for command",
        "        for command",
        (DECIDE,),
    ),
    Defect(
        "behind those of the line who are known nobody is looked for",
        "domain/waiting.py",
        "if queue or not desk.line.is_whole(offering, desk.counts[offering].capacity):",
        "if queue:",
        (DECIDE,),
    ),
    Defect(
        "a declined offer stays in the line's count",
        "domain/line.py",
        "counts.waiting -= 1",
        "pass",
        (DECIDE,),
    ),
    Defect(
        "the waitlist is a way around a customer's limit",
        "domain/waiting.py",
        "refuse_limits(wanted, desk.claimant(entry.customer, WAITLIST))\n            or ",
        "",
        (DECIDE,),
    ),
    Defect(
        "a limit over time counts calendar windows and not the fullest one",
        "domain/admission.py",
        "starts = {at, *(visit.starts_at for visit in near if visit.starts_at < at)}",
        "starts = {at}",
        (DECIDE,),
    ),
    Defect(
        "a customer checks themselves in",
        "domain/attending.py",
        "if not command.actor.operator:",
        "if False:",
        (DECIDE,),
    ),
    # --- the appointments door ---
    Defect(
        "a key in the body is not looked at",
        "doors/appointments/shared.py",
        "    call.key = given\n",
        "",
        (SLOT_HOLDS,),
    ),
    Defect(
        "a key in the body goes before another in the header",
        "doors/appointments/shared.py",
        "if call.key is not None and call.key != given:",
        "if False:",
        (SLOT_HOLDS,),
    ),
    Defect(
        "the same key in the body is another request than in the header",
        "doors/appointments/shared.py",
        "    call.body = msgspec.structs.replace(call.body, idempotency_key=None)\n",
        "",
        (SLOT_HOLDS,),
    ),
    Defect(
        "a ventilator that others have is shown as free",
        "store/queries/roster.sql",
        "p.units - coalesce(most.units, 0) AS spare",
        "p.units AS spare",
        (OPEN_SLOTS,),
    ),
    Defect(
        "a booking waits to be confirmed for as long as any hold",
        "doors/appointments/bookings.py",
        "ttl_seconds=min(PENDING_SECONDS, cap)",
        "ttl_seconds=cap",
        (BOOKINGS,),
    ),
    Defect(
        "a booking that was moved meanwhile is shown where it was",
        "doors/appointments/bookings.py",
        "if line.offering != slot.id:",
        "if False:",
        (SLOT_HOLDS,),
    ),
    Defect(
        "a booking that has expired unnoticed is reported as pending",
        "store/queries/roster.sql",
        "ELSE status_now(r.status, r.expires_at) END",
        "ELSE r.status END",
        (REPORT,),
    ),
    Defect(
        "a patient's name is run as a formula",
        "store/transfer_write.py",
        'return f"\'{value}"',
        "return value",
        (REPORT,),
    ),
    Defect(
        "whoever cannot have the room leaves a doctor behind",
        "doors/appointments/scheduling.py",
        "            if rehearsed != _POSSIBLE:\n                return rehearsed\n",
        "",
        (SCHEDULING,),
    ),
    Defect(
        "a doctor who was made for nothing is kept",
        "doors/appointments/scheduling.py",
        "        if is_new:\n",
        "        if False:\n",
        (SCHEDULING,),
    ),
    Defect(
        "any owner has the demo made anew",
        "doors/appointments/seed.py",
        "permission=Permission.DEMO_RESET,",
        "permission=Permission.ORGANIZATION_WRITE,",
        (SEED,),
    ),
    Defect(
        "an admin of another organization has the demo made anew",
        "doors/appointments/seed.py",
        "if demo is None or not await demo.owns(call.organization):",
        "if demo is None:",
        (SEED,),
    ),
    Defect(
        "every server shows where the demo is made anew",
        "app.py",
        "    if services.demo is not None:\n        known = (*known,",
        "    if True:\n        known = (*known,",
        (SEED,),
    ),
    Defect(
        "two who make the demo anew make two of it",
        "cli/demo.py",
        "while not await connection.fetchval(lock, DEMO_ORGANIZATION):",
        "while False:",
        (SEED,),
    ),
)
