"""Ids: new ones, and whether one in a request can be one at all, before anything is asked about
it."""

import re

import uuid_utils

from firmhold.domain.errors import Code, Refused, refuse

_ID = re.compile(r"[a-z]{3,9}_[0-9a-f]{32}")


def new_id(prefix: str) -> str:
    """An id that nothing else has."""
    return f"{prefix}{uuid_utils.uuid7().hex}"


def is_id(text: str, prefix: str) -> bool:
    """Whether this could be an id of that kind."""
    return text.startswith(prefix) and _ID.fullmatch(text) is not None


def require_id(id: str, prefix: str, what: str) -> str:
    """The id itself. Raises `Refused` (`not_found`): what cannot be an id names nothing."""
    if not is_id(id, prefix):
        raise Refused(refuse(Code.NOT_FOUND, f"There is no such {what}.", **{what: id[:80]}))
    return id
