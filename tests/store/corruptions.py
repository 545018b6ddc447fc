"""Everything that can be wrong with the books, one way at a time."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from tests.store import books as b

# Nothing may stand in the way of a corruption: what the constraints and triggers prevent, a
# failing disk does not.
UNGUARDED = """
DO $$ DECLARE c record; BEGIN
    FOR c IN SELECT conrelid::regclass AS tab, conname FROM pg_constraint
             WHERE contype IN ('c', 'x') AND conrelid <> 0 AND connamespace = 'public'::regnamespace
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.tab, c.conname); END LOOP;
END $$;
SET session_replication_role = replica;
"""


def row(id: str) -> str:
    """How a row is picked."""
    column = "reservation_id" if id.startswith("rsv") else "offering_id"
    return f"{column} = '{id[-32:]}'"


def itself(id: str) -> str:
    return f"id = '{id[-32:]}'"


def again(kind: str, of: str, where: str, held: str = "held_delta") -> str:
    """One more entry, copied from another with a new number and kind."""
    return f"""
        INSERT INTO ledger SELECT (jsonb_populate_record(l, jsonb_build_object(
            'seq', 1000 + seq, 'kind', '{kind}', 'held_delta', {held}))).*
        FROM ledger AS l WHERE kind = '{of}' AND {where}"""


class Corruption(NamedTuple):
    check: str
    defect: str
    sql: str
    named: tuple[str, ...]
    """What the sentence has to name."""


CORRUPTIONS = [
    Corruption(
        "counters_within_bounds",
        "more out than there are",
        f"UPDATE offering SET capacity = held + confirmed - 1 WHERE {itself(b.MANY)}",
        (b.ORGANIZATION, b.MANY, "capacity of 7", "2 held", "6 confirmed"),
    ),
    Corruption(
        "counters_within_bounds",
        "fewer than none held",
        f"UPDATE offering SET held = -1 WHERE {itself(b.FEW)}",
        (b.FEW, "-1 held"),
    ),
    Corruption(
        "drain_sells_nothing",
        "a unit came back on sale while draining",
        f"UPDATE offering SET capacity = capacity + 1 WHERE {itself(b.DRAINING)}",
        (b.DRAINING, "draining to 2", "capacity of 6", "5 confirmed"),
    ),
    Corruption(
        "entries_within_bounds",
        "oversold for an instant",
        f"UPDATE ledger SET held = capacity + 1 WHERE {row(b.MANY)} AND seq = 3",
        (b.MANY, "entry 3", "41 held"),
    ),
    Corruption(
        "ledger_without_gaps",
        "an entry is lost",
        f"DELETE FROM ledger WHERE kind = 'extended' AND {row(b.MANY)}",
        (b.MANY, "entries"),
    ),
    Corruption(
        "ledger_without_gaps",
        "the newest entry is lost",
        f"UPDATE offering SET seq = seq + 1 WHERE {itself(b.ELSEWHERE)}",
        (b.OTHER, b.ELSEWHERE, "number 3", "2 entries from 1 to 2"),
    ),
    Corruption(
        "ledger_without_gaps",
        "all entries are lost",
        f"DELETE FROM ledger WHERE {row(b.FEW)}",
        (b.FEW, "0 entries"),
    ),
    Corruption(
        "ledger_without_gaps",
        "entries of nothing",
        f"DELETE FROM offering WHERE {itself(b.FEW)}",
        (b.FEW.replace("item", "offering"), "number 0"),
    ),
    Corruption(
        "entries_follow_each_other",
        "an entry was rewritten",
        f"UPDATE ledger SET capacity = capacity + 1 WHERE {row(b.FEW)} AND seq = 4",
        (b.FEW, "entry 4", "capacity 12", "11, "),
    ),
    Corruption(
        "counters_equal_ledger",
        "stock appeared from nowhere",
        f"UPDATE offering SET capacity = capacity + 1 WHERE {itself(b.MANY)}",
        (b.MANY, "capacity 41", "adds up to 40, 2, 6"),
    ),
    Corruption(
        "counters_equal_lines",
        "a cancellation gave back twice",
        f"UPDATE offering SET confirmed = confirmed - 1 WHERE {itself(b.MANY)}",
        (b.MANY, "5 confirmed", "2 and 6"),
    ),
    Corruption(
        "counters_equal_lines",
        "a hold is not counted",
        f"UPDATE offering SET held = 0 WHERE {itself(b.MANY)}",
        (b.MANY, "0 held", "2 and 6"),
    ),
    Corruption(
        "offering_has_item",
        "the item is lost",
        f"DELETE FROM item WHERE {itself(b.FEW)}",
        (b.FEW, "offering without item"),
    ),
    Corruption(
        "offering_has_item",
        "the offering is lost",
        f"DELETE FROM offering WHERE {itself(b.FEW)}",
        ("item without offering",),
    ),
    Corruption(
        "reservation_has_lines",
        "a reservation of nothing",
        f"DELETE FROM reservation_line WHERE {row(b.RELEASED)}",
        (b.RELEASED, "released", "0 lines"),
    ),
    Corruption(
        "lines_repeat_reservation",
        "a line of another status",
        f"UPDATE reservation_line SET status = 'held' WHERE {row(b.PARTLY)}",
        (b.PARTLY, b.MANY, "confirmed", "held"),
    ),
    Corruption(
        "lines_repeat_reservation",
        "a line that ends later",
        f"UPDATE reservation_line SET expires_at = expires_at + interval '1 s' "
        f"WHERE {row(b.HELD)} AND {row(b.FEW)}",
        (b.HELD, b.FEW),
    ),
    Corruption(
        "lines_repeat_reservation",
        "a line of another customer",
        f"UPDATE reservation_line SET customer = 'eve' WHERE {row(b.HELD)}",
        (b.HELD, "ada@example.org", "eve"),
    ),
    Corruption(
        "lines_repeat_reservation",
        "a line of no reservation",
        f"DELETE FROM reservation WHERE {itself(b.HELD)}",
        (b.HELD, "none"),
    ),
    Corruption(
        "line_units_fit_status",
        "an ended line has units",
        f"UPDATE reservation_line SET held = 1 WHERE {row(b.RELEASED)}",
        (b.RELEASED, b.FEW, "released", "1 held"),
    ),
    Corruption(
        "line_units_fit_status",
        "more confirmed than asked for",
        f"UPDATE reservation_line SET confirmed = 6 WHERE {row(b.PARTLY)}",
        (b.PARTLY, "5 units", "6 confirmed"),
    ),
    Corruption(
        "lines_equal_ledger",
        "units moved between lines",
        f"UPDATE reservation_line SET confirmed = 2 WHERE {row(b.PARTLY)}",
        (b.PARTLY, b.MANY, "2 confirmed", "add up to 0 and 3"),
    ),
    Corruption(
        "lines_equal_ledger",
        "a line without entries",
        f"DELETE FROM ledger WHERE {row(b.CANCELLED)}",
        (b.CANCELLED, "0 ledger entries"),
    ),
    Corruption(
        "entries_have_lines",
        "an entry about nothing",
        f"DELETE FROM reservation_line WHERE {row(b.CANCELLED)}",
        (b.CANCELLED, b.MANY, "confirmed"),
    ),
    Corruption(
        "kinds_fit_changes",
        "extending took a unit",
        f"UPDATE ledger SET held_delta = 1 WHERE kind = 'extended' AND {row(b.FEW)}",
        (b.FEW, b.HELD, "kind extended", "held by 1"),
    ),
    Corruption(
        "kinds_fit_changes",
        "a release lost capacity",
        "UPDATE ledger SET capacity_delta = held_delta - 1 WHERE kind = 'released'",
        (b.FEW, "capacity by -3", "held by -2"),
    ),
    Corruption(
        "kinds_fit_changes",
        "a return without a reservation",
        "UPDATE ledger SET reservation_id = NULL WHERE kind = 'cancelled'",
        ("cancelled", "no reservation"),
    ),
    Corruption(
        "kinds_fit_changes",
        "created twice",
        f"UPDATE ledger SET kind = 'created' WHERE kind = 'capacity_set' AND {row(b.FEW)}",
        (b.FEW, "kind created", "capacity by 2"),
    ),
    Corruption(
        "taken_once",
        "a retry made a second hold",
        again("held", "held", row(b.PARTLY)),
        (b.PARTLY, b.MANY, "once for 5 units", "10 units in 2 entries"),
    ),
    Corruption(
        "taken_once",
        "never taken",
        f"DELETE FROM ledger WHERE kind = 'held' AND {row(b.RELEASED)}",
        (b.RELEASED, "2 units", "0 units in 0 entries"),
    ),
    Corruption(
        "left_held_once",
        "confirm and expiry both won",
        again("expired", "confirmed", row(b.PARTLY)),
        (b.PARTLY, b.MANY, "2 times", "confirmed, expired"),
    ),
    Corruption(
        "left_held_once",
        "two reapers",
        again("expired", "expired", row(b.EXPIRED)),
        (b.EXPIRED, "expired, expired"),
    ),
    Corruption(
        "given_back_once",
        "cancelled twice",
        again("cancelled", "cancelled", row(b.CANCELLED)),
        (b.CANCELLED, b.MANY, "cancelled 2 times"),
    ),
    Corruption(
        "given_back_once",
        "taken again twice",
        again("reacquired", "reacquired", row(b.REACQUIRED)),
        (b.REACQUIRED, "taken again 2 times"),
    ),
    Corruption(
        "holds_ended_in_time",
        "confirmed at its very end",
        f"UPDATE ledger SET at = hold_expires_at WHERE kind = 'confirmed' AND {row(b.PARTLY)}",
        (b.PARTLY, b.MANY, "confirmed"),
    ),
    Corruption(
        "holds_ended_in_time",
        "expired too early",
        "UPDATE ledger SET at = hold_expires_at - interval '1 us' WHERE kind = 'expired'",
        (b.EXPIRED, "expired"),
    ),
    Corruption(
        "holds_ended_in_time",
        "a hold without end",
        f"UPDATE ledger SET hold_expires_at = NULL WHERE kind = 'held' AND {row(b.HELD)}",
        (b.HELD, "end is none"),
    ),
    Corruption(
        "status_equals_ledger",
        "resurrected",
        f"UPDATE reservation SET status = 'confirmed' WHERE {itself(b.CANCELLED)}",
        (b.CANCELLED, "is confirmed", "says cancelled"),
    ),
    Corruption(
        "status_equals_ledger",
        "taken again, unmarked",
        f"UPDATE reservation SET reacquired = false WHERE {itself(b.REACQUIRED)}",
        (b.REACQUIRED, "says confirmed (reacquired)"),
    ),
    Corruption(
        "times_equal_ledger",
        "a hold that lasts longer than was said",
        f"UPDATE reservation SET expires_at = expires_at + interval '1 h' WHERE {itself(b.HELD)}",
        (b.HELD,),
    ),
    Corruption(
        "times_equal_ledger",
        "cancelled earlier",
        f"UPDATE reservation SET ended_at = ended_at - interval '1 us' WHERE {itself(b.CANCELLED)}",
        (b.CANCELLED, "Z"),
    ),
    Corruption(
        "times_equal_ledger",
        "confirmed and ended",
        f"UPDATE reservation SET ended_at = now() WHERE {itself(b.PARTLY)}",
        (b.PARTLY,),
    ),
    Corruption(
        "answers_have_subjects",
        "an answer about nothing",
        f"UPDATE idempotency SET subject = '{'f' * 32}' WHERE subject = '{b.HELD[-32:]}'",
        ("f" * 32, "created at none"),
    ),
    Corruption(
        "answers_have_subjects",
        "answered before it was there",
        f"UPDATE idempotency SET created_at = created_at - interval '1 day' "
        f"WHERE subject = '{b.FOREIGN[-32:]}'",
        (b.OTHER, b.FOREIGN[-32:]),
    ),
    Corruption(
        "answers_have_effects",
        "an answer without effect",
        f"UPDATE idempotency SET created_at = created_at + interval '1 us' "
        f"WHERE subject = '{b.FOREIGN[-32:]}'",
        (b.OTHER, b.FOREIGN),
    ),
    Corruption(
        "answers_are_successes",
        "a refusal was recorded",
        f"UPDATE idempotency SET status = 409 WHERE subject = '{b.FOREIGN[-32:]}'",
        (b.OTHER, "status 409"),
    ),
    Corruption(
        "report_counts_equal_ledger",
        "counts that are said to be there and are not",
        "UPDATE report_progress SET clearing = false, position = "
        "(SELECT to_hex(system_identifier) FROM pg_control_system()) || '.7fffffff..'",
        (b.ORGANIZATION, f"0 {UUID(b.MANY[-32:])}", "is none", "adds up to"),
    ),
]
