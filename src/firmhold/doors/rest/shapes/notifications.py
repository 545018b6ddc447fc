"""What requests and answers about notifications look like on the wire."""

from datetime import datetime
from typing import Annotated, Literal, get_args

from msgspec import UNSET, Meta, Struct, UnsetType, field

from firmhold.doors.shared.text import Cursor, Id, Limit, Request

Kind = Literal["confirmation", "reminder", "cancellation", "offer", "expiry"]
Channel = Literal["email", "sms", "topic", "log"]
Status = Literal["waiting", "sent", "failed", "dropped"]

_Kinds = Annotated[list[Kind], Meta(max_length=5)]
_Channels = Annotated[list[Channel], Meta(max_length=4)]
_Language = Annotated[
    Annotated[str, Meta(min_length=2, max_length=10, examples=["de"])],
    Meta(description="A language, such as `en` or `de-AT`."),
]
_Subject = Annotated[
    Annotated[str, Meta(min_length=1, max_length=200)],
    Meta(description="The subject: one line, with places such as `{title}`."),
]
_Text = Annotated[
    Annotated[str, Meta(min_length=1, max_length=10_000)],
    Meta(description="The text, with places such as `{lines}`."),
]


class NotificationSettingsRequest(Request):
    """How customers are told about their reservations."""

    channels: Annotated[_Channels, Meta(description="By which ways; none: they are not told.")]
    kinds: Annotated[_Kinds, Meta(description="What they are told.")] = field(
        default_factory=lambda: list(get_args(Kind))
    )
    language: Annotated[_Language, Meta(description="For whoever has not chosen one.")] = "en"
    reminder_minutes: Annotated[
        Annotated[list[Annotated[int, Meta(ge=1, le=43_200)]], Meta(max_length=5)],
        Meta(description="How many minutes before a slot begins; one reminder for each."),
    ] = field(default_factory=lambda: [1440, 60])
    expiry_seconds: Annotated[
        Annotated[int, Meta(ge=1, le=604_800)],
        Meta(description="How many seconds before a hold ends its customer is warned."),
    ] = 3600


class NotificationSettingsView(Struct, frozen=True):
    """How customers are told about their reservations."""

    channels: Annotated[list[str], Meta(description="By which ways; none: they are not told.")]
    kinds: Annotated[list[str], Meta(description="What they are told.")]
    language: Annotated[str, Meta(description="For whoever has not chosen one.")]
    reminder_minutes: Annotated[
        list[int], Meta(description="How many minutes before a slot begins.")
    ]
    expiry_seconds: Annotated[int, Meta(description="How many seconds before a hold ends.")]
    updated_at: Annotated[
        datetime | None, Meta(description="When it was said so last; `null`: it never was.")
    ]


class TemplateRequest(Request):
    """A template. Places in it are names in braces; a brace itself is written twice."""

    subject: _Subject
    text: _Text


class TemplateView(Struct, frozen=True):
    """A template that is used."""

    kind: Annotated[str, Meta(description="What it tells.")]
    language: Annotated[str, Meta(description="In which language.")]
    subject: Annotated[str, Meta(description="The subject, with its places.")]
    text: Annotated[str, Meta(description="The text, with its places.")]
    updated_at: Annotated[
        datetime | None, Meta(description="When it was written; `null`: it comes with Firmhold.")
    ]


class PreviewRequest(Request):
    """A template to be tried; what is left out is as it is used now."""

    subject: _Subject | UnsetType = UNSET
    text: _Text | UnsetType = UNSET


class RenderedView(Struct, frozen=True):
    """What a template makes of made-up data."""

    subject: Annotated[str, Meta(description="The subject.")]
    text: Annotated[str, Meta(description="The text.")]


class PreferencesRequest(Request):
    """What one wants to be told, and how."""

    language: Annotated[
        _Language | None, Meta(description="In which language; `null`: the organization's.")
    ] = None
    phone: Annotated[
        Annotated[str, Meta(max_length=20)] | None,
        Meta(description="For text messages, such as `+4930123456`."),
    ] = None
    kinds_off: Annotated[_Kinds, Meta(description="What one does without.")] = []  # noqa: RUF012  msgspec copies it
    channels_off: Annotated[
        Annotated[list[Literal["email", "sms"]], Meta(max_length=2)],
        Meta(description="Ways by which one is told nothing."),
    ] = []  # noqa: RUF012  msgspec copies it


class PreferencesView(Struct, frozen=True):
    """What one wants to be told, and how."""

    language: Annotated[str | None, Meta(description="In which language.")]
    phone: Annotated[str | None, Meta(description="For text messages.")]
    kinds_off: Annotated[list[str], Meta(description="What one does without.")]
    channels_off: Annotated[list[str], Meta(description="Ways by which one is told nothing.")]


class NotificationsQuery(Request):
    """Which notifications."""

    status: Annotated[
        Status | None,
        Meta(description="Only those that wait, were sent, were given up, or had become needless."),
    ] = None
    kind: Annotated[Kind | None, Meta(description="Only those that tell this.")] = None
    channel: Annotated[Channel | None, Meta(description="Only those of this way.")] = None
    reservation: Annotated[Id | None, Meta(description="Only those about this reservation.")] = None
    cursor: Cursor = None
    limit: Limit = 100


class NotificationView(Struct, frozen=True):
    """What was to be told, and what came of it."""

    id: Annotated[str, Meta(description="Its id, the same at every attempt.")]
    kind: Annotated[str, Meta(description="What it tells.")]
    channel: Annotated[str, Meta(description="By which way.")]
    reservation: Annotated[str, Meta(description="About which reservation.")]
    customer: Annotated[str | None, Meta(description="Whose that is; `null`: erased, or nobody's.")]
    status: Annotated[
        Status, Meta(description="`dropped`: there was no reason any more; `failed`: given up.")
    ]
    attempts: Annotated[int, Meta(description="How often it has been tried.")]
    due_at: Annotated[datetime, Meta(description="When it is to be sent.")]
    next_at: Annotated[datetime | None, Meta(description="When it is tried next, if it is.")]
    created_at: Annotated[datetime, Meta(description="Since when it is to be sent.")]
    ended_at: Annotated[datetime | None, Meta(description="When it was sent, given up or dropped.")]
    address: Annotated[str | None, Meta(description="Where it went.")]
    subject: Annotated[str | None, Meta(description="Its subject, once it has been tried.")]
    text: Annotated[str | None, Meta(description="Its text, once it has been tried.")]
    detail: Annotated[
        str | None, Meta(description="What went wrong, why it was dropped, or what was answered.")
    ]
