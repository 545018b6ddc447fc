"""`/v1/slots/import`: the slots of a site from a file, as CSV or as a calendar."""

from firmhold.domain.errors import Code, refuse
from firmhold.doors.rest.shapes.slots import ImportQuery, RejectedRow, SlotsImported
from firmhold.doors.shared.body import File
from firmhold.doors.shared.ids import is_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode
from firmhold.doors.shared.submitting import act_of, reply_to
from firmhold.engine import slot_reading
from firmhold.engine.slot_import import SHOWN, Imported
from firmhold.engine.slot_reading import FileKind
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []

EXAMPLE = """\
title,starts_at,minutes,capacity
Vaccination,2035-03-06T09:00,15,4
Vaccination,2035-03-06T09:15,15,4
"""


@operation(
    "POST",
    "/v1/slots/import",
    table=TABLE,
    tag="slots",
    permission=Permission.STOCK_WRITE,
    status=201,
    files=tuple(kind.value for kind in FileKind),
    query=ImportQuery,
    answer=SlotsImported,
    key=KeyUse.HONOURED,
    bulk=True,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(file=EXAMPLE, query="site=a+site"),
)
async def import_slots(call: Call) -> Reply:
    """Publish the slots of a file at a site. CSV has a header; `title`, `starts_at` and `capacity`
    must be among its columns, and `ends_at` or `minutes`, and there may be `room` and
    `practitioner` (by name), `description`, `price_amount` (minor units) and `price_currency`,
    `sale_starts_at`, `sale_ends_at`, `min_quantity`, `max_quantity`, `max_per_customer`,
    `hold_ttl_seconds`, `open` and `metadata` (JSON). A row has nothing to be known again by: CSV
    that is sent twice, without an idempotency key, makes its slots twice. Of a calendar the next
    year is read. Its events are known again by UID and RECURRENCE-ID: one that is there already is
    not taken again, and one that was moved or cancelled since is named with its slot, which stays
    as it is. Rows and events that are not taken are named with the reason."""
    query: ImportQuery = call.query
    file: File = call.body
    if not is_id(query.site, "site_"):
        return problem(refuse(Code.NOT_FOUND, "There is no such site.", site=query.site))
    answer = await call.services.slot_import.carry_out(
        call.organization,
        call.actor.label,
        query.site,
        slot_reading.File(file.content, FileKind(file.media_type), query.zone),
        lambda done: (201, encode(_view(done))),
        keep=query.on_error == "skip",
        act=act_of(call),
    )
    return reply_to(answer)


def _view(done: Imported) -> SlotsImported:
    return SlotsImported(
        done.created,
        tuple(RejectedRow(*it[:4]) for it in done.rejected[:SHOWN]),
        len(done.rejected),
        done.outside,
        done.cancelled,
    )
