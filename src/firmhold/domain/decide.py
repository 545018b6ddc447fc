"""`decide`: every rule of a reservation's life, as one pure function.

Given the locked state, commands in their order of arrival and the database's time, it answers
each command and says what has to be written. It never fails one command because of another,
never reads a clock and never changes its arguments; deciding twice gives the same answer twice.

For every command the checks are made in the order of `errors.Code`; whether a reservation exists
comes before whether it may be touched. A command that finds its effect already there is a repeat
of itself and gets the reservation, not a refusal.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from firmhold.domain.attending import check_in
from firmhold.domain.commands import (
    AdjustCapacity,
    Cancel,
    CheckIn,
    Command,
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
from firmhold.domain.confirming import confirm
from firmhold.domain.desk import Desk
from firmhold.domain.errors import Refusal
from firmhold.domain.holding import hold
from firmhold.domain.leaving import cancel, cancellable_until, expire, extend, release
from firmhold.domain.model import Reservation
from firmhold.domain.moving import move
from firmhold.domain.state import Decision, Outcome, State
from firmhold.domain.stock import adjust_capacity, set_capacity
from firmhold.domain.waiting import join, leave, reconsider, serve_all


def decide(state: State, commands: Sequence[Command], now: datetime) -> Decision:
    """Expire what is due, let those who wait have their turn, then carry out `commands` one after
    the other, all at `now`.

    A partial state decides no command: it only records what has ended. Raises `MoreWaiting` if a
    waitlist has to be known further than it is.
    """
    desk = Desk(state, now)
    desk.expire_due()
    outcomes: list[Outcome] = []
    if not state.partial:
        has_slots = any(offering.slot is not None for offering in state.offerings.values())
        if desk.line.queues:
            serve_all(desk)
        for command in commands:
            outcome = _RULES[type(command)](desk, command)
            outcomes.append(_with_cut_off(desk, outcome) if has_slots else outcome)
            if desk.line.queues:
                serve_all(desk)
    return Decision(
        outcomes,
        [counts.result() for counts in desk.counts.values() if counts.changed],
        list(desk.created.values()),
        list(desk.touched.values()),
        frozenset(desk.moved),
        desk.entries,
        desk.lending.changed,
        list(desk.line.touched.values()),
    )


def _with_cut_off(desk: Desk, outcome: Outcome) -> Outcome:
    """Whoever books is told until when they can think better of it."""
    if isinstance(outcome, Refusal) or not isinstance(outcome.subject, Reservation):
        return outcome
    until = cancellable_until(outcome.subject, desk.cancellable_until)
    return outcome._replace(cancellable_until=until)


_RULES: dict[type, Callable[[Desk, Any], Outcome]] = {
    Hold: hold,
    Confirm: confirm,
    Extend: extend,
    Release: release,
    Cancel: cancel,
    Expire: expire,
    SetCapacity: set_capacity,
    AdjustCapacity: adjust_capacity,
    Move: move,
    CheckIn: check_in,
    Join: join,
    Leave: leave,
    Reconsider: reconsider,
}
