"""What requests and answers about webhooks look like on the wire."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from firmhold.doors.shared.text import Cursor, Limit, Request, Title

Status = Literal["waiting", "delivered", "failed"]

_Url = Annotated[
    Annotated[str, Meta(min_length=1, max_length=2048)],
    Meta(description="Where events are sent: `https`, on the public internet."),
]
_Description = Annotated[Title | None, Meta(description="What it is for.")]
_Types = Annotated[
    Annotated[list[str], Meta(max_length=100)],
    Meta(description="Of which events, such as `reservation.held`; none means all."),
]


class WebhookRequest(Request):
    """A new endpoint."""

    url: _Url
    description: _Description = None
    types: _Types = []  # noqa: RUF012  msgspec copies it


class WebhookChange(Request):
    """What to change about an endpoint; what is left out stays."""

    url: _Url | UnsetType = UNSET
    description: _Description | UnsetType = UNSET
    types: _Types | UnsetType = UNSET
    enabled: Annotated[
        bool | UnsetType,
        Meta(description="Whether anything is sent there. What waits meanwhile is sent later."),
    ] = UNSET


class WebhookView(Struct, frozen=True):
    """An endpoint, without its secret."""

    id: Annotated[str, Meta(description="The webhook's id; it never changes.")]
    url: Annotated[str, Meta(description="Where events are sent.")]
    description: Annotated[str | None, Meta(description="What it is for.")]
    types: Annotated[list[str], Meta(description="Of which events; none means all.")]
    created_at: Annotated[datetime, Meta(description="When it was made.")]
    disabled_at: Annotated[
        datetime | None, Meta(description="Since when nothing is sent there; `null`: it is.")
    ]
    disabled_reason: Annotated[str | None, Meta(description="Why not.")]
    old_secret_until: Annotated[
        datetime | None,
        Meta(description="Until when deliveries are signed with the secret before as well."),
    ]


class NewWebhookView(WebhookView, frozen=True):
    """An endpoint with a new secret. It is told this once."""

    secret: Annotated[
        str, Meta(description="`whsec_…`, with which deliveries are signed (Standard Webhooks).")
    ]


class WebhooksQuery(Request):
    """Which endpoints."""

    cursor: Cursor = None
    limit: Limit = 100


class DeliveriesQuery(Request):
    """Which deliveries."""

    status: Annotated[
        Status | None, Meta(description="Only those that wait, were taken, or were given up.")
    ] = None
    cursor: Cursor = None
    limit: Limit = 100


class DeliveryView(Struct, frozen=True):
    """What was to be sent, and what came of it."""

    event: Annotated[str, Meta(description="The event's id, which is the `webhook-id`.")]
    type: Annotated[str, Meta(description="The event's type.")]
    subject: Annotated[str, Meta(description="What the event is about.")]
    status: Annotated[
        Status, Meta(description="`failed`: it was tried often enough, and is not any more.")
    ]
    attempts: Annotated[int, Meta(description="How often it has been tried.")]
    next_at: Annotated[
        datetime | None,
        Meta(description="When it is tried next. Null if it is over, or others come before it."),
    ]
    created_at: Annotated[datetime, Meta(description="Since when it is to be sent.")]
    ended_at: Annotated[datetime | None, Meta(description="When it was taken, or given up.")]
    answer: Annotated[int | None, Meta(description="Status of the last answer, if there was one.")]
    error: Annotated[str | None, Meta(description="What was wrong with the last attempt, if any.")]
    milliseconds: Annotated[int | None, Meta(description="How long the last attempt took.")]
