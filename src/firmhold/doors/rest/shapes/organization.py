"""What an organization allows, as it looks on the wire."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from firmhold.doors.rest.shapes.sites import Cutoff, Horizon, Notice
from firmhold.doors.shared.text import (
    Cursor,
    Email,
    Limit,
    NewSlug,
    Quantity,
    Request,
    Title,
    Ttl,
)


class OrganizationView(Struct, frozen=True):
    """What an organization allows."""

    id: Annotated[str, Meta(description="The organization's id; it never changes.")]
    slug: Annotated[str, Meta(description="Its name in `X-Organization`; it never changes.")]
    name: Annotated[str, Meta(description="What people call it.")]
    hold_ttl_seconds: Annotated[
        int, Meta(description="Seconds a hold lasts, at most too, where an item sets no others.")
    ]
    max_live_holds: Annotated[
        int | None, Meta(description="Holds a customer may have at a time; `null`: any.")
    ]
    guest_holds: Annotated[
        bool, Meta(description="Whether someone with nothing but an e-mail address may hold.")
    ]
    public_catalogue: Annotated[
        bool,
        Meta(description="Whether items, sites, slots and what is left are shown to anyone."),
    ]
    horizon_days: Annotated[
        int, Meta(description="Days ahead that customers can book, unless a site sets its own.")
    ]
    notice_minutes: Annotated[
        int,
        Meta(description="Minutes before the start until which they can, unless a site does."),
    ]
    cutoff_minutes: Annotated[
        int,
        Meta(description="Minutes before the start until which they can cancel, likewise."),
    ]
    offer_ttl_seconds: Annotated[
        int, Meta(description="Seconds for which units are held for someone on the waitlist.")
    ]
    open_registration: Annotated[
        bool, Meta(description="Whether people may make themselves customers.")
    ]


class OrganizationChange(Request):
    """What to change; what is left out stays."""

    name: Annotated[Title | UnsetType, Meta(description="What people call it.")] = UNSET
    hold_ttl_seconds: Annotated[
        Ttl | UnsetType,
        Meta(description="Seconds for new holds, at most too, where an item sets no others."),
    ] = UNSET
    max_live_holds: Annotated[
        Quantity | UnsetType | None,
        Meta(description="Holds a customer may have at a time; `null` lifts the limit."),
    ] = UNSET
    guest_holds: Annotated[
        bool | UnsetType,
        Meta(description="Whether someone with nothing but an e-mail address may hold."),
    ] = UNSET
    public_catalogue: Annotated[
        bool | UnsetType,
        Meta(description="Whether items, sites, slots and what is left are shown to anyone."),
    ] = UNSET
    horizon_days: Annotated[
        Horizon | UnsetType,
        Meta(description="Days ahead that customers can book, unless a site sets its own."),
    ] = UNSET
    notice_minutes: Annotated[
        Notice | UnsetType,
        Meta(description="Minutes before the start until which they can, unless a site does."),
    ] = UNSET
    cutoff_minutes: Annotated[
        Cutoff | UnsetType,
        Meta(description="Minutes before the start until which they can cancel, likewise."),
    ] = UNSET
    offer_ttl_seconds: Annotated[
        Ttl | UnsetType,
        Meta(description="Seconds for which units are held for someone on the waitlist."),
    ] = UNSET
    open_registration: Annotated[
        bool | UnsetType,
        Meta(description="Whether people may make themselves customers."),
    ] = UNSET


class NewOwner(Request):
    """Who is to run a new organization. They are sent a code with which they can set a password."""

    email: Annotated[Email, Meta(description="Their e-mail address.")]
    name: Annotated[Title | None, Meta(description="What people call them; `null` for none.")] = (
        None
    )


class OrganizationRequest(Request):
    """A new organization. What it allows is its owner's to say."""

    slug: Annotated[NewSlug, Meta(description="Its name in `X-Organization`; it never changes.")]
    name: Annotated[Title, Meta(description="What people call it.")]
    owner: Annotated[NewOwner, Meta(description="Its first user.")]


class NewOrganizationView(OrganizationView, frozen=True):
    """A new organization and its first user."""

    owner: Annotated[str, Meta(description="The id of the user who runs it.")]


class OrganizationsQuery(Request):
    """Which organizations."""

    cursor: Cursor = None
    limit: Limit = 100
