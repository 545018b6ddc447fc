"""Small builders, so that a case of the rules reads as a sentence: given, command, then.

It is always `NOW`. A case says when things began or end, never when it is. What has to come out of
a case is in `then`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from firmhold.domain.commands import (
    AdjustCapacity,
    Asked,
    Cancel,
    CheckIn,
    Confirm,
    Expire,
    Extend,
    Hold,
    Join,
    Leave,
    Move,
    Reconsider,
    Release,
    SetCapacity,
)
from firmhold.domain.model import (
    Actor,
    CustomerLimit,
    Line,
    Loan,
    Offering,
    Per,
    Pool,
    Requirement,
    Reservation,
    Slot,
    Status,
    Terms,
    Wait,
    WaitlistEntry,
)
from firmhold.domain.state import Policy, Queue, State, Visit

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
"""The database's clock knows nothing shorter."""
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NO_TIME = timedelta()

ANN = Actor("user:ann", customer="ann")
BOB = Actor("user:bob", customer="bob")
CAT = Actor("user:cat", customer="cat")
OPERATOR = Actor("user:olga", operator=True)
CLOCK = "system:clock"
WAITLIST = "system:waitlist"


def token_of(reservation: str) -> Actor:
    """Who has the hold token of this reservation and nothing else."""
    return Actor(f"token:{reservation}", reservation=reservation)


# --- given ----------------------------------------------------------------------------------------


def offering(
    id: str = "tent",
    capacity: int = 10,
    *,
    held: int = 0,
    confirmed: int = 0,
    seq: int = 7,
    drain_to: int | None = None,
    open: bool = True,
    **terms: Any,
) -> Offering:
    """`held` and `confirmed` are units of claims that the case does not spell out."""
    return Offering(id, capacity, held, confirmed, seq, drain_to, Terms(**terms), open=open)


def slot(
    id: str = "am",
    capacity: int = 10,
    *,
    starts: datetime = NOW + HOUR,
    lasts: timedelta = HOUR,
    site: str = "clinic",
    horizon: timedelta = 90 * DAY,
    notice: timedelta = NO_TIME,
    cutoff: timedelta = NO_TIME,
    limit: tuple[int, int] | None = None,
    needs: dict[str, int] | None = None,
    **more: Any,
) -> Offering:
    """`limit` is so many units in so many days; `needs` is what a reservation takes from pools."""
    when = Slot(
        site,
        starts,
        starts + lasts,
        horizon,
        notice,
        cutoff,
        None if limit is None else CustomerLimit(*limit),
        tuple(Requirement(pool, n, Per.RESERVATION) for pool, n in (needs or {}).items()),
    )
    return offering(id, capacity, **more)._replace(slot=when, lends=bool(needs))


def pool(
    id: str = "room", units: int = 1, before: timedelta = NO_TIME, after: timedelta = NO_TIME
) -> Pool:
    return Pool(id, f"The {id}", units, before, after)


def lent(pool: str, starts: datetime, ends: datetime, units: int = 1) -> Loan:
    """To a slot that the case does not spell out, when it was published."""
    return Loan(pool, f"elsewhere from {starts} to {ends}", units, starts, ends)


def a_hold(
    id: str = "r",
    by: Actor = ANN,
    *,
    expires: datetime = NOW + 4 * MINUTE,
    extend_until: datetime = NOW + 14 * MINUTE,
    **units: int,
) -> Reservation:
    lines = tuple(Line(name, n, n, 0) for name, n in units.items())
    began = min(NOW, expires) - MINUTE
    return Reservation(id, Status.HELD, by.customer, by.label, lines, began, expires, extend_until)


def a_confirmed(id: str = "r", by: Actor = ANN, **units: int) -> Reservation:
    lines = tuple(Line(name, n, 0, n) for name, n in units.items())
    was = a_hold(id, by, **units)
    return was._replace(status=Status.CONFIRMED, lines=lines, confirmed_at=NOW - SECOND)


def a_checked_in(status: Status, id: str = "r", by: Actor = ANN, **units: int) -> Reservation:
    """Recorded a second ago, as fulfilled or as a no-show."""
    return a_confirmed(id, by, **units)._replace(status=status, ended_at=NOW - SECOND)


