"""Defects of what guards the doors: limits, and the record of who did what."""

from __future__ import annotations

from tests.plantings.defects import Defect

LIMITS = "tests/doors/test_limits.py"
SERVERS = "tests/cli/test_limits_of_servers.py"
AUDITED = "tests/doors/test_audited.py"
SIGNING_IN = "tests/doors/test_signing_in.py"

DEFECTS_OF_LIMITS = (
    Defect(
        "forged X-Forwarded-For escapes the limit",
        "limits/addresses.py",
        "    return any(address in network for network in trusted)\n",
        "    return bool(trusted)\n",
        (LIMITS,),
    ),
    Defect(
        "the first address of X-Forwarded-For is believed",
        "limits/addresses.py",
        "    for hop in reversed(hops[-LONGEST_CHAIN:]):\n",
        "    for hop in hops[-LONGEST_CHAIN:]:\n",
        (LIMITS,),
    ),
    Defect(
        "staff and keys may try passwords as often as they like",
        "limits/policy.py",
        "        case RouteClass.SIGN_IN:\n",
        "        case RouteClass.SIGN_IN if exempt:\n            wanted = ()\n"
        "        case RouteClass.SIGN_IN:\n",
        ("tests/limits/test_policy.py",),
    ),
    Defect(
        "passwords are tried once for each way to write the address",
        "limits/policy.py",
        "                email = email.strip().lower()\n",
        "",
        (LIMITS,),
    ),
    Defect(
        "a door counts limits for each organization that is named",
        "limits/policy.py",
        '            organization = ""\n',
        "",
        ("tests/limits/test_policy.py",),
    ),
    Defect(
        "each process counts by itself",
        "cli/supervisor.py",
        "listener, ready, buckets=handover.buckets)",
        "listener, ready)",
        (SERVERS,),
    ),
    Defect(
        "limits are open while their keeper is away",
        "limits/together.py",
        "                one.answer.set_result(self._node.take(one.asks))\n",
        "                one.answer.set_result(UNLIMITED)\n",
        ("tests/limits/test_redis.py",),
    ),
    Defect(
        "a body is read before it is known whether anyone may send it",
        "doors/shared/serving.py",
        "    early = operation.limited is not RouteClass.SIGN_IN\n",
        "    early = False\n",
        (LIMITS,),
    ),
    Defect(
        "who is refused is not told when to come back",
        "doors/shared/limiting.py",
        "        retry_after=seconds,\n",
        "",
        (LIMITS,),
    ),
    Defect(
        "guests are not limited",
        "doors/shared/limiting.py",
        "            exempt=actor.operator,\n",
        "            exempt=actor.operator or actor == NOBODY,\n",
        (LIMITS,),
    ),
    Defect(
        "what an administrator did is noted although it came to nothing",
        "engine/catalogue.py",
        "                subject, status, body = await work(connection, now)\n",
        "                if act is not None:\n"
        "                    async with self._database.read_across() as other:\n"
        "                        await record_act(other, organization, act.kind, act.actor)\n"
        "                subject, status, body = await work(connection, now)\n",
        (AUDITED,),
    ),
    Defect(
        "what an administrator did is not noted",
        "engine/catalogue.py",
        "                if act is not None:\n                    await record_act(\n",
        "                if False:\n                    await record_act(\n",
        (AUDITED,),
    ),
    Defect(
        "the password is in the audit",
        "doors/shared/submitting.py",
        "    asked = {",
        '    asked = {"headers": [str(it) for it in call.headers.values()],',
        (AUDITED,),
    ),
    Defect(
        "made-up keys are looked up without end",
        "doors/shared/limiting.py",
        "        if not levels.allowed:\n            raise TooOften(levels)\n        return ask\n",
        "        return ask\n",
        (LIMITS,),
    ),
    Defect(
        "a key that is one pays for its look",
        "doors/shared/limiting.py",
        "await self._limiter.take((guess._replace(back=True),))",
        "await self._limiter.take(())",
        (LIMITS,),
    ),
    Defect(
        "whoever is refused can tell from the time whether there is an account",
        "identity/signing_in.py",
        '                self.refused(person["id"], device.address)\n',
        '                self.refused(person["id"], device.address)\n'
        "                await self.run_once()\n",
        (AUDITED,),
    ),
    Defect(
        "the end of a session is not noted",
        "store/queries/sessions.sql",
        "SELECT id, note_session(organization_id, user_id, id, 'session_ended',\n"
        "                        jsonb_build_object('why', why)) FROM gone;\n"
        "\n-- name: end_sessions\n",
        "SELECT id FROM gone;\n\n-- name: end_sessions\n",
        (AUDITED,),
    ),
    Defect(
        "a change of role that was rolled back signs its user out",
        "identity/people.py",
        '            await connection.fetch(statement("sessions", "end_sessions"), *key, why)\n',
        "            async with self._database.read_across() as other:\n"
        '                await other.fetch(statement("sessions", "end_sessions"), *key, why)\n',
        (SIGNING_IN,),
    ),
    Defect(
        "the audit is not sealed by a server with several processes",
        "cli/serve.py",
        "            begin_background()\n",
        "            if settings.workers == 1:\n                begin_background()\n",
        ("tests/cli/test_audit_of_servers.py",),
    ),
    Defect(
        "a sealer that is killed is not replaced",
        "cli/background.py",
        "            if self._ended.is_set():\n                return\n            child",
        "            if self._ended or True:\n                return\n            child",
        ("tests/cli/test_audit_of_servers.py",),
    ),
    Defect(
        "an organization that the command line makes is noted nowhere",
        "identity/directory.py",
        '            if row["created"]:\n',
        "            if False:\n",
        (AUDITED,),
    ),
    Defect(
        "a password that the command line has set is noted as its owner's doing",
        "identity/accounts.py",
        ', person["id"], hashed, SERVER)\n',
        ', person["id"], hashed, None)\n',
        (AUDITED,),
    ),
    Defect(
        "an organization that lets somebody in learns from where they sign in elsewhere",
        "store/queries/people.sql",
        "           THEN r.address END))\n",
        "           THEN r.address ELSE r.address END))\n",
        (AUDITED,),
    ),
)
