"""Made-up facts, to see what a template makes of them."""

from datetime import UTC, datetime, timedelta

from firmhold.notify.notices.facts import Facts, LineFact, values_of
from firmhold.notify.notices.kinds import Channel, Kind
from firmhold.notify.notices.template import Template, filled, refuse_template

_STARTS = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""Half past two, the first time of two that night: whoever writes a template sees that zones are
told."""

_LINES = (
    LineFact(
        title="Late tour",
        units=2,
        asked=2,
        unit_price=1250,
        currency="EUR",
        starts_at=_STARTS,
        ends_at=_STARTS + timedelta(hours=1),
        site="Old Observatory",
        address="1 Hill Road\n12345 Town",
        zone="Europe/Berlin",
    ),
)


def preview(kind: Kind, language: str, template: Template, organization: str) -> Template:
    """The template filled with what a reservation might have. Raises `Refused` for one that cannot
    be filled in."""
    refuse_template(kind, template)
    facts = Facts(
        kind=kind,
        channel=Channel.EMAIL,
        reservation=f"rsv_{'0123456789abcdef' * 2}",
        about=_STARTS,
        now=_STARTS - timedelta(days=1),
        organization=organization,
        standing="confirmed",
        expires_at=_STARTS - timedelta(hours=20),
        reason="Closed because of a storm",
        wait=None,
        overtaken=False,
        lines=_LINES,
        customer=None,
        email="ada@example.org",
        name="Ada Lovelace",
        is_shut_out=False,
        phone=None,
        languages=(language,),
        told=((), ()),
        off=((), ()),
    )
    return filled(template, values_of(facts, language.partition("-")[0]))
