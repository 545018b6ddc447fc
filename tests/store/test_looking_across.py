"""Where the program looks across organizations, place by place. Whoever needs one more enters it
here, with the reason; everything else works for the one organization it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import firmhold

SOURCE = Path(firmhold.__file__).parent

PLACES = {
    "audit/sealer.py Sealer.run_once": "seals whatever has been written, of all",
    "cli/audit.py _verify": "of all organizations, unless one is named",
    "cli/verify.py run_verify": "likewise",
    "cli/common.py bring_up_to_date": "which entries a restored dump has brought along, of all",
    "doors/operations/health.py metrics": "gauges are the server's",
    "engine/catalogue.py Catalogue._attempt": "where an effect asks for it",
    "identity/accounts.py Accounts.change_password": "ends sessions wherever the person has them",
    "identity/accounts.py Accounts.register": "whether the person has a place anywhere",
    "identity/accounts.py Accounts.reset": "likewise; and notes it wherever the person is a user",
    "identity/accounts.py Accounts.set_up": "whether anybody runs this server, anywhere",
    "identity/accounts.py Accounts.verify": "noted wherever the person is a user",
    "identity/accounts.py set_password": "likewise",
    "identity/accounts.py set_up_code": "whether anybody runs this server, anywhere",
    "identity/api_keys.py ApiKeys._look": "a key names itself, and nobody else",
    "identity/api_keys.py ApiKeys.run_once": "which keys have been used, of all",
    "identity/directory.py Directory.ensure_organization": "makes one",
    "identity/directory.py Directory.page": "of those who run the server",
    "identity/directory.py Directory._look": "which organization has this name",
    "identity/directory.py Directory.put_user": "ends the sessions of whoever had the address",
    "identity/directory.py Directory.users_by_email": "all places of an address, if none is named",
    "identity/ended.py Ended.run_once": "every process has to know of all",
    "identity/oidc/people.py External.sign_in": "where somebody whom the provider knows is a user",
    "identity/signing_in.py SigningIn.refresh": "a refresh token tells its session, no more",
    "identity/signing_in.py SigningIn.run_once": "noted wherever the person is a user",
    "identity/signing_in.py SigningIn.sign_in": "where somebody with this password is a user",
    "identity/signing_out.py SigningOut.listed": "wherever the person has signed in",
    "identity/signing_out.py SigningOut.sign_out": "as for `listed`",
    "identity/signing_out.py SigningOut.sign_out_everywhere": "wherever the person has signed in",
    "identity/signing_out.py SigningOut.sign_out_with": "as for `refresh`",
    "notify/notices/forgetting.py NoticeForgetter.run_once": "notices that are long over, of all",
    "notify/notices/planning.py NoticePlanner.run_once": "what happened, of all; each to its own",
    "notify/notices/sending.py NoticeSender.claim": "notices that are due, of all",
    "notify/notices/sending.py NoticeSender.note_counts": "of all together, without saying whose",
    "notify/webhooks/forgetting.py Forgetter.run_once": "deliveries that are long over, of all",
    "notify/webhooks/planning.py Planner.run_once": "what happened, of all; each to its own",
    "notify/webhooks/sending.py Sender.run_once": "deliveries that are due, of all",
    "relay/hub.py Hub._opened": "where the ledger ends, which is of all",
    "relay/hub.py Hub.run_once": "what happens, of all; each is told of their own",
    "reports/counting.py Counter.run_once": "what happened, of all; each counted as its own",
    "store/database.py Database.engine_across": "the method",
    "store/database.py Database.read_across": "the method",
    "store/migrate.py migrate": "the rows that a step changes are everybody's",
    "workers/expirer.py Expirer.run_once": "holds that have ended, of all",
    "workers/horizon.py Horizon.run_once": "schedules that fall short of their horizon, of all",
    "workers/pruner.py Pruner.run_once": "answers that are too old, of all",
    "workers/sessions.py SessionKeeper.run_once": "sessions that are long over, of all",
    "workers/waitlist.py WaitlistKeeper.run_once": "offerings that somebody waits for, of all",
}

REQUESTED = {
    "doors/rest/organizations.py create_organization": "makes one, and its first user",
}
"""Effects that ask for it."""

WAYS = re.compile(r"\b(read_across|engine_across|ACROSS|SAYING_ACROSS)\b")

ASKING = re.compile(r"\bacross=True\b")

NAMED = re.compile(r"( *)(?:async )?(?:def|class) (\w+)")


def uses(text: str, ways: re.Pattern[str] = WAYS) -> Iterator[str]:
    """Functions in which one of the ways is named."""
    where: list[tuple[int, str]] = []
    for line in text.splitlines():
        inner = line.lstrip()
        if inner and not inner.startswith(")"):  # which ends what was said of the same function
            where = [outer for outer in where if outer[0] < len(line) - len(inner)]
        if found := NAMED.match(line):
            where.append((len(found[1]), found[2]))
        if where and ways.search(line):
            yield ".".join(name for _, name in where)


def test_these_and_no_others_look_across_organizations() -> None:
    found = {
        f"{path.relative_to(SOURCE).as_posix()} {place}"
        for path in SOURCE.rglob("*.py")
        if path.name != "connections.py"
        for place in uses(path.read_text(encoding="utf-8"))
    }
    assert sorted(found - set(PLACES)) == [], "enter it, and why"
    assert sorted(set(PLACES) - found) == [], "they no longer do"


def test_these_and_no_other_effects_ask_for_it() -> None:
    found = {
        f"{path.relative_to(SOURCE).as_posix()} {place.partition('.')[0]}"
        for path in SOURCE.rglob("*.py")
        for place in uses(path.read_text(encoding="utf-8"), ASKING)
    }
    assert found == set(REQUESTED)


def test_only_those_modules_name_the_setting() -> None:
    text = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if "firmhold.organization" in path.read_text(encoding="utf-8")
    }
    assert text == {"store/connections.py"}
