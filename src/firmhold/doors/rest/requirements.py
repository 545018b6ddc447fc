"""What a slot takes from pools: the room and the practitioner under their own names, the rest in a
list. Between that and the one list that the engine has, both ways, and for refusals too.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from firmhold.domain.errors import Code, Refusal, Refused, malformed, refuse
from firmhold.domain.model import Per, Requirement
from firmhold.doors.rest.shapes.slots import PoolName, RequirementRequest, RequirementView
from firmhold.doors.shared.ids import is_id
from firmhold.doors.shared.operation import Call
from firmhold.engine.pools import PoolKind, PoolSeen
from firmhold.engine.timetable import Required


class Taking(Protocol):
    """A request that says what slots take."""

    @property
    def room(self) -> str | None: ...
    @property
    def practitioner(self) -> str | None: ...
    @property
    def requirements(self) -> tuple[RequirementRequest, ...]: ...


class Needs(NamedTuple):
    """What slots take, sorted as the API has it."""

    room: Requirement | None
    practitioner: Requirement | None
    others: tuple[Requirement, ...]

    @property
    def all(self) -> tuple[Requirement, ...]:
        """As the engine has it."""
        return tuple(need for _, need in self._named())

    @property
    def fields(self) -> list[str]:
        """What each of these is called in a request."""
        return [name for name, _ in self._named()]

    def _named(self) -> Iterable[tuple[str, Requirement]]:
        if self.room is not None:
            yield "room", self.room
        if self.practitioner is not None:
            yield "practitioner", self.practitioner
        for place, need in enumerate(self.others):
            yield f"requirements[{place}]", need


def needs_of(request: Taking, where: str = "") -> Needs:
    """What a request says. Raises `Refused` for what cannot be a pool's id."""
    needs = Needs(
        _one(request.room),
        _one(request.practitioner),
        _others(request.requirements),
    )
    return _checked(needs, where)


def changed_needs(needs: Needs, given: Mapping[str, Any]) -> Needs:
    """The same with what a change says. Raises `Refused` for what cannot be a pool's id."""
    if "room" in given:
        needs = needs._replace(room=_one(given["room"]))
    if "practitioner" in given:
        needs = needs._replace(practitioner=_one(given["practitioner"]))
    if "requirements" in given:
        needs = needs._replace(others=_others(given["requirements"]))
    return _checked(needs, "")


def _one(pool: str | None) -> Requirement | None:
    return None if pool is None else Requirement(pool, 1, Per.SLOT)


def _others(requests: Iterable[RequirementRequest]) -> tuple[Requirement, ...]:
    return tuple(Requirement(it.pool, it.units, Per(it.per)) for it in requests)


def _checked(needs: Needs, where: str) -> Needs:
    for name, need in zip(needs.fields, needs.all, strict=True):
        if not is_id(need.pool, "pool_"):
            field = where + (name if name in _KINDS else f"{name}.pool")
            refusal = refuse(Code.NOT_FOUND, "There is no such pool.", pool=need.pool, field=field)
            raise Refused(refusal)
    return needs


def sort_out(
    requires: Sequence[Required],
) -> tuple[Required | None, Required | None, list[Required]]:
    """The room and the practitioner that a slot takes itself, the first of each, and the rest."""
    own = [it for it in requires if it.per is Per.SLOT]
    room = next((it for it in own if it.kind is PoolKind.ROOM), None)
    practitioner = next((it for it in own if it.kind is PoolKind.PRACTITIONER), None)
    return room, practitioner, [it for it in requires if it is not room and it is not practitioner]


def needs_in(requires: Sequence[Required]) -> Needs:
    """What slots take, sorted as the API has it."""
    room, practitioner, others = sort_out(requires)
    return Needs(
        None if room is None else _need(room),
        None if practitioner is None else _need(practitioner),
        tuple(map(_need, others)),
    )


def _need(required: Required) -> Requirement:
    return Requirement(required.pool, required.units, required.per)


def named(required: Required | None) -> PoolName | None:
    """A room or a practitioner, as the API shows it."""
    return None if required is None else PoolName(required.pool, required.name)


def required_view(required: Required) -> RequirementView:
    """Anything else that is required, as the API shows it."""
    return RequirementView(
        required.pool,
        required.name,
        required.kind.value,
        required.units,
        required.per.value,
    )


# --- kinds ---

_KINDS = {"room": PoolKind.ROOM, "practitioner": PoolKind.PRACTITIONER}


async def pools_in(call: Call, needs: Iterable[Needs]) -> dict[str, PoolSeen]:
    """The pools that are named, by their ids, without those that there are not."""
    ids = list({need.pool for each in needs for need in each.all})
    if not ids:
        return {}
    found = await call.services.pools.find(call.organization, ids=ids, limit=len(ids))
    return {pool.id: pool for pool in found}


def check_kinds(needs: Needs, pools: Mapping[str, PoolSeen], where: str = "") -> None:
    """Raise `Refused` for a room that is none, or a practitioner. A pool's kind never changes."""
    for name, need in (("room", needs.room), ("practitioner", needs.practitioner)):
        pool = None if need is None else pools.get(need.pool)
        if pool is not None and pool.kind is not _KINDS[name]:
            raise Refused(malformed(where + name, f"{pool.fields.name} is no {name}: {pool.kind}"))


# --- refusals ---

_FIELD = re.compile(
    r"(?P<where>(?:slots\[(?P<slot>\d+)\]\.)?)requirements\[(?P<place>\d+)\](?P<rest>.*)"
)


def renamed(refusal: Refusal, needs: Sequence[Needs]) -> Refusal:
    """The refusal with the field that the request has, where the engine speaks of its one list.
    `needs` are those of each slot of the request."""
    found = _FIELD.fullmatch(str(refusal.facts.get("field", "")))
    if found is None:
        return refusal
    slot = int(found["slot"] or 0)
    name = needs[slot].fields[int(found["place"])]
    field = found["where"] + name + ("" if name in _KINDS else found["rest"])
    if refusal.code is Code.MALFORMED_REQUEST:
        return malformed(field, refusal.facts["reason"])
    return refusal._replace(facts={**refusal.facts, "field": field})
