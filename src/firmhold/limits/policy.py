"""Which limits there are, what they are unless told otherwise, and which of them concern a request.

Pure: texts and facts about the request come in, buckets to ask come out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from firmhold.limits.bucket import Ask, Policy

OFF = "off"

DEFAULTS: Mapping[str, str] = {
    "holds_per_user": "10/60",
    "holds_per_address": "100/60",
    "holds_per_organization": OFF,
    "sign_in_per_address": "30/60",
    "sign_in_per_email_and_address": "10/300",
    "sign_in_per_email": "100/3600",
    "writes_per_user": "600/60",
    "writes_per_organization": OFF,
    "reads_per_address": "3000/60",
    "reads_per_organization": OFF,
    "misses_per_address": "300/60",
}
"""Tokens / seconds in which they come back, by the name of the setting.

Ten holds a minute are more than any customer needs and too few to hoard with; behind one address
there may be an office. Passwords are guessed at one address, from one address, or from many: all of
one e-mail's together are still few enough to try none that is not obvious. A miss is a key or the
name of an organization that had to be looked up and is none; programs that were set up wrong come
again and again with the same, which is looked up every other second."""

WIDE = ", ".join(f"{name}=1000000/1" for name, policy in DEFAULTS.items() if policy != OFF)
"""All limits there are by default, so wide that nobody meets one: for what has to go through them
as in earnest, and as fast as it can."""

_TEXT = re.compile(r"([0-9]{1,8})/([0-9]{1,8})")


class RouteClass(StrEnum):
    """What a request is about, as far as limits are concerned."""

    HOLDS = "holds"
    SIGN_IN = "sign_in"
    WRITES = "writes"
    READS = "reads"


def parse(text: str, name: str) -> Policy | None:
    """The policy in a text such as `10/60`: ten tokens that come back in sixty seconds. `None` if
    it is `off`. `name`: of the setting. Raises `ValueError`, which says what is wrong with what."""
    text = text.strip()
    if text == OFF:
        return None
    match = _TEXT.fullmatch(text)
    if match is None:
        raise ValueError(f"{name}: tokens/seconds such as 10/60, or {OFF}, not {text!r}")
    try:
        return Policy(name.replace("_", "-"), int(match[1]), int(match[2]))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The limits in force; `None` is no limit."""

    holds_per_user: Policy | None
    holds_per_address: Policy | None
    holds_per_organization: Policy | None
    sign_in_per_address: Policy | None
    sign_in_per_email_and_address: Policy | None
    sign_in_per_email: Policy | None
    writes_per_user: Policy | None
    writes_per_organization: Policy | None
    reads_per_address: Policy | None
    reads_per_organization: Policy | None
    misses_per_address: Policy | None

    @classmethod
    def read(cls, text: str) -> "Policies":
        """The policies by a text such as `holds_per_user=30/60, reads_per_address=off`; those that
        are not in it are what they are by default, and `off` alone is none of any. Raises
        `ValueError`."""
        if text.strip() == OFF:
            return cls.of(dict.fromkeys(DEFAULTS, OFF))
        texts: dict[str, str] = {}
        for part in filter(None, map(str.strip, text.split(","))):
            name, equals, policy = part.partition("=")
            name = name.strip()
            if not equals:
                raise ValueError(f"{part!r}: a limit is written like holds_per_user=10/60")
            if name in texts:
                raise ValueError(f"{name} is there twice")
            texts[name] = policy
        return cls.of(texts)

    @property
    def any(self) -> bool:
        """Whether anything is limited."""
        return any(getattr(self, name) is not None for name in DEFAULTS)

    @classmethod
    def of(cls, texts: Mapping[str, str] | None = None) -> "Policies":
        """The policies by the names of `DEFAULTS`, where other `texts` are not given. Raises
        `ValueError` for a text that cannot be read and for a name that nobody knows."""
        given = dict(texts or {})
        for name in given:
            if name not in DEFAULTS:
                raise ValueError(f"there is no limit called {name!r}")
        return cls(**{name: parse(text, name) for name, text in ({**DEFAULTS, **given}).items()})


def asks_of(
    policies: Policies,
    route: RouteClass,
    *,
    organization: str,
    address: str,
    asker: str | None = None,
    exempt: bool = False,
    email: str | None = None,
) -> tuple[Ask, ...]:
    """The buckets that a request asks, the most particular first.

    `organization`: its id, once it is known that there is one, or anyone could make up fresh
    buckets for themselves. `address`: the prefix that shares a bucket. `asker`: the actor's label;
    without one the address stands for it, but for holds. `exempt`: staff and API keys, who act for
    others: only the organization's limits bound what they do. `email`: with which somebody wants to
    sign in, if it is not with a code that was sent.
    """
    wanted: tuple[tuple[Policy | None, str], ...]
    match route:
        case RouteClass.HOLDS if exempt:
            wanted = ((policies.holds_per_organization, ""),)
        case RouteClass.HOLDS:
            wanted = (
                (policies.holds_per_address, address),
                (policies.holds_per_organization, ""),
            )
            # Guests of one office are many people, so that only their address bounds them.
            if asker is not None:
                wanted = ((policies.holds_per_user, asker), *wanted)
        case RouteClass.SIGN_IN:
            # A person is the same in every organization.
            organization = ""
            wanted = ((policies.sign_in_per_address, address),)
            if email is not None:
                # However it is written, it is one person's.
                email = email.strip().lower()
                wanted = (
                    (policies.sign_in_per_email_and_address, f"{address} {email}"),
                    *wanted,
                    (policies.sign_in_per_email, email),
                )
        case RouteClass.WRITES if exempt:
            wanted = ((policies.writes_per_organization, ""),)
        case RouteClass.READS if exempt:
            wanted = ((policies.reads_per_organization, ""),)
        case RouteClass.WRITES:
            wanted = (
                (policies.writes_per_user, asker or address),
                (policies.writes_per_organization, ""),
            )
        case RouteClass.READS:
            wanted = (
                (policies.reads_per_address, address),
                (policies.reads_per_organization, ""),
            )
    return tuple(
        Ask(policy, organization, subject) for policy, subject in wanted if policy is not None
    )
