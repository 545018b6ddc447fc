"""A mail server that takes messages and carries them on.

Owns the connections to it and what its answers mean. When it has taken a message that is over: what
becomes of the connection afterwards changes nothing.
"""

import asyncio
import contextlib
import re
import ssl
from collections import deque
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from time import monotonic
from typing import NamedTuple

import aiosmtplib

from firmhold.notify.carriers.carrier import SECONDS, Message, Outcome, Result, in_words

KEPT_SECONDS = 10.0
"""For which a connection without work is kept: many messages come at once, or none for long."""

KEPT_MESSAGES = 100
"""Over one connection; mail servers allow only so many."""

LIFE_SECONDS = 8.0
"""For each answer of the server."""


_SPECIAL = re.compile(r"[\s<>()\[\]\\,;:\"\x00-\x1f\x7f-\x9f]")


class MailServer(NamedTuple):
    """Where mail is handed over, and as whom."""

    host: str
    port: int
    security: str
    """`starttls`, `tls` or `none`."""
    user: str | None
    password: str | None
    sender: str
    """The address that messages come from."""
    tls: ssl.SSLContext | None = None
    """Whom to believe; whom the machine believes unless given."""


class Mailer:
    """Hands messages to a mail server."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._idle: deque[tuple[aiosmtplib.SMTP, float, int]] = deque()
        _, self.address = parseaddr(server.sender)
        self._domain = self.address.rpartition("@")[2]
        self._tls = server.tls or ssl.create_default_context()

    async def carry(self, message: Message) -> Outcome:
        """See `Carrier`."""
        try:
            mail = self.mail(message)
        except (MessageError, ValueError, UnicodeError, IndexError) as error:
            return Outcome(Result.NEVER, f"not an address that mail can go to: {in_words(error)}")
        return await self.send(mail, message.address)

    def mail(self, message: Message) -> EmailMessage:
        """The message as mail. Raises what `email` does for an address that is none."""
        mail = EmailMessage()
        mail["From"] = Address(" ".join(message.sender.split()), addr_spec=self.address)
        mail["To"] = _address(message.address)
        mail["Subject"] = " ".join(message.subject.split())
        mail["Date"] = formatdate(usegmt=True)
        mail["Message-ID"] = f"<{message.id}@{self._domain}>"
        # Nobody's vacation is told of to us (RFC 3834).
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        return mail

    async def send(self, mail: EmailMessage, address: str) -> Outcome:
        """Hand over mail for one address. Never raises but for being cancelled."""
        client = None
        try:
            async with asyncio.timeout(SECONDS):
                # Whatever is in the way until here is about us, or about the server.
                client, used = await self._connection()
                outcome = await self._hand_over(client, mail, address)
            if outcome.result is Result.TAKEN:
                self._idle.append((client, monotonic(), used + 1))
                client = None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            return Outcome(Result.NOT_NOW, in_words(error))
        finally:
            if client is not None:
                client.close()
        return outcome

    async def _hand_over(
        self, client: aiosmtplib.SMTP, mail: EmailMessage, address: str
    ) -> Outcome:
        try:
            await client.send_message(mail, sender=self.address, recipients=[address])
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return _answered(refused.recipients[0])
        except aiosmtplib.SMTPDataError as refused:
            return _answered(refused)
        except aiosmtplib.SMTPNotSupported as error:
            return Outcome(Result.NEVER, in_words(error))  # an address in another script
        except ValueError as error:
            return Outcome(Result.NEVER, in_words(error))
        return Outcome(Result.TAKEN)

    async def close(self) -> None:
        """Let go of the connections."""
        while self._idle:
            client, _, _ = self._idle.popleft()
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await client.quit(timeout=1.0)
            client.close()

    async def _connection(self) -> tuple[aiosmtplib.SMTP, int]:
        """One that answers, and how many messages have gone over it."""
        while self._idle:
            client, since, used = self._idle.pop()
            if monotonic() - since < KEPT_SECONDS and used < KEPT_MESSAGES:
                # Before anything of a message is said: afterwards nobody would know whether it was
                # taken.
                with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                    await client.rset()
                    return client, used
            client.close()
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=None if server.security == "none" else self._tls,
            username=server.user,
            password=None if server.user is None else server.password,
            # Without it the name of this machine is asked for, and everything waits.
            local_hostname=self._domain or "localhost",
            timeout=LIFE_SECONDS,
        )
        try:
            await client.connect()
        except BaseException:
            client.close()
            raise
        return client, 0


def _address(text: str) -> Address:
    """The address as a header has it. Raises what `email` does, or `ValueError`, for what is none,
    or is more than one."""
    if text.isascii():
        return Address(addr_spec=text)
    # The library takes others apart only (RFC 6531).
    local, _, domain = text.rpartition("@")
    if not local or not domain or _SPECIAL.search(text):
        raise ValueError(f"{text!r} is not an address")
    return Address(username=local, domain=domain)


def _answered(refused: aiosmtplib.SMTPResponseException) -> Outcome:
    """What an answer about the recipient or the text means: 5xx is for ever (RFC 5321, 4.2.1)."""
    result = Result.NEVER if 500 <= refused.code <= 599 else Result.NOT_NOW
    return Outcome(result, f"{refused.code} {' '.join(str(refused.message).split())}"[:300])
