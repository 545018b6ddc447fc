"""Carriers, as the settings have them. Clients take memory and time, so only who is set up is
imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmhold.notify.carriers.carrier import Carrier
from firmhold.notify.carriers.log import LogCarrier
from firmhold.notify.notices.kinds import Channel
from firmhold.settings import Settings

if TYPE_CHECKING:
    from firmhold.notify.carriers.smtp import Mailer

PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""Where a mail server listens unless told otherwise, by the security of the connection."""


def mailer_of(settings: Settings) -> Mailer | None:
    """Who hands mail over; `None` if no mail server is set up."""
    if settings.smtp_host is None:
        return None
    from firmhold.notify.carriers.smtp import Mailer, MailServer  # noqa: PLC0415

    assert settings.smtp_from is not None, "the settings were checked"
    return Mailer(
        MailServer(
            settings.smtp_host,
            settings.smtp_port or PORTS[settings.smtp_security],
            settings.smtp_security,
            settings.smtp_user,
            settings.smtp_password,
            settings.smtp_from,
        )
    )


def carriers_of(settings: Settings) -> dict[Channel, Carrier]:
    """Who carries what; the log where nobody else is set up."""
    sms = topic = None
    if settings.sns_phones or settings.sns_topic is not None:
        from firmhold.notify.carriers.sns import Sns  # noqa: PLC0415

        where = settings.sns_region, settings.sns_endpoint
        sms = Sns(*where) if settings.sns_phones else None
        topic = None if settings.sns_topic is None else Sns(*where, settings.sns_topic)
    return {
        Channel.EMAIL: mailer_of(settings) or LogCarrier("no mail server is set up"),
        Channel.SMS: sms or LogCarrier("no text messages are set up"),
        Channel.TOPIC: topic or LogCarrier("no topic is set up"),
        Channel.LOG: LogCarrier(),
    }
