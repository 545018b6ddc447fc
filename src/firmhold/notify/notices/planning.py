"""From events to notices: what is to be told, by which ways, and when.

It is planned in the transaction that moves the cursor, so each thing is planned once, whoever does
it and whenever it dies. Whether it is still so is asked again at the moment of sending.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from firmhold.domain.waiting import WAITLIST
from firmhold.notify.follower import follow
from firmhold.notify.notices.kinds import Channel, Kind, of_event, of_time
from firmhold.relay.event import Event
from firmhold.store.database import Database
from firmhold.store.sql import statement

NAME = "notices"

PAUSE = 0.5
"""Seconds between looks."""

FIRM = frozenset(
    f"reservation.{kind}" for kind in ("confirmed", "reacquired", "moved", "cancelled")
)
"""After which what the reservation is now may be worth telling: a part can be cancelled, too."""

HELD = frozenset({"reservation.held", "reservation.extended", "reservation.moved"})

OVER = frozenset(f"reservation.{kind}" for kind in ("released", "expired", "fulfilled", "no_show"))


class Wishes(NamedTuple):
    """How an organization tells its customers."""

    channels: tuple[Channel, ...]
    kinds: frozenset[Kind]
    reminders: tuple[int, ...]
    """Seconds before a slot begins."""
    expiry: int
    """Seconds before a hold ends."""


class Standing(NamedTuple):
    """What a reservation is by now."""

    status: str
    customer: str | None
    expires_at: datetime | None
    starts: Sequence[datetime]


class Planned(NamedTuple):
    """One notice to come; a row."""

    organization: str
    id: str
    kind: Kind
    channel: Channel
    reservation: str
    customer: str | None
    about: datetime | None
    due_at: datetime


class NoticePlanner:
    """Any number may run: whoever has the cursor plans, the others come back later."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.planned = 0

    async def run_once(self) -> float:
        """Plan what has happened since; return the seconds until the next look."""
        async with (
            self._database.read_across() as connection,
            connection.transaction(isolation="repeatable_read"),
        ):
            wishes = await _wishes(connection)
            # Where nobody is told anything, nothing is read.
            followed = await follow(connection, NAME, is_wanted=bool(wishes))
            if followed is None:
                return PAUSE
            events, is_all = followed
            wanted = [it for it in events if it.organization in wishes and _matters(it)]
            if wanted:
                await self._plan(connection, wanted, wishes)
        return PAUSE if is_all else 0.0

    async def _plan(
        self, connection: Any, events: Sequence[Event], wishes: Mapping[str, Wishes]
    ) -> None:
        await connection.execute(statement("notices", "by_index"))
        about = list(dict.fromkeys((it.organization, it.subject) for it in events))
        columns = [[organization[-32:] for organization, _ in about], [id[-32:] for _, id in about]]
        rows = await connection.fetch(statement("notices", "reservations"), *columns)
        standing = {
            (f"org_{row['organization_id'].hex}", f"rsv_{row['id'].hex}"): Standing(
                row["status"], row["customer"], row["expires_at"], row["starts"]
            )
            for row in rows
        }
        told: dict[tuple[str, str], list[Event]] = defaultdict(list)
        for event in events:
            told[event.organization, event.subject].append(event)
        planned: list[Planned] = []
        kept: list[str] = []
        anew: set[tuple[str, str]] = set()
        for (organization, reservation), of_one in told.items():
            now = standing.get((organization, reservation))
            if now is None:
                continue
            for notice in notices_of(of_one, now, wishes[organization]):
                kept.append(notice.id)
                # Not what would have had to be told before there was anything to tell.
                if notice.about is None:
                    anew.add((organization, reservation))
                elif notice.due_at <= of_one[-1].at:
                    continue
                planned.append(notice)
        await connection.execute(
            statement("notices", "drop_old"), *columns, kept, [it in anew for it in about]
        )
        if planned:
            await connection.execute(
                statement("notices", "plan"), *map(list, zip(*planned, strict=True))
            )
            self.planned += len(planned)


def notices_of(events: Sequence[Event], now: Standing, wishes: Wishes) -> Iterator[Planned]:
    """What there is to tell after events of one reservation, the newest of them last, which is by
    now as it is. Pure."""
    organization, reservation = events[-1].organization, events[-1].subject

    def planned(
        id: str, kind: Kind, channel: Channel, about: datetime | None, due_at: datetime
    ) -> Planned:
        return Planned(
            *(organization[-32:], id, kind, channel, reservation[-32:], now.customer),
            *(about, due_at),
        )

    # Of several the newest: what was to be told of the one before would be told anew.
    at_once = next(
        ((it, kind) for it in reversed(events) if (kind := _told_at_once(it, now))), None
    )
    if at_once is not None and at_once[1] in wishes.kinds:
        event, kind = at_once
        for channel in wishes.channels:
            id = of_event(organization, event.id, kind, channel)
            yield planned(id, kind, channel, None, event.at)
    for kind, about, before in _told_before(now, wishes):
        due_at = about - timedelta(seconds=before)
        for channel in wishes.channels:
            id = of_time(organization, reservation, kind, channel, about.astimezone(UTC), before)
            yield planned(id, kind, channel, about, due_at)


def _told_at_once(event: Event, now: Standing) -> Kind | None:
    if now.status == "confirmed" and event.type in FIRM:
        return Kind.CONFIRMATION
    if now.status == "cancelled" and event.type == "reservation.cancelled":
        return Kind.CANCELLATION
    offered = event.type == "reservation.held" and event.entries[0].actor == WAITLIST.label
    return Kind.OFFER if offered and now.status == "held" else None


def _told_before(now: Standing, wishes: Wishes) -> Iterator[tuple[Kind, datetime, int]]:
    """Kind, instant, and how many seconds before it."""
    if now.status == "confirmed" and Kind.REMINDER in wishes.kinds:
        for start in now.starts:
            for before in wishes.reminders:
                yield Kind.REMINDER, start, before
    if now.status == "held" and now.expires_at is not None and Kind.EXPIRY in wishes.kinds:
        yield Kind.EXPIRY, now.expires_at, wishes.expiry


def _matters(event: Event) -> bool:
    return event.type in FIRM or event.type in HELD or event.type in OVER


async def _wishes(connection: Any) -> dict[str, Wishes]:
    rows = await connection.fetch(statement("notices", "settings_of_all"))
    return {
        f"org_{row['organization_id'].hex}": Wishes(
            tuple(Channel(it) for it in dict.fromkeys(row["channels"])),
            frozenset(Kind(it) for it in row["kinds"]),
            tuple(60 * minutes for minutes in dict.fromkeys(row["reminder_minutes"])),
            row["expiry_seconds"],
        )
        for row in rows
    }
