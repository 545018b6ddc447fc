"""What people do about their own accounts: register, show that an address is theirs, and change or
recover a password.

Codes are sent as letters, written in the same transaction: see `letters`. A code is as good as a
password while it lasts, so only its digest is kept.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
import uuid_utils

from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.identity.directory import SERVER, Organization
from firmhold.identity.ended import Ended
from firmhold.identity.letters import Kind, write
from firmhold.identity.passwords import Passwords, fault_of
from firmhold.identity.people import Member, member_of, person_with, small
from firmhold.identity.roles import Role
from firmhold.identity.sessions import SECRET, digest
from firmhold.identity.signing_in import WRONG, Device, SignedIn, SigningIn
from firmhold.identity.signing_out import end_all
from firmhold.store.acts import record_act
from firmhold.store.database import AllInUse, Database
from firmhold.store.sql import statement

VERIFY = timedelta(days=3)
RESET = timedelta(minutes=30)
SET_UP = timedelta(days=1)
"""How long each code is good."""

MOST_SENDING = 100
"""Codes that are being written into letters at a time. Limits allow fewer."""

PREFIX = "fhc_"

_log = structlog.get_logger(__name__)

_ASKED_IN = refuse(
    Code.ALREADY_EXISTS,
    "Somebody has asked the owner of this e-mail address in. Set a password with the code that was "
    "sent.",
)
_NO_CODE = malformed("code", "not valid, or not any more; each works once")


class Accounts:
    """Accounts, as those who have them deal with them."""

    def __init__(
        self, database: Database, passwords: Passwords, signing_in: SigningIn, ended: Ended
    ) -> None:
        self._database = database
        self._ended = ended
        self._passwords = passwords
        self._signing_in = signing_in
        self._sending: set[asyncio.Task[None]] = set()

    async def register(
        self,
        organization: Organization,
        email: str,
        password: str,
        name: str | None,
        device: Device,
    ) -> SignedIn:
        """Make somebody a customer, signed in, and send a code to their address.

        Raises `Refused` if the organization does not let people register, if the password is a bad
        one, or if the address has an account. That this can be learned is the price of being signed
        in at once; how often it can be asked is limited.
        """
        if not organization.open_registration:
            raise Refused(
                refuse(Code.FORBIDDEN, "This organization lets people in by invitation only.")
            )
        email = small(email)
        _refuse_bad(password, email)
        hashed = await self._passwords.hashed(password)
        async with self._database.read_across() as connection, connection.transaction():
            person = await connection.fetchrow(
                statement("people", "register_person"), uuid_utils.uuid7().hex, email, hashed
            )
            if person is None:
                raise Refused(
                    refuse(
                        Code.ALREADY_EXISTS,
                        "There is an account with this e-mail address. Sign in, or have a new "
                        "password sent.",
                    )
                )
            row = await connection.fetchrow(
                statement("people", "add_user"),
                organization.id[-32:],
                uuid_utils.uuid7().hex,
                email,
                Role.CUSTOMER.value,
                person["id"],
                name,
                False,
            )
            if row is None:
                raise Refused(_ASKED_IN)
            await _note_new(connection, "register", member_of(row))
            await _send(connection, Kind.VERIFY, person["id"], email, VERIFY)
            return await self._signing_in.open(connection, member_of(row), False, device)

    async def send_verification(self, organization: str, user: str) -> None:
        """Send the code once more, unless the address has been shown to be theirs."""
        async with self._database.read(organization) as connection, connection.transaction():
            person = await connection.fetchrow(
                statement("people", "person_of_user"), organization[-32:], user[-32:]
            )
            if person is not None and person["verified_at"] is None:
                await _send(connection, Kind.VERIFY, person["id"], person["email"], VERIFY)

    async def verify(self, organization: str, user: str, code: str) -> None:
        """The address is that of the person that this user is, who has got the code: and not of
        whoever has only got it, as it may have been somebody else who registered with the address.
        Raises `Refused` if the code is not good, or not theirs, and leaves it as it was."""
        async with self._database.read_across() as connection, connection.transaction():
            person = await connection.fetchrow(
                statement("people", "person_of_user"), organization[-32:], user[-32:]
            )
            if person is None:
                raise Refused(_NO_CODE)
            await _taken(connection, code, Kind.VERIFY, of=person["id"])
            await _show(connection, person["id"])

    async def send_reset(self, email: str) -> None:
        """Send a code for a new password to this address, if it has an account. Whoever asks
        learns nothing about that, not by the clock either: it is sent behind their answer. Raises
        `AllInUse` if too many are being sent."""
        if len(self._sending) >= MOST_SENDING:
            raise AllInUse
        async with self._database.read_shared() as connection:
            person = await connection.fetchrow(
                statement("people", "person_by_email"), email.lower()
            )
        if person is not None:
            task = asyncio.create_task(self._send_reset(person))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send_reset(self, person: Any) -> None:
        try:
            async with self._database.read_shared() as connection, connection.transaction():
                await _send(connection, Kind.RESET, person["id"], person["email"], RESET)
        except Exception as error:  # noqa: BLE001 - nobody is there any more to be told
            _log.warning("a code was not sent", error=repr(error))

    async def settle(self, seconds: float | None = None) -> None:
        """Until what is to be sent is in the outbox; after so many seconds it is given up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.gather(*self._sending)

    async def reset(self, code: str, password: str) -> None:
        """Set a new password with a code that was sent. Every session ends, and the address has
        been shown to be theirs; if the code has asked them in somewhere, they have come. Raises
        `Refused`."""
        hashed = await self._passwords.hashed(password)
        async with self._database.read_across() as connection, connection.transaction():
            id, place = await _taken(connection, code, Kind.RESET, Kind.INVITED)
            person = await connection.fetchrow(statement("people", "lock_person"), id)
            assert person is not None, "a code goes with its person"
            _refuse_bad(password, person["email"])  # which leaves the code as it was
            if place is not None:
                await connection.fetch(statement("people", "accept_invitation"), id, place)
            await connection.execute(statement("people", "set_password"), id, hashed, None)
            await _show(connection, id)
            await _changed(connection, person)
        await self._ended.look()

    async def change_password(
        self,
        organization: str,
        user: str,
        session: str | None,
        current: str,
        new: str,
        device: Device,
    ) -> None:
        """Set a new password for whoever knows the one there is; whoever does not, and has a
        session, is noted. Their other sessions end. Raises `Refused`."""
        async with self._database.read(organization) as connection:
            person = await connection.fetchrow(
                statement("people", "person_of_user"), organization[-32:], user[-32:]
            )
        kept = None if person is None else person["password"]
        if not await self._passwords.verify(kept, current):
            if person is not None:
                self._signing_in.refused(person["id"], device.address, "password_refused")
            raise Refused(malformed("current", "not your password"))
        assert person is not None
        _refuse_bad(new, person["email"], "new")
        hashed = await self._passwords.hashed(new)
        async with self._database.read_across() as connection, connection.transaction():
            now = await connection.fetchrow(statement("people", "lock_person"), person["id"])
            if now is None or now["password"] != kept:
                raise Refused(WRONG)
            await connection.execute(
                statement("people", "set_password"), person["id"], hashed, None
            )
            await _changed(connection, person, but=session)
        await self._ended.look()

    async def invite(self, connection: Any, user: Member, organization: str) -> None:
        """Tell somebody that they were asked in, and where: its slug. Whoever has a password, and
        has shown that the address is theirs, comes by signing in; others are sent a code with
        which they do both. Nothing that they have elsewhere is touched."""
        person = await connection.fetchrow(statement("people", "person_by_email"), user.email)
        facts = {"organization": organization}
        if person["verified_at"] is None or person["password"] is None:
            facts["code"] = await _code(
                connection, Kind.INVITED, person["id"], VERIFY, user.id[-32:]
            )
        await write(connection, user.email, Kind.INVITED, facts)

    async def set_up(
        self,
        organization: Organization,
        code: str,
        email: str,
        password: str,
        name: str | None,
        device: Device,
    ) -> SignedIn:
        """Make the server's first administrator, signed in. Raises `Refused`."""
        email = small(email)
        _refuse_bad(password, email)
        hashed = await self._passwords.hashed(password)
        async with self._database.read_across() as connection, connection.transaction():
            await _taken(connection, code, Kind.SET_UP)
            if await connection.fetchval(statement("people", "is_anybody_there")):
                raise Refused(_NO_CODE)
            person = await person_with(connection, email, hashed)
            await connection.execute(statement("people", "set_password"), person, hashed, None)
            await connection.execute(statement("people", "set_verified"), person)
            await end_all(connection, person, "password_changed")  # whose were not theirs perhaps
            row = await connection.fetchrow(
                statement("people", "add_user"),
                organization.id[-32:],
                uuid_utils.uuid7().hex,
                email,
                Role.ADMIN.value,
                person,
                name,
                False,
            )
            if row is None:
                raise Refused(malformed("email", "a user of this organization already"))
            await _note_new(connection, "set_up", member_of(row))
            opened = await self._signing_in.open(connection, member_of(row), True, device)
        await self._ended.look()
        return opened


