"""What doors through which people sign in need to know: into which organization, and from where."""

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.shared.operation import Call
from firmhold.identity.directory import Organization
from firmhold.identity.signing_in import Device

LONGEST_AGENT = 300
"""Characters of what a program says it is."""


async def organization_named(
    call: Call, slug: str | None, *, default: bool = False
) -> Organization | None:
    """The organization that was named, in the body or by header, or else the server's default one
    if it is wanted. Raises `Refused`."""
    if slug is not None:
        found: Organization | None = await call.services.directory.organization(slug)
        if found is None:
            raise Refused(
                refuse(Code.NOT_FOUND, "There is no such organization.", organization=slug)
            )
        return found
    if b"x-organization" in call.headers or default:
        named: Organization = await call.services.authentication.organization(
            call.headers, call.scope
        )
        return named
    return None


def device_of(call: Call) -> Device:
    """From where this request comes."""
    agent = call.headers.get(b"user-agent", b"").decode("latin-1")
    shown = "".join(char for char in agent if char.isprintable())[:LONGEST_AGENT]
    return Device(shown or None, call.address)
