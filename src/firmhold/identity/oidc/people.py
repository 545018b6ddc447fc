"""Who somebody is here whom the other server has signed in.

They are known by issuer and subject. An e-mail address leads to an account here once, and only if
the other server says that it is theirs: then the account is theirs, whoever may have made it. What
was set by somebody who had never shown that it was theirs opens nothing from then on.
"""

from __future__ import annotations

from typing import Any

import uuid_utils

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.identity.directory import Directory, Organization
from firmhold.identity.ended import Ended
from firmhold.identity.oidc.id_token import Claims
from firmhold.identity.people import disown, member_of, person_with
from firmhold.identity.roles import Role
from firmhold.identity.signing_in import NO_USER, Device, SignedIn, SigningIn, the_only
from firmhold.store.acts import record_act
from firmhold.store.database import Database
from firmhold.store.sql import statement

KIND = "oidc"
"""Of the sessions."""

_NO_ADDRESS = refuse(
    Code.FORBIDDEN,
    "You are not known here yet, and the identity provider does not say that your e-mail address "
    "is yours.",
)
_SOMEBODY_ELSES = refuse(
    Code.FORBIDDEN,
    "The account with your e-mail address belongs to somebody else at the identity provider. Ask "
    "whoever runs this server.",
)
_BY_INVITATION = refuse(Code.FORBIDDEN, "This organization lets people in by invitation only.")


class External:
    """Signs people in whom another server has signed in."""

    def __init__(
        self,
        database: Database,
        directory: Directory,
        signing_in: SigningIn,
        ended: Ended,
        own: str,
        welcoming: str | None,
    ) -> None:
        """`own`: slug of the server's organization. `welcoming`: of the one in which whoever is
        unknown becomes a customer."""
        self._database = database
        self._directory = directory
        self._signing_in = signing_in
        self._ended = ended
        self._first = own if welcoming is None else welcoming
        self._welcomes = welcoming is not None

    async def sign_in(self, claims: Claims, named: str | None, device: Device) -> SignedIn:
        """A session for whom the claims are about, in the organization of that slug, else where
        they are a user. Raises `Refused` if they are nobody here and cannot become anybody, or if
        it is not clear where to sign in."""
        first = await self._directory.organization(self._first)
        organization = first if named is None else await self._directory.organization(named)
        if organization is None:
            raise Refused(refuse(Code.NOT_FOUND, "There is no such organization."))
        async with self._database.read_across() as connection, connection.transaction():
            person, new = await self._person(connection, claims)
            places = await connection.fetch(statement("people", "places_of_person"), person["id"])
            place = _place(places, organization, anywhere=named is None)
            if place is None and named is None and not self._open(first):
                # Better where somebody has asked them in than nowhere.
                place = the_only(places) if places else None
            if place is None:
                place = await self._let_in(connection, organization, first, person, claims)
            user = member_of(place)
            if new:
                facts = {"issuer": claims.issuer}
                await record_act(
                    connection, user.organization, "identity_linked", f"user:{user.id}", None, facts
                )
            opened = await self._signing_in.open(connection, user, True, device, KIND)
        if new:
            await self._ended.look()
        return opened

    async def _person(self, connection: Any, claims: Claims) -> tuple[Any, bool]:
        """Who it is, and whether that was not known before."""
        known = (claims.issuer, claims.subject)
        person = await connection.fetchrow(statement("oidc", "person_of_identity"), *known)
        if person is not None:
            return person, False
        if claims.email is None:
            raise Refused(_NO_ADDRESS)
        id = await person_with(connection, claims.email)
        # One after the other: another attempt may be about the same.
        person = await connection.fetchrow(statement("people", "lock_person"), id)
        added = await connection.fetchrow(statement("oidc", "add_identity"), *known, id)
        if added is None:
            person = await connection.fetchrow(statement("oidc", "person_of_identity"), *known)
            if person is None:
                raise Refused(_SOMEBODY_ELSES)
            return person, False
        await disown(connection, id)
        await connection.execute(statement("people", "set_verified"), id)
        return person, True

    def _open(self, first: Organization | None) -> bool:
        return self._welcomes or (first is not None and first.open_registration)

    async def _let_in(
        self,
        connection: Any,
        organization: Organization,
        first: Organization | None,
        person: Any,
        claims: Claims,
    ) -> Any:
        """A new customer. Raises `Refused`, also for whoever has been shut out."""
        if first is None or organization.id != first.id or not self._open(first):
            raise Refused(_BY_INVITATION)
        row = await connection.fetchrow(
            statement("people", "add_user"),
            organization.id[-32:],
            uuid_utils.uuid7().hex,
            person["email"],
            Role.CUSTOMER.value,
            person["id"],
            claims.name,
            False,
        )
        if row is None:
            raise Refused(NO_USER)
        user = member_of(row)
        facts = {"email": user.email, "role": user.role, "by": KIND}
        await record_act(
            connection, user.organization, "register", f"user:{user.id}", user.id, facts
        )
        return row


def _place(places: Any, organization: Organization, *, anywhere: bool) -> Any:
    """Where to sign in; `None` if there is nothing yet. `anywhere`: if not there, then where the
    person has the only place."""
    for place in places:
        if f"org_{place['organization_id'].hex}" == organization.id:
            return place
    own = [place for place in places if place["invited_at"] is None]
    return the_only(own) if anywhere and own else None