async def set_up_code(database: Database) -> str | None:
    """A code for the first administrator of a server that nobody runs; `None` if somebody does. The
    code before is void."""
    async with database.read_across() as connection, connection.transaction():
        if await connection.fetchval(statement("people", "is_anybody_there")):
            return None
        return await _code(connection, Kind.SET_UP, None, SET_UP)


async def set_password(
    database: Database, passwords: Passwords, email: str, password: str, *, sign_out: bool = True
) -> str:
    """Set the password of the person with this address, by whoever runs the server; returns it.
    Their sessions end unless told otherwise. Raises `Refused` if the password is a bad one, or
    if there is no such person."""
    email = email.lower()
    _refuse_bad(password, email)
    hashed = await passwords.hashed(password)
    async with database.read_across() as connection, connection.transaction():
        person = await connection.fetchrow(statement("people", "person_by_email"), email)
        if person is None:
            raise Refused(malformed("email", "nobody has this address"))
        await connection.execute(statement("people", "set_password"), person["id"], hashed, SERVER)
        if sign_out:
            await connection.fetch(
                statement("sessions", "end_sessions_of_person"),
                person["id"],
                "password_changed",
                None,
            )
    return password


async def _changed(connection: Any, person: Any, but: str | None = None) -> None:
    """The password is another: sessions and codes of the one before are void, and its owner is
    told, in case it was somebody else."""
    await end_all(connection, person["id"], "password_changed", but=but)
    await connection.execute(
        statement("people", "drop_codes"), Kind.RESET.value, person["id"], None
    )
    await write(connection, person["email"], Kind.PASSWORD_CHANGED, {})


