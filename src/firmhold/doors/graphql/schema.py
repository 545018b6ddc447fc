"""The schema: which fields there are at its roots, and what each takes. What a field does is in
`reading`, `changing` and `entering`; every one of them is reached by `ask` alone.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import date, datetime
from typing import Annotated, Any, cast

import msgspec
import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.utils.str_converters import to_camel_case

from firmhold.doors.graphql import changing, entering, reading, watching
from firmhold.doors.graphql.fields import KEY, ask
from firmhold.doors.graphql.nodes import (
    After,
    Booking,
    BookingStatus,
    Connection,
    F,
    First,
    Info,
    Item,
    QueueStats,
    Session,
    Slot,
    Venue,
    Whole,
    booking,
    connection,
    described,
    item,
    queue_stats,
    session,
    slot,
    venue,
)
from firmhold.doors.shared.operation import Operation, who_may

Key = Annotated[
    str | None,
    strawberry.argument(
        description="Any text of your own that is new for each intended effect and the same when "
        "you repeat the request. Counts like the `Idempotency-Key` header."
    ),
]
_ID = strawberry.ID


def _of(operation: Operation) -> Callable[[F], F]:
    """A field that does what the operation says, described by it."""
    return described(f"{operation.summary} For {who_may(operation)}.")


def _streamed(operation: Operation) -> Callable[[F], F]:
    """The same for one that is watched."""
    text = f"{operation.summary} For {who_may(operation)}."
    return cast("Callable[[F], F]", strawberry.subscription(description=text))


def _plain(given: object) -> dict[str, Any]:
    """What an input says, by the names of its fields in the schema."""
    return {to_camel_case(name): value for name, value in vars(given).items()}


@strawberry.input(description="Places of a slot.")
class CreateBookingInput:
    """What to book."""

    slot_id: _ID = strawberry.field(description="Which slot.")
    venue_id: _ID | None = strawberry.field(
        default=None, description="Where it takes place; checked, if it is given."
    )
    guest_count: int | None = strawberry.field(
        default=None,
        description="How many people come. Each takes a place, unless `quantity` says otherwise.",
    )
    quantity: int | None = strawberry.field(
        default=None, description="Places to hold, all or none; 1 where neither is given."
    )
    notes: str | None = strawberry.field(default=None, description="Text to keep with it.")
    customer: str | None = strawberry.field(
        default=None, description="For whom, if an operator asks; else it is for oneself."
    )
    ttl_seconds: int | None = strawberry.field(
        default=None, description="How long to hold it, at most as long as the slot allows."
    )


@strawberry.input(description="Units of an item.")
class BookItemInput:
    """What to book."""

    sku: str | None = strawberry.field(default=None, description="Which item, by its SKU.")
    item_id: _ID | None = strawberry.field(default=None, description="Or by its id.")
    quantity: int = strawberry.field(default=1, description="Units to hold, all or none.")
    notes: str | None = strawberry.field(default=None, description="Text to keep with it.")
    customer: str | None = strawberry.field(
        default=None, description="For whom, if an operator asks; else it is for oneself."
    )
    ttl_seconds: int | None = strawberry.field(
        default=None, description="How long to hold it, at most as long as the item allows."
    )


@strawberry.input(description="Who wants an account.")
class RegisterInput:
    """An account."""

    email: str = strawberry.field(description="Their e-mail address.")
    password: str = strawberry.field(description="Not one that everyone tries.")
    name: str | None = strawberry.field(default=None, description="What people call them.")
    organization: str | None = strawberry.field(
        default=None, description="Its slug; may also be named by `X-Organization`."
    )


@strawberry.type(description="What can be looked at.")
class Query:
    """Lookups."""

    @_of(reading.venues)
    async def venues(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[Venue] | None:
        found = await ask(info.context, reading.venues, {"first": first, "after": after})
        return cast("Connection[Venue]", connection(found, venue, after))

    @_of(reading.venue)
    async def venue(self, info: Info, id: _ID) -> Venue | None:
        return venue(await ask(info.context, reading.venue, {"id": id}))

    @_of(reading.available_slots)
    async def available_slots(
        self,
        info: Info,
        venue_id: _ID,
        date: date | None = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Slot] | None:
        given = {"venueId": venue_id, "date": date, "first": first, "after": after}
        found = await ask(info.context, reading.available_slots, given)
        return cast("Connection[Slot]", connection(found, slot, after))

    @_of(reading.slot)
    async def slot(self, info: Info, id: _ID) -> Slot | None:
        return slot(await ask(info.context, reading.slot, {"id": id}))

    @_of(reading.items)
    async def items(
        self, info: Info, search: str | None = None, first: First = 20, after: After = None
    ) -> Connection[Item] | None:
        given = {"search": search, "first": first, "after": after}
        found = await ask(info.context, reading.items, given)
        return cast("Connection[Item]", connection(found, item, after))

    @_of(reading.item)
    async def item(self, info: Info, id: _ID | None = None, sku: str | None = None) -> Item | None:
        return item(await ask(info.context, reading.item, {"id": id, "sku": sku}))

    @_of(reading.booking)
    async def booking(self, info: Info, id: _ID) -> Booking | None:
        return booking(await ask(info.context, reading.booking, {"id": id}))

    @_of(reading.booking_by_confirmation_code)
    async def booking_by_confirmation_code(self, info: Info, code: str) -> Booking | None:
        operation = reading.booking_by_confirmation_code
        return booking(await ask(info.context, operation, {"code": code}))

    @_of(reading.my_bookings)
    async def my_bookings(
        self,
        info: Info,
        status: BookingStatus | None = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Booking] | None:
        named = None if status is None else status.value
        given = {"status": named, "first": first, "after": after}
        found = await ask(info.context, reading.my_bookings, given)
        return cast("Connection[Booking]", connection(found, booking, after))

    @_of(reading.queue_stats)
    async def queue_stats(
        self, info: Info, venue_id: _ID, slot_id: _ID | None = None
    ) -> QueueStats | None:
        given = {"venueId": venue_id, "slotId": slot_id}
        return queue_stats(await ask(info.context, reading.queue_stats, given))


@strawberry.type(description="What can be done. Several are done in their order.")
class Mutation:
    """Effects."""

    @_of(entering.login)
    async def login(
        self, info: Info, email: str, password: str, organization: str | None = None
    ) -> Session | None:
        given = {"email": email, "password": password, "organization": organization}
        return session(await ask(info.context, entering.login, given))

    @_of(entering.register)
    async def register(self, info: Info, input: RegisterInput) -> Session | None:
        return session(await ask(info.context, entering.register, _plain(input)))

    @_of(entering.refresh_token)
    async def refresh_token(self, info: Info, refresh_token: str) -> Session | None:
        given = {"refreshToken": refresh_token}
        return session(await ask(info.context, entering.refresh_token, given))

    @_of(changing.create_booking)
    async def create_booking(
        self, info: Info, input: CreateBookingInput, idempotency_key: Key = None
    ) -> Booking | None:
        given = {**_plain(input), KEY: idempotency_key}
        return booking(await ask(info.context, changing.create_booking, given))

    @_of(changing.book_item)
    async def book_item(
        self, info: Info, input: BookItemInput, idempotency_key: Key = None
    ) -> Booking | None:
        given = {**_plain(input), KEY: idempotency_key}
        return booking(await ask(info.context, changing.book_item, given))

    @_of(changing.confirm_booking)
    async def confirm_booking(
        self, info: Info, id: _ID, idempotency_key: Key = None
    ) -> Booking | None:
        given = {"id": id, KEY: idempotency_key}
        return booking(await ask(info.context, changing.confirm_booking, given))

    @_of(changing.cancel_booking)
    async def cancel_booking(
        self, info: Info, id: _ID, reason: str | None = None, idempotency_key: Key = None
    ) -> Booking | None:
        given = {"id": id, "reason": reason, KEY: idempotency_key}
        return booking(await ask(info.context, changing.cancel_booking, given))

    @_of(changing.block_slot)
    async def block_slot(self, info: Info, id: _ID, idempotency_key: Key = None) -> Slot | None:
        given = {"id": id, KEY: idempotency_key}
        return slot(await ask(info.context, changing.block_slot, given))

    @_of(changing.unblock_slot)
    async def unblock_slot(self, info: Info, id: _ID, idempotency_key: Key = None) -> Slot | None:
        given = {"id": id, KEY: idempotency_key}
        return slot(await ask(info.context, changing.unblock_slot, given))


@strawberry.type(description="What can be watched, by WebSocket or server-sent events.")
class Subscription:
    """Streams."""

    @_streamed(watching.slot_availability_changed)
    async def slot_availability_changed(
        self, info: Info, venue_id: _ID
    ) -> AsyncGenerator[Slot | None, None]:
        given = {"venueId": venue_id}
        watched = await ask(info.context, watching.slot_availability_changed, given)
        async with aclosing(watched) as views:
            async for view in views:
                yield slot(view)

    @_streamed(watching.booking_status_changed)
    async def booking_status_changed(
        self, info: Info, id: _ID
    ) -> AsyncGenerator[Booking | None, None]:
        watched = await ask(info.context, watching.booking_status_changed, {"id": id})
        async with aclosing(watched) as views:
            async for view in views:
                yield booking(view)


def _written(at: datetime) -> str:
    """An instant as every other door writes it."""
    return msgspec.json.encode(at).decode().strip('"')


_INSTANT = strawberry.scalar(
    name="DateTime",
    description="An instant, such as 2030-01-31T18:00:00Z.",
    serialize=_written,
    parse_value=datetime.fromisoformat,
)
_DATE = strawberry.scalar(
    name="Date",
    description="A date, such as 2030-01-31.",
    serialize=date.isoformat,
    parse_value=date.fromisoformat,
)
_WHOLE = strawberry.scalar(
    name="Whole",
    description="A whole number of up to 53 bits, such as an amount of money.",
    serialize=int,
    parse_value=int,
)
_SCHEMA = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    config=StrawberryConfig(scalar_map={datetime: _INSTANT, date: _DATE, Whole: _WHOLE}),
)

# Documents are bounded before they are carried out, and the statuses of HTTP hang on which step has
# failed, so that the steps are taken one by one, as the library beneath has them.
SCHEMA: GraphQLSchema = _SCHEMA._schema
"""What documents are validated against and carried out by."""


def sdl() -> str:
    """The schema in its own language."""
    return _SCHEMA.as_str() + "\n"
