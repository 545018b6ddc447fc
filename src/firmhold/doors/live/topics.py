"""What somebody wants to be told of, and whether that is theirs to hear."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from firmhold.domain.desk import may_act_on
from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.doors.live.shapes import MOST_TOPICS, LiveQuery, Subscribe
from firmhold.doors.shared.ids import require_id, require_offering
from firmhold.doors.shared.services import Services
from firmhold.identity.actors import Identity
from firmhold.identity.permissions import Permission
from firmhold.relay.position import Position, position_of
from firmhold.store.sql import statement


class Wanted(NamedTuple):
    """Topics by their kinds, each id once."""

    offerings: Sequence[str]
    sites: Sequence[str]
    reservations: Sequence[str]
    feed: bool
    after: Position | None


def wanted_by(asked: LiveQuery | Subscribe, last_event_id: str | None = None) -> Wanted:
    """What was asked for. Raises `Refused` if it makes no sense."""
    given = [_ids(ids) for ids in (asked.offerings, asked.sites, asked.reservations)]
    count = sum(map(len, given)) + asked.feed
    if not count:
        raise Refused(malformed("offerings", "name offerings, sites, reservations, or the feed"))
    if count > MOST_TOPICS:
        refusal = f"at most {MOST_TOPICS} offerings, sites and reservations together, not {count}"
        raise Refused(malformed("offerings", refusal))
    cursor = last_event_id if asked.cursor is None else asked.cursor
    after = None if cursor is None else position_of(cursor)
    if cursor is not None and after is None:
        raise Refused(malformed("cursor", "not one that came with a frame"))
    offerings, sites, reservations = given
    for id in offerings:
        require_offering(id)
    for id in sites:
        require_id(id, "site_", "site")
    for id in reservations:
        require_id(id, "rsv_", "reservation")
    return Wanted(offerings, sites, reservations, asked.feed, after)


async def topics_for(services: Services, identity: Identity, wanted: Wanted) -> list[str]:
    """The topics of a hub. Raises `Refused` for what there is not in the organization, and for what
    this identity may not hear."""
    if wanted.feed and not identity.may(Permission.LEDGER_READ):
        raise Refused(refuse(Code.FORBIDDEN, "The feed is for those who may read the ledger."))
    if wanted.reservations and not identity.may(Permission.RESERVATIONS_OWN):
        raise Refused(refuse(Code.UNAUTHENTICATED, "To hear of a reservation, say who you are."))
    await _require_there(services, identity.organization, wanted)
    for id in wanted.reservations:
        await _require_own(services, identity, id)
    topics = [*wanted.offerings, *wanted.sites, *wanted.reservations]
    return [*topics, identity.organization] if wanted.feed else topics


async def _require_there(services: Services, organization: str, wanted: Wanted) -> None:
    if not wanted.offerings and not wanted.sites:
        return
    async with services.database.read(organization) as connection:
        rows = await connection.fetch(
            statement("relay", "of_organization"),
            organization[-32:],
            [id[-32:] for id in wanted.offerings],
            [id[-32:] for id in wanted.sites],
        )
    there = {row["id"].hex for row in rows}
    for what, ids in (("offering", wanted.offerings), ("site", wanted.sites)):
        for id in ids:
            if id[-32:] not in there:
                raise Refused(refuse(Code.NOT_FOUND, f"There is no such {what}.", **{what: id}))


async def _require_own(services: Services, identity: Identity, id: str) -> None:
    seen = await services.reader.reservation(identity.organization, id)
    if seen is None:
        raise Refused(refuse(Code.NOT_FOUND, "There is no such reservation.", reservation=id))
    if not identity.may(Permission.RESERVATIONS_READ) and not may_act_on(
        identity.actor, seen.reservation
    ):
        raise Refused(refuse(Code.FORBIDDEN, "This reservation belongs to another customer."))


def _ids(given: str | Iterable[str] | None) -> list[str]:
    if given is None:
        return []
    parts = given.split(",") if isinstance(given, str) else given
    return list(dict.fromkeys(part.strip() for part in parts))
