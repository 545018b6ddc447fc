"""Notices, as those who have them deal with them: settings, templates, wishes, what was sent."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.notify.notices.defaults import SHIPPED
from firmhold.notify.notices.kinds import MOST_REMINDERS, PERSONAL, Channel, Kind
from firmhold.notify.notices.template import Template, refuse_template
from firmhold.store.database import Database
from firmhold.store.sql import statement

MOST_TEMPLATES = 100
"""Of an organization: they are read with everything that is sent."""

LONGEST_REMINDER = 60 * 24 * 30
"""Minutes before a slot begins."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
"""ITU-T E.164."""


class NoticeSettings(NamedTuple):
    """How an organization tells its customers."""

    channels: Sequence[str]
    kinds: Sequence[str]
    language: str
    reminder_minutes: Sequence[int]
    expiry_seconds: int
    updated_at: datetime | None
    """`None`: it has never said so, and tells them nothing."""


UNSAID = NoticeSettings((), tuple(Kind), "en", (1440, 60), 3600, None)


class Preferences(NamedTuple):
    """What a user wants."""

    language: str | None
    phone: str | None
    kinds_off: Sequence[str]
    channels_off: Sequence[str]


class WrittenTemplate(NamedTuple):
    """A template, and whose it is."""

    kind: Kind
    language: str
    subject: str
    text: str
    updated_at: datetime | None
    """`None`: it came with the program."""


class Notice(NamedTuple):
    """What was to be told, and what came of it."""

    id: str
    number: int
    kind: str
    channel: str
    reservation: str
    customer: str | None
    status: str
    attempts: int
    due_at: datetime
    next_at: datetime | None
    created_at: datetime
    ended_at: datetime | None
    address: str | None
    subject: str | None
    text: str | None
    detail: str | None


