"""What reports look like: figures worked out of counts, and the same as lines of a spreadsheet."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from firmhold.doors.rest.shapes.reports import (
    HoldsFigures,
    HoldsStep,
    NoShowsGroup,
    SellOut,
    SellThroughStep,
    UseStep,
)
from firmhold.doors.shared.operation import Call
from firmhold.doors.shared.reply import Header, Reply, json_reply
from firmhold.doors.shared.spreadsheet import VARY, csv_of, csv_reply, wants_csv
from firmhold.reports.figures import median_seconds, share
from firmhold.reports.reader import COUNTS, Freshness, Step, Use
from firmhold.reports.steps import Period


def head(period: Period, fresh: Freshness) -> dict[str, Any]:
    """What every report says of itself."""
    return {
        "since": period.local(period.since),
        "until": period.local(period.until),
        "zone": period.zone.key,
        "as_of": fresh.as_of,
        "complete": fresh.complete,
    }


def report_reply(
    call: Call, name: str, shape: type[Struct], report: Any, *headers: Header
) -> Reply:
    """The report, or its lines as a spreadsheet, each with what the report says of itself."""
    if not wants_csv(call.query.format, call.headers):
        return json_reply(200, report, VARY, *headers)
    columns = [field.encode_name for field in msgspec.structs.fields(shape)]
    about = [report.zone, report.as_of, report.complete]
    rows = [[*msgspec.structs.astuple(line), *about] for line in report.data]
    return csv_reply(name, csv_of(rows, [*columns, "zone", "as_of", "complete"]), *headers)


def holds_figures(counts: Mapping[str, int], waits: Mapping[int, int]) -> dict[str, Any]:
    """What happened to holds, by counts and by for how long they had been held."""
    ended = counts["confirmed"] + counts["released"] + counts["expired"]
    told = {name: counts[name] for name in COUNTS if name in HoldsFigures.__struct_fields__}
    return {
        **told,
        "ended": ended,
        "expiry_rate": share(counts["expired"], ended),
        "conversion": share(counts["confirmed"], ended),
        "median_seconds_to_confirm": median_seconds(waits),
    }


def holds_steps(period: Period, steps: Sequence[Step]) -> tuple[HoldsStep, ...]:
    return tuple(
        HoldsStep(
            since=period.local(begins),
            until=period.local(ends),
            **holds_figures(step.counts, step.waits),
        )
        for (begins, ends), step in zip(period.steps, steps[1:], strict=True)
    )


def holds_totals(steps: Sequence[Step]) -> HoldsFigures:
    """Over all steps but the one before the first."""
    counts: Counter[str] = Counter(dict.fromkeys(COUNTS, 0))
    waits: Counter[int] = Counter()
    for step in steps[1:]:
        counts.update(step.counts)
        waits.update(step.waits)
    return HoldsFigures(**holds_figures(counts, waits))


def sold_steps(
    period: Period, steps: Sequence[Step], fresh: Freshness
) -> Iterable[SellThroughStep]:
    """The counts as each step leaves them, from what was before the first."""
    capacity, held, confirmed = (
        steps[0].counts[it] for it in ("capacity", "held", "confirmed_units")
    )
    for (begins, ends), step in zip(period.steps, steps[1:], strict=True):
        capacity += step.counts["capacity"]
        held += step.counts["held"]
        confirmed += step.counts["confirmed_units"]
        is_known = fresh.as_of is not None and begins <= fresh.as_of
        yield SellThroughStep(
            since=period.local(begins),
            until=period.local(ends),
            units_confirmed=step.counts["units_confirmed"],
            capacity=capacity if is_known else None,
            held=held if is_known else None,
            confirmed=confirmed if is_known else None,
            sell_through=share(confirmed, capacity) if is_known else None,
        )


def sell_out(row: Mapping[str, Any]) -> SellOut:
    first, starts, sold_out = row["first_held_at"], row["sale_starts_at"], row["sold_out_at"]
    # Operators may sell before; and the start may have been set since.
    opened = first if starts is None or starts > first else starts
    return SellOut(
        offering=f"{row['kind']}_{row['offering_id'].hex}",
        sku=row["sku"],
        name=row["name"],
        opened_at=opened,
        first_taken_at=first,
        sold_out_at=sold_out,
        seconds_to_sell_out=None if sold_out is None else (sold_out - opened).total_seconds(),
        is_sold_out=row["times_sold_out"] > row["times_opened"],
        times_sold_out=row["times_sold_out"],
        opened_again_at=row["opened_again_at"],
        times_opened_again=row["times_opened"],
        last_sold_out_at=row["sold_out_last"],
    )


def use_steps(period: Period, pool: Mapping[str, Any], uses: Sequence[Use]) -> Iterable[UseStep]:
    for (begins, ends), use in zip(period.steps, uses, strict=True):
        yield UseStep(
            pool=f"pool_{pool['id'].hex}",
            kind=pool["kind"],
            name=pool["name"],
            since=period.local(begins),
            until=period.local(ends),
            seconds_taken=round(use.with_buffers),
            seconds_in_slots=round(use.without),
            seconds_booked=round(use.booked),
            seconds_open=None if use.open is None else round(use.open),
            seconds_owned=round(use.owned),
            taken_of_open=share(use.with_buffers, use.open or 0),
            slots_of_open=share(use.without, use.open or 0),
            booked_of_open=share(use.booked, use.open or 0),
            taken_of_owned=share(use.with_buffers, use.owned),
            slots_of_owned=share(use.without, use.owned),
            booked_of_owned=share(use.booked, use.owned),
        )


def no_shows_group(by: str, row: Mapping[str, Any], period: Period) -> NoShowsGroup:
    key, name = row["key"], row["name"]
    if by in {"pool", "site"}:
        key = f"{by}_{key.replace('-', '')}"
    elif by == "time":
        key = name = _border(period, int(key)).isoformat()
    return NoShowsGroup(
        group=key,
        name=name,
        slots=row["slots"],
        capacity=row["capacity"],
        units_confirmed=row["confirmed"],
        filled=share(row["confirmed"], row["capacity"]),
        expected=row["expected"],
        came=row["came"],
        no_shows=row["absent"],
        unrecorded=row["expected"] - row["came"] - row["absent"],
        no_show_rate=share(row["absent"], row["expected"]),
    )


def _border(period: Period, step: int) -> datetime:
    return period.local(period.borders[step - 1])
