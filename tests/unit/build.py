"""Small builders, so that a case of the rules reads as a sentence: given, command, then.

It is always `NOW`. A case says when things began or end, never when it is.
"""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from firmhold.domain.commands import (
    AdjustCapacity,
    Asked,
    Cancel,
    Command,
    Confirm,
    Expire,
    Extend,
    Hold,
    Release,
    SetCapacity,
)
from firmhold.domain.decide import decide
from firmhold.domain.errors import Code, Refusal
from firmhold.domain.model import Actor, Kind, Line, Offering, Reservation, Status, Terms
from firmhold.domain.state import Accepted, Decision, Policy, State

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
"""The database's clock knows nothing shorter."""
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)

ANN = Actor("user:ann", customer="ann")
BOB = Actor("user:bob", customer="bob")
OPERATOR = Actor("user:olga", operator=True)
CLOCK = "system:clock"


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
    **terms: Any,
) -> Offering:
    """`held` and `confirmed` are units of claims that the case does not spell out."""
    return Offering(id, capacity, held, confirmed, seq, drain_to, Terms(**terms))


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


def given(*things: Offering | Reservation, **policy: Any) -> State:
    """The state these offerings and reservations make, counters and usage included."""
    offerings = {thing.id: thing for thing in things if isinstance(thing, Offering)}
    reservations = {thing.id: thing for thing in things if isinstance(thing, Reservation)}
    usage: dict[tuple[str, str], int] = {}
    live_holds: dict[str, int] = {}
    for r in reservations.values():
        held = r.status is Status.HELD
        due = held and r.expires_at is not None and r.expires_at <= NOW
        if r.customer is not None and held and not due:
            live_holds[r.customer] = live_holds.get(r.customer, 0) + 1
        for line in r.lines:
            o = offerings[line.offering]
            offerings[o.id] = o._replace(
                held=o.held + line.held, confirmed=o.confirmed + line.confirmed
            )
            units = line.held + line.confirmed
            if r.customer is not None and units and not due:
                key = (r.customer, line.offering)
                usage[key] = usage.get(key, 0) + units
    for o in offerings.values():
        assert o.held + o.confirmed <= o.capacity, "the case itself is oversold"
    return State(Policy(**policy), offerings, reservations, usage, live_holds)


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


def release(id: str = "r", by: Actor = ANN) -> Release:
    return Release(id, by)


def cancel(id: str = "r", by: Actor = ANN, reason: str | None = None) -> Cancel:
    return Cancel(id, by, reason)


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


# --- then -----------------------------------------------------------------------------------------


class Wrote(NamedTuple):
    """An expected ledger entry. What it leaves and its number are worked out by `check`."""

    offering: str
    kind: Kind
    held: int
    confirmed: int
    capacity: int
    of: str | None


def wrote(
    offering: str,
    kind: Kind,
    *,
    held: int = 0,
    confirmed: int = 0,
    capacity: int = 0,
    of: str | None = None,
) -> Wrote:
    """`of` names the reservation, where it is not the command's."""
    return Wrote(offering, kind, held, confirmed, capacity, of)


class Then(NamedTuple):
    """What has to come out of a case, all of it."""

    code: Code | None
    facts: dict[str, Any]
    status: Status | None
    changed: bool
    entries: tuple[Wrote, ...]
    left: dict[str, tuple[int, int, int]]
    claims: dict[str, int] | None


def accepted(
    status: Status | None,
    *entries: Wrote,
    claims: dict[str, int] | None = None,
    **left: tuple[int, int, int],
) -> Then:
    """Accepted, with these entries, leaving these counts (capacity, held, confirmed).

    `claims` are the units the reservation has afterwards, where they are not those it asked for
    (while it lives) or none (once it has ended).
    """
    return Then(None, {}, status, True, entries, left, claims)


def unchanged(status: Status | None, claims: dict[str, int] | None = None) -> Then:
    """Accepted as a repeat of itself: the answer is there, nothing is written."""
    return Then(None, {}, status, False, (), {}, claims)


def refused(code: Code, *entries: Wrote, **facts: Any) -> Then:
    """Refused. Nothing is written but `entries`, which are time's doing."""
    return Then(code, facts, None, False, entries, {}, None)


