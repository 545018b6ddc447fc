"""A mail server on this machine: takes what comes, as it was told to."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from typing import Any, NamedTuple

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

USER, PASSWORD = "firmhold", "long-and-only-mine"


class Mail(NamedTuple):
    """One message, as it came."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)  # type: ignore[return-value]

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return str(self.message.get_content()).replace("\r\n", "\n")


class MailBox:
    """What has come, and how the next is answered. Answers are used up, but for the last."""

    def __init__(self) -> None:
        self.received: list[Mail] = []
        self.recipients: dict[str, list[str]] = {}
        """Answers to recipients, by address; `*` for all others."""
        self.answers: list[str] = ["250 taken"]
        """Answers to messages."""
        self.hanging = False
        self.connections = 0
        self.arrived = asyncio.Event()
        self.host, self.port = "127.0.0.1", 0
        self._server: asyncio.Server | None = None
        self._transports: set[Any] = set()
        self._options: dict[str, Any] = {}

    async def handle_RCPT(  # noqa: N802 - so it is called
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answers = self.recipients.get(address) or self.recipients.get("*") or ["250 ok"]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - likewise
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.hanging:
            await asyncio.sleep(3600)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.startswith("250"):
            assert envelope.mail_from is not None and isinstance(envelope.content, bytes)
            self.received.append(Mail(envelope.mail_from, envelope.rcpt_tos, envelope.content))
            self.arrived.set()
        return answer

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        right = data.login == USER.encode() and data.password == PASSWORD.encode()
        return AuthResult(success=right, handled=True)

    async def start(self, **options: Any) -> None:
        """Listen, on the same port as before if it has listened."""
        self._options = options or self._options
        tls = self._options.pop("tls", None) if "tls" in self._options else None
        mine = dict(self._options)

        def make() -> SMTP:
            self.connections += 1
            smtp = SMTP(self, hostname="mail.test", enable_SMTPUTF8=True, **mine)
            self._transports.add(smtp)
            return smtp

        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(make, self.host, self.port, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Be away: nobody listens, and nobody is spoken to any more."""
        if self._server is not None:
            self._server.close()
        for smtp in self._transports:
            # One with TLS has nothing left to break off when it has ended, and says so in this way.
            with suppress(AttributeError):
                smtp.transport.abort()
        self._transports.clear()
        await asyncio.sleep(0)


@asynccontextmanager
async def mail_server(**options: Any) -> AsyncIterator[MailBox]:
    """One that listens on a port of its own."""
    box = MailBox()
    await box.start(**options)
    try:
        yield box
    finally:
        await box.stop()


def with_password(box: MailBox, tls: ssl.SSLContext) -> dict[str, Any]:
    """Options of a server that wants TLS, and to know who comes."""
    return {
        "tls_context": tls,
        "require_starttls": True,
        "auth_required": True,
        "auth_require_tls": True,
        "authenticator": box.authenticate,
    }
