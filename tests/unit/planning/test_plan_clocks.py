"""What a schedule comes to on the days on which the clocks change."""

from __future__ import annotations

from typing import Any

import pytest

from firmhold.planning.notes import NoteKind
from tests.unit.planning.build import day, notes, planned, times, utc

SPRING, AUTUMN = "2026-03-29", "2026-10-25"
"""When the clocks of Berlin go forward from 02:00 to 03:00, and back from 03:00 to 02:00."""

# --- the clocks go forward ---

SKIPPED, MOVED = (f"{kind} {SPRING} {SPRING} 1" for kind in ("skipped", "moved"))
FORWARD: list[tuple[dict[str, Any], str, list[str]]] = [
    (
        {"sessions": [("01:00", "05:00")]},
        "29.01:00+30 29.01:30+30 29.03:00+30 29.03:30+30 29.04:00+30 29.04:30+30",
        [
            f"{SKIPPED} {at} does not occur, and where it would move is no room."
            for at in ("02:00", "02:30")
        ],
    ),
    (
        {"sessions": [("02:00", "06:00")], "slot_minutes": 180},
        "29.03:00+180",
        [f"{MOVED} 02:00 does not occur; its slot starts at 03:00."],
    ),
    (
        {"sessions": [("00:00", "02:30")], "slot_minutes": 60},
        "29.00:00+60 29.01:00+60",
        [],
    ),
    (
        {"sessions": [("01:30", "02:30")]},
        "29.01:30+30 29.03:00+30",
        [f"{MOVED} 02:00 does not occur; its slot starts at 03:00."],
    ),
    (
        {"sessions": [("02:30", "03:00")], "slot_minutes": 20},
        "",
        [f"{SKIPPED} 02:30 is too close to the closing of 02:30–03:00 on this day."],
    ),
    (
        {"sessions": [("02:30", "03:00")]},
        "",
        [f"{SKIPPED} 02:30 is too close to the closing of 02:30–03:00 on this day."],
    ),
    (
        {"sessions": [("01:00", "05:00")], "slot_minutes": 45},
        "29.01:00+45 29.01:45+45 29.04:00+45",
        [
            f"{SKIPPED} 03:15 comes before the slot before it is over.",
            f"{SKIPPED} 02:30 does not occur, and where it would move is no room.",
        ],
    ),
    (
        {"sessions": [("01:00", "03:30")], "slot_minutes": 90},
        "29.01:00+90",
        [],
    ),
    (
        {"sessions": [("00:30", "03:10")], "slot_minutes": 80},
        "29.00:30+80",
        [f"{SKIPPED} 01:50 is too close to the closing of 00:30–03:10 on this day."],
    ),
    # A slot as long as its session is the session.
    ({"sessions": [("01:00", "04:00")], "slot_minutes": 180}, "29.01:00+120", []),
    # A break of two hours takes one.
    (
        {"sessions": [("00:00", "05:00")], "slot_minutes": 60, "breaks": [("01:00", "03:00")]},
        "29.00:00+60 29.03:00+60 29.04:00+60",
        [
            f"break {SPRING} {SPRING} 1 Break 01:00–03:00.",
            f"{SKIPPED} 02:00 does not occur, and where it would move is no room.",
        ],
    ),
    # The gap between slots is kept by a slot that is moved.
    (
        {"sessions": [("02:15", "05:00")], "gap_minutes": 60},
        "29.03:45+30",
        [f"{SKIPPED} 02:15 does not occur, and where it would move is no room."],
    ),
]


@pytest.mark.parametrize(("said", "slots", "said_of_it"), FORWARD)
def test_a_day_on_which_the_clocks_go_forward(
    said: dict[str, Any], slots: str, said_of_it: list[str]
) -> None:
    made = planned(SPRING, **said)
    assert times(made) == slots
    assert notes(made) == said_of_it


def test_nights_are_offered_also_when_the_clocks_change() -> None:
    shelter = {"sessions": [("18:00", "08:00")], "slot_minutes": 14 * 60}
    forward = planned("2026-03-27", "2026-03-29", **shelter)
    assert times(forward) == "27.18:00+840 28.18:00+780 29.18:00+840"
    back = planned("2026-10-23", "2026-10-25", **shelter)
    assert times(back) == "23.18:00+840 24.18:00+900 25.18:00+840"
    assert forward.notes == back.notes == ()


