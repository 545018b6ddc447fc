"""What a request says about a schedule, as the engine has it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from firmhold.domain.errors import Refused, malformed
from firmhold.domain.model import Requirement
from firmhold.domain.publishing import SlotFields
from firmhold.doors.rest.requirements import Needs
from firmhold.doors.rest.shapes.schedules import Break, Override, ScheduleRequest, Session
from firmhold.doors.rest.terms import changed_terms, terms_of
from firmhold.engine.generation import OverrideFields, ScheduleFields, Times
from firmhold.engine.places import Site
from firmhold.engine.pools import PoolKind, PoolSeen
from firmhold.engine.timetable import Required
from firmhold.planning.rule import WEEKDAYS, read_rule
from firmhold.planning.zones import to_local, zone_of


def fields_of(request: ScheduleRequest, needs: Needs, site: Site) -> ScheduleFields:
    """What a request says, with what goes without saying: from today on, in the opening hours."""
    today = to_local(site.now, zone_of(site.fields.zone)).date()
    sessions = request.sessions
    return ScheduleFields(
        request.site,
        request.rule,
        (request.starts_on or today).isoformat(),
        opening_hours(site, request.rule) if sessions is None else _sessions(sessions),
        SlotFields(
            request.title,
            request.description,
            terms_of(request),
            needs.all,
            request.metadata,
        ),
        request.capacity,
        _text(request.ends_on),
        request.slot_minutes,
        request.gap_minutes,
        _breaks(request.breaks),
        tuple(_overrides(request.overrides)),
    )


def opening_hours(site: Site, rule: str) -> Times:
    """The hours of the site, if they are the same on all days that the rule names.

    Raises `Refused` otherwise: a schedule has the same hours on each of its dates, and those on
    which the site is closed are for the rule to leave out.
    """
    hours: dict[str, set[tuple[str, str]]] = {}
    for day, opens, closes in site.fields.opening_hours:
        hours.setdefault(day, set()).add((opens, closes))
    days = {WEEKDAYS[day.weekday] for day in read_rule(rule).days}
    named = [day for day in WEEKDAYS if day in days or not days]
    closed = [day for day in named if day not in hours]
    if not hours:
        raise _not_said("the site has no opening hours")
    if closed:
        raise _not_said(f"the site has no opening hours on {', '.join(closed)}")
    same = hours[named[0]]
    if any(hours[day] != same for day in named):
        raise _not_said(f"the site's opening hours are not the same on {', '.join(named)}")
    return tuple(sorted(same))


def _not_said(why: str) -> Refused:
    return Refused(malformed("sessions", f"say which; {why}"))


def changed_fields(
    fields: ScheduleFields, given: Mapping[str, Any], needs: Needs
) -> ScheduleFields:
    """The same with what a change says; `needs` is what its slots take then."""
    said: dict[str, Any] = {
        name: given[name]
        for name in ("rule", "slot_minutes", "gap_minutes", "capacity")
        if name in given
    }
    for name in ("starts_on", "ends_on"):
        if name in given:
            said[name] = _text(given[name])
    if "sessions" in given:
        said["sessions"] = _sessions(given["sessions"])
    if "breaks" in given:
        said["breaks"] = _breaks(given["breaks"])
    if "overrides" in given:
        said["overrides"] = tuple(_overrides(given["overrides"]))
    slot = fields.slot
    about = {name: given[name] for name in ("title", "description", "metadata") if name in given}
    slot = slot._replace(**about, terms=changed_terms(slot.terms, given), requirements=needs.all)
    return fields._replace(**said, slot=slot)


def required_in(
    requirements: Iterable[Requirement], pools: Mapping[str, PoolSeen]
) -> list[Required]:
    """What is required, with what is known of the pools. One that no slot requires may be gone."""
    return [
        Required(need.pool, pool.fields.name, pool.kind, need.units, need.per)
        if (pool := pools.get(need.pool)) is not None
        else Required(need.pool, "(deleted)", PoolKind.EQUIPMENT, need.units, need.per)
        for need in requirements
    ]


def _text(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def _sessions(sessions: Sequence[Session]) -> Times:
    return tuple((session.opens, session.closes) for session in sessions)


def _breaks(breaks: Sequence[Break]) -> Times:
    return tuple((pause.starts, pause.ends) for pause in breaks)


def _overrides(overrides: Sequence[Override]) -> Iterable[OverrideFields]:
    for place, override in enumerate(overrides):
        if override.closed == bool(override.sessions):
            raise Refused(
                malformed(f"overrides[{place}]", "either it is closed or it has sessions")
            )
        yield OverrideFields(
            override.on.isoformat(),
            _sessions(override.sessions),
            None if override.breaks is None else _breaks(override.breaks),
        )