async def _note_new(connection: Any, kind: str, user: Member) -> None:
    facts = {"email": user.email, "role": user.role}
    await record_act(connection, user.organization, kind, f"user:{user.id}", user.id, facts)


async def _show(connection: Any, person: Any) -> None:
    """The address is theirs, and so is the password that they have by now: where they were asked
    in they come by signing in, and no letter sets that password any more."""
    await connection.execute(statement("people", "set_verified"), person)
    await connection.execute(statement("people", "drop_codes"), Kind.INVITED.value, person, None)


async def _send(connection: Any, kind: Kind, person: Any, email: str, lasts: timedelta) -> None:
    await write(connection, email, kind, {"code": await _code(connection, kind, person, lasts)})


async def _code(
    connection: Any, kind: Kind, person: Any, lasts: timedelta, place: str | None = None
) -> str:
    """A fresh code; those made before for the same, and for the same place, are void."""
    secret = secrets.token_bytes(SECRET)
    await connection.execute(statement("people", "drop_codes"), kind.value, person, place)
    await connection.execute(
        statement("people", "add_code"), digest(secret), kind.value, person, lasts, place
    )
    return PREFIX + secret.hex()


async def _taken(connection: Any, code: str, *kinds: Kind, of: Any = None) -> tuple[Any, Any]:
    """Whose code this is, which is used up with that, and which place it gives them, if any. `of`:
    whose it has to be, of one that shows whose an address is. Raises `Refused`."""
    try:
        secret = bytes.fromhex(code.removeprefix(PREFIX))
    except ValueError:
        raise Refused(_NO_CODE) from None
    row = await connection.fetchrow(
        statement("people", "take_code"), digest(secret), [kind.value for kind in kinds], of
    )
    if row is None:
        raise Refused(_NO_CODE)
    return row["person_id"], row["user_id"]


def _refuse_bad(password: str, email: str, field: str = "password") -> None:
    if (fault := fault_of(password, email)) is not None:
        raise Refused(malformed(field, fault))
