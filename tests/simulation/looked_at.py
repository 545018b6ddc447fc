"""The statements as they were when their functions were last looked at. Where a statement has been
changed, see whether its function still does what it does, and enter what the test tells."""

from __future__ import annotations

from hashlib import blake2b

LOOKED_AT = {
    "answers.find_answer": "9baf1a80",
    "batch.find_entry": "f3247c84",
    "batch.find_unlocked": "14686a47",
    "batch.load_batch": "a5f420e6",
    "batch.load_live_holds": "78b9afd1",
    "batch.load_usage": "b3d7e022",
    "batch.lock_customers": "78ea8d66",
    "batch.lock_offerings": "228ce34a",
    "batch.update_reservations": "baffb817",
    "batch.write_batch": "c1861ea4",
    "lending.enter_lines": "d8f6dc07",
    "lending.leave_lines": "dc09f049",
    "lending.lend": "196db0ba",
    "lending.load_slots": "0a9b1134",
    "lending.load_visits": "c46075b1",
    "lending.loans_around": "ae8f7c86",
    "lending.lock_pools": "19fdae6d",
    "lending.return": "36f2f3a2",
    "lending.waited_for_around": "05055c59",
    "lookup.offerings_of_entries": "b3ef114c",
    "lookup.offerings_of_reservations": "f826ea44",
    "waitlist.find_offers": "7a189ecd",
    "waitlist.load_waitlist": "9bd21664",
    "waitlist.write_waitlist": "5540248f",
    "workers.due_reservations": "e4b1c96f",
    "workers.seconds_to_next_expiry": "17a05fb1",
    "workers.waited_for": "1ab708e8",
}
"""Digests by name."""


def digest(text: str) -> str:
    """Of a statement, however it is broken into lines."""
    return blake2b(" ".join(text.split()).encode(), digest_size=4).hexdigest()
