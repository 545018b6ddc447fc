"""Sends what is due by one channel, until it is taken or has been tried often enough.

A channel has a sender of its own, so one that hangs keeps no other waiting. Between a carrier's
taking a message and that being noted lies the only moment at which a death has it sent once more,
with the same id.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec
import structlog

from firmhold.notify.carriers.carrier import SECONDS, Carrier, Message, Outcome, Result, in_words
from firmhold.notify.notices.defaults import Own, template_for
from firmhold.notify.notices.facts import Facts, LineFact, address_of, values_of, why_not
from firmhold.notify.notices.kinds import Channel, Kind, pause_after
from firmhold.notify.notices.template import Template, filled
from firmhold.store.database import Database
from firmhold.store.sql import statement

AT_ONCE = 20
"""Messages of a channel under way in one process."""

CLAIMED = timedelta(seconds=SECONDS + 25)
"""After which whoever has taken a notice and said nothing of it is taken to be dead."""

PAUSE = 1.0
"""Seconds between looks for what is due."""

NOTING_SECONDS = 20.0
"""For which it is tried again to note what came of a message while the database is away. Until then
nobody else has taken it."""

NOTING_PAUSE = 0.5
"""Seconds between these attempts."""

STOP_SECONDS = 2.5
"""For which whoever stops waits for what is being taken: what is given up in the middle may come
twice. Less than the time in which a process has to end."""

COUNTED_AT_ONCE = 100
"""Outcomes that are noted together while there is much to do."""

_log = structlog.get_logger(__name__)

_LINES = msgspec.json.Decoder(list[LineFact])


class Taken(NamedTuple):
    """A notice that is ours to send for a while."""

    organization: str
    id: str
    attempts: int
    facts: Facts
    slug: str
    own: Own
    """Templates of its organization."""


class NoticeSender:
    """Any number may run: each notice is taken by one."""

    def __init__(self, database: Database, channel: Channel, carrier: Carrier) -> None:
        self._database = database
        self.channel = channel
        self._carrier = carrier
        self._under_way: set[asyncio.Task[None]] = set()
        self._counted: Counter[str] = Counter()
        self.sent = 0

    async def run_once(self) -> float:
        """Take what is due and begin to send it; return the seconds until the next look."""
        free = AT_ONCE - len(self._under_way)
        if free <= 0:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            return 0.0
        claimed = await self.claim(free)
        for taken in claimed:
            task = asyncio.create_task(self.send(taken))
            self._under_way.add(task)
            task.add_done_callback(self._over)
        if claimed:
            await asyncio.wait(self._under_way, timeout=PAUSE, return_when=asyncio.FIRST_COMPLETED)
        if not claimed or self._counted.total() >= COUNTED_AT_ONCE:
            await self.note_counts()
        return 0.0 if claimed else PAUSE

    async def settle(self) -> None:
        """Until what is under way is over."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def stop(self, patience: float = STOP_SECONDS) -> None:
        """Wait so many seconds for what is under way, and give up the rest. Whoever comes next
        sends that once more."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=patience)
        for task in self._under_way:
            task.cancel()

    async def claim(self, most: int) -> list[Taken]:
        """Take so many that are due, with all there is to know of them."""
        async with self._database.read_across() as connection, connection.transaction():
            await connection.execute(statement("notices", "by_index"))
            claimed = await connection.fetch(
                statement("notices", "claim"), self.channel.value, most, CLAIMED
            )
            if not claimed:
                return []
            columns = [[row["organization_id"] for row in claimed], [row["id"] for row in claimed]]
            rows = await connection.fetch(statement("notices", "facts"), *columns)
            own = await connection.fetch(
                statement("notices", "templates_of"), list(set(columns[0]))
            )
        templates: dict[Any, dict[tuple[Kind, str], Template]] = {}
        for row in own:
            known = templates.setdefault(row["organization_id"], {})
            known[Kind(row["kind"]), row["language"]] = Template(row["subject"], row["body"])
        return [_taken(row, templates.get(row["organization_id"], {})) for row in rows]

    async def send(self, taken: Taken) -> None:
        """Send one, if there is still a reason to, and note what came of it."""
        if why := why_not(taken.facts):
            await self.record(taken, None, "dropped", why)
            return
        message, outcome = await self._attempt(taken)
        chance = random.random()  # noqa: S311  no secret
        pause = pause_after(taken.attempts, chance)
        if outcome.result is Result.TAKEN:
            await self.record(taken, message, "sent", outcome.detail)
        elif outcome.result is Result.NEVER or pause is None:
            await self.record(taken, message, "failed", outcome.detail)
            _log.warning(
                "a notification was given up",
                notification=f"ntf_{taken.id}",
                organization=taken.organization,
                channel=self.channel.value,
            )
        else:
            await self.record(taken, message, "waiting", outcome.detail, pause)

    async def _attempt(self, taken: Taken) -> tuple[Message | None, Outcome]:
        message = None
        try:
            message = rendered(taken)
            return message, await self._carrier.carry(message)
        except Exception as error:  # noqa: BLE001 - else it would be tried for ever
            _log.exception("a notification could not be sent", notification=f"ntf_{taken.id}")
            return message, Outcome(Result.NOT_NOW, in_words(error))

    async def record(
        self,
        taken: Taken,
        message: Message | None,
        status: str,
        detail: str | None,
        pause: timedelta = timedelta(),
    ) -> None:
        """Note what came of an attempt, unless somebody else has begun another one. A database that
        is away for a moment is waited for."""
        told = (
            (None, None, None)
            if message is None
            else (message.address or None, message.subject, message.text)
        )
        is_noted = await self._note(
            taken,
            *(taken.organization[-32:], taken.id, taken.attempts, status, pause),
            *(*told, detail),
        )
        if is_noted and status != "waiting":
            self._counted[status] += 1
            self.sent += status == "sent"

    async def _note(self, taken: Taken, *asked: Any) -> bool:
        """Whether it was ours to note. Raises what is in the way, if that lasts."""
        clock = asyncio.get_running_loop().time
        until = clock() + NOTING_SECONDS
        while True:
            try:
                async with self._database.read(taken.organization) as connection:
                    noted = await connection.fetchval(statement("notices", "record"), *asked)
            except Exception:
                if clock() > until:
                    raise
            else:
                return noted is not None
            await asyncio.sleep(NOTING_PAUSE)

    async def note_counts(self) -> None:
        """Add what has been counted since to what all have counted. What a killed process has
        counted in its last moments is lost; the notices themselves are not."""
        counted, self._counted = self._counted, Counter()
        if counted:
            async with self._database.read_across() as connection:
                for outcome, total in counted.items():
                    await connection.execute(
                        statement("notices", "count"), self.channel.value, outcome, total
                    )

    def _over(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # It stays claimed for a while, and is sent again.
            _log.warning("a notification could not be recorded", error=in_words(error))


def rendered(taken: Taken) -> Message:
    """The message that a notice makes, in the customer's language."""
    facts = taken.facts
    language, template = template_for(facts.kind, facts.languages, taken.own)
    words = filled(template, values_of(facts, language.partition("-")[0]))
    return Message(
        f"ntf_{taken.id}",
        facts.kind.value,
        taken.slug,
        facts.organization,
        facts.reservation,
        address_of(facts) or "",
        words.subject,
        words.text,
    )


def _taken(row: Mapping[str, Any], own: Own) -> Taken:
    facts = Facts(
        kind=Kind(row["kind"]),
        channel=Channel(row["channel"]),
        reservation=f"rsv_{row['reservation_id'].hex}",
        about=row["about"],
        now=row["now"],
        organization=row["organization"],
        standing=row["standing"],
        expires_at=row["expires_at"],
        reason=row["reason"],
        wait=row["wait"],
        overtaken=row["overtaken"],
        lines=_LINES.decode(row["lines"]),
        customer=row["customer"],
        email=row["email"],
        name=row["name"],
        is_shut_out=row["disabled_at"] is not None,
        phone=row["phone"],
        languages=(row["own_language"], row["language"]),
        told=(row["kinds"] or (), row["channels"] or ()),
        off=(row["kinds_off"] or (), row["channels_off"] or ()),
    )
    organization = f"org_{row['organization_id'].hex}"
    return Taken(organization, row["id"].hex, row["attempts"], facts, row["slug"], own)