def an_ended(status: Status, id: str = "r", by: Actor = ANN, **units: int) -> Reservation:
    """Released, expired or cancelled a second ago: it asked for these units and has none."""
    lines = tuple(Line(name, n, 0, 0) for name, n in units.items())
    was = a_hold(id, by, expires=NOW - SECOND, **units)._replace(lines=lines)
    cancelled = status is Status.CANCELLED
    return was._replace(
        status=status,
        expires_at=NOW + MINUTE if status is not Status.EXPIRED else was.expires_at,
        confirmed_at=NOW - 2 * SECOND if cancelled else None,
        ended_at=NOW - SECOND,
        reason="changed my mind" if cancelled else None,
    )


def waits(id: str = "w", by: Actor = BOB, *, place: int = 1, **units: int) -> WaitlistEntry:
    """Somebody in the line for the one offering named."""
    assert by.customer is not None
    ((name, n),) = units.items()
    return WaitlistEntry(id, name, by.customer, by.label, n, place, Wait.WAITING, NOW - HOUR)


def in_line(*quantities: int) -> tuple[WaitlistEntry, ...]:
    """Customers c1, c2, … who wait for so many tents each, as w1, w2, …"""
    return tuple(
        waits(f"w{n}", Actor(f"user:c{n}", f"c{n}"), place=n, tent=quantity)
        for n, quantity in enumerate(quantities, start=1)
    )


def waited(status: Wait, id: str = "w", by: Actor = BOB, **units: int) -> WaitlistEntry:
    """Somebody who was in the line until a second ago."""
    entry = waits(id, by, **units)._replace(status=status, ended_at=NOW - SECOND)
    if status in {Wait.WITHDRAWN, Wait.CLOSED}:
        return entry
    return entry._replace(reservation=f"offer:{id}", offered_at=NOW - MINUTE)


def an_offer(
    id: str = "w", to: Actor = BOB, *, expires: datetime = NOW + 9 * MINUTE, **units: int
) -> tuple[WaitlistEntry, Reservation]:
    """Somebody from the line, and the units that are held for them."""
    held = a_hold(f"offer:{id}", to, expires=expires, extend_until=expires, **units)
    entry = waits(id, to, place=0, **units)._replace(
        status=Wait.OFFERED, reservation=held.id, offered_at=held.created_at
    )
    return entry, held._replace(actor=WAITLIST)


Thing = Offering | Reservation | Pool | Loan | WaitlistEntry


def given(*things: Thing, **policy: Any) -> State:
    """The state that these make, with what follows from them: counters, loans, lines, usage."""
    offerings = {thing.id: thing for thing in things if isinstance(thing, Offering)}
    reservations = {thing.id: thing for thing in things if isinstance(thing, Reservation)}
    pools = {thing.id: thing for thing in things if isinstance(thing, Pool)}
    entries = [thing for thing in things if isinstance(thing, WaitlistEntry)]
    for r in reservations.values():
        for line in r.lines:
            o = offerings[line.offering]
            offerings[o.id] = o._replace(
                held=o.held + line.held, confirmed=o.confirmed + line.confirmed
            )
    queues: dict[str, Queue] = {}
    for entry in sorted(entries, key=lambda entry: entry.place):
        if entry.status in {Wait.WAITING, Wait.OFFERED}:
            o = offerings[entry.offering]
            offerings[o.id] = o._replace(waiting=o.waiting + 1)
            queue = queues.setdefault(o.id, Queue(()))
            if entry.status is Wait.WAITING:
                queues[o.id] = Queue((*queue.entries, entry.id))
    for o in offerings.values():
        assert o.held + o.confirmed <= o.capacity, "the case itself is oversold"
    live = [r for r in reservations.values() if not _is_due(r)]
    loans = (thing for thing in things if isinstance(thing, Loan))
    return State(
        Policy(**policy),
        offerings,
        reservations,
        _usage(live),
        _live_holds(live),
        pools,
        (*loans, *loans_of(reservations.values(), offerings, pools)),
        queues,
        {entry.id: entry for entry in entries},
        {entry.id: f"offer:{entry.id}" for entry in entries if entry.status is Wait.WAITING},
        _visits(live, offerings),
    )


def _is_due(r: Reservation) -> bool:
    return r.status is Status.HELD and r.expires_at is not None and r.expires_at <= NOW


def _usage(live: Iterable[Reservation]) -> dict[tuple[str, str], int]:
    usage: dict[tuple[str, str], int] = {}
    for r in live:
        for line in r.lines:
            if r.customer is not None and (units := line.held + line.confirmed):
                key = (r.customer, line.offering)
                usage[key] = usage.get(key, 0) + units
    return usage


