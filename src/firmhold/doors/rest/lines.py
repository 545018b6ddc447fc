"""The lines of a request: from what they name to offerings."""

from collections.abc import Sequence
from typing import Protocol

from firmhold.domain.commands import Asked
from firmhold.domain.errors import Code, Refusal, Refused, malformed, refuse
from firmhold.doors.rest.shapes.reservations import LineRequest
from firmhold.doors.shared.ids import is_id
from firmhold.doors.shared.operation import Call

NOWHERE = "item_" + "0" * 32
"""What names nothing. No id that is made has all its digits zero."""

_PREFIXES = {"item": "item_", "slot": "slot_"}


async def asked(call: Call, lines: Sequence[LineRequest]) -> tuple[Asked, ...]:
    """The lines with offerings in place of SKUs. Raises `Refused` for what names nothing."""
    found = await parts(call, lines)
    for index, (line, part) in enumerate(zip(lines, found, strict=True)):
        if part.offering == NOWHERE:
            raise Refused(nothing_named(line, line=index))
    return found


async def parts(call: Call, lines: Sequence[LineRequest]) -> tuple[Asked, ...]:
    """The lines with offerings in place of SKUs, for a reservation that exists: what names nothing
    is not part of it, which is for the rules to say."""
    _named_once(lines)
    return tuple([Asked(await offering_of(call, line), line.quantity) for line in lines])


class Naming(Protocol):
    """What names an offering: an item, by id or SKU, or a slot."""

    @property
    def item(self) -> str | None: ...
    @property
    def sku(self) -> str | None: ...
    @property
    def slot(self) -> str | None: ...


async def offering_of(call: Call, line: Naming) -> str:
    """What is named, or `NOWHERE`."""
    if line.sku is not None:
        return await call.services.engine.item_of_sku(call.organization, line.sku) or NOWHERE
    kind = "item" if line.item is not None else "slot"
    id = line.item or line.slot or ""
    return id if is_id(id, _PREFIXES[kind]) else NOWHERE


def nothing_named(named: Naming, **facts: int) -> Refusal:
    """There is no such item or slot, in the words of the request."""
    if named.sku is not None:
        detail, told = "There is no item with this SKU.", {"sku": named.sku}
    elif named.item is not None:
        detail, told = "There is no such item.", {"item": named.item}
    else:
        detail, told = "There is no such slot.", {"slot": named.slot or ""}
    return refuse(Code.NOT_FOUND, detail, **facts, **told)


def _named_once(lines: Sequence[LineRequest]) -> None:
    for index, line in enumerate(lines):
        name_once(line, f"lines[{index}]")


def name_once(line: Naming, field: str) -> None:
    """Raise `Refused` unless exactly one offering is named."""
    if sum(name is not None for name in (line.item, line.sku, line.slot)) != 1:
        raise Refused(malformed(field, "name one item, SKU or slot"))
