"""Signing in, and staying signed in."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import uuid_utils

from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.identity import sessions
from firmhold.identity.directory import Organization, User
from firmhold.identity.ended import Ended, session_id
from firmhold.identity.passwords import Passwords
from firmhold.identity.people import Member, member_of
from firmhold.identity.sessions import ACCESS_SECONDS, SESSION, Kept, Outcome
from firmhold.identity.signing_out import end_one
from firmhold.identity.tokens import Tokens
from firmhold.store.database import Database
from firmhold.store.sql import statement

NOTED_EVERY = 1.0
"""Seconds between two notes of who has been refused."""

MOST_REFUSED = 10_000
"""Persons and addresses that are noted together. Limits allow fewer."""

WRONG = refuse(Code.UNAUTHENTICATED, "The e-mail address or the password is wrong.")
"""Whatever it was: nobody should learn who has an account."""

NO_SESSION = refuse(Code.UNAUTHENTICATED, "The refresh token is not valid. Sign in again.")
NO_USER = refuse(Code.FORBIDDEN, "You are no user of this organization any more.")
NOT_YET = (
    "You are no user of this organization. If you were asked in, show first that your e-mail "
    "address is yours."
)
"""To whoever has not; whether they were asked in is for the owner of the address."""
_ENDED = refuse(Code.UNAUTHENTICATED, "The session has ended. Sign in again.")
_REUSED = refuse(
    Code.UNAUTHENTICATED,
    "This refresh token was used before, so somebody may have copied it. The session has been "
    "ended; sign in again.",
)


class Device(NamedTuple):
    """From where somebody signs in, for people to recognize it by."""

    agent: str | None = None
    address: str | None = None


class SignedIn(NamedTuple):
    """What whoever has signed in gets."""

    user: Member
    verified: bool
    """Whether the e-mail address has been shown to be theirs."""
    access_token: str
    refresh_token: str


class SigningIn:
    """Opens sessions, keeps them going, and ends them."""

    def __init__(
        self, database: Database, passwords: Passwords, tokens: Tokens, ended: Ended
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._tokens = tokens
        self._ended = ended
        self._refused: Counter[tuple[Any, str | None, str]] = Counter()

    async def sign_in(
        self, email: str, password: str, organization: Organization | None, device: Device
    ) -> SignedIn:
        """A session for whoever has this password. `organization`: where, if that was said.

        Raises `Refused` if the password is wrong, which takes as long as if it were right; and, to
        whoever has the right one, if it is not clear where to sign in.
        """
        async with self._database.read_shared() as connection:
            person = await connection.fetchrow(
                statement("people", "person_by_email"), email.lower()
            )
        kept = None if person is None else person["password"]
        if not await self._passwords.verify(kept, password):
            if person is not None:
                self.refused(person["id"], device.address)
            raise Refused(WRONG)
        assert person is not None and kept is not None
        if self._passwords.is_outdated(kept):
            fresh = await self._passwords.hashed(password)
            async with self._database.read_shared() as connection:
                await connection.execute(
                    statement("people", "rehash_password"), person["id"], kept, fresh
                )
        async with self._database.read_across() as connection:
            places = await connection.fetch(statement("people", "places_of_person"), person["id"])
        user = member_of(_place(places, organization, verified=person["verified_at"] is not None))
        async with self._database.read(user.organization) as connection, connection.transaction():
            # Whoever changes the password ends all sessions; this one must not come after.
            now = await connection.fetchrow(statement("people", "lock_person"), person["id"])
            if now is None or not await self._still(now["password"], kept, password):
                raise Refused(WRONG)
            return await self.open(connection, user, now["verified_at"] is not None, device)

    def refused(self, person: Any, address: str | None, kind: str = "sign_in_refused") -> None:
        """Remember to note that somebody was refused, as an act of this kind. Not now: whoever is
        refused would learn from how long it takes whether there is an account."""
        if len(self._refused) < MOST_REFUSED:
            self._refused[person, address, kind] += 1

    async def run_once(self) -> float:
        """Note who was refused; returns the seconds until the next time."""
        if self._refused:
            refused, self._refused = self._refused, Counter()
            persons, addresses, kinds = zip(*refused, strict=True)
            async with self._database.read_across() as connection:
                await connection.fetch(
                    statement("people", "note_refusals"),
                    list(persons),
                    list(addresses),
                    list(kinds),
                    list(refused.values()),
                )
        return NOTED_EVERY

    async def _still(self, kept: str | None, known: str, password: str) -> bool:
        """Whether the password is what it was a moment ago, if hashed anew perhaps."""
        return kept == known or (kept is not None and await self._passwords.verify(kept, password))

    async def open(
        self, connection: Any, user: Member, verified: bool, device: Device, kind: str = "password"
    ) -> SignedIn:
        """A session for this user as what they are by now, in a transaction of the caller's. If
        they were asked in, they have come with that; but only if the address was shown to be
        theirs. Raises `Refused` if it was not, or if they are shut out."""
        # Whoever changes a role or shuts somebody out ends all sessions: not this one, which is not
        # there yet.
        row = await connection.fetchrow(
            statement("people", "user_to_sign_in"), user.organization[-32:], user.id[-32:]
        )
        if row is None:
            raise Refused(NO_USER)
        user = member_of(row)
        if user.invited_at is not None:
            if not verified:
                raise Refused(refuse(Code.FORBIDDEN, NOT_YET))
            await connection.fetch(
                statement("people", "accept_invitation"), row["person_id"], row["id"]
            )
            user = user._replace(invited_at=None)
        session = await new_session(connection, user.organization, user.id, device, kind)
        first = secrets.token_bytes(sessions.SECRET)
        await connection.execute(
            statement("sessions", "add_refresh_token"), sessions.digest(first), session
        )
        return self._answer(user, verified, session_id(session), first)

    def _answer(self, user: Member, verified: bool, session: str, token: bytes) -> SignedIn:
        access = self._tokens.access_token(
            user.organization, user.id, user.email, user.role, session
        )
        return SignedIn(user, verified, access, sessions.written(token))

    async def refresh(self, text: str, device: Device) -> SignedIn:
        """A new access token and the next refresh token. Raises `Refused`."""
        token = sessions.read(text)
        if token is None:
            raise Refused(NO_SESSION)
        async with self._database.read_across() as connection, connection.transaction():
            outcome = await self._refreshed(connection, token, device)
        # What a reuse has ended is committed by then.
        if isinstance(outcome, SignedIn):
            return outcome
        if outcome is _REUSED:
            await self._ended.look()
        raise Refused(outcome)

    async def _refreshed(self, connection: Any, token: bytes, device: Device) -> Any:
        session = await connection.fetchrow(
            statement("sessions", "lock_session_of"), sessions.digest(token)
        )
        if session is None:
            return NO_SESSION
        now = session["now"]
        rows = await connection.fetch(
            statement("sessions", "family"),
            session["id"],
            sessions.digest(token),
            now - sessions.GRACE,
        )
        family = {
            bytes(row["digest"]): Kept(row["session_id"], row["spent_at"], row["salt"])
            for row in rows
        }
        over = session["ended_at"] is not None or session["expires_at"] <= now
        over |= session["seen_at"] + sessions.IDLE <= now
        decision = sessions.refresh(
            token, family, ended=over, now=now, fresh_salt=secrets.token_bytes(sessions.SALT)
        )
        if decision.outcome is Outcome.REUSED:
            await end_one(connection, session, "reused")
            return _REUSED
        if decision.outcome is Outcome.OVER:
            return _ENDED
        if decision.successor is None:
            return NO_SESSION
        user = await connection.fetchrow(
            statement("people", "user_by_id"), session["organization_id"], session["user_id"]
        )
        person = await connection.fetchrow(
            statement("people", "person_of_user"), session["organization_id"], session["user_id"]
        )
        if user["disabled_at"] is not None:
            return _ENDED
        if decision.outcome is Outcome.ROTATED:
            await connection.execute(
                statement("sessions", "spend"), decision.spend, now, decision.salt
            )
            await connection.execute(
                statement("sessions", "add_refresh_token"),
                sessions.digest(decision.successor),
                session["id"],
            )
        await connection.execute(
            statement("sessions", "touch_session"),
            session["id"],
            device.agent,
            device.address,
            timedelta(seconds=ACCESS_SECONDS),
        )
        return self._answer(
            member_of(user),
            person["verified_at"] is not None,
            session_id(session["id"]),
            decision.successor,
        )


async def new_session(
    connection: Any,
    organization: str,
    user: str,
    device: Device,
    kind: str,
    seconds: int = ACCESS_SECONDS,
) -> Any:
    """The id of a new session, whose first access token lasts so many seconds."""
    id = uuid_utils.uuid7().hex
    await connection.execute(
        statement("sessions", "open_session"),
        id,
        organization[-32:],
        user[-32:],
        kind,
        max(SESSION, timedelta(seconds=seconds)),
        timedelta(seconds=seconds),
        device.agent,
        device.address,
    )
    return id


async def command_token(database: Database, tokens: Tokens, user: User, seconds: int) -> str:
    """An access token for a user, made by whoever may run commands on the server: in a session of
    its own, so that it can be ended like any other."""
    device = Device("firmhold user token")
    async with database.read(user.organization) as connection:
        session = await new_session(
            connection, user.organization, user.id, device, "command", seconds
        )
    return tokens.access_token(
        user.organization, user.id, user.email, user.role, session_id(session), seconds
    )


def _place(places: Sequence[Any], organization: Organization | None, *, verified: bool) -> Any:
    """Where to sign in: where it was said, else where the person has the only place. Where they
    were asked in counts if they say so, or have no other place; and not before they have shown that
    the address is theirs: it may be another who was meant."""
    places = [place for place in places if verified or place["invited_at"] is None]
    if organization is not None:
        for place in places:
            if f"org_{place['organization_id'].hex}" == organization.id:
                return place
        # The password was right, so this tells nothing that its owner does not know.
        raise Refused(
            refuse(
                Code.FORBIDDEN,
                "You are no user of this organization." if verified else NOT_YET,
                organization=organization.slug,
                organizations=[place["slug"] for place in places],
            )
        )
    return the_only(places)


def the_only(places: Sequence[Any]) -> Any:
    """The only place of a person; if there is none, the only one that they were asked into. Raises
    `Refused`."""
    places = [place for place in places if place["invited_at"] is None] or places
    if not places:
        raise Refused(refuse(Code.FORBIDDEN, "You are no user of any organization."))
    if len(places) > 1:
        slugs = [place["slug"] for place in places]
        refusal = malformed("organization", f"you are a user of several: {', '.join(slugs)}")
        raise Refused(refusal._replace(facts={**refusal.facts, "organizations": slugs}))
    return places[0]
