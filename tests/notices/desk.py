"""Whoever plans and sends notifications, step by step, with a clinic to reserve in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from firmhold.domain.commands import Asked, Cancel, Confirm, Move
from firmhold.domain.model import Reservation
from firmhold.engine.ticket import Answer
from firmhold.notify.carriers.carrier import Carrier, Message, Outcome, Result
from firmhold.notify.carriers.smtp import Mailer, MailServer
from firmhold.notify.notices.kinds import Channel, Kind, of_time
from firmhold.notify.notices.notices import Notices, NoticeSettings, Preferences
from firmhold.notify.notices.planning import NoticePlanner
from firmhold.notify.notices.sending import NoticeSender
from firmhold.notify.notices.template import Template
from tests.databases import connected
from tests.engine.clinic import Clinic
from tests.notices.mail import MailBox
from tests.shop import OPERATOR, Shop

ADA = "ada@example.org"
SENDER = "tickets@example.org"

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def now() -> datetime:
    return datetime.now(UTC)


class Kept:
    """A carrier that keeps what it is given, and answers as it was told to."""

    def __init__(self) -> None:
        self.carried: list[Message] = []
        self.outcomes: list[Outcome] = [Outcome(Result.TAKEN)]

    async def carry(self, message: Message) -> Outcome:
        self.carried.append(message)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]


def mailer(box: MailBox, **more: Any) -> Mailer:
    server = MailServer(box.host, box.port, "none", None, None, SENDER)
    return Mailer(server._replace(**more))


class Desk:
    """One organization, and those who work for it."""

    def __init__(self, shop: Shop, carrier: Carrier) -> None:
        self.shop, self.carrier = shop, carrier
        self.database = shop.services.database
        self.organization = shop.organization.id
        self.notices = Notices(self.database)
        self.planner = NoticePlanner(self.database)
        self.sender = self.sender_of(Channel.EMAIL, carrier)
        self.clinic = Clinic(shop)

    async def open(self) -> Desk:
        await self.plan()  # what was before is no news
        await self.settings()
        await self.clinic.open()
        return self

    def sender_of(self, channel: Channel, carrier: Carrier) -> NoticeSender:
        return NoticeSender(self.database, channel, carrier)

    async def settings(
        self,
        *channels: str,
        kinds: Sequence[str] = tuple(Kind),
        language: str = "en",
        reminders: Sequence[int] = (1440, 60),
        expiry: int = 3600,
    ) -> None:
        wanted = NoticeSettings(channels or ("email",), kinds, language, reminders, expiry, None)
        async with self.database.read(self.organization) as connection, connection.transaction():
            await self.notices.put_settings(connection, self.organization, wanted)

    async def template(self, kind: str, language: str, subject: str, text: str) -> None:
        async with self.database.read(self.organization) as connection, connection.transaction():
            await self.notices.put_template(
                connection, self.organization, kind, language, Template(subject, text)
            )

    async def prefer(self, user: str, **wanted: Any) -> None:
        whole = Preferences(None, None, (), ())._replace(**wanted)
        async with self.database.read(self.organization) as connection, connection.transaction():
            await self.notices.put_preferences(connection, self.organization, user, whole)

    async def user(self, email: str, name: str | None = None) -> str:
        await self.shop.token(email)
        await self.shop.fetch("UPDATE users SET name = $2 WHERE email = $1", email, name)
        found = await self.shop.fetchval("SELECT id FROM users WHERE email = $1", email)
        return f"usr_{found.hex}"

    async def slot(self, starts_at: datetime, **fields: Any) -> str:
        return await self.clinic.slot(starts_at, capacity=fields.pop("capacity", 100), **fields)

    async def reserve(
        self, *offerings: str, customer: str | None = ADA, units: int = 1, **more: Any
    ) -> str:
        """The id of a confirmed reservation."""
        held = await self.shop.held(*((it, units) for it in offerings), customer=customer, **more)
        reply = await self.shop.submit(Confirm(held.id, OPERATOR))
        assert isinstance(reply, Answer), reply
        return held.id

    async def cancel(self, id: str, reason: str | None = None, **more: Any) -> Reservation:
        reply = await self.shop.submit(Cancel(id, OPERATOR, reason=reason, **more))
        assert isinstance(reply, Answer), reply
        assert isinstance(reply.subject, Reservation)
        return reply.subject

    async def move(self, id: str, offering: str, units: int = 1) -> None:
        reply = await self.shop.submit(Move(id, OPERATOR, (Asked(offering, units),)))
        assert isinstance(reply, Answer), reply

    async def plan(self) -> None:
        while await self.planner.run_once() == 0.0:
            pass

    async def send(self, sender: NoticeSender | None = None) -> None:
        """Until nothing is due any more."""
        sender = sender or self.sender
        while await sender.run_once() == 0.0:
            await sender.settle()

    async def deliver(self) -> None:
        await self.plan()
        await self.send()

    async def later(self) -> None:
        """Let everything that waits for another attempt, or is being tried, be due."""
        await self.shop.fetch(
            "UPDATE notice SET next_at = clock_timestamp() - interval '1 s' "
            "WHERE status = 'waiting' AND attempts > 0"
        )

    async def pass_time(self, reservation: str, time: timedelta) -> None:
        """Let so much time have passed since, for what is planned of a reservation: its slots begin
        so much earlier."""
        rows = await self.shop.fetch(
            "SELECT id, kind, channel, about, due_at FROM notice WHERE reservation_id = $1",
            reservation[-32:],
        )
        for row in rows:
            id = row["id"]
            if row["about"] is not None:
                # It is known by its time.
                before = round((row["about"] - row["due_at"]).total_seconds())
                what = Kind(row["kind"]), Channel(row["channel"])
                at = (row["about"] - time).astimezone(UTC)
                id = of_time(self.organization, reservation, *what, at, before)
            await self.shop.fetch(
                "UPDATE notice SET id = $3, due_at = due_at - $2::interval, "
                "next_at = next_at - $2, about = about - $2 WHERE id = $1",
                row["id"],
                time,
                id,
            )

        async def move(connection: Any) -> None:
            await connection.execute("SET session_replication_role = replica")
            await connection.execute(
                "UPDATE offering AS o SET starts_at = starts_at - $2::interval, "
                "ends_at = ends_at - $2 FROM reservation_line AS l "
                "WHERE l.offering_id = o.id AND l.reservation_id = $1 AND o.kind = 'slot'",
                reservation[-32:],
                time,
            )

        await connected(self.shop.dsn.replace("//firmhold@", "//postgres@"), move)

    async def rows(self, *columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        """These columns of all notices, in their order."""
        sql = f"SELECT {', '.join(columns)} FROM notice WHERE {where} ORDER BY number"
        return [tuple(row) for row in await self.shop.fetch(sql)]
