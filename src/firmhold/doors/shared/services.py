"""What handlers work with. Put together in one place, `firmhold.app`."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from firmhold.audit.reader import AuditReader
from firmhold.doors.shared.authentication import Authentication
from firmhold.doors.shared.guarding import Guard
from firmhold.doors.shared.limiting import Limiting
from firmhold.doors.shared.presence import Presence
from firmhold.doors.shared.recent import Recent
from firmhold.engine.calendars import Calendars
from firmhold.engine.catalogue import Catalogue
from firmhold.engine.engine import Engine
from firmhold.engine.naming import Naming
from firmhold.engine.places import Places
from firmhold.engine.pools import Pools
from firmhold.engine.reader import Reader
from firmhold.engine.roster import Roster
from firmhold.engine.schedules import Schedules
from firmhold.engine.slot_import import SlotImport
from firmhold.engine.slots import Slots
from firmhold.engine.ticket import Act, Reply
from firmhold.engine.timetable import Timetable
from firmhold.engine.waitlist_reader import WaitlistReader
from firmhold.identity.accounts import Accounts
from firmhold.identity.api_keys import ApiKeys
from firmhold.identity.directory import Directory
from firmhold.identity.ended import Ended
from firmhold.identity.oidc.attempt import Attempt, Attempts
from firmhold.identity.oidc.configured import Configured
from firmhold.identity.oidc.id_token import Claims
from firmhold.identity.oidc.people import External
from firmhold.identity.passwords import Passwords
from firmhold.identity.people import People
from firmhold.identity.signing_in import SigningIn
from firmhold.identity.signing_out import SigningOut
from firmhold.identity.tokens import Tokens
from firmhold.notify.notices.notices import Notices
from firmhold.notify.webhooks.endpoints import Webhooks
from firmhold.relay.hub import Hub
from firmhold.reports.reader import Reports
from firmhold.store.database import Database

if TYPE_CHECKING:
    from firmhold.notify.carriers.smtp import Mailer


class Demo(Protocol):
    """The demo's data, which can be made anew."""

    async def owns(self, organization: str) -> bool:
        """Whether this is the demo's organization."""

    async def reset(self, act: Act, render: "RenderReset") -> Reply:
        """Make the data as it was at first, once per key, note it, and say what was done."""


class Reset(NamedTuple):
    """What was done to have the demo as it was at first."""

    cancelled: int
    """Reservations that were cancelled or released."""
    withdrawn: int
    """Slots."""
    published: int
    """Slots."""
    restocked: int
    """Items whose capacity was set."""
    reserved: int
    """Reservations that were made anew."""
    now: datetime


RenderReset = Callable[[Reset], tuple[int, bytes]]
"""The door's answer: status and body."""


class Provider(Protocol):
    """The server at which people sign in instead of here; see `firmhold.identity.oidc.provider`."""

    configured: Configured

    async def address(self, attempt: Attempt) -> str:
        """Where a browser signs in. Raises `ProviderAway`."""

    async def signed_in(self, attempt: Attempt, code: str, issuer: str | None) -> Claims:
        """Whom it has signed in. Raises `ProviderAway`, `NotSignedIn`."""

    async def close(self) -> None:
        """Let go of the connections."""


class Oidc(NamedTuple):
    """What it takes to sign in elsewhere."""

    attempts: Attempts
    provider: Provider
    external: External


class Pages(NamedTuple):
    """What the pages for people are told about this server."""

    organization: str = "default"
    """Slug of the one that people mean who are not signed in."""
    base_path: str = "/"
    """The path below which browsers find this server; begins and ends with a slash."""
    version: str = ""


class Services(NamedTuple):
    """Everything a door can call."""

    database: Database
    engine: Engine
    catalogue: Catalogue
    reader: Reader
    naming: Naming
    places: Places
    pools: Pools
    slots: Slots
    slot_import: SlotImport
    schedules: Schedules
    timetable: Timetable
    calendars: Calendars
    waitlist: WaitlistReader
    roster: Roster
    directory: Directory
    people: People
    signing_in: SigningIn
    signing_out: SigningOut
    accounts: Accounts
    api_keys: ApiKeys
    ended: Ended
    tokens: Tokens
    authentication: Authentication
    limiting: Limiting
    audit: AuditReader
    hub: Hub
    webhooks: Webhooks
    reports: Reports
    notices: Notices
    guard: Guard
    presence: Presence
    passwords: Passwords
    body_limit: int
    unverified: timedelta
    """How long whoever has verified nothing is remembered."""
    started_at: datetime
    recent: Recent
    demo: Demo | None = None
    """The demo's data, if the server was started with `--demo`."""
    oidc: Oidc | None = None
    """If an identity provider is configured."""
    introspection: bool = False
    """Whether the GraphQL door tells its schema, and has a page to try it on."""
    pages: Pages = Pages()
    mailer: "Mailer | None" = None
    """If a mail server is configured."""
