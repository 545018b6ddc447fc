"""What a caller is told, and how it is read: the answer that the simulation's door renders."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, TypeAlias

from firmhold.domain.model import Reservation
from firmhold.domain.state import Accepted
from firmhold.engine.ticket import Answer

Units: TypeAlias = dict[str, tuple[int, int]]
"""Held and confirmed, by offering; without those of which nothing is left."""


class Told(NamedTuple):
    """An answer, read."""

    id: str
    status: str
    changed: bool
    expires_at: datetime | None
    units: Units


def render(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
    """An answer that tells what there is to be held to it."""
    subject = accepted.subject
    words = [subject.id, str(getattr(subject, "status", "")), str(int(accepted.changed))]
    if isinstance(subject, Reservation):
        ends = subject.expires_at
        words.append("never" if ends is None else ends.isoformat())
        words += [
            f"{line.offering}:{line.held}:{line.confirmed}"
            for line in subject.lines
            if line.held or line.confirmed
        ]
    return 200, " ".join(words).encode()


def read(answer: Answer) -> Told:
    """What `render` has written."""
    id, status, changed, *more = answer.body.decode().split(" ")
    ends, *lines = more or ["never"]
    units = {}
    for line in lines:
        offering, held, confirmed = line.split(":")
        units[offering] = int(held), int(confirmed)
    return Told(
        id,
        status,
        changed == "1",
        None if ends == "never" else datetime.fromisoformat(ends),
        units,
    )
