"""What requests and answers about pools look like on the wire."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from firmhold.doors.rest.shapes.terms import Members, OwnMembers
from firmhold.doors.shared.text import Cursor, Id, Instant, Limit, Request, Title

Kind = Literal["room", "practitioner", "equipment"]

_Name = Annotated[Title, Meta(description="What people call it; unique among those of its kind.")]
_Units = Annotated[
    Annotated[int, Meta(ge=0, le=100_000)],
    Meta(description="How many there are; a room or a practitioner is always 1."),
]
_Before = Annotated[
    Annotated[int, Meta(ge=0, le=1440)],
    Meta(description="Minutes before each use that count as taken, for getting ready."),
]
_After = Annotated[
    Annotated[int, Meta(ge=0, le=1440)],
    Meta(description="Minutes after each use that count as taken, for cleaning up."),
]
_Site = Annotated[
    Id | None, Meta(description="Id of the site where it is at home; any site may require it.")
]


class PoolRequest(Request):
    """A new pool."""

    kind: Annotated[Kind, Meta(description="What its units are; this never changes.")]
    name: _Name
    units: _Units = 1
    site: _Site = None
    before_minutes: _Before = 0
    after_minutes: _After = 0
    metadata: Members = msgspec.field(default_factory=dict)


class PoolChange(Request):
    """What to change about a pool; what is left out stays. Slots that have units of it by now keep
    the buffers with which they took them."""

    name: _Name | UnsetType = UNSET
    units: _Units | UnsetType = UNSET
    site: _Site | UnsetType = UNSET
    before_minutes: _Before | UnsetType = UNSET
    after_minutes: _After | UnsetType = UNSET
    metadata: Members | UnsetType = UNSET


class PoolView(Struct, frozen=True):
    """Units that are lent for a time and come back."""

    id: Annotated[str, Meta(description="The pool's id; it never changes.")]
    kind: Annotated[Kind, Meta(description="What its units are.")]
    name: Annotated[str, Meta(description="What people call it.")]
    units: Annotated[int, Meta(description="How many there are.")]
    site: Annotated[str | None, Meta(description="Id of the site where it is at home, if any.")]
    before_minutes: Annotated[int, Meta(description="Minutes before each use that count as taken.")]
    after_minutes: Annotated[int, Meta(description="Minutes after each use that count as taken.")]
    metadata: OwnMembers
    created_at: Annotated[datetime, Meta(description="When it was made.")]
    updated_at: Annotated[datetime, Meta(description="When it was last changed.")]


class PoolsQuery(Request):
    """Which pools to list."""

    kind: Annotated[Kind | None, Meta(description="Those of this kind.")] = None
    site: Annotated[Id | None, Meta(description="Those at home at this site.")] = None
    limit: Limit = 50
    cursor: Cursor = None


class LoansQuery(Request):
    """Of which time to list what a pool has lent."""

    since: Annotated[Instant, Meta(description="What is lent at this instant or later.")] = (
        msgspec.field(name="from")
    )
    until: Annotated[Instant, Meta(description="What is lent before this instant.")] = (
        msgspec.field(name="to")
    )
    limit: Limit = 100
    cursor: Cursor = None


class LoanView(Struct, frozen=True):
    """Units of a pool that are taken for a time, buffers included."""

    slot: Annotated[str, Meta(description="Id of the slot that takes them.")]
    title: Annotated[str, Meta(description="What people call the slot.")]
    per: Annotated[
        Literal["slot", "reservation"],
        Meta(
            description="Whether the slot itself took them, or each of its reservations takes some."
        ),
    ]
    units: Annotated[int, Meta(description="How many, for all of its reservations together.")]
    starts_at: Annotated[datetime, Meta(description="From when on, getting ready included.")]
    ends_at: Annotated[datetime, Meta(description="Until when, cleaning up included.")]
