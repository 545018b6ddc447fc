"""What requests and answers about sites look like on the wire."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from firmhold.doors.rest.shapes.terms import Members
from firmhold.doors.shared.fields import ServerTime, StaffMetadata
from firmhold.doors.shared.text import (
    Address,
    Clock,
    Cursor,
    Limit,
    LocalTime,
    Request,
    ShortReason,
    Title,
    Zone,
)

Horizon = Annotated[int, Meta(ge=1, le=3650)]
Notice = Annotated[int, Meta(ge=0, le=525_600)]
Cutoff = Annotated[int, Meta(ge=0, le=525_600)]


class OpeningHours(Struct, forbid_unknown_fields=True, frozen=True):
    """When a site is open on one day of the week, by its own clocks."""

    day: Annotated[
        Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"], Meta(description="Day of the week.")
    ]
    opens: Annotated[Clock, Meta(description="Wall-clock time of the site, such as `09:00`.")]
    closes: Annotated[
        Clock,
        Meta(description="Likewise; what is not later than `opens` is on the next day."),
    ]


class Blackout(Struct, forbid_unknown_fields=True, frozen=True):
    """A time for which no schedule of a site makes slots, by its own clocks. What one has made for
    it before is withdrawn when that schedule is regenerated."""

    starts: Annotated[
        LocalTime,
        Meta(description="Wall-clock time of the site, or a date, which means its midnight."),
    ]
    ends: Annotated[LocalTime, Meta(description="Likewise: the first that is open again.")]
    reason: Annotated[
        ShortReason | None,
        Meta(description="Why, for those who work there: `null` unless one of them asks."),
    ] = None


class CustomerLimit(Struct, forbid_unknown_fields=True, frozen=True):
    """At most so many units of a customer in slots that start within any such number of days."""

    units: Annotated[int, Meta(ge=1, le=1_000_000, description="Most units.")]
    days: Annotated[int, Meta(ge=1, le=3650, description="Within so many days.")]


_Name = Annotated[Title, Meta(description="What people call it; unique in the organization.")]
_Address = Annotated[
    Address | None,
    Meta(description="Where it is, on one line or several."),
]
_Zone = Annotated[
    Zone,
    Meta(description="IANA time zone, by whose clocks its schedules and hours are meant."),
]
_SlotMinutes = Annotated[
    Annotated[int, Meta(ge=1, le=1440)],
    Meta(description="Length of the slots that its schedules make, unless one sets its own."),
]
_OpeningHours = Annotated[
    tuple[OpeningHours, ...],
    Meta(max_length=500, description="When it is open; a schedule may keep these hours."),
]
_Blackouts = Annotated[
    tuple[Blackout, ...],
    Meta(
        max_length=500,
        description="Times for which its schedules make no slots; what they have made for one "
        "before is withdrawn when each is regenerated.",
    ),
]
_HorizonDays = Annotated[
    Horizon | None,
    Meta(description="Days ahead that customers can book here; `null`: the organization's."),
]
_NoticeMinutes = Annotated[
    Notice | None,
    Meta(description="Minutes before the start until which they can; `null`: likewise."),
]
_CutoffMinutes = Annotated[
    Cutoff | None,
    Meta(description="Minutes before the start until which they can cancel; `null`: likewise."),
]
_CustomerLimit = Annotated[
    CustomerLimit | None, Meta(description="Most that one customer may book here over time.")
]


class SiteRequest(Request):
    """A new site."""

    name: _Name
    zone: _Zone
    address: _Address = None
    slot_minutes: _SlotMinutes = 30
    opening_hours: _OpeningHours = ()
    blackouts: _Blackouts = ()
    horizon_days: _HorizonDays = None
    notice_minutes: _NoticeMinutes = None
    cutoff_minutes: _CutoffMinutes = None
    customer_limit: _CustomerLimit = None
    metadata: Members = msgspec.field(default_factory=dict)


class SiteChange(Request):
    """What to change about a site; what is left out stays. Slots that are there stay as they are,
    until the schedules that made them are regenerated."""

    name: _Name | UnsetType = UNSET
    zone: _Zone | UnsetType = UNSET
    address: _Address | UnsetType = UNSET
    slot_minutes: _SlotMinutes | UnsetType = UNSET
    opening_hours: _OpeningHours | UnsetType = UNSET
    blackouts: _Blackouts | UnsetType = UNSET
    horizon_days: _HorizonDays | UnsetType = UNSET
    notice_minutes: _NoticeMinutes | UnsetType = UNSET
    cutoff_minutes: _CutoffMinutes | UnsetType = UNSET
    customer_limit: _CustomerLimit | UnsetType = UNSET
    metadata: Members | UnsetType = UNSET


class SiteView(Struct, frozen=True):
    """A site: where slots take place, and by whose clocks."""

    id: Annotated[str, Meta(description="The site's id; it never changes.")]
    name: Annotated[str, Meta(description="What people call it.")]
    zone: Annotated[str, Meta(description="Its IANA time zone.")]
    address: Annotated[str | None, Meta(description="Where it is, if anybody said so.")]
    slot_minutes: Annotated[
        int, Meta(description="Length of the slots that its schedules make, unless one differs.")
    ]
    opening_hours: _OpeningHours
    blackouts: _Blackouts
    horizon_days: _HorizonDays
    notice_minutes: _NoticeMinutes
    cutoff_minutes: _CutoffMinutes
    customer_limit: _CustomerLimit
    metadata: StaffMetadata
    created_at: Annotated[datetime, Meta(description="When it was made.")]
    updated_at: Annotated[datetime, Meta(description="When it was last changed.")]
    server_time: ServerTime


class SitesQuery(Request):
    """Which sites to list."""

    limit: Limit = 50
    cursor: Cursor = None


class FeedTokenView(Struct, frozen=True):
    """What opens the calendar of one site, and nothing else."""

    token: Annotated[str, Meta(description="To be sent as `?token=` of the site's calendar.")]
    path: Annotated[str, Meta(description="The calendar's address on this server, token included.")]
    expires_at: Annotated[datetime, Meta(description="From then on it opens nothing.")]


class FeedTokensWithdrawn(Struct, frozen=True):
    """The tokens of a site's calendar, which open nothing any more."""

    site: Annotated[str, Meta(description="The site's id.")]
    version: Annotated[
        int, Meta(description="That of tokens made from now on; all with a lower one are void.")
    ]
    server_time: ServerTime


class FeedQuery(Request):
    """How a calendar is opened where not everyone may see it."""

    token: Annotated[
        Annotated[str, Meta(max_length=4096)] | None,
        Meta(description="The calendar's own token, where the catalogue is not public."),
    ] = None
