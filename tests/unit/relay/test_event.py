"""One event for each thing that happened, the same one whoever makes it."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from firmhold.domain.model import Kind
from firmhold.relay.change import Change, Entry, changes_of, in_order
from firmhold.relay.event import TYPES, events_of

AT = datetime(2026, 7, 1, tzinfo=UTC)


def entry(
    offering: str, seq: int, kind: str, reservation: str | None = None, xid: int = 5
) -> Entry:
    return Entry(
        xid, "org_1", offering, None, seq, kind, reservation, 0, 0, 0, 9, 2, 3, AT, "x", None, None
    )


def change(*entries: Entry) -> Change:
    return Change(5, entries)


def test_a_reservation_of_two_lines_is_one_event() -> None:
    held = [entry("item_a", 4, "held", "rsv_1"), entry("slot_b", 9, "held", "rsv_1")]
    (event,) = events_of(change(*held))
    assert (event.type, event.subject, event.entries) == ("reservation.held", "rsv_1", tuple(held))


def test_what_befell_a_reservation_in_one_transaction_is_told_as_it_happened() -> None:
    """It is held on a and b, moved from b to c, and confirmed."""
    entries = [
        entry("item_a", 1, "held", "rsv_1"),
        entry("item_a", 2, "confirmed", "rsv_1"),
        entry("item_b", 7, "held", "rsv_1"),
        entry("item_b", 8, "moved", "rsv_1"),
        entry("item_c", 3, "moved", "rsv_1"),
        entry("item_c", 4, "confirmed", "rsv_1"),
    ]
    told = [(e.type, len(e.entries)) for e in events_of(change(*entries))]
    assert told == [
        ("reservation.held", 2),
        ("reservation.moved", 2),
        ("reservation.confirmed", 2),
    ]


def test_two_of_the_same_kind_are_two_events() -> None:
    entries = [entry("item_a", seq, "extended", "rsv_1") for seq in (3, 4)]
    first, second = events_of(change(*entries))
    assert first.id != second.id
    assert (first.entries[0].seq, second.entries[0].seq) == (3, 4)


def test_who_waits_and_what_becomes_of_an_offering_are_events_of_the_offering() -> None:
    entries = [
        entry("item_a", 1, "created"),
        entry("item_a", 2, "waitlisted"),
        entry("item_a", 3, "capacity_set"),
        entry("item_a", 4, "held", "rsv_1"),
        entry("item_a", 5, "unlisted", "rsv_1"),
    ]
    told = [(e.type, e.subject) for e in events_of(change(*entries))]
    assert told == [
        ("offering.created", "item_a"),
        ("waitlist.joined", "item_a"),
        ("offering.capacity_set", "item_a"),
        ("reservation.held", "rsv_1"),
        ("waitlist.left", "item_a"),
    ]


def test_events_have_the_same_names_whoever_makes_them_and_never_one_of_anothers() -> None:
    entries = [
        entry(f"item_{letter}", seq, kind, "rsv_1", xid=seq)
        for letter in "abc"
        for seq, kind in enumerate(["held", "extended", "extended", "confirmed"], 1)
    ]
    shuffled = random.Random(3).sample(entries, len(entries))
    made = [
        [e.id for c in in_order(changes_of(es)) for e in events_of(c)] for es in (entries, shuffled)
    ]
    assert made[0] == made[1]
    assert len(set(made[0])) == len(made[0]) == 4


def test_every_kind_of_entry_has_a_type_and_every_type_an_entry() -> None:
    made = {events_of(change(entry("item_a", 1, kind, "rsv_1")))[0].type for kind in Kind}
    assert made == set(TYPES)
