"""Letters about accounts, by mail: how they look, and that they go the way of everything else."""

from collections.abc import Mapping

import structlog

from firmhold.identity.letters import Kind, Letter
from firmhold.notify.carriers.carrier import Carrier, Message, Result

_log = structlog.get_logger(__name__)

_NOT_ASKED = "\n\nIf you have not asked for it, there is nothing that you have to do.\n"

_TEXTS: Mapping[Kind, tuple[str, str]] = {
    Kind.VERIFY: (
        "Please confirm your address",
        "To confirm that this address is yours, enter this code:\n\n{code}" + _NOT_ASKED,
    ),
    Kind.RESET: (
        "A new password",
        "To set a new password, enter this code:\n\n{code}" + _NOT_ASKED,
    ),
    Kind.SET_UP: (
        "Set up your server",
        "To become its first administrator, enter this code:\n\n{code}\n",
    ),
    Kind.INVITED: (
        "You have been invited",
        "To set a password and sign in, enter this code:\n\n{code}\n",
    ),
    Kind.PASSWORD_CHANGED: (
        "Your password was changed",
        "The password of your account was changed. If it was not you who did so, ask for a new one "
        "at once.\n",
    ),
}


class NotCarried(Exception):
    """The mail server does not take it now; says why."""


class Letters:
    """Hands letters to the mail server."""

    def __init__(self, mailer: Carrier) -> None:
        self._mailer = mailer

    async def carry(self, letter: Letter) -> None:
        """See `firmhold.identity.letters.Carrier`. What will never be taken counts as carried: its
        code is worth nothing to anybody."""
        subject, text = _TEXTS[letter.kind]
        text = text.replace("{code}", str(letter.facts.get("code", "")))
        message = Message(
            *(f"letter_{letter.id}", letter.kind.value, "", "Firmhold", ""),
            *(letter.address, subject, text),
        )
        outcome = await self._mailer.carry(message)
        if outcome.result is Result.NEVER:
            _log.warning("a letter was given up", about=letter.kind.value, error=outcome.detail)
        elif outcome.result is Result.NOT_NOW:
            raise NotCarried(outcome.detail)
