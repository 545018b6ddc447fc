"""Each operation that names something × each kind of person × whose that is: another
organization's, or nobody's. Neither is there for anybody, whatever they are where they come from;
and whoever may not do such a thing at all hears that first.

Made from the table of operations, as is its other half in `test_identity`: what is one's own, and
what is another customer's of the same organization.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from firmhold.doors.shared.operation import KeyUse, Operation
from firmhold.identity.permissions import SCOPES
from firmhold.identity.roles import Role
from tests.doors.client import FLASH, Api, example, fresh, ok, problem
from tests.doors.test_identity import ALLOWED, LISTED, NAMING, P, names
from tests.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

PEOPLE = ("customer", "auditor", "operator", "owner", "admin", "key")

BY_KEY = {None, *SCOPES, P.RESERVATIONS_OWN}
"""What an API key with every scope may do."""

NOBODYS = "NO-SUCH-THING-1"

ID = re.compile(r"[a-z]+_[0-9a-f]{32}")

Asked = tuple[str, Any, dict[str, str]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def elsewhere(stage: Api) -> AsyncIterator[dict[str, str]]:
    """Somebody of each kind in another organization."""
    services = stage.shop.services
    organization = await services.directory.ensure_organization("far-away", "Far Away")
    api = Api(Shop(services, organization, stage.shop.dsn), stage.app)
    async with api.http:
        # Nobody who is a user of both: a person's sessions are theirs in whichever.
        found = {it.value: await api.shop.token(f"{it}@far-away.example", it) for it in Role}
        body = {"name": "All of it", "scopes": sorted(SCOPES)}
        made = ok(await api.post("/v1/api-keys", found["owner"], body), 201)
        yield {"key": made["key"], **found}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real(stage: Api) -> dict[str, Asked]:
    """What was asked of an operation before, about a thing of this organization: it is refused, so
    it can be asked again."""
    return {}


async def asked(stage: Api, real: dict[str, Asked], operation: Operation) -> Asked:
    if operation.name not in real:
        real[operation.name] = await example(stage, operation)
    path, body, headers = real[operation.name]
    if operation.key is not KeyUse.NONE:
        headers = {**headers, "idempotency-key": fresh("k")}
    return path, body, headers


def about_nothing(path: str, body: Any) -> tuple[str, Any]:
    """The same, about what nobody has."""
    sent = path + json.dumps(body)
    found = ID.search(sent)
    there = FLASH if found is None else found[0]
    missing = NOBODYS if found is None else there[:-27] + "0" * 27
    assert there in sent, "it names something"
    return path.replace(there, missing), json.loads(json.dumps(body).replace(there, missing))


@pytest.mark.parametrize("whose", ["another organization's", "nobody's"])
@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("operation", NAMING, ids=names)
async def test_what_is_not_of_ones_organization_is_not_there_for_anybody(
    stage: Api,
    elsewhere: dict[str, str],
    real: dict[str, Asked],
    operation: Operation,
    person: str,
    whose: str,
) -> None:
    path, body, headers = await asked(stage, real, operation)
    if whose == "nobody's":
        path, body = about_nothing(path, body)
    if operation.name == "hold_slot" and person == "key":
        body = {**body, "patientId": "grace@example.org"}  # a program is nobody's customer
    before = await stage.checksum()
    response = await stage.call(operation.method, path, elsewhere[person], body, headers=headers)
    permission, _ = LISTED[operation.name]
    may = permission in BY_KEY if person == "key" else person in ALLOWED[permission]
    problem(response, "not_found" if may else "forbidden")
    assert await stage.checksum() == before
