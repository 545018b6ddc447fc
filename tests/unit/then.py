"""What has to come out of a case, all of it; and what always holds of a decision.

`check` compares everything that is written with what a case expects. `decided` sees, whatever the
case, that deciding is pure and that the parts of a decision agree with each other.
"""

from collections import Counter
from copy import deepcopy
from datetime import datetime
from typing import Any, NamedTuple

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.decide import decide
from firmhold.domain.errors import Code, Refusal
from firmhold.domain.model import Kind, Offering, Reservation, Status, Wait, WaitlistEntry
from firmhold.domain.state import Accepted, Decision, State
from tests.unit.build import CLOCK, NOW, WAITLIST, loans_of


class Wrote(NamedTuple):
    """An expected ledger entry. What it leaves and its number are worked out by `check`."""

    offering: str
    kind: Kind
    held: int
    confirmed: int
    capacity: int
    of: str | None
    by: str | None


def wrote(
    offering: str,
    kind: Kind,
    *,
    held: int = 0,
    confirmed: int = 0,
    capacity: int = 0,
    of: str | None = None,
    by: str | None = None,
) -> Wrote:
    """`of` names the reservation and `by` the actor, where they are not the command's."""
    return Wrote(offering, kind, held, confirmed, capacity, of, by)


def joined(offering: str = "tent") -> Wrote:
    """Somebody stands in the line."""
    return wrote(offering, Kind.WAITLISTED)


def unlisted(offering: str = "tent", of: str | None = None, by: str | None = None) -> Wrote:
    """Somebody's waiting has come to its end; `of` names the offer it had led to."""
    return wrote(offering, Kind.UNLISTED, of=of, by=by)


def offered(to: str, units: int, offering: str = "tent") -> Wrote:
    """Units are held for somebody in the line."""
    return wrote(offering, Kind.HELD, held=units, of=f"offer:{to}", by=WAITLIST)


class Then(NamedTuple):
    """What has to come out of a case, all of it."""

    code: Code | None
    facts: dict[str, Any]
    status: Status | Wait | None
    changed: bool
    entries: tuple[Wrote, ...]
    left: dict[str, tuple[int, int, int]]
    claims: dict[str, int] | None
    waits: dict[str, Wait]


def accepted(
    status: Status | Wait | None,
    *entries: Wrote,
    claims: dict[str, int] | None = None,
    waits: dict[str, Wait] | None = None,
    **left: tuple[int, int, int],
) -> Then:
    """Accepted, with these entries, leaving these counts (capacity, held, confirmed).

    `claims` are the units the reservation has afterwards, where they are not those it asked for
    (while it lives) or none (once it has ended). `waits` is what has become of waitlist entries.
    """
    return Then(None, {}, status, True, entries, left, claims, waits or {})


def unchanged(
    status: Status | Wait | None,
    *entries: Wrote,
    claims: dict[str, int] | None = None,
    waits: dict[str, Wait] | None = None,
) -> Then:
    """Accepted as a repeat of itself: the answer is there. Nothing is written but `entries` and
    `waits`, which are time's doing."""
    return Then(None, {}, status, False, entries, {}, claims, waits or {})


def refused(
    code: Code, *entries: Wrote, waits: dict[str, Wait] | None = None, **facts: Any
) -> Then:
    """Refused. Nothing is written but `entries` and `waits`, which are time's doing."""
    return Then(code, facts, None, False, entries, {}, None, waits or {})


def case(sentence: str, state: State, command: Command, then: Then, **more: Any) -> Any:
    return pytest.param(state, command, then, id=sentence.replace(" ", "-"), **more)


TABLE = ("state", "command", "then")
OPEN = {Wait.WAITING, Wait.OFFERED}


# --- check ----------------------------------------------------------------------------------------


