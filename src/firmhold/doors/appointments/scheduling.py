"""`/api/admin/slots`: a procedure in a room, with a doctor and what each booking needs."""

import re
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from firmhold.domain.errors import Code, Refusal, Refused, malformed, refuse
from firmhold.domain.model import Per, Requirement
from firmhold.domain.publishing import NewSlot, SlotFields
from firmhold.doors.appointments.shapes import (
    AdminEquipment,
    AdminSlot,
    AdminSlotRequest,
    EquipmentRequest,
)
from firmhold.doors.appointments.shared import TAG, name_pool, settle_key
from firmhold.doors.shared.body import require_instant
from firmhold.doors.shared.ids import is_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode
from firmhold.doors.shared.submitting import act_of, earlier, reply_to
from firmhold.engine.pools import PoolFields, PoolKind, PoolSeen
from firmhold.engine.ticket import Answer
from firmhold.engine.ticket import Reply as EngineReply
from firmhold.engine.timetable import PublishedSlot
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []

_PAGE = 1000
"""Pools read at once when one is looked for by its name."""

_INDEX = re.compile(r"^requirements\[(\d+)\]\.(.*)$")

_POSSIBLE = refuse(Code.INTERNAL_ERROR, "It was only tried whether this is possible.")
"""What undoes a rehearsal."""


class _Plan(NamedTuple):
    """What was asked for, with things in place of their names."""

    request: AdminSlotRequest
    room: PoolSeen
    site: str
    equipment: tuple[Requirement, ...]

    def slot(self, doctor: PoolSeen | None) -> NewSlot:
        """The slot to publish; without a doctor, to see whether the rest is possible."""
        needs = [*self.equipment, Requirement(self.room.id, 1, Per.SLOT)]
        if doctor is not None:
            needs.append(Requirement(doctor.id, 1, Per.SLOT))
        request = self.request
        fields = SlotFields(request.procedure_type, requirements=tuple(needs))
        return NewSlot(self.site, request.start_time, request.end_time, 1, fields)


@operation(
    "POST",
    "/api/admin/slots",
    table=TABLE,
    tag=TAG,
    permission=Permission.STOCK_WRITE,
    status=201,
    body=AdminSlotRequest,
    answer=AdminSlot,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.POOL_BUSY, Code.OVERLOADED),
    example=Example(
        body={
            "doctor_name": "a doctor",
            "procedure_type": "Knee arthroscopy",
            "room_id": "a room at a site",
            "start_time": "2035-03-05T08:00:00+01:00",
            "end_time": "2035-03-05T10:30:00+01:00",
            "equipment": [{"id": "some equipment", "units": 1}],
        }
    ),
)
async def schedule_slot(call: Call) -> Reply:
    """Schedule a procedure. The room and the doctor are taken at once, the equipment by each
    booking."""
    settle_key(call)
    if (first := await earlier(call)) is not None:
        return first
    request: AdminSlotRequest = call.body
    require_instant("start_time", request.start_time)
    require_instant("end_time", request.end_time)
    room = await _room(call, request.room_id)
    equipment = [
        Requirement((await _equipment(call, f"equipment[{n}]", it)).id, it.units, Per.RESERVATION)
        for n, it in enumerate(request.equipment)
    ]
    plan = _Plan(request, room, await _site(call, room), tuple(equipment))
    answer = await _publish(call, plan)
    return (
        problem(await _explained(call, plan, answer))
        if isinstance(answer, Refusal)
        else reply_to(answer)
    )


async def _publish(call: Call, plan: _Plan) -> EngineReply:
    """Publish the slot, with a doctor who is made if nobody goes by the name, and not kept if
    nothing comes of it."""
    name = " ".join(plan.request.doctor_name.split())
    while True:
        doctor, is_new = await _find(call, PoolKind.PRACTITIONER, name), False
        if doctor is None:
            rehearsed = await _put(call, plan, None)
            if rehearsed != _POSSIBLE:
                return rehearsed
            doctor, is_new = await _make(call, name)
        answer = await _put(call, plan, doctor)
        if not isinstance(answer, Refusal):
            return answer
        if is_new:
            await call.services.pools.delete(call.organization, doctor.id, lambda _: (200, b""))
        # Somebody else made this doctor for nothing, and has just taken that back.
        if answer.code is not Code.NOT_FOUND or answer.facts.get("pool") != doctor.id:
            return answer


async def _put(call: Call, plan: _Plan, doctor: PoolSeen | None) -> EngineReply:
    def render(slots: list[PublishedSlot]) -> tuple[int, bytes]:
        if doctor is None:
            raise Refused(_POSSIBLE)
        return 201, encode(_view(slots[0], plan.room, doctor))

    answer: EngineReply = await call.services.slots.publish(
        call.organization,
        call.actor.label,
        [plan.slot(doctor)],
        render,
        act_of(call),
    )
    return answer