class Notices:
    """Looks at all that, and changes it as part of a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def settings(self, organization: str) -> NoticeSettings:
        """How the organization tells its customers."""
        async with self._database.read(organization) as connection:
            row = await connection.fetchrow(statement("notices", "settings"), organization[-32:])
        return UNSAID if row is None else NoticeSettings(*row)

    async def put_settings(
        self, connection: Any, organization: str, wanted: NoticeSettings
    ) -> NoticeSettings:
        """Have it so from now on: what has been planned stays planned. Raises `Refused`."""
        _refuse_names("channels", wanted.channels, Channel)
        _refuse_names("kinds", wanted.kinds, Kind)
        _refuse_language("language", wanted.language)
        minutes = wanted.reminder_minutes
        if len(minutes) > MOST_REMINDERS or len(set(minutes)) < len(minutes):
            raise Refused(malformed("reminder_minutes", f"at most {MOST_REMINDERS}, all different"))
        if not all(1 <= it <= LONGEST_REMINDER for it in minutes):
            raise Refused(malformed("reminder_minutes", f"each from 1 to {LONGEST_REMINDER:,}"))
        row = await connection.fetchrow(
            statement("notices", "put_settings"),
            organization[-32:],
            list(wanted.channels),
            list(wanted.kinds),
            wanted.language,
            list(minutes),
            wanted.expiry_seconds,
        )
        return NoticeSettings(*row)

    async def templates(self, organization: str) -> list[WrittenTemplate]:
        """All that are used: the organization's own, and what is shipped where it has none."""
        async with self._database.read(organization) as connection:
            rows = await connection.fetch(statement("notices", "templates"), organization[-32:])
        found = {
            (kind, language): WrittenTemplate(kind, language, *template, None)
            for language, of_kind in SHIPPED.items()
            for kind, template in of_kind.items()
        }
        for row in rows:
            key = Kind(row["kind"]), row["language"]
            found[key] = WrittenTemplate(*key, row["subject"], row["body"], row["updated_at"])
        return sorted(found.values(), key=lambda it: (it.kind, it.language))

    async def template(self, organization: str, kind: str, language: str) -> WrittenTemplate:
        """One of them. Raises `Refused` if there is none."""
        known = kind_of(kind)
        async with self._database.read(organization) as connection:
            row = await connection.fetchrow(
                statement("notices", "template"), organization[-32:], kind, language
            )
        if row is not None:
            return WrittenTemplate(known, language, *row)
        if language not in SHIPPED:
            raise Refused(_no_template(kind, language))
        return WrittenTemplate(known, language, *SHIPPED[language][known], None)

    async def put_template(
        self, connection: Any, organization: str, kind: str, language: str, template: Template
    ) -> WrittenTemplate:
        """Have this one instead from now on. Raises `Refused`."""
        known = kind_of(kind)
        if not _LANGUAGE.fullmatch(language):
            raise Refused(_no_template(kind, language))
        refuse_template(known, template)
        id = organization[-32:]
        count = await connection.fetchval(
            statement("notices", "count_templates"), id, kind, language
        )
        if count >= MOST_TEMPLATES:
            raise Refused(
                refuse(Code.LIMIT_EXCEEDED, f"There are {count} already.", limit=MOST_TEMPLATES)
            )
        row = await connection.fetchrow(
            statement("notices", "put_template"), id, kind, language, *template
        )
        return WrittenTemplate(known, language, *row)

    async def remove_template(
        self, connection: Any, organization: str, kind: str, language: str
    ) -> None:
        """Have what is shipped again. Raises `Refused` if the organization has none of its own."""
        kind_of(kind)
        gone = await connection.fetchval(
            statement("notices", "remove_template"), organization[-32:], kind, language
        )
        if gone is None:
            raise Refused(_no_template(kind, language))

    async def preferences(self, organization: str, user: str) -> Preferences:
        """What a user wants."""
        async with self._database.read(organization) as connection:
            row = await connection.fetchrow(
                statement("notices", "preferences"), organization[-32:], user[-32:]
            )
        return Preferences(None, None, (), ()) if row is None else Preferences(*row)

    async def put_preferences(
        self, connection: Any, organization: str, user: str, wanted: Preferences
    ) -> Preferences:
        """Have it so from now on, also for what has been planned. Raises `Refused`."""
        if wanted.language is not None:
            _refuse_language("language", wanted.language)
        if wanted.phone is not None and not _PHONE.fullmatch(wanted.phone):
            raise Refused(malformed("phone", "a number such as +4930123456"))
        _refuse_names("kinds_off", wanted.kinds_off, Kind)
        _refuse_names("channels_off", wanted.channels_off, PERSONAL)
        row = await connection.fetchrow(
            statement("notices", "put_preferences"),
            *(organization[-32:], user[-32:], wanted.language, wanted.phone),
            *(list(wanted.kinds_off), list(wanted.channels_off)),
        )
        return Preferences(*row)

    async def page(
        self,
        organization: str,
        below: int | None,
        limit: int,
        *,
        status: str | None = None,
        kind: str | None = None,
        channel: str | None = None,
        reservation: str | None = None,
    ) -> list[Notice]:
        """So many notices, the newest first, below a number."""
        about = None if reservation is None else reservation[-32:]
        async with self._database.read(organization) as connection:
            rows = await connection.fetch(
                statement("notices", "page"),
                *(organization[-32:], below, status, kind, channel, about, limit),
            )
        return [_notice(row) for row in rows]

    async def again(self, connection: Any, organization: str, id: str) -> Notice:
        """Try one again that was given up. Raises `Refused` if there is no such."""
        row = await connection.fetchrow(statement("notices", "again"), organization[-32:], id[-32:])
        if row is None:
            detail = "There is no such notification that was given up."
            raise Refused(refuse(Code.NOT_FOUND, detail, notification=id))
        return _notice(row)


def kind_of(name: str) -> Kind:
    """The kind of this name. Raises `Refused` (`not_found`)."""
    try:
        return Kind(name)
    except ValueError:
        raise Refused(refuse(Code.NOT_FOUND, "There is no such kind.", kind=name[:80])) from None


def _no_template(kind: str, language: str) -> Any:
    return refuse(
        Code.NOT_FOUND, "There is no such template.", kind=kind[:80], language=language[:80]
    )


def _refuse_language(field: str, language: str) -> None:
    if not _LANGUAGE.fullmatch(language):
        raise Refused(malformed(field, "such as en or de-AT"))


def _refuse_names(field: str, names: Sequence[str], known: Iterable[str]) -> None:
    known = [str(it) for it in known]
    for name in names:
        if name not in known:
            there = ", ".join(sorted(known))
            raise Refused(malformed(field, f"there is no {name[:40]!r}; there are {there}"))
    if len(set(names)) < len(names):
        raise Refused(malformed(field, "one is named twice"))


def _notice(row: Mapping[str, Any]) -> Notice:
    waiting = row["status"] == "waiting"
    return Notice(
        f"ntf_{row['id'].hex}",
        row["number"],
        row["kind"],
        row["channel"],
        f"rsv_{row['reservation_id'].hex}",
        row["customer"],
        row["status"],
        row["attempts"],
        row["due_at"],
        row["next_at"] if waiting else None,
        row["created_at"],
        row["ended_at"],
        row["address"],
        row["subject"],
        row["body"],
        row["detail"],
    )