def _live_holds(live: Iterable[Reservation]) -> dict[str, int]:
    holds: dict[str, int] = {}
    for r in live:
        if r.customer is not None and r.status is Status.HELD:
            holds[r.customer] = holds.get(r.customer, 0) + 1
    return holds


def _visits(
    live: Iterable[Reservation], offerings: Mapping[str, Offering]
) -> dict[tuple[str, str], tuple[Visit, ...]]:
    visits: dict[tuple[str, str], tuple[Visit, ...]] = {}
    for r in live:
        for line in r.lines:
            when, units = offerings[line.offering].slot, line.held + line.confirmed
            if r.customer is not None and when is not None and when.customer_limit and units:
                key = (r.customer, when.site)
                visits[key] = (*visits.get(key, ()), Visit(when.starts_at, units))
    return visits


def loans_of(
    reservations: Iterable[Reservation],
    offerings: Mapping[str, Offering],
    pools: Mapping[str, Pool],
) -> list[Loan]:
    """What these reservations have taken from pools, as one loan for each pool and slot."""
    units: Counter[tuple[str, str]] = Counter()
    for r in reservations:
        for line in r.lines:
            when = offerings[line.offering].slot
            if when is not None and line.held + line.confirmed:
                for need in when.requirements:
                    units[need.pool, line.offering] += need.units
    loans = []
    for (pool, offering), taken in units.items():
        when = offerings[offering].slot
        assert when is not None
        starts, ends = when.starts_at - pools[pool].before, when.ends_at + pools[pool].after
        loans.append(Loan(pool, offering, taken, starts, ends))
    return loans


# --- command --------------------------------------------------------------------------------------


def asked(*lines: tuple[str, int], **units: int) -> tuple[Asked, ...]:
    return tuple(Asked(name, n) for name, n in (*lines, *units.items()))


def hold(
    id: str = "new",
    by: Actor = ANN,
    *lines: tuple[str, int],
    of: str | None = "the actor",
    ttl: int | None = None,
    confirm: bool = False,
    **units: int,
) -> Hold:
    customer = by.customer if of == "the actor" else of
    return Hold(id, by, customer, asked(*lines, **units), ttl, confirm)


def confirm(
    id: str = "r",
    by: Actor = ANN,
    *lines: tuple[str, int],
    reacquire: bool = False,
    **units: int,
) -> Confirm:
    return Confirm(id, by, asked(*lines, **units) or None, reacquire)


def extend(id: str = "r", by: Actor = ANN, *, ttl: int) -> Extend:
    return Extend(id, by, ttl)


def release(id: str = "r", by: Actor = ANN, *lines: tuple[str, int], **units: int) -> Release:
    return Release(id, by, asked(*lines, **units) or None)


def cancel(
    id: str = "r",
    by: Actor = ANN,
    *lines: tuple[str, int],
    reason: str | None = None,
    **units: int,
) -> Cancel:
    return Cancel(id, by, reason, asked(*lines, **units) or None)


def move(id: str = "r", by: Actor = ANN, *lines: tuple[str, int], **units: int) -> Move:
    return Move(id, by, asked(*lines, **units))


def check_in(outcome: Status = Status.FULFILLED, id: str = "r", by: Actor = OPERATOR) -> CheckIn:
    return CheckIn(id, by, outcome)


def expire(id: str = "r", by: Actor = OPERATOR) -> Expire:
    return Expire(id, by)


def set_capacity(
    capacity: int,
    of: str = "tent",
    by: Actor = OPERATOR,
    *,
    expected: int | None = None,
    drain: bool = False,
    reason: str | None = None,
) -> SetCapacity:
    return SetCapacity(of, by, capacity, expected, drain, reason)


def adjust_capacity(
    delta: int,
    of: str = "tent",
    by: Actor = OPERATOR,
    *,
    reason: str = "recount",
    drain: bool = False,
) -> AdjustCapacity:
    return AdjustCapacity(of, by, delta, reason, drain)


def join(id: str = "new", by: Actor = BOB, *, of: str = "the actor", **units: int) -> Join:
    ((name, quantity),) = units.items()
    customer = (by.customer or "nobody") if of == "the actor" else of
    return Join(id, f"offer:{id}", by, customer, name, quantity)


def leave(id: str = "w", by: Actor = BOB) -> Leave:
    return Leave(id, by)


def reconsider(of: str = "tent", by: Actor = OPERATOR) -> Reconsider:
    return Reconsider(of, by)