async def _make(call: Call, name: str) -> tuple[PoolSeen, bool]:
    """The practitioner of this name, and whether it is new: somebody may have been faster."""
    made: list[PoolSeen] = []

    def render(pool: PoolSeen) -> tuple[int, bytes]:
        made.append(pool)
        return 201, b""

    answer = await call.services.pools.create(
        call.organization, PoolKind.PRACTITIONER, PoolFields(name), render
    )
    if isinstance(answer, Answer):
        return made[-1], True
    found = await _find(call, PoolKind.PRACTITIONER, name)
    if found is None:
        raise Refused(answer)
    return found, False


# --- what is named ---


async def _room(call: Call, named: str) -> PoolSeen:
    found = await _named(call, PoolKind.ROOM, named)
    if found is None:
        raise Refused(
            refuse(Code.NOT_FOUND, "There is no such room.", field="room_id", room_id=named)
        )
    return found


async def _equipment(call: Call, field: str, asked: EquipmentRequest) -> PoolSeen:
    if (asked.id is None) == (asked.name is None):
        raise Refused(malformed(field, "name it either by id or by name"))
    if asked.id is None:
        found = await _find(call, PoolKind.EQUIPMENT, asked.name or "")
    else:
        found = await _with_id(call, PoolKind.EQUIPMENT, asked.id)
    if found is None:
        told = {"id": asked.id} if asked.name is None else {"name": asked.name}
        raise Refused(refuse(Code.NOT_FOUND, "There is no such equipment.", field=field, **told))
    return found


async def _site(call: Call, room: PoolSeen) -> str:
    """The room's site, or the only one there is."""
    if room.fields.site is not None:
        return room.fields.site
    sites = await call.services.places.find(call.organization, limit=2)
    if len(sites) == 1:
        only: str = sites[0].id
        return only
    several = "there are several sites" if sites else "there is no site"
    raise Refused(
        malformed("room_id", f"{room.fields.name} is at no site and {several}; give it one first")
    )


async def _named(call: Call, kind: PoolKind, named: str) -> PoolSeen | None:
    """The pool with this id, or else with this name: a name may look like anything."""
    return await _with_id(call, kind, named) or await _find(call, kind, named)


async def _with_id(call: Call, kind: PoolKind, id: str) -> PoolSeen | None:
    if not is_id(id, "pool_"):
        return None
    found: Sequence[PoolSeen] = await call.services.pools.find(call.organization, ids=[id])
    return found[0] if found and found[0].kind is kind else None


async def _find(call: Call, kind: PoolKind, name: str) -> PoolSeen | None:
    """The pool of this name, or else one whose name differs in nothing but case and white space:
    nobody means a second Dr. Okafor by writing "dr. okafor"."""
    alike = None
    async for pool in _every(call, kind):
        if pool.fields.name == name:
            return pool
        if alike is None and _plain(pool.fields.name) == _plain(name):
            alike = pool
    return alike


async def _every(call: Call, kind: PoolKind) -> AsyncIterator[PoolSeen]:
    after: str | None = None
    while True:
        page: Sequence[PoolSeen] = await call.services.pools.find(
            call.organization, kind=kind, after=after, limit=_PAGE
        )
        for pool in page:
            yield pool
        if len(page) < _PAGE:
            return
        after = page[-1].id


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


# --- what is said ---


def _view(slot: PublishedSlot, room: PoolSeen, doctor: PoolSeen) -> AdminSlot:
    return AdminSlot(
        slot.id,
        doctor.id,
        doctor.fields.name,
        slot.fields.title,
        room.id,
        room.fields.name,
        slot.site.id,
        slot.site.zone,
        slot.starts_at,
        slot.ends_at,
        tuple(
            AdminEquipment(need.pool, need.name, need.units)
            for need in slot.of_kind(PoolKind.EQUIPMENT)
        ),
        slot.offering.capacity,
        slot.now,
    )


async def _explained(call: Call, plan: _Plan, refusal: Refusal) -> Refusal:
    """The refusal in the words of the request."""
    if refusal.code is Code.POOL_BUSY:
        facts = {_FIELDS.get(name, name): it for name, it in refusal.facts.items()}
        del facts["slot"]
        return await name_pool(call, refusal._replace(facts=facts), "scheduled")
    if refusal.code is not Code.MALFORMED_REQUEST:
        return refusal
    field, reason = refusal.facts["field"], refusal.facts["reason"]
    if match := _INDEX.match(field):
        index = int(match[1])
        # What remains are the room and the doctor, who are required once by being named once.
        field = f"equipment[{index}].{_EQUIPMENT[match[2]]}"
    for theirs, ours in _FIELDS.items():
        field, reason = field.replace(theirs, ours), reason.replace(theirs, ours)
    return malformed(field, reason)


_EQUIPMENT = {"pool": "id", "units": "units"}
_FIELDS = {"starts_at": "start_time", "ends_at": "end_time", "title": "procedure_type"}
