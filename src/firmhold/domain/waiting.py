"""Rules of the waitlist: joining, leaving, and whose turn it is.

Units that are free and fit someone who waits are held for the first such entry before anyone else
is looked at. So after every command nobody waits for units that are free, and a walk-in can only
get what fits nobody in the line.
"""

from datetime import timedelta

from firmhold.domain.admission import Wanted, is_over, refuse_limits, refuse_terms, refuse_time
from firmhold.domain.commands import Asked, Hold, Join, Leave, Reconsider, Release
from firmhold.domain.desk import Desk
from firmhold.domain.errors import Code, Refusal, malformed, refuse
from firmhold.domain.holding import claim, refuse_customer, refuse_live_hold, refuse_units
from firmhold.domain.leaving import release
from firmhold.domain.line import MoreWaiting
from firmhold.domain.model import MAX_QUANTITY, Actor, Wait, WaitlistEntry
from firmhold.domain.state import Accepted, Outcome, Standing

WAITLIST = Actor("system:waitlist")
"""Whose doing an offer is."""


def join(desk: Desk, command: Join) -> Outcome:
    """Stand at the end of the line; or have the units held at once, if they are free."""
    if refusal := refuse_customer(command.actor, command.customer):
        return refusal
    if not 1 <= command.quantity <= MAX_QUANTITY:
        return malformed("quantity", f"1 to {MAX_QUANTITY:,}, not {command.quantity}")
    counts = desk.counts.get(command.offering)
    if counts is None:
        return refuse(Code.NOT_FOUND, "There is no such offering.", offering=command.offering)
    same = desk.line.own(command.customer, command.offering)
    if same is not None and same.quantity == command.quantity:
        return _told(desk, same, changed=False)
    wanted = [Wanted(0, counts, command.quantity)]
    # As a customer, for that is as whom they are served.
    who = desk.claimant(command.customer, WAITLIST)
    if refusal := refuse_terms(wanted, who, desk.now):
        return refusal
    if command.quantity > counts.capacity:
        return refuse(
            Code.INSUFFICIENT_CAPACITY,
            f"{command.quantity} requested, and there are never more than {counts.capacity}.",
            offering=command.offering,
            requested=command.quantity,
            available=counts.available,
            capacity=counts.capacity,
        )
    if same is not None:
        return refuse(
            Code.ALREADY_EXISTS,
            f"This customer waits for {same.quantity} already.",
            waitlist_entry=same.id,
            quantity=same.quantity,
        )
    entry = WaitlistEntry(
        command.entry,
        command.offering,
        command.customer,
        command.actor.label,
        command.quantity,
        0,
        Wait.WAITING,
        desk.now,
    )
    desk.line.join(entry, command.offer, command.actor.label)
    serve(desk, command.offering)
    return _told(desk, desk.line.entries[command.entry])


def _told(desk: Desk, entry: WaitlistEntry, *, changed: bool = True) -> Accepted:
    """The entry, with what there is to be said about its turn."""
    refusal = refuse_turn(desk, entry) if entry.status is Wait.WAITING else None
    offer = None if entry.reservation is None else desk.reservations.get(entry.reservation)
    ends = None if offer is None else offer.expires_at
    return Accepted(entry, changed, Standing(desk.line.position(entry), refusal, ends))


def refuse_turn(desk: Desk, entry: WaitlistEntry) -> Refusal | None:
    """Why someone who waits is not served yet, or `None` if nothing is in the way."""
    wanted = [Wanted(0, desk.counts[entry.offering], entry.quantity)]
    who = desk.claimant(entry.customer, WAITLIST)
    return (
        refuse_time(wanted, who, desk.now)
        or refuse_limits(wanted, who)
        or refuse_live_hold(desk, entry.customer)
        or refuse_units(desk, wanted)
    )


