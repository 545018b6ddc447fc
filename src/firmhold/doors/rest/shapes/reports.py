"""What requests for reports and their answers look like on the wire."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from firmhold.doors.rest.shapes.pools import Kind
from firmhold.doors.shared.fields import ItemSku, OfferingId
from firmhold.doors.shared.text import Cursor, Id, Limit, Request, Zone

Border = Annotated[str, Meta(min_length=1, max_length=40, examples=["2026-11-01"])]
Count = Annotated[int, Meta(description="How many.")]
Share = Annotated[float | None, Meta(description="From 0 to 1; `null`: of nothing.")]

_From = Annotated[datetime, Meta(description="Where it begins, by the clocks of the zone.")]
_To = Annotated[datetime, Meta(description="Where it is over: the first instant after it.")]


class PeriodQuery(Request, kw_only=True):
    """Of which time, in which steps, by whose clocks, and in which form."""

    since: Annotated[
        Border | None,
        Meta(
            description="Where the period begins: a date, or a time at a whole quarter of an hour, "
            "by the zone's clocks unless it has an offset. A week before its end unless given."
        ),
    ] = msgspec.field(default=None, name="from")
    until: Annotated[
        Border | None,
        Meta(
            description="Where the period is over, likewise: the first instant that is not in it. "
            "When the step in which we are is over, unless given."
        ),
    ] = msgspec.field(default=None, name="to")
    zone: Annotated[
        Zone | None,
        Meta(description="IANA name of whose clocks; the site's if one is named, else UTC."),
    ] = None
    format: Annotated[
        Literal["json", "csv"] | None,
        Meta(description="`csv` for a spreadsheet; as `Accept` says unless given."),
    ] = None


_Every = Annotated[
    Literal["hour", "day", "week", "month"],
    Meta(description="How long a step is, by the zone's clocks. A week begins on Monday."),
]
_Site = Annotated[Id | None, Meta(description="Of what is at this site.")]
_Pool = Annotated[Id | None, Meta(description="Of slots that take from this pool.")]


class HoldsQuery(PeriodQuery, kw_only=True):
    """What to tell about holds. At most one of `site`, `offering`, `pool` and `kind`."""

    every: _Every = "day"
    site: _Site = None
    offering: Annotated[Id | None, Meta(description="Of this item or slot.")] = None
    pool: _Pool = None
    kind: Annotated[Literal["item", "slot"] | None, Meta(description="Of all of this kind.")] = None


class SellThroughQuery(PeriodQuery, kw_only=True):
    """What to tell about what has been sold."""

    every: _Every = "day"
    offering: Annotated[
        Id | None, Meta(description="Of this item or slot; of all items unless given.")
    ] = None


class SellOutsQuery(PeriodQuery, kw_only=True):
    """Of which sales. At most one of `offering`, `pool` and `kind`."""

    offering: Annotated[Id | None, Meta(description="Of this item or slot.")] = None
    pool: _Pool = None
    kind: Annotated[
        Literal["item", "slot"] | None,
        Meta(description="Of all of this kind; of items unless something is named."),
    ] = None
    cursor: Cursor = None
    limit: Limit = 100


class UtilisationQuery(PeriodQuery, kw_only=True):
    """Of which pools. At most one of `site` and `pool`."""

    every: _Every = "day"
    site: Annotated[Id | None, Meta(description="Pools at this site.")] = None
    pool: Annotated[Id | None, Meta(description="This pool.")] = None
    kind: Annotated[Kind | None, Meta(description="Of this kind.")] = None


class NoShowsQuery(PeriodQuery, kw_only=True):
    """Of which slots, and in which groups. At most one of `site`, `slot` and `pool`."""

    by: Annotated[
        Literal["service", "pool", "site", "time"],
        Meta(
            description="What a group has in common: the slots' title, a pool that they take from "
            "(a practitioner, a room), the site, or the step in which they begin."
        ),
    ] = "service"
    every: _Every = "day"
    site: _Site = None
    slot: Annotated[Id | None, Meta(description="Of this slot.")] = None
    pool: _Pool = None


class ReportView(Struct, frozen=True, kw_only=True):
    """Of which time a report is, and what it knows."""

    since: Annotated[_From, Meta(description="Where the period begins.")] = msgspec.field(
        name="from"
    )
    until: Annotated[_To, Meta(description="Where the period is over.")] = msgspec.field(name="to")
    zone: Annotated[str, Meta(description="IANA name of whose clocks these are.")]
    as_of: Annotated[
        datetime | None,
        Meta(description="It tells all that happened before; `null`: nothing is counted yet."),
    ]
    complete: Annotated[
        bool, Meta(description="Whether that is now. If not, counting is behind, and catches up.")
    ]


class HoldsFigures(Struct, frozen=True, kw_only=True):
    """What happened to holds."""

    holds: Annotated[int, Meta(description="Holds that were placed.")]
    ended: Annotated[int, Meta(description="Holds that ended: the sum of the next three.")]
    confirmed: Annotated[int, Meta(description="Holds that were confirmed, wholly or in part.")]
    released: Annotated[int, Meta(description="Holds that were given back.")]
    expired: Annotated[int, Meta(description="Holds that ended by themselves.")]
    direct: Annotated[int, Meta(description="Reservations confirmed without having been held.")]
    reacquired: Annotated[int, Meta(description="Expired holds that were confirmed after all.")]
    cancelled: Annotated[int, Meta(description="Confirmed reservations that were cancelled.")]
    units_held: Annotated[int, Meta(description="Units of the holds that were placed.")]
    units_confirmed: Annotated[int, Meta(description="Units that were confirmed.")]
    units_expired: Annotated[int, Meta(description="Units of the holds that expired.")]
    expiry_rate: Annotated[Share, Meta(description="Expired as a share of ended.")]
    conversion: Annotated[Share, Meta(description="Confirmed as a share of ended.")]
    median_seconds_to_confirm: Annotated[
        float | None,
        Meta(description="Half of the confirmed were held no longer; right to a tenth of it."),
    ]


class HoldsStep(HoldsFigures, frozen=True, kw_only=True):
    """What happened to holds in a step."""

    since: _From = msgspec.field(name="from")
    until: _To = msgspec.field(name="to")


class HoldsReport(ReportView, frozen=True, kw_only=True):
    """What happened to holds, step by step."""

    totals: Annotated[HoldsFigures, Meta(description="Over all steps.")]
    data: Annotated[tuple[HoldsStep, ...], Meta(description="One for each step, oldest first.")]


class SellThroughStep(Struct, frozen=True, kw_only=True):
    """What had been sold when a step was over, or as it stands if it is not."""

    since: _From = msgspec.field(name="from")
    until: _To = msgspec.field(name="to")
    units_confirmed: Annotated[int, Meta(description="Units that were confirmed in this step.")]
    capacity: Annotated[
        int | None, Meta(description="Units there were in all; `null` of what is yet to come.")
    ]
    held: Annotated[int | None, Meta(description="Units that were held, likewise.")]
    confirmed: Annotated[int | None, Meta(description="Units that were confirmed, likewise.")]
    sell_through: Annotated[
        Share, Meta(description="Confirmed as a share of the capacity at that time.")
    ]


class SellThroughReport(ReportView, frozen=True, kw_only=True):
    """What had been sold, step by step."""

    data: Annotated[
        tuple[SellThroughStep, ...], Meta(description="One for each step, oldest first.")
    ]


class SellOut(Struct, frozen=True, kw_only=True):
    """How a sale went."""

    offering: OfferingId
    sku: Annotated[ItemSku | None, Meta(description="The item's SKU; `null` of a slot.")]
    name: Annotated[str | None, Meta(description="The item's name, or the slot's title.")]
    opened_at: Annotated[
        datetime,
        Meta(
            description="When the sale opened, if that is set and nobody was let in before; else "
            "when the first units were taken."
        ),
    ]
    first_taken_at: Annotated[datetime, Meta(description="When the first units were taken.")]
    sold_out_at: Annotated[
        datetime | None, Meta(description="When nothing was left for the first time, if ever.")
    ]
    seconds_to_sell_out: Annotated[
        float | None, Meta(description="From the opening to then, if ever.")
    ]
    is_sold_out: Annotated[bool, Meta(description="Whether nothing is left now.")]
    times_sold_out: Annotated[int, Meta(description="How often nothing was left.")]
    opened_again_at: Annotated[
        datetime | None, Meta(description="When units came back for the first time, if ever.")
    ]
    times_opened_again: Annotated[int, Meta(description="How often units came back.")]
    last_sold_out_at: Annotated[
        datetime | None, Meta(description="When nothing was left for the last time, if ever.")
    ]


class SellOutsReport(ReportView, frozen=True, kw_only=True):
    """Sales of which the first units were taken in the period, the newest first."""

    data: Annotated[tuple[SellOut, ...], Meta(description="The newest first.")]
    next: Annotated[str | None, Meta(description="The cursor of what follows, if there is more.")]


class UseStep(Struct, frozen=True, kw_only=True):
    """How a pool was used in a step. Seconds are of each unit: of four, one hour has four."""

    pool: Annotated[str, Meta(description="The pool's id.")]
    kind: Annotated[Kind, Meta(description="What its units are.")]
    name: Annotated[str, Meta(description="The pool's name.")]
    since: _From = msgspec.field(name="from")
    until: _To = msgspec.field(name="to")
    seconds_taken: Annotated[int, Meta(description="Lent, with the time around each use.")]
    seconds_in_slots: Annotated[int, Meta(description="Lent, from the slots' start to end.")]
    seconds_booked: Annotated[
        int, Meta(description="Likewise, for slots of which somebody has confirmed units.")
    ]
    seconds_open: Annotated[
        int | None,
        Meta(description="For which its site is open; `null` without a site or opening hours."),
    ]
    seconds_owned: Annotated[int, Meta(description="All there are.")]
    taken_of_open: Annotated[Share, Meta(description="Taken as a share of open.")]
    slots_of_open: Annotated[Share, Meta(description="In slots, as a share of open.")]
    booked_of_open: Annotated[Share, Meta(description="Booked as a share of open.")]
    taken_of_owned: Annotated[Share, Meta(description="Taken as a share of owned.")]
    slots_of_owned: Annotated[Share, Meta(description="In slots, as a share of owned.")]
    booked_of_owned: Annotated[Share, Meta(description="Booked as a share of owned.")]


class UtilisationReport(ReportView, frozen=True, kw_only=True):
    """How pools are used, pool by pool and step by step."""

    data: Annotated[tuple[UseStep, ...], Meta(description="By the pools' names, oldest first.")]


class NoShowsGroup(Struct, frozen=True, kw_only=True):
    """Who came to slots that have something in common, and have begun."""

    group: Annotated[
        str, Meta(description="The title, the pool's id, the site's id, or where the step begins.")
    ]
    name: Annotated[str, Meta(description="What people call it.")]
    slots: Annotated[int, Meta(description="Slots that have begun.")]
    capacity: Annotated[int, Meta(description="Units of them.")]
    units_confirmed: Annotated[int, Meta(description="Units of them that somebody has.")]
    filled: Annotated[Share, Meta(description="That as a share of the capacity.")]
    expected: Annotated[int, Meta(description="Confirmed reservations of them.")]
    came: Annotated[int, Meta(description="Those who were checked in.")]
    no_shows: Annotated[int, Meta(description="Those who did not come.")]
    unrecorded: Annotated[int, Meta(description="Those of whom nobody has said it.")]
    no_show_rate: Annotated[Share, Meta(description="No-shows as a share of expected.")]


class NoShowsReport(ReportView, frozen=True, kw_only=True):
    """Who came, by groups."""

    data: Annotated[tuple[NoShowsGroup, ...], Meta(description="By name.")]
    is_all: Annotated[bool, Meta(description="Whether these are all groups: a thousand at most.")]
