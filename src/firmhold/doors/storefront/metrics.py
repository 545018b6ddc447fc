"""`/api/admin/metrics`: numbers for an operator's charts, read from the ledger."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Call, Example, Operation, operation
from firmhold.doors.shared.reply import Reply, json_reply
from firmhold.doors.storefront.shapes import (
    MetricsAnswer,
    MetricsQuery,
    Reserving,
    ReservingStep,
    Step,
    Totals,
)
from firmhold.identity.permissions import Permission

LONGEST = timedelta(days=1)
"""How far back the totals reach at most: they are counted anew each time someone looks."""

TABLE: list[Operation] = []
TAG = "storefront"


@operation(
    "GET",
    "/api/admin/metrics",
    table=TABLE,
    tag=TAG,
    permission=Permission.REPORTS_READ,
    query=MetricsQuery,
    answer=MetricsAnswer,
    refusals=(Code.NOT_FOUND,),
    example=Example(query="minutes=60&step_seconds=60"),
)
async def get_metrics(call: Call) -> Reply:
    """Holds, confirms, expiries and sell-through, of all items or of one: since the server started,
    and over time. And how reserving goes."""
    query: MetricsQuery = call.query
    reader, recent = call.services.reader, call.services.recent
    organization = call.organization
    since = call.services.started_at
    item = None if query.item is None else require_id(query.item, "item_", "item")
    totals = await reader.totals(organization, item)
    if item is not None and not totals["offerings"]:
        raise Refused(refuse(Code.NOT_FOUND, "There is no such item."))
    now: datetime = totals["now"]
    since = max(since, now - LONGEST)
    whole = max(1, int((now - since).total_seconds()) + 3600)
    happened = _by_kind(await reader.activity(organization, since, whole, item))
    start = now - timedelta(minutes=query.minutes)
    series = await reader.activity(organization, start, query.step_seconds, item)
    return json_reply(
        200,
        MetricsAnswer(
            since,
            now,
            Totals(
                totals["offerings"],
                totals["capacity"],
                totals["held"],
                totals["confirmed"],
                totals["confirmed"] / totals["capacity"] if totals["capacity"] else 0.0,
                totals["live_holds"],
                totals["oversold"],
                happened["held"],
                happened["confirmed"] + happened["reacquired"],
                happened["expired"],
                happened["released"],
                happened["cancelled"],
            ),
            query.step_seconds,
            tuple(_steps(series)),
            Reserving(*recent.went()),
            tuple(
                ReservingStep(at=at, **went._asdict())
                for at, went in recent.series(start, query.step_seconds)
            ),
        ),
    )


def _by_kind(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row["kind"]] += row["reservations"]
    return counts


def _steps(rows: Sequence[Mapping[str, Any]]) -> list[Step]:
    buckets: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        buckets[row["bucket"]].append(row)
    steps = []
    for bucket, happened in sorted(buckets.items()):
        kinds = _by_kind(happened)
        confirmed = sum(
            row["units_confirmed"] for row in happened if row["kind"] in {"confirmed", "reacquired"}
        )
        steps.append(
            Step(
                datetime.fromtimestamp(bucket, UTC),
                kinds["held"],
                kinds["confirmed"] + kinds["reacquired"],
                kinds["expired"],
                kinds["released"],
                kinds["cancelled"],
                confirmed,
            )
        )
    return steps
