"""Passwords: kept as argon2id, and never more of them worked on at a time than the machine bears.

Each takes tens of milliseconds and tens of megabytes on purpose (OWASP's password storage advice
and RFC 9106 say how much at least), so a flood of sign-ins is a flood of work. It is done in
threads, a few at a time, and whoever would have to wait too long is turned away.
"""

from __future__ import annotations

import asyncio
import os
import re
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

T = TypeVar("T")

SHORTEST = 8
LONGEST = 128
"""Characters. NIST SP 800-63B: 8 at least, 64 at least to be allowed, any of them, and no rules
about which."""

TIME_COST = 2
MEMORY_KIB = 19 * 1024
"""t = 2, m = 19 MiB, p = 1: OWASP's recommendation for argon2id."""

COMMON = 20_000
"""So many of the most frequent passwords are refused."""

QUEUE = 64
"""Passwords that may wait. At 30 ms each and two at a time this is a second."""


class TooManyPasswords(Exception):
    """So many passwords are being worked on that this one would have to wait too long."""


class Passwords:
    """Makes and checks hashes of passwords."""

    def __init__(
        self,
        *,
        time_cost: int = TIME_COST,
        memory_kib: int = MEMORY_KIB,
        at_once: int | None = None,
        queue: int = QUEUE,
    ) -> None:
        """`at_once`: passwords worked on at a time; half of the processors unless given, so that
        reservations go on."""
        self._hasher = PasswordHasher(
            time_cost=time_cost, memory_cost=memory_kib, parallelism=1, type=Type.ID
        )
        workers = at_once or max(1, (os.cpu_count() or 2) // 2)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="password")
        self._room = workers + queue
        self._busy = 0
        self._nobodys: str | None = None

    async def hashed(self, password: str) -> str:
        """The hash to keep. Raises `TooManyPasswords`."""
        return await self._work(lambda: self._hasher.hash(normal(password)))

    async def verify(self, kept: str | None, password: str) -> bool:
        """Whether this is the password. Takes as long if there is none to compare with, so that
        nobody learns by the clock who has an account. Raises `TooManyPasswords`."""
        if self._nobodys is None:
            self._nobodys = await self.hashed(os.urandom(16).hex())
        against = self._nobodys if kept is None else kept
        matches = await self._work(lambda: self._matches(against, password))
        return matches and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether it was hashed with other costs than today's, and should be once more, now that
        the password is at hand."""
        return self._hasher.check_needs_rehash(kept)

    def close(self) -> None:
        """Finish what is being worked on, and take on nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _matches(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, normal(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _work(self, task: Callable[[], T]) -> T:
        if self._busy >= self._room:
            raise TooManyPasswords
        self._busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, task)
        finally:
            self._busy -= 1


OURS = ("firmhold", "reservation", "booking")
"""Words that anyone tries here first. What is left without them and the words of the e-mail address
has to be long enough by itself (ASVS 5.0, 6.2.11)."""

TELLING = 4
"""Letters of a word that counts."""


def normal(password: str) -> str:
    """The same characters, however the keyboard has put them together (NIST SP 800-63B, section
    3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def fault_of(password: str, email: str) -> str | None:
    """Why nobody should have this password, if so. Neither classes of characters nor dates of
    expiry: they make passwords worse."""
    length = len(normal(password))
    if not SHORTEST <= length <= LONGEST:
        return f"{SHORTEST} to {LONGEST} characters, not {length}"
    if len(set(password)) < 4:
        return "too few different characters"
    lowered = normal(password).casefold()
    if lowered in {email.casefold(), email.partition("@")[0].casefold()}:
        return "the same as the e-mail address"
    left = lowered
    for word in (*OURS, *re.split(r"[^a-z0-9]+", email.casefold())):
        left = left.replace(word, "") if len(word) >= TELLING else left
    if len(left) < SHORTEST:
        return "made of the e-mail address or of our name"
    if lowered in _common():
        return "one of the first that anyone tries"
    return None


@cache
def _common() -> frozenset[str]:
    """The most frequent passwords of leaked lists (ASVS 5.0, 6.2.4 asks for 3,000)."""
    # Read when the first password is set: it is a megabyte that most processes never need.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    return frozenset(FREQUENCY_LISTS["passwords"][:COMMON])
