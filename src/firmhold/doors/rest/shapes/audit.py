"""Shapes of the audit."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from firmhold.doors.shared.text import Cursor, Limit, Request, Title

Size = Annotated[int, Meta(ge=1, le=2**53)]


class ActsQuery(Request):
    """Which acts."""

    kind: Annotated[Title | None, Meta(description="Those of this kind: `create_user`.")] = None
    actor: Annotated[Title | None, Meta(description="Those of this actor, as `user:usr_…`.")] = None
    subject: Annotated[Title | None, Meta(description="Those about this, such as `usr_…`.")] = None
    cursor: Cursor = None
    limit: Limit = 100


class ActView(Struct, frozen=True):
    """Something done by those who work here, or for or against security. It never changes, but for
    what is personal in it, which may be erased."""

    id: Annotated[str, Meta(description="Begins with `act_`.")]
    kind: Annotated[
        str,
        Meta(
            description="The operation's name, or what no operation says, such as "
            "`session_opened` or `sign_in_refused`."
        ),
    ]
    actor: Annotated[str, Meta(description="Whose doing it was, such as `user:usr_…`.")]
    subject: Annotated[str | None, Meta(description="To whom or what.")]
    facts: Annotated[dict[str, Any], Meta(description="What was asked for, or what else is known.")]
    at: Annotated[datetime, Meta(description="When, by the server's clock.")]


class CheckpointView(Struct, frozen=True):
    """A signed checkpoint: keep it where nobody reaches it who can reach the database."""

    checkpoint: Annotated[
        str, Meta(description="A signed note: origin, size, root, time, and the signature.")
    ]


class InclusionQuery(Request):
    """Which entry."""

    number: Annotated[
        Annotated[int, Meta(ge=1, le=2**53)] | None,
        Meta(description="Of the ledger entry, if it is one and not an act."),
    ] = None


class InclusionView(Struct, frozen=True, omit_defaults=True):
    """Proof that an entry is in the log, for `check_inclusion` of the checker."""

    checkpoint: Annotated[str, Meta(description="The signed note that it is proved under.")]
    index: Annotated[int, Meta(description="The entry's place in the log, from 0.")]
    entry: Annotated[list[Any], Meta(description="The entry as it was sealed.")]
    proof: Annotated[
        list[str], Meta(description="Hashes in base64, from the leaf upwards (RFC 6962).")
    ]
    leaf: Annotated[str | None, Meta(description="The leaf's hash, in hexadecimal.")] = None
    salt: Annotated[str | None, Meta(description="With which what is personal was hashed.")] = None
    commitments: Annotated[
        list[str | None] | None, Meta(description="What is left of values that were erased.")
    ] = None
    act: Annotated[str | None, Meta(description="The act by which they were erased.")] = None


class ConsistencyQuery(Request):
    """Between which checkpoints."""

    old: Annotated[Size, Meta(description="Entries under the earlier checkpoint.")]
    new: Annotated[
        Size | None, Meta(description="Under the later one; the newest unless given.")
    ] = None


class ConsistencyView(Struct, frozen=True):
    """Proof that a log goes on from an earlier checkpoint, for `check_consistency`."""

    before: Annotated[str, Meta(description="The earlier signed note.")]
    checkpoint: Annotated[str, Meta(description="The later signed note.")]
    proof: Annotated[list[str], Meta(description="Hashes in base64 (RFC 6962).")]
