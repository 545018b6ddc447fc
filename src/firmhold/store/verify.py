"""Proof that the books balance: invariants recomputed from the tables alone.

Owns the list of checks and the sentences they speak in; what is compared with what stands in
`queries/verify.sql`. It trusts nothing that the code or the constraints promise, looks at one
instant through one snapshot, and must never write, lock out a writer, or repair what it finds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import asyncpg

from firmhold.store.sql import statement

Connection: TypeAlias = "asyncpg.Connection[Any]"
OnCheck = Callable[[str, int, int], None]

FINDINGS_PER_CHECK = 5
"""Enough to see whether one row is wrong or all of them; the rest would say the same."""

TIMEOUT = 24 * 3600.0
"""Seconds for one statement. The connection's own limit is made for callers who wait."""


class Finding(NamedTuple):
    """One thing that is wrong."""

    check: str
    invariant: int
    """Number of the invariant in the product's list."""
    what: str


class Report(NamedTuple):
    """What was looked at, and everything that was wrong with it, in the order of the checks."""

    findings: list[Finding]
    counts: dict[str, int]
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether every invariant holds."""
        return not self.findings


class Check(NamedTuple):
    """A statement of `verify.sql`, and what a row that it returns means."""

    name: str
    invariant: int
    sentence: str


CHECKS = (
    Check(
        "counters_within_bounds",
        1,
        "{offering} has a capacity of {capacity}, but {held} held and {confirmed} confirmed",
    ),
    Check(
        "drain_sells_nothing",
        1,
        "{offering} is draining to {drain_to} and has a capacity of {capacity}, but {held} held "
        "and {confirmed} confirmed",
    ),
    Check(
        "entries_within_bounds",
        1,
        "entry {seq} of {offering} left a capacity of {capacity}, but {held} held and "
        "{confirmed} confirmed",
    ),
    Check(
        "ledger_without_gaps",
        3,
        "{offering} is at number {seq}, but its ledger has {entries} entries from {first} to "
        "{last}",
    ),
    Check(
        "entries_follow_each_other",
        3,
        "entry {seq} of {offering} left capacity {capacity}, held {held}, confirmed {confirmed}, "
        "but with its changes the entry before it leads to number {expected_seq} with "
        "{expected_capacity}, {expected_held}, {expected_confirmed}",
    ),
    Check(
        "counters_equal_ledger",
        3,
        "{offering} counts capacity {capacity}, held {held}, confirmed {confirmed}, but its "
        "ledger adds up to {ledger_capacity}, {ledger_held}, {ledger_confirmed}",
    ),
    Check(
        "counters_equal_lines",
        3,
        "{offering} counts {held} held and {confirmed} confirmed, but its reservations have "
        "{lines_held} and {lines_confirmed}",
    ),
    Check("offering_has_item", 6, "{offering} is an {what}"),
    Check("offering_has_slot", 6, "{offering} is an {what}"),
    Check(
        "withdrawn_is_closed",
        1,
        "{offering} was withdrawn at {withdrawn_at}, but it is open: {open}, with {held} held, "
        "{confirmed} confirmed and {waiting} on its waitlist",
    ),
    Check(
        "pools_within_units",
        2,
        "{pool} has {units} units, but lends {taken} at {at}",
    ),
    Check(
        "exclusive_never_twice",
        2,
        "{pool} is lent to {offering} from {starts_at} on, but taken until {taken_until}",
    ),
    Check(
        "loans_equal_requirements",
        2,
        "{offering} requires {required} units of {pool}, but has {units}",
    ),
    Check(
        "loans_cover_slots",
        2,
        "{offering} lasts from {starts_at} to {ends_at}, but has {pool} from {lent_from} to "
        "{lent_until}",
    ),
    Check(
        "lending_is_known",
        2,
        "{offering} has {requirements} requirements of its reservations, but says that it lends: "
        "{lends}",
    ),
    Check(
        "waiting_equals_entries",
        3,
        "{offering} counts {waiting} on its waitlist, but there are {entries}",
    ),
    Check(
        "places_equal_ledger",
        6,
        "{customer} has place {place} on the waitlist of {offering}, but the ledger says {kind} "
        "there",
    ),
    Check(
        "joined_and_left",
        6,
        "{joined} have joined the waitlist of {offering} in {places} places and {over} have left, "
        "but its ledger says {ledger_joined} and {ledger_over}",
    ),
    Check(
        "offers_have_reservations",
        6,
        "{customer} has place {place} on the waitlist of {offering}, which is {status} by "
        "{reservation}, but that is {reservation_status} with {held} held",
    ),
    Check("reservation_has_lines", 6, "{reservation} is {status}, but has {lines} lines"),
    Check(
        "lines_repeat_reservation",
        6,
        "{reservation} is {reservation_status}, ends at {reservation_expires_at} and is for "
        "customer {reservation_customer}, but its line on {offering} says {status}, {expires_at} "
        "and {customer}",
    ),
    Check(
        "line_units_fit_status",
        3,
        "{reservation} is {status} with {quantity} units of {offering}, but its line has {held} "
        "held and {confirmed} confirmed",
    ),
    Check(
        "lines_equal_ledger",
        3,
        "{reservation} has {held} held and {confirmed} confirmed of {offering}, but its {entries} "
        "ledger entries add up to {ledger_held} and {ledger_confirmed}",
    ),
    Check(
        "entries_have_lines",
        6,
        "entry {seq} of {offering} ({kind}) is about {reservation}, which has no line on it; all "
        "its entries add up to {held} held and {confirmed} confirmed",
    ),
    Check(
        "kinds_fit_changes",
        4,
        "entry {seq} of {offering} is of kind {kind}, but changes capacity by {capacity_delta}, "
        "held by {held_delta}, confirmed by {confirmed_delta} for {reservation}",
    ),
    Check(
        "taken_once",
        4,
        "{reservation} asked once for {quantity} units of {offering}, but its ledger takes "
        "{units} units in {openings} entries",
    ),
    Check(
        "left_held_once",
        4,
        "{reservation} left held {exits} times instead of once on {offering}: {kinds}",
    ),
    Check(
        "given_back_once",
        4,
        "{reservation} was cancelled {cancellations} times and taken again {reacquisitions} times "
        "on {offering}, which gives back more than it had, or takes it more than once",
    ),
    Check(
        "holds_ended_in_time",
        4,
        "entry {seq} of {offering} says that {reservation} was {kind} at {at}, but the hold's end "
        "is {hold_expires_at}",
    ),
    Check(
        "status_equals_ledger",
        6,
        "{reservation} is {status}, but its ledger says {ledger_status}",
    ),
    Check(
        "times_equal_ledger",
        6,
        "{reservation} was created at {created_at}, holds until {expires_at}, was confirmed at "
        "{confirmed_at} and ended at {ended_at}, but its ledger says {ledger_created_at}, "
        "{ledger_expires_at}, {ledger_confirmed_at} and {ledger_ended_at}",
    ),
    Check(
        "answers_have_subjects",
        5,
        "the answer under key {key} is of {created_at}, but its subject {subject} was created at "
        "{subject_created_at}",
    ),
    Check(
        "answers_have_effects",
        6,
        "the answer under key {key} is of {created_at}, but {reservation} has no ledger entry of "
        "that time",
    ),
    Check(
        "answers_are_successes",
        5,
        "the answer under key {key} about {subject} has status {status}, but only effects are "
        "kept, and those succeed",
    ),
    Check(
        "report_counts_equal_ledger",
        3,
        "what is counted for reports under {of} is {kept}, but the ledger adds up to {expected}",
    ),
)


async def verify(
    connection: Connection, organization: str | None = None, on_check: OnCheck | None = None
) -> Report:
    """Recompute the invariants for one organization (`org_…`), or for all.

    `on_check` is told which check begins and how many are done of how many; at the end once more,
    with all done. May run beside any traffic: it reads one snapshot, and no writer waits for it.

    Raises `LookupError` if there is no such organization, for nothing wrong with nothing is no
    proof.
    """
    began = time.monotonic()
    only = None if organization is None else organization[-32:]
    findings: list[Finding] = []
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(statement("verify", "planner"))
        if only is not None and not await connection.fetchval(
            statement("verify", "organization_exists"), only
        ):
            raise LookupError(f"There is no organization {organization}.")
        for done, check in enumerate(CHECKS):
            if on_check is not None:
                on_check(check.name, done, len(CHECKS))
            findings += await _run(connection, check, only)
        counts = await connection.fetchrow(statement("verify", "how_many"), only, timeout=TIMEOUT)
    if on_check is not None:
        on_check(CHECKS[-1].name, len(CHECKS), len(CHECKS))
    assert counts is not None
    return Report(findings, dict(counts), time.monotonic() - began)


async def _run(connection: Connection, check: Check, only: str | None) -> list[Finding]:
    rows = await connection.fetch(
        statement("verify", check.name), only, FINDINGS_PER_CHECK, timeout=TIMEOUT
    )
    findings = []
    for row in rows:
        words = {name: _word(value) for name, value in row.items()}
        words |= await _names(connection, row)
        what = f"{words['organization']}: {check.sentence.format_map(words)}."
        findings.append(Finding(check.name, check.invariant, what))
    return findings


async def _names(connection: Connection, row: Mapping[str, Any]) -> dict[str, str]:
    """The typed ids of what a row is about."""
    organization, offering = row["organization_id"], row.get("offering_id")
    names = {"organization": f"org_{organization.hex}", "reservation": "no reservation"}
    if row.get("pool_id") is not None:
        names["pool"] = f"pool_{row['pool_id'].hex}"
    if row.get("reservation_id") is not None:
        names["reservation"] = f"rsv_{row['reservation_id'].hex}"
    if offering is not None:
        kind = await connection.fetchval(
            statement("verify", "kind_of_offering"), organization, offering
        )
        names["offering"] = f"{kind or 'offering'}_{offering.hex}"
    return names


def _word(value: Any) -> str:
    """A value as it stands in a sentence."""
    match value:
        case None:
            return "none"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case UUID():
            return value.hex
        case _:
            return str(value)