def check(state: State, command: Command, then: Then) -> None:
    """Decide the one command and compare everything that comes out with what was expected."""
    decision = decided(state, command)
    (outcome,) = decision.outcomes
    if then.code is not None:
        assert isinstance(outcome, Refusal), f"accepted: {outcome}"
        assert outcome.code is then.code, outcome
        assert then.facts.items() <= outcome.facts.items()
        assert outcome.detail.endswith(".") or outcome.code is Code.MALFORMED_REQUEST
        if not then.entries:
            assert wrote_nothing(decision), "wrote something"
    else:
        assert isinstance(outcome, Accepted), f"refused: {outcome}"
        assert outcome.changed is then.changed
        _check_subject(outcome, then)
        if not then.changed and not then.entries:
            assert wrote_nothing(decision), "wrote something"
    _check_entries(state, command, decision, then)
    _check_written(decision, then)


def wrote_nothing(decision: Decision) -> bool:
    """Whether there is nothing to write, for anyone."""
    return not any(decision[1:])


def _check_subject(outcome: Accepted, then: Then) -> None:
    subject = outcome.subject
    if then.status is None:
        assert isinstance(subject, Offering)
        return
    assert isinstance(subject, Reservation | WaitlistEntry)
    assert subject.status is then.status
    if isinstance(subject, WaitlistEntry):
        return
    over = then.status in {Status.RELEASED, Status.EXPIRED, Status.CANCELLED}
    for line in subject.lines:
        units = 0 if over else line.quantity
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
        actor = e.by or (CLOCK if e.kind is Kind.EXPIRED else command.actor.label)
        about = (e.offering, seq, e.kind, e.of or own)
        expected.append((*about, e.capacity, e.held, e.confirmed, *left, actor))
    assert [entry[:11] for entry in decision.entries] == expected
    _check_notes(state, command, decision)


_OF_NO_HOLD = {Kind.REACQUIRED, Kind.FULFILLED, Kind.NO_SHOW, Kind.WAITLISTED, Kind.UNLISTED}
_FOR_A_REASON = {Kind.CANCELLED, Kind.RELEASED, Kind.CAPACITY_SET, Kind.CAPACITY_ADJUSTED}


def _check_notes(state: State, command: Command, decision: Decision) -> None:
    """What an entry says beside the units: the hold's end as it is then, and the reason."""
    reservations = {**state.reservations, **{r.id: r for r in decision.reservations}}
    entries = {entry.reservation: entry for entry in decision.waitlist if entry.ended_at}
    for e in decision.entries:
        r = reservations.get(e.reservation or "")
        confirmed = e.kind is Kind.MOVED and r is not None and r.status is not Status.HELD
        ends = None if r is None or confirmed or e.kind in _OF_NO_HOLD else r.expires_at
        assert e.hold_expires_at == ends, e
        reason = None
        if e.kind in _FOR_A_REASON:
            reason = getattr(command, "reason", None)
        elif e.kind is Kind.UNLISTED:
            reason = entries[e.reservation].status.value
        assert e.reason == reason, e


def _check_written(decision: Decision, then: Then) -> None:
    """What is written is what was expected, and what the answer says."""
    assert {entry.id: entry.status for entry in decision.waitlist} == then.waits
    if then.changed:
        left = {o.id: (o.capacity, o.held, o.confirmed) for o in decision.offerings}
        assert left == then.left
    (outcome,) = decision.outcomes
    if isinstance(outcome, Accepted) and outcome.changed:
        written = (*decision.offerings, *decision.reservations, *decision.waitlist)
        assert outcome.subject in written


# --- what always holds ----------------------------------------------------------------------------


def decided(state: State, *commands: Command, now: datetime = NOW) -> Decision:
    """Decide, and see that deciding is pure: nothing given is changed, twice is the same."""
    before = deepcopy((state, commands))
    decision = decide(state, commands, now)
    assert (state, commands) == before, "decide changed its arguments"
    assert decide(state, commands, now) == decision, "decide depends on more than its arguments"
    assert (state, commands) == before, "a decision shares something with its arguments"
    _entries_and_offerings_agree(state, decision)
    _reservations_and_units_agree(state, decision)
    _pools_and_reservations_agree(state, decision)
    _waitlists_and_offerings_agree(state, decision)
    return decision


