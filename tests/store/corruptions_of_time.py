"""Everything that can be wrong with slots, pools and waitlists, one way at a time; and with the
books of what was moved, given back in part, or checked in."""

from __future__ import annotations

from tests.store import theatre as t
from tests.store.corruptions import Corruption, again, itself, row


def of_slot(slot: str, pool: str) -> str:
    """How what a slot requires or has from a pool is picked."""
    return f"slot_id = '{slot[-32:]}' AND pool_id = '{pool[-32:]}'"


CORRUPTIONS_OF_TIME = [
    Corruption(
        "offering_has_slot",
        "the slot is lost",
        f"DELETE FROM slot WHERE {itself(t.FULL)}",
        (t.FULL, "offering without slot"),
    ),
    Corruption(
        "offering_has_slot",
        "the offering of a slot is lost",
        f"DELETE FROM offering WHERE {itself(t.FULL)}",
        ("slot without offering",),
    ),
    Corruption(
        "offering_has_slot",
        "a slot without a time",
        f"UPDATE offering SET starts_at = NULL WHERE {itself(t.FULL)}",
        (t.FULL, "slot without time or place"),
    ),
    Corruption(
        "offering_has_slot",
        "a slot that is over before it begins",
        f"UPDATE offering SET starts_at = ends_at WHERE {itself(t.FULL)}",
        (t.FULL, "ends before it begins"),
    ),
    Corruption(
        "withdrawn_is_closed",
        "a withdrawn slot can be booked",
        f"UPDATE offering SET open = true WHERE {itself(t.GIVEN_UP)}",
        (t.GIVEN_UP, "open: True"),
    ),
    Corruption(
        "withdrawn_is_closed",
        "a reserved slot was withdrawn",
        f"UPDATE slot SET withdrawn_at = now() WHERE {itself(t.OPERATION)}",
        (t.OPERATION, "2 confirmed"),
    ),
    Corruption(
        "pools_within_units",
        "two slots share the last kit",
        f"UPDATE pool SET units = 3 WHERE {itself(t.KIT)}",
        (t.KIT, "3 units", "lends 4"),
    ),
    Corruption(
        "pools_within_units",
        "a room is lent by two slots at once",
        f"""INSERT INTO loan SELECT organization_id, '{t.THEATRE[-32:]}', '{t.NEXT_DOOR[-32:]}',
            1, during, true FROM loan WHERE {of_slot(t.OPERATION, t.THEATRE)}""",
        (t.THEATRE, "1 units", "lends 2"),
    ),
    Corruption(
        "exclusive_never_twice",
        "a room was in two places, and nobody said that it is exclusive",
        f"""INSERT INTO loan SELECT organization_id, '{t.THEATRE[-32:]}', '{t.NEXT_DOOR[-32:]}',
            1, during, false FROM loan WHERE {of_slot(t.OPERATION, t.THEATRE)}""",
        (t.THEATRE,),
    ),
    Corruption(
        "loans_equal_requirements",
        "a slot without its room",
        f"DELETE FROM loan WHERE {of_slot(t.OPERATION, t.THEATRE)}",
        (t.OPERATION, t.THEATRE, "requires 1 units", "has 0"),
    ),
    Corruption(
        "loans_equal_requirements",
        "a confirmed reservation without its kit",
        f"UPDATE loan SET units = 1 WHERE {of_slot(t.OPERATION, t.KIT)}",
        (t.OPERATION, t.KIT, "requires 2 units", "has 1"),
    ),
    Corruption(
        "loans_equal_requirements",
        "a hold that has moved has its kit still",
        f"UPDATE loan SET units = 3 WHERE {of_slot(t.OPERATION, t.KIT)}",
        (t.OPERATION, t.KIT, "requires 2", "has 3"),
    ),
    Corruption(
        "loans_equal_requirements",
        "a withdrawn slot has its room still",
        f"""INSERT INTO loan SELECT organization_id, '{t.THEATRE[-32:]}', id, 1,
            tstzrange(starts_at, ends_at), true FROM offering WHERE {itself(t.GIVEN_UP)}""",
        (t.GIVEN_UP, t.THEATRE, "requires 0", "has 1"),
    ),
    Corruption(
        "loans_equal_requirements",
        "two reservations of a slot without any kit",
        f"DELETE FROM loan WHERE {of_slot(t.OPERATION, t.KIT)}",
        (t.OPERATION, t.KIT, "requires 2", "has 0"),
    ),
    Corruption(
        "loans_cover_slots",
        "a kit at another time",
        f"UPDATE loan SET during = tstzrange(lower(during) - interval '1 d', "
        f"upper(during) - interval '1 d') WHERE {of_slot(t.OPERATION, t.KIT)}",
        (t.OPERATION, t.KIT),
    ),
    Corruption(
        "lending_is_known",
        "nobody looks for the kit",
        f"UPDATE offering SET lends = false WHERE {itself(t.OPERATION)}",
        (t.OPERATION, "1 requirements", "lends: False"),
    ),
    Corruption(
        "waiting_equals_entries",
        "somebody is not waited for",
        f"UPDATE offering SET waiting = waiting - 1 WHERE {itself(t.FULL)}",
        (t.FULL, "counts 1", "there are 2"),
    ),
    Corruption(
        "places_equal_ledger",
        "somebody jumped the queue",
        f"UPDATE waitlist_entry SET place = 1 WHERE {itself(t.WAITS)}",
        (t.FULL, t.WAITS, "place 1", "created"),
    ),
    Corruption(
        "places_equal_ledger",
        "somebody waits beyond the end",
        f"UPDATE waitlist_entry SET place = 1000 WHERE {itself(t.WAITS)}",
        (t.WAITS, "nothing"),
    ),
    Corruption(
        "joined_and_left",
        "somebody's place is lost",
        f"DELETE FROM waitlist_entry WHERE {itself(t.WITHDRAWN)}",
        (t.FULL, "5 have joined", "says 6"),
    ),
    Corruption(
        "joined_and_left",
        "two in one place",
        f"UPDATE waitlist_entry SET place = (SELECT place FROM waitlist_entry "
        f"WHERE {itself(t.OFFERED)}) WHERE {itself(t.WAITS)}",
        (t.FULL, "in 5 places"),
    ),
    Corruption(
        "joined_and_left",
        "somebody waits who has left",
        f"UPDATE waitlist_entry SET ended_at = NULL WHERE {itself(t.WITHDRAWN)}",
        (t.FULL, "3 have left", "and 4"),
    ),
    Corruption(
        "offers_have_reservations",
        "an offer of nothing",
        f"UPDATE waitlist_entry SET reservation_id = NULL WHERE {itself(t.OFFERED)}",
        (t.FULL, t.OFFERED, "offered", "missing"),
    ),
    Corruption(
        "offers_have_reservations",
        "an offer that was sniped",
        f"UPDATE waitlist_entry SET reservation_id = '{t.MOVED[-32:]}' WHERE {itself(t.OFFERED)}",
        (t.OFFERED, t.MOVED),
    ),
    Corruption(
        "offers_have_reservations",
        "an offer that lapsed and is held still",
        f"UPDATE waitlist_entry SET status = 'lapsed' WHERE {itself(t.OFFERED)}",
        (t.OFFERED, "lapsed", "held with 1 held"),
    ),
    Corruption(
        "offers_have_reservations",
        "accepted and never confirmed",
        f"UPDATE waitlist_entry SET status = 'accepted' WHERE {itself(t.LAPSED)}",
        (t.LAPSED, "accepted", "expired"),
    ),
    # What moving, giving back in part and checking in have added to the ledger.
    Corruption(
        "entries_have_lines",
        "moved away with its unit",
        "UPDATE ledger SET held_delta = 0 WHERE kind = 'moved' AND held_delta < 0 AND "
        f"{row(t.OPERATION)} AND {row(t.MOVED)}",
        (t.OPERATION, t.MOVED, "1 held"),
    ),
    Corruption(
        "kinds_fit_changes",
        "checking in gave a unit back",
        f"UPDATE ledger SET confirmed_delta = -1 WHERE kind = 'fulfilled' AND {row(t.CAME)}",
        (t.OPERATION, t.CAME, "kind fulfilled", "confirmed by -1"),
    ),
    Corruption(
        "kinds_fit_changes",
        "moving confirmed a hold",
        f"UPDATE ledger SET confirmed_delta = 1 WHERE kind = 'moved' AND {row(t.NEXT_DOOR)}",
        (t.NEXT_DOOR, t.MOVED, "kind moved"),
    ),
    Corruption(
        "taken_once",
        "moved there twice",
        f"UPDATE reservation_line SET quantity = 4, held = 4 WHERE {row(t.MOVED)}",
        (t.MOVED, t.NEXT_DOOR, "once for 4 units", "2 units in 0 entries"),
    ),
    Corruption(
        "left_held_once",
        "moved away twice",
        again("expired", "moved", f"{row(t.OPERATION)} AND {row(t.MOVED)}"),
        (t.OPERATION, t.MOVED, "2 times", "moved, expired"),
    ),
    Corruption(
        "given_back_once",
        "a part came back twice",
        again("cancelled", "cancelled", row(t.HOLDS_ALL)),
        (t.FULL, t.HOLDS_ALL, "cancelled 4 times"),
    ),
    Corruption(
        "status_equals_ledger",
        "came after all, but nobody said so",
        f"UPDATE reservation SET status = 'fulfilled' WHERE {itself(t.ABSENT)}",
        (t.ABSENT, "is fulfilled", "says no_show"),
    ),
    Corruption(
        "status_equals_ledger",
        "partly released and gone",
        f"UPDATE reservation SET status = 'released' WHERE {itself(t.LEFT_PART)}",
        (t.LEFT_PART, "is released", "says held"),
    ),
    Corruption(
        "times_equal_ledger",
        "moved to a hold that never ends",
        f"UPDATE reservation SET expires_at = expires_at + interval '1 h' WHERE {itself(t.MOVED)}",
        (t.MOVED,),
    ),
    Corruption(
        "times_equal_ledger",
        "checked in at another time",
        f"UPDATE reservation SET ended_at = ended_at + interval '1 us' WHERE {itself(t.CAME)}",
        (t.CAME,),
    ),
    Corruption(
        "line_units_fit_status",
        "used and still held",
        f"UPDATE reservation_line SET held = 1 WHERE {row(t.CAME)}",
        (t.CAME, "fulfilled", "1 held"),
    ),
    Corruption(
        "answers_have_subjects",
        "an answer about nobody's place",
        f"UPDATE idempotency SET subject = '{'e' * 32}' WHERE subject = '{t.WAITS[-32:]}'",
        ("e" * 32, "created at none"),
    ),
]