def test_nine_in_the_morning_stays_nine_in_the_morning() -> None:
    made = planned("2026-03-27", "2026-03-31", slot_minutes=180)
    assert [slot.starts_at.hour for slot in made.slots] == [8, 8, 7, 7, 7]
    assert [slot.local_start.hour for slot in made.slots] == [9] * 5


# --- the clocks go back ---

BACK: list[tuple[dict[str, Any], str, list[str]]] = [
    (
        {"sessions": [("01:00", "04:00")]},
        "25.01:00+30 25.01:30+30 25.02:00+30 25.02:30+30 25.03:00+30 25.03:30+30",
        [
            f"repeated {AUTUMN} {AUTUMN} 1 {at} occurs twice; its slot is the first time round."
            for at in ("02:00", "02:30")
        ],
    ),
    (
        {"sessions": [("02:00", "03:00")], "slot_minutes": 30},
        "25.02:00+30 25.02:30+30",
        [
            f"repeated {AUTUMN} {AUTUMN} 1 {at} occurs twice; its slot is the first time round."
            for at in ("02:00", "02:30")
        ],
    ),
    (
        {"sessions": [("00:00", "02:30")], "slot_minutes": 60},
        "25.00:00+60 25.01:00+60",
        [],
    ),
    ({"sessions": [("01:30", "03:30")], "slot_minutes": 120}, "25.01:30+180", []),
]


@pytest.mark.parametrize(("said", "slots", "said_of_it"), BACK)
def test_a_day_on_which_the_clocks_go_back(
    said: dict[str, Any], slots: str, said_of_it: list[str]
) -> None:
    made = planned(AUTUMN, **said)
    assert times(made) == slots
    assert notes(made) == said_of_it


def test_a_repeated_hour_is_offered_the_first_time_round() -> None:
    made = planned(AUTUMN, sessions=[("02:00", "03:00")], slot_minutes=20)
    assert [slot.starts_at for slot in made.slots] == [
        utc("2026-10-25T00:00"),
        utc("2026-10-25T00:20"),
        utc("2026-10-25T00:40"),
    ]


# --- a date that was skipped ---

SAMOA = {"zone": "Pacific/Apia", "starts_on": "2011-01-01", "slot_minutes": 60}


def test_a_skipped_date_gives_way_to_the_next() -> None:
    made = planned("2011-12-29", "2011-12-31", **SAMOA, sessions=[("09:00", "11:00")])
    assert times(made) == "29.09:00+60 29.10:00+60 31.09:00+60 31.10:00+60"
    assert [note.kind for note in made.notes] == [NoteKind.SKIPPED] * 2


def test_a_skipped_date_moves_where_there_is_room() -> None:
    said = {**SAMOA, "rule": "FREQ=WEEKLY;BYDAY=FR", "sessions": [("09:00", "10:00")]}
    made = planned("2011-12-29", "2011-12-31", **said)
    assert times(made) == "31.09:00+60"
    assert made.slots[0].on == day("2011-12-30")
    assert notes(made) == [
        "moved 2011-12-30 2011-12-30 1 09:00 does not occur; its slot starts at 2011-12-31 09:00."
    ]


def test_of_two_nights_that_move_the_earlier_goes_first() -> None:
    said = {**SAMOA, "sessions": [("22:00", "06:00"), ("05:00", "07:00")]}
    made = planned("2011-12-29", "2011-12-30", **said)
    assert times(made) == (
        "29.06:00+60 29.22:00+60 29.23:00+60 31.00:00+60 31.01:00+60 31.02:00+60 31.03:00+60"
        " 31.04:00+60 31.05:00+60"
    )


def test_where_slots_move_to_is_looked_at_also_if_it_is_not_planned() -> None:
    said = {
        **SAMOA,
        "rule": "FREQ=DAILY;INTERVAL=2",
        "starts_on": "2011-12-27",
        "sessions": [("22:00", "04:00"), ("01:00", "02:00")],
    }
    alone = planned("2011-12-29", **said)
    assert times(alone) == (
        "29.01:00+60 29.22:00+60 29.23:00+60 31.00:00+60 31.02:00+60 31.03:00+60"
    )
    together = planned("2011-12-29", "2011-12-31", **said)
    assert [slot for slot in together.slots if slot.on == day("2011-12-29")] == list(alone.slots)