def _entries_and_offerings_agree(state: State, decision: Decision) -> None:
    """Exactly what has entries is written, as its last entry says."""
    last = {entry.offering: entry for entry in decision.entries}
    offerings = {o.id: o for o in decision.offerings}
    assert len(offerings) == len(decision.offerings) and offerings.keys() == last.keys()
    for o in offerings.values():
        entry, was = last[o.id], state.offerings[o.id]
        now = (o.seq, o.capacity, o.held, o.confirmed)
        assert now == (entry.seq, entry.capacity, entry.held, entry.confirmed)
        fixed = o._replace(
            capacity=was.capacity,
            held=was.held,
            confirmed=was.confirmed,
            seq=was.seq,
            drain_to=was.drain_to,
            waiting=was.waiting,
        )
        assert fixed == was


def _reservations_and_units_agree(state: State, decision: Decision) -> None:
    """Whatever has entries is written; created, changed and moved are what they say; the counters
    change by what reservations have more or less."""
    created = {r.id: r for r in decision.created}
    changed = {r.id: r for r in decision.changed}
    assert len(created) == len(decision.created) and len(changed) == len(decision.changed)
    after = {**created, **changed}
    assert after == {r.id: r for r in decision.reservations}
    assert after.keys() == {e.reservation for e in decision.entries} - {None}
    assert created.keys() == after.keys() - state.reservations.keys()
    before = {**state.reservations, **created}
    for r in changed.values():
        assert r != before[r.id] or r.id in decision.moved, "there and back"
        if _lines(r) != _lines(before[r.id]):
            assert r.id in decision.moved
    assert decision.moved <= changed.keys()
    delta: Counter[tuple[str, str]] = Counter()
    for sign, some in ((-1, state.reservations), (+1, {**state.reservations, **after})):
        for r in some.values():
            for line in r.lines:
                delta[line.offering, "held"] += sign * line.held
                delta[line.offering, "confirmed"] += sign * line.confirmed
    for o in decision.offerings:
        was = state.offerings[o.id]
        assert o.held - was.held == delta[o.id, "held"]
        assert o.confirmed - was.confirmed == delta[o.id, "confirmed"]


def _lines(r: Reservation) -> list[tuple[str, int]]:
    return [(line.offering, line.quantity) for line in r.lines]


def _pools_and_reservations_agree(state: State, decision: Decision) -> None:
    """What is lent after the decision is what the reservations require that live then."""
    reservations = dict(state.reservations) | {r.id: r for r in decision.reservations}
    before, written = (
        {(loan.pool, loan.slot): loan for loan in loans} for loans in (state.loans, decision.loans)
    )
    assert len(written) == len(decision.loans)
    for key, loan in written.items():
        assert loan != before.get(key, loan._replace(units=0)), "there and back"
    own = {
        loan for loan in (before | written).values() if loan.units and loan.slot in state.offerings
    }
    required = loans_of(reservations.values(), state.offerings, state.pools)
    assert {(loan.pool, loan.slot) for loan in own} == {(r.pool, r.slot) for r in required}
    for needed in required:
        (has,) = (loan for loan in own if loan[:2] == needed[:2])
        # What is first taken of a pool when the slot has begun is taken from then on.
        assert needed.starts_at <= has.starts_at <= max(needed.starts_at, NOW)
        assert has == needed._replace(starts_at=has.starts_at)


def _waitlists_and_offerings_agree(state: State, decision: Decision) -> None:
    """Who waits or has an offer is counted; an offer is a hold."""
    entries = {**state.waitlist, **{entry.id: entry for entry in decision.waitlist}}
    reservations = {**state.reservations, **{r.id: r for r in decision.reservations}}
    before, after = (
        Counter(entry.offering for entry in some.values() if entry.status in OPEN)
        for some in (state.waitlist, entries)
    )
    for o in decision.offerings:
        assert o.waiting - state.offerings[o.id].waiting == after[o.id] - before[o.id]
    for entry in entries.values():
        assert (entry.ended_at is None) == (entry.status in OPEN)
        if entry.status is Wait.OFFERED and entry.reservation in reservations:
            held = reservations[entry.reservation]
            assert held.status is Status.HELD and held.customer == entry.customer
            assert any(line.offering == entry.offering and line.held for line in held.lines)
