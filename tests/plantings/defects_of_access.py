"""Defects of signing in, and of who may do what. See `defects`."""

from __future__ import annotations

from tests.plantings.defects import Defect

SIGNING_IN = "tests/doors/test_signing_in.py"
INVITATIONS = "tests/doors/test_invitations.py"
IDENTITY = "tests/doors/test_identity.py"
ORGANIZATIONS = "tests/doors/test_organizations.py"
PROMOTION = "tests/doors/test_promotion.py"
WHOSE = "tests/doors/test_whose_session.py"
FAMILY = "tests/unit/identity/test_sessions.py"
KEYRING = "tests/unit/identity/test_keyring.py"
PASSWORDS = "tests/unit/identity/test_passwords.py"
PERMISSIONS = "tests/unit/identity/test_permissions.py"

DEFECTS_OF_ACCESS = (
    Defect(
        "a token that was spent long ago gets a successor",
        "identity/sessions.py",
        "    if now - kept.spent_at > GRACE:\n        return Decision(Outcome.REUSED)\n",
        "",
        (FAMILY,),
    ),
    Defect(
        "reuse of a refresh token leaves the session alive",
        "identity/signing_in.py",
        '            await end_one(connection, session, "reused")\n',
        "",
        (SIGNING_IN,),
    ),
    Defect(
        "a lost answer gets another successor than the first",
        "identity/sessions.py",
        "        newest = successor(newest, here.salt)\n",
        "        newest = successor(newest, fresh_salt)\n",
        (FAMILY,),
    ),
    Defect(
        "the access tokens of an ended session are good until they are over",
        "identity/tokens.py",
        "if identity.session is not None and identity.session in self._ended:",
        "if False:",
        (SIGNING_IN,),
    ),
    Defect(
        "a process never learns which sessions others have ended",
        "identity/ended.py",
        '            self._until[session_id(row["id"])] = row',
        "            _ = row",
        (SIGNING_IN,),
    ),
    Defect(
        "an operation takes no permission of whoever has a token",
        "doors/shared/authentication.py",
        "        elif operation.permission not in identity.permissions:\n",
        "        elif False:\n",
        (IDENTITY,),
    ),
    Defect(
        "a session of another user can be ended",
        "store/queries/sessions.sql",
        "    FROM users AS mine JOIN users AS u ON u.person_id = mine.person_id\n",
        "    FROM users AS mine CROSS JOIN users AS u\n",
        (SIGNING_IN,),
    ),
    Defect(
        "whoever does not exist is refused without any work",
        "identity/passwords.py",
        "        matches = await self._work(lambda: self._matches(against, password))\n",
        "        matches = kept is not None and await self._work(\n"
        "            lambda: self._matches(against, password)\n"
        "        )\n",
        (SIGNING_IN,),
    ),
    Defect(
        "whether there is an account shows in how long it takes to send a code",
        "identity/accounts.py",
        "            task.add_done_callback(self._sending.discard)\n",
        "            task.add_done_callback(self._sending.discard)\n            await task\n",
        (SIGNING_IN,),
    ),
    Defect(
        "nothing bounds the passwords that are worked on",
        "identity/passwords.py",
        "        if self._busy >= self._room:\n",
        "        if False:\n",
        (PASSWORDS,),
    ),
    Defect(
        "an address that nobody has verified is its user's",
        "store/queries/directory.sql",
        " AND p.verified_at IS NOT NULL",
        "",
        (SIGNING_IN,),
    ),
    Defect(
        "a code works twice",
        "store/queries/people.sql",
        "DELETE FROM code\n"
        "WHERE digest = $1 AND purpose = ANY ($2) AND expires_at > clock_timestamp()\n"
        "  AND (purpose <> 'verify' OR person_id = $3::uuid)\nRETURNING person_id, user_id;",
        "SELECT person_id, user_id FROM code\n"
        "WHERE digest = $1 AND purpose = ANY ($2) AND expires_at > clock_timestamp()\n"
        "  AND (purpose <> 'verify' OR person_id = $3::uuid);",
        (SIGNING_IN,),
    ),
    Defect(
        "a code for one thing is good for another",
        "store/queries/people.sql",
        "WHERE digest = $1 AND purpose = ANY ($2) AND expires_at > clock_timestamp()",
        "WHERE digest = $1 AND $2::text[] <> '{}' AND expires_at > clock_timestamp()",
        (SIGNING_IN,),
    ),
    Defect(
        "a new password leaves the sessions of the old one alive",
        "identity/accounts.py",
        '    await end_all(connection, person["id"], "password_changed", but=but)\n',
        "",
        (SIGNING_IN,),
    ),
    Defect(
        "a page of another site refreshes with the cookie",
        "doors/access/cookies.py",
        "        refuse_other_sites(headers)\n",
        "        pass\n",
        (SIGNING_IN,),
    ),
    Defect(
        "a page of another site signs whoever looks at it in as somebody else",
        "doors/access/sessions.py",
        "    if cookie:\n        cookies.refuse_other_sites(call.headers)\n",
        "    if cookie:\n        pass\n",
        (SIGNING_IN, WHOSE),
    ),
    Defect(
        "a session that is listed cannot be ended if it is in another organization",
        "store/queries/sessions.sql",
        "      AND s.id = $3 AND s.ended_at IS NULL\n",
        "      AND s.id = $3 AND s.ended_at IS NULL AND u.organization_id = $1\n",
        (WHOSE,),
    ),
    Defect(
        "who sets a server up leaves whoever had the address signed in",
        "identity/accounts.py",
        '            await end_all(connection, person, "password_changed")  # whose',
        "            _ = 0  # whose",
        (WHOSE,),
    ),
    Defect(
        "the first administrator is one of whichever organization the request names",
        "doors/access/sessions.py",
        "organization = await call.services.authentication.organization({})\n",
        "organization = await call.services.authentication.organization(call.headers)\n",
        (WHOSE,),
    ),
    Defect(
        "an admin of any organization runs the server",
        "doors/shared/authentication.py",
        "        if home is not None and home.id == identity.organization:\n",
        "        if home is not None:\n",
        (ORGANIZATIONS,),
    ),
    Defect(
        "a code verifies an address for whoever has it, with the password of whoever registered",
        "store/queries/people.sql",
        "AND (purpose <> 'verify' OR person_id = $3::uuid)",
        "AND (purpose <> 'verify' OR $3::uuid IS NOT NULL)",
        (INVITATIONS,),
    ),
    Defect(
        "whoever registered somebody's address is told where that person was asked in",
        "identity/signing_in.py",
        """ if verified or place["invited_at"] is None]\n""",
        "]\n",
        (INVITATIONS,),
    ),
    Defect(
        "whoever owns an organization takes plain signing in from whom they like",
        "identity/signing_in.py",
        """    places = [place for place in places if place["invited_at"] is None] or places\n""",
        "",
        (INVITATIONS,),
    ),
    Defect(
        "whoever owns an organization learns what a stranger does elsewhere",
        "store/queries/people.sql",
        "JOIN users AS u ON u.person_id = r.person_id AND u.invited_at IS NULL;",
        "JOIN users AS u ON u.person_id = r.person_id;",
        (INVITATIONS,),
    ),
    Defect(
        "whoever was asked in and may never come is an owner who is left",
        "identity/people.py",
        "if it.disabled_at is None and it.invited_at is None]",
        "if it.disabled_at is None]",
        (INVITATIONS,),
    ),
    Defect(
        "an account that has a place and no password is for anybody to register",
        "store/queries/people.sql",
        "  AND NOT EXISTS (SELECT FROM users AS u WHERE u.person_id = person.id"
        " AND u.invited_at IS NULL)\n",
        "",
        (INVITATIONS,),
    ),
    Defect(
        "whoever registered an address first has what it is given later",
        "identity/people.py",
        "            name,\n            True,\n        )\n",
        "            name,\n            False,\n        )\n",
        (INVITATIONS,),
    ),
    Defect(
        "a password that nobody has vouched for is voided, and its sessions go on",
        "identity/people.py",
        '    if await connection.fetchrow(statement("people", "disown"), person) is None:\n',
        '    if await connection.fetchrow(statement("people", "disown"), person) != 0:\n',
        (PROMOTION,),
    ),
    Defect(
        "whoever registered somebody's address becomes what that person is made",
        "identity/people.py",
        '        asked = rises and person["verified_at"] is None\n',
        "        asked = False\n",
        (SIGNING_IN, PROMOTION),
    ),
    Defect(
        "the command line makes whoever registered somebody's address what that person is to be",
        "identity/directory.py",
        "                if role is not Role.CUSTOMER or was is None:\n",
        "                if was is None:\n",
        (SIGNING_IN,),
    ),
    Defect(
        "whoever signs in while their role changes is what they were before",
        "identity/signing_in.py",
        "        user = member_of(row)\n        if user.invited_at is not None:\n",
        "        if user.invited_at is not None:\n",
        (SIGNING_IN,),
    ),
    Defect(
        "whoever signs in while they are shut out is in",
        "store/queries/people.sql",
        "AND id = $2 AND disabled_at IS NULL FOR SHARE",
        "AND id = $2 FOR SHARE",
        (SIGNING_IN, PROMOTION),
    ),
    Defect(
        "a program that acts for every customer is taken for a hold token",
        "doors/shared/customers.py",
        "    if actor.reservation is not None:\n",
        "    if actor.customer is None:\n",
        ("tests/doors/test_programs.py",),
    ),
    Defect(
        "an owner makes admins",
        "identity/people.py",
        "    if not OF_ROLE[role] - OWN <= by:\n",
        "    if False:\n",
        (SIGNING_IN,),
    ),
    Defect(
        "the last owner can be shut out",
        "identity/people.py",
        "        if goes and keeps and not ",
        "        if False and not ",
        (SIGNING_IN,),
    ),
    Defect(
        "an API key is given scopes that its maker does not have",
        "identity/permissions.py",
        "    return SCOPES & by\n",
        "    return SCOPES\n",
        (PERMISSIONS, SIGNING_IN),
    ),
    Defect(
        "a withdrawn API key is good for as long as it is remembered",
        "store/queries/keys.sql",
        "WHERE id = $1 AND withdrawn_at IS NULL\n",
        "WHERE id = $1\n",
        (SIGNING_IN,),
    ),
    Defect(
        "what a retired key has signed is good where it is remembered",
        "identity/tokens.py",
        "            self._verified.clear()\n",
        "",
        (KEYRING,),
    ),
    Defect(
        "a key that everybody on the machine can read signs tokens",
        "identity/keyring.py",
        "    refuse_readable(file)\n",
        "",
        (KEYRING,),
    ),
    Defect(
        "any key of ours verifies, whichever the token names",
        "identity/keyring.py",
        "        return self._keys.get(kid)\n",
        "        return self._keys.get(kid, self._keys[self._first])\n",
        (IDENTITY,),
    ),
)