def case(sentence: str, state: State, command: Command, then: Then, **more: Any) -> Any:
    return pytest.param(state, command, then, id=sentence.replace(" ", "-"), **more)


TABLE = ("state", "command", "then")


# --- check ----------------------------------------------------------------------------------------


def decided(state: State, *commands: Command, now: datetime = NOW) -> Decision:
    """Decide, and see that deciding is pure: nothing given is changed, twice is the same."""
    before = deepcopy((state, commands))
    decision = decide(state, commands, now)
    assert (state, commands) == before, "decide changed its arguments"
    assert decide(state, commands, now) == decision, "decide depends on more than its arguments"
    assert (state, commands) == before, "a decision shares something with its arguments"
    return decision


def check(state: State, command: Command, then: Then) -> None:
    """Decide the one command and compare everything that comes out with what was expected."""
    decision = decided(state, command)
    (outcome,) = decision.outcomes
    if then.code is not None:
        assert isinstance(outcome, Refusal), f"accepted: {outcome}"
        assert outcome.code is then.code
        assert then.facts.items() <= outcome.facts.items()
        assert outcome.detail.endswith(".") or outcome.code is Code.MALFORMED_REQUEST
        assert not decision.created
        if not then.entries:
            assert decision == Decision([outcome], [], [], frozenset(), []), "wrote something"
    else:
        assert isinstance(outcome, Accepted), f"refused: {outcome}"
        assert outcome.changed is then.changed
        _check_subject(outcome, then)
        if not then.changed:
            assert decision == Decision([outcome], [], [], frozenset(), []), "wrote something"
    _check_entries(state, command, decision, then)
    _check_written(state, command, decision, then)


def _check_subject(outcome: Accepted, then: Then) -> None:
    subject = outcome.subject
    if then.status is None:
        assert isinstance(subject, Offering)
        return
    assert isinstance(subject, Reservation)
    assert subject.status is then.status
    alive = then.status in {Status.HELD, Status.CONFIRMED}
    for line in subject.lines:
        units = line.quantity if alive else 0
        if then.claims is not None:
            units = then.claims.get(line.offering, 0)
        claim = (units, 0) if then.status is Status.HELD else (0, units)
        assert (line.held, line.confirmed) == claim, line.offering


def _check_entries(state: State, command: Command, decision: Decision, then: Then) -> None:
    own = getattr(command, "reservation", None)
    counts = {o.id: [o.seq, o.capacity, o.held, o.confirmed] for o in state.offerings.values()}
    expected = []
    for e in then.entries:
        after = counts[e.offering]
        for place, delta in enumerate((1, e.capacity, e.held, e.confirmed)):
            after[place] += delta
        seq, *left = after
        actor = CLOCK if e.kind is Kind.EXPIRED else command.actor.label
        about = (e.offering, seq, e.kind, e.of or own)
        expected.append((*about, e.capacity, e.held, e.confirmed, *left, actor))
    assert [entry[:11] for entry in decision.entries] == expected


def _check_written(state: State, command: Command, decision: Decision, then: Then) -> None:
    """Exactly what has entries is written, and it is what the entries and the answer say."""
    last = {entry.offering: entry for entry in decision.entries}
    offerings = {o.id: o for o in decision.offerings}
    assert len(offerings) == len(decision.offerings) and offerings.keys() == last.keys()
    for o in offerings.values():
        entry = last[o.id]
        assert (o.seq, o.capacity, o.held, o.confirmed) == (
            entry.seq,
            entry.capacity,
            entry.held,
            entry.confirmed,
        )
        assert o.terms == state.offerings[o.id].terms
    if then.changed:
        left = {o.id: (o.capacity, o.held, o.confirmed) for o in offerings.values()}
        assert left == then.left
    reservations = {r.id: r for r in decision.reservations}
    assert len(reservations) == len(decision.reservations)
    assert reservations.keys() == {e.reservation for e in decision.entries} - {None}
    assert decision.created == ({command.reservation} if isinstance(command, Hold) else set()) & (
        reservations.keys()
    )
    (outcome,) = decision.outcomes
    if isinstance(outcome, Accepted) and outcome.changed:
        written = reservations if isinstance(outcome.subject, Reservation) else offerings
        assert written[outcome.subject.id] == outcome.subject
