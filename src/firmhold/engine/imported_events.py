"""Events of a calendar file that are slots already, and what the file says of them now.

Owns how an event is known again: by its UID, and if it is one of a recurring event by when that one
would start (RFC 5545, section 3.8.4.4), which stays the same when it is moved. An import makes no
second slot of an event and takes none back; what somebody has to look at is said.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from firmhold.engine.lending import slot_id
from firmhold.engine.rows import bare
from firmhold.planning.calendar_slots import CalendarSlot, CalendarSlots
from firmhold.planning.zones import to_local
from firmhold.store.sql import statement

LONGEST_UID = 255
"""Characters that the index has of a UID, and that an import takes at most."""

_OWN = re.compile(r"slot_[0-9a-f]{32}")


class Known(NamedTuple):
    """A slot that was an event."""

    slot: str
    uid: str
    recurrence: datetime | None
    """For one of a recurring event: when that would start."""
    starts_at: datetime


class Remark(NamedTuple):
    """What is to be said of an event of the file."""

    line: int
    uid: str
    reason: str


Key = tuple[str, datetime | None]
"""UID and recurrence."""


async def read_known(
    connection: Any, organization: str, site: str, uids: Iterable[str]
) -> list[Known]:
    """The slots at a site, unless they were withdrawn, that events with these UIDs have become."""
    asked = set(uids)
    own = [bare(uid) for uid in asked if _OWN.fullmatch(uid)]
    found = await connection.fetch(
        statement("calendars", "events"),
        bare(organization),
        bare(site),
        [uid[:LONGEST_UID] for uid in asked],
        own,
    )
    return [
        Known(slot_id(row["id"]), row["uid"], _instant(row["recurrence"]), row["starts_at"])
        for row in found
        if row["uid"] in asked
    ]


def _instant(text: str | None) -> datetime | None:
    """What the slot's metadata says, which anybody may have changed."""
    try:
        at = None if text is None else datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None


class Comparison(NamedTuple):
    """What of a file is there already, and what of that the file no longer has as it was."""

    there: dict[Key, str]
    """Why no slot is to be made of an event that has become one before."""
    remarks: list[Remark]
    """About slots that the file would not have any more."""


def compare(
    file: CalendarSlots, known: Sequence[Known], now: datetime, until: datetime, zone: ZoneInfo
) -> Comparison:
    """What to say of the slots of a file that covers the time from `now` to `until`. `zone` is the
    site's, by whose clocks days are told apart."""
    matched, new = _match(file.slots, known)
    there = {key: _there(slot, it) for key, (slot, it) in matched.items()}
    done = {it.slot for _, it in matched.values()}
    cancelled = {(it.uid, it.recurrence): it.line for it in file.cancelled}
    remarks: list[Remark] = []
    for it in sorted(known, key=lambda it: it.starts_at):
        if it.slot in done or not now < it.starts_at <= until:
            continue
        done.add(it.slot)
        line = cancelled.get((it.uid, None), cancelled.get((it.uid, it.recurrence or it.starts_at)))
        if line is not None:
            remarks.append(_remark(line, it, "is cancelled in the file"))
        elif it.uid in file.events:
            # A recurring event that starts at another hour is another one by its UID and time.
            moved = _on_the_same_day(new[it.uid], it, zone)
            if moved is not None:
                there[it.uid, moved.recurrence] = _there(moved, it)
            else:
                reason = "is not in the file at that time any more"
                remarks.append(_remark(file.events[it.uid], it, reason))
    return Comparison(there, remarks)


def _match(
    slots: Sequence[CalendarSlot], known: Sequence[Known]
) -> tuple[dict[Key, tuple[CalendarSlot, Known]], defaultdict[str, list[CalendarSlot]]]:
    """Which are the same events, and by their UIDs those that are new."""
    by_key = {(it.uid, it.recurrence): it for it in known}
    # What happened once may have begun to recur meanwhile, and the other way round.
    by_start = {(it.uid, it.starts_at): it for it in known if it.recurrence is None}
    matched: dict[Key, tuple[CalendarSlot, Known]] = {}
    new: defaultdict[str, list[CalendarSlot]] = defaultdict(list)
    for slot in slots:
        key = slot.uid, slot.recurrence
        if slot.recurrence is None:
            found = by_key.get(key) or by_key.get((slot.uid, slot.starts_at))
        else:
            found = by_key.get(key) or by_start.get((slot.uid, slot.recurrence))
        if found is None:
            new[slot.uid].append(slot)
        else:
            matched[key] = slot, found
    return matched, new


def _on_the_same_day(
    slots: list[CalendarSlot], known: Known, zone: ZoneInfo
) -> CalendarSlot | None:
    """One of these that starts on the same day, which is then taken from them."""
    day = to_local(known.starts_at, zone).date()
    for place, slot in enumerate(slots):
        if to_local(slot.starts_at, zone).date() == day:
            return slots.pop(place)
    return None


def _there(slot: CalendarSlot, known: Known) -> str:
    if slot.starts_at == known.starts_at:
        return f"is there already, as {known.slot}"
    at = f"{known.starts_at:%Y-%m-%dT%H:%MZ}"
    return f"is there already, at another time, as {known.slot} ({at})"


def _remark(line: int, known: Known, reason: str) -> Remark:
    at = f"{known.starts_at:%Y-%m-%dT%H:%MZ}"
    return Remark(line, known.uid, f"{at}: {reason}, still published as {known.slot}")
