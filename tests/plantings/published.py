"""Defects that published systems of this kind really have, and what plants each of them here.

A table, so that none is forgotten. Those which nothing here could have say why instead.
"""

from __future__ import annotations

from typing import NamedTuple

from tests.plantings.defects import Defect


class Published(NamedTuple):
    """A defect as it is known, and the names of the plantings that are that defect here."""

    defect: str
    planted: tuple[str, ...] = ()
    impossible: str = ""
    """What this product does not have, without which there is no such defect."""


PUBLISHED = (
    Published(
        "holds are not counted against capacity",
        ("holds are not counted against capacity",),
    ),
    Published(
        "a repeated cancel gives back twice",
        (
            "a repeated cancel gives back twice",
            "releasing leaves the line's units claimed, to come back once more",
        ),
    ),
    Published("confirm and expiry both win", ("confirm and expiry both win",)),
    Published("confirm and cancel both win", ("confirm and cancel both win",)),
    Published("two reapers give back twice", ("two reapers give back twice",)),
    Published(
        "an expired row still occupies its slot",
        (
            "an expired hold still occupies its units",
            "due holds are not even looked for unless they are named",
            "an ended hold keeps a slot from being published",
            "an ended hold keeps a pool from becoming smaller",
        ),
    ),
    Published(
        "a retry after a lost answer makes a second hold",
        (
            "a retry after a lost answer makes a second hold",
            "an effect is not remembered under its key",
        ),
    ),
    Published(
        "the same key of another user sees the result",
        ("the same key of another user sees the result",),
    ),
    Published(
        "the same key with another body is accepted",
        ("the same key with another body is accepted",),
    ),
    Published(
        "the same key at the same time makes two",
        (
            "the same key twice in one batch has two effects",
            "the same key in two batches has two effects",
        ),
    ),
    Published(
        "two lines on one item are checked apart", ("two lines on one item are checked apart",)
    ),
    Published(
        "two slots share the last ventilator",
        (
            "two slots of one hold share the last ventilator",
            "two slots of one batch share the last ventilator",
            "two slots share the last ventilator, past the code",
            "two who lend at once do not notice each other",
        ),
    ),
    Published("unordered locks deadlock", ("locks are taken in no order",)),
    Published(
        "the waitlist's offer and a walk-in get the same unit",
        (
            "the waitlist's offer and a walk-in get the same unit",
            "units that come back are for whoever asks next, and not for who waits",
        ),
    ),
    Published("the time zone of the host shifts expiry", ("the host's time zone shifts expiry",)),
    Published(
        "the holder of a lock pauses past its lease",
        impossible="a lock with a lease: every lock is the database's, and ends with the"
        " transaction that could write under it",
    ),
    Published(
        "stock is lost between two stores on a crash",
        impossible="a second store: units, reservations, ledger and answers are written by one"
        " transaction of one database",
    ),
    Published(
        "capacity is lowered below what is promised",
        ("capacity can be lowered below what is promised",),
    ),
    Published(
        "recurring slots are shifted by daylight saving",
        (
            "recurring slots are shifted by daylight saving",
            "a gap of half an hour is read with the offset after it",
            "a time that occurs twice is the second one",
        ),
    ),
    Published(
        "a customer's limit is passed by parallel requests",
        (
            "a customer's limit is passed by requests in one batch",
            "a customer's number of holds is passed by parallel requests for different items",
            "a limit of holds does not wait for the batches that know of none",
        ),
    ),
    Published("any user may set stock", ("any user may set stock",)),
    Published(
        "another's reservation can be read, confirmed or cancelled",
        (
            "another customer's reservation can be read",
            "another customer's reservation can be confirmed and cancelled",
            "another organization's reservation is found",
        ),
    ),
    Published(
        "a forged X-Forwarded-For escapes the limit",
        impossible="a limit by address: limits are by customer, and no header that names an"
        " address is read",
    ),
    Published(
        "a confirm that waited on a lock past expiry succeeds",
        ("the clock is read before the lock: a confirm that waited past expiry succeeds",),
    ),
)

DEFECTS_PUBLISHED = (
    Defect(
        "the waitlist's offer and a walk-in get the same unit",
        "domain/waiting.py",
        "    desk.place(claim(desk, hold, wanted, until, until))\n",
        "    desk.place(claim(desk, hold, wanted, until, until))\n"
        "    desk.counts[entry.offering].held -= entry.quantity\n",
        ("tests/unit/test_waitlist.py",),
    ),
    Defect(
        "recurring slots are shifted by daylight saving",
        "planning/zones.py",
        "here = local.replace(tzinfo=zone, fold=0)",
        "here = local.replace(month=1, day=1, tzinfo=zone, fold=0)",
        ("tests/unit/planning/test_plan_clocks.py",),
    ),
)