def leave(desk: Desk, command: Leave) -> Outcome:
    """Give up the place; an offer that it has led to is declined, and falls to the next."""
    entry, actor = desk.line.entries.get(command.entry), command.actor
    if entry is None:
        return refuse(Code.NOT_FOUND, "There is no such waitlist entry.", entry=command.entry)
    if not actor.operator and entry.customer != actor.customer:
        return refuse(Code.FORBIDDEN, "This waitlist entry belongs to another customer.")
    match entry.status:
        case Wait.WAITING:
            return _told(desk, desk.line.end(entry, Wait.WITHDRAWN, actor.label, desk.now))
        case Wait.OFFERED:
            _decline(desk, entry, actor)
            return _told(desk, desk.line.entries[entry.id])
        case Wait.ACCEPTED:
            return refuse(
                Code.ALREADY_CONFIRMED,
                "The offer has been taken; cancel the reservation instead.",
                reservation=entry.reservation,
            )
    return _told(desk, entry, changed=False)


def _decline(desk: Desk, entry: WaitlistEntry, actor: Actor) -> None:
    """Give back what was offered, and not what the customer has added to it since."""
    assert entry.reservation is not None
    lines = desk.reservations[entry.reservation].lines
    offered = tuple(
        Asked(line.offering, line.held) for line in lines if line.offering == entry.offering
    )
    outcome = release(desk, Release(entry.reservation, actor, offered))
    assert isinstance(outcome, Accepted), "an offer can always be declined"


def reconsider(desk: Desk, command: Reconsider) -> Outcome:
    """Everyone's turn has been looked at before the first command; nothing is left to do."""
    counts = desk.counts.get(command.offering)
    if counts is None:
        return refuse(Code.NOT_FOUND, "There is no such offering.", offering=command.offering)
    return Accepted(counts.result(), changed=False)


def serve_all(desk: Desk) -> None:
    """Let everyone have their turn for whom there is enough by now."""
    for offering, queue in desk.line.queues.items():
        if queue or not desk.line.is_whole(offering, desk.counts[offering].capacity):
            serve(desk, offering)


def serve(desk: Desk, offering: str) -> None:
    """Go through one line in its order, hold units for whoever fits, and see off those for whom
    it is too late. Raises `MoreWaiting` if someone further behind might fit as well."""
    line = desk.line
    # What is free, allowed or in the way changes only with an entry in some ledger.
    if line.seen.get(offering) == len(desk.entries):
        return
    if offering not in line.seen:
        _look_at_the_time(desk, offering)
    counts = desk.counts[offering]
    if offering not in line.shut and counts.available >= counts.offering.terms.min_quantity:
        _serve_those_who_fit(desk, offering)
    line.seen[offering] = len(desk.entries)


def _look_at_the_time(desk: Desk, offering: str) -> None:
    """Once for all, for time stands still while a batch is decided."""
    line, who = desk.line, desk.claimant(None, WAITLIST)
    want = Wanted(0, desk.counts[offering], 1)
    if refuse_time([want], who, desk.now) is None:
        return
    line.shut.add(offering)
    if is_over(want, who, desk.now):
        for id in list(line.queues[offering]):
            line.end(line.entries[id], Wait.CLOSED, WAITLIST.label, desk.now)


def _serve_those_who_fit(desk: Desk, offering: str) -> None:
    line, counts = desk.line, desk.counts[offering]
    for id in list(line.queues[offering]):
        entry = line.entries[id]
        # Asked first, because most often it is the answer, and long lines are gone through a lot.
        if entry.quantity > counts.available:
            continue
        wanted = [Wanted(0, counts, entry.quantity)]
        refusal = (
            refuse_limits(wanted, desk.claimant(entry.customer, WAITLIST))
            or refuse_live_hold(desk, entry.customer)
            or refuse_units(desk, wanted)
        )
        if refusal is None:
            _offer(desk, entry, wanted)
        if counts.available == 0:
            return
    if not line.is_whole(offering, counts.available):
        raise MoreWaiting(offering, counts.available)


def _offer(desk: Desk, entry: WaitlistEntry, wanted: list[Wanted]) -> None:
    """Hold the units for this entry. The offer's time cannot be extended: others wait."""
    reservation = desk.line.offers[entry.id]
    until = desk.now + timedelta(seconds=desk.policy.offer_ttl_seconds)
    hold = Hold(reservation, WAITLIST, entry.customer, (Asked(entry.offering, entry.quantity),))
    desk.place(claim(desk, hold, wanted, until, until))
    desk.line.offer(entry, reservation, desk.now)
