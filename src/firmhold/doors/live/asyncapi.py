"""The AsyncAPI 3.0 document of what is told, live and by webhooks, made from the shapes it is in.

As the specification has it, the document is ours: what we `send` is what others get.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from firmhold import __version__
from firmhold.doors.live.shapes import Authenticate, Frame, LiveQuery, Subscribe
from firmhold.doors.live.socket import PATH
from firmhold.doors.shared.openapi import problem_schema
from firmhold.relay.cloud_event import PREFIX, CloudEvent
from firmhold.relay.event import TYPES

DESCRIPTION = """\
What happens to offerings and reservations, as it happens: told to whoever is subscribed at
`/v1/live`, by WebSocket or server-sent events, and sent to the addresses of webhooks, each event as
a CloudEvent 1.0."""

SCHEMAS = "#/components/schemas/"

SPOKEN = ("subscribe", "authenticate", "frame", "authenticated", "refused")
"""Messages of a socket."""

WITH_END = {"reservation.held", "reservation.extended"}
"""Types that say when a hold ends."""

MEANINGS = {
    "held": "Units are held until `data.expires_at`.",
    "extended": "A hold ends later, at `data.expires_at`.",
    "confirmed": "Held units are taken for good.",
    "reacquired": "Units of a hold that had ended were free still, and are taken for good.",
    "released": "A hold, or part of it, was given back.",
    "expired": "A hold has ended without a confirmation.",
    "cancelled": "A confirmed reservation, or part of it, was given back.",
    "moved": "A reservation is of another offering now.",
    "fulfilled": "Whoever had reserved has come.",
    "no_show": "Whoever had reserved has not come.",
    "created": "There is a new offering.",
    "updated": "An offering's terms have changed.",
    "capacity_set": "An offering has so much capacity from now on.",
    "capacity_adjusted": "An offering has more capacity, or less.",
    "joined": "Somebody waits for what is taken.",
    "left": "Somebody waits no more.",
}
"""By the last word of a type."""

_HEADERS = {
    "webhook-id": "The event's id, the same at every attempt.",
    "webhook-timestamp": "When this attempt was made, in seconds since 1970.",
    "webhook-signature": "One for each secret that is good, such as `v1,…`, with spaces between.",
}

_SECURITY = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Or in a message `authenticate`. A public catalogue can be heard without.",
    },
    "signature": {
        "type": "httpApiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "By Standard Webhooks: HMAC-SHA256 with the secret of the webhook.",
    },
}


def asyncapi() -> dict[str, Any]:
    """The whole document, as plain values."""
    events = {_name(type): type for type in TYPES}
    messages = {name: _event(name, type) for name, type in events.items()}
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Firmhold",
            "version": __version__,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": _servers(),
        "channels": _channels(list(messages)),
        "operations": _operations(list(messages)),
        "components": {
            "schemas": _schemas(events),
            "messages": {**messages, **_of_the_socket()},
            "securitySchemes": _SECURITY,
        },
    }
    # As it is written: tuples are lists there.
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(document))
    return plain


def _name(type: str) -> str:
    """Such as `reservationHeld`."""
    first, *others = type.replace(".", "_").split("_")
    return first + "".join(word.title() for word in others)


def _servers() -> dict[str, Any]:
    here = {"host": {"description": "Where Firmhold is."}}
    there = {"receiver": {"description": "The host of a webhook's URL."}}
    return {
        "socket": {"host": "{host}", "protocol": "wss", "variables": here},
        "stream": {"host": "{host}", "protocol": "https", "variables": here},
        "receiver": {"host": "{receiver}", "protocol": "https", "variables": there},
    }


def _channels(events: list[str]) -> dict[str, Any]:
    return {
        "live": {
            "address": PATH,
            "title": "Live, by WebSocket",
            "servers": [{"$ref": "#/servers/socket"}],
            "messages": _messages(SPOKEN),
            "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
        },
        "liveStream": {
            "address": PATH,
            "title": "Live, by server-sent events",
            "description": "Each frame is the `data` of an event, and its cursor the `id`.",
            "servers": [{"$ref": "#/servers/stream"}],
            "messages": _messages(("frame",)),
        },
        "webhook": {
            "address": None,
            "title": "A webhook",
            "description": "The URL that somebody has named at `POST /v1/webhooks`.",
            "servers": [{"$ref": "#/servers/receiver"}],
            "messages": _messages(events),
        },
    }


def _operations(events: list[str]) -> dict[str, Any]:
    query = msgspec.json.schema(LiveQuery, ref_template="{name}")["$defs"]["LiveQuery"]
    return {
        "askLive": {
            "action": "receive",
            "title": "Say what one wants to be told of, and who one is",
            "channel": {"$ref": "#/channels/live"},
            "messages": _of_channel("live", ("subscribe", "authenticate")),
            "security": [_security("bearer")],
        },
        "tellLive": {
            "action": "send",
            "title": "Tell a socket what happens",
            "channel": {"$ref": "#/channels/live"},
            "messages": _of_channel("live", ("frame", "authenticated", "refused")),
        },
        "streamLive": {
            "action": "send",
            "title": "Tell what happens, as server-sent events",
            "channel": {"$ref": "#/channels/liveStream"},
            "messages": _of_channel("liveStream", ("frame",)),
            "security": [_security("bearer")],
            "bindings": {"http": {"method": "GET", "query": query, "bindingVersion": "0.3.0"}},
        },
        "sendWebhook": {
            "action": "send",
            "title": "Send an event to a webhook",
            "description": "Again and again, until it is answered with a status from 200 to 299.",
            "channel": {"$ref": "#/channels/webhook"},
            "messages": _of_channel("webhook", events),
            "security": [_security("signature")],
            "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
        },
    }


def _schemas(events: dict[str, str]) -> dict[str, Any]:
    _, found = msgspec.json.schema_components(
        (Frame, CloudEvent, Subscribe, Authenticate), ref_template=SCHEMAS + "{name}"
    )
    for name, type in events.items():
        found[_schema(name)] = _of_type(type)
    found["Event"] = {
        "title": "Event",
        "description": "An event of any type.",
        "oneOf": [{"$ref": SCHEMAS + _schema(name)} for name in events],
    }
    found["Frame"]["properties"]["events"]["items"] = {"$ref": SCHEMAS + "Event"}
    found["Problem"] = problem_schema()
    return found


def _of_type(type: str) -> dict[str, Any]:
    """The schema of the events of one type: which of what an event may have it has."""
    of_reservation = type.startswith("reservation.")
    subject = "^rsv_[0-9a-f]{32}$" if of_reservation else "^(item|slot)_[0-9a-f]{32}$"
    data = ["lines", "actor"]
    if of_reservation:
        data.append("reservation")
    if type in WITH_END:
        data.append("expires_at")
    return {
        "title": type,
        "allOf": [{"$ref": SCHEMAS + "CloudEvent"}],
        "type": "object",
        "properties": {
            "type": {"const": PREFIX + type},
            "subject": {"pattern": subject},
            "data": {"type": "object", "required": data},
        },
    }


def _event(name: str, type: str) -> dict[str, Any]:
    return {
        "name": PREFIX + type,
        "title": type,
        "summary": MEANINGS[type.partition(".")[2]],
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "required": list(_HEADERS),
            "properties": {
                header: {"type": "string", "description": text} for header, text in _HEADERS.items()
            },
        },
        "payload": {"$ref": SCHEMAS + _schema(name)},
    }


def _of_the_socket() -> dict[str, Any]:
    def told(type: str, **more: Any) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["type", *more],
            "properties": {"type": {"const": type}, **more},
        }

    return {
        "subscribe": {
            "summary": "What one wants to be told of, in the place of what it was before.",
            "payload": {"$ref": SCHEMAS + "Subscribe"},
        },
        "authenticate": {
            "summary": "Who one is, from now on.",
            "payload": {"$ref": SCHEMAS + "Authenticate"},
        },
        "frame": {
            "summary": "Where one stands, and what has happened since the frame before.",
            "payload": {"$ref": SCHEMAS + "Frame"},
        },
        "authenticated": {
            "summary": "That is who one is.",
            "payload": told("authenticated"),
        },
        "refused": {
            "summary": "What was asked for is refused, and nothing has changed.",
            "payload": told("problem", problem={"$ref": SCHEMAS + "Problem"}),
        },
    }


def _schema(name: str) -> str:
    return name[0].upper() + name[1:]


def _messages(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in names}


def _of_channel(channel: str, names: Iterable[str]) -> list[dict[str, str]]:
    return [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in names]


def _security(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/securitySchemes/{name}"}
