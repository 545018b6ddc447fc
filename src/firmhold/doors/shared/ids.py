"""Ids: new ones, and whether one in a request can be one at all, before anything is asked about
it."""

import re

import uuid_utils

from firmhold.domain.errors import Code, Refused, refuse

_ID = re.compile(r"[a-z]{3,9}_[0-9a-f]{32}")


def new_id(prefix: str) -> str:
    """An id that nothing else has."""
    return f"{prefix}{uuid_utils.uuid7().hex}"


def is_id(text: str, prefix: str | tuple[str, ...]) -> bool:
    """Whether this could be an id of that kind, or of one of those."""
    return text.startswith(prefix) and _ID.fullmatch(text) is not None


def is_offering(text: str) -> bool:
    """Whether this could be an item or a slot."""
    return is_id(text, ("item_", "slot_"))


def require_offering(id: str) -> str:
    """The id itself. Raises `Refused` (`not_found`): what cannot be an offering's id names none."""
    if not is_offering(id):
        raise Refused(refuse(Code.NOT_FOUND, "There is no such offering.", offering=id[:80]))
    return id


def require_id(id: str, prefix: str | tuple[str, ...], what: str) -> str:
    """The id itself. Raises `Refused` (`not_found`): what cannot be an id names nothing."""
    if not is_id(id, prefix):
        raise Refused(refuse(Code.NOT_FOUND, f"There is no such {what}.", **{what: id[:80]}))
    return id
