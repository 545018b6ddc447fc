"""A role that no policy applies to is told of, because PostgreSQL itself says nothing."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from firmhold.cli import doctor, serve
from firmhold.identity.keyring import Keyring
from firmhold.settings import Settings
from tests.databases import Address
from tests.shop import SECRET


@pytest.mark.parametrize("above", [False, True], ids=["ordinary", "superuser"])
async def test_the_doctor_and_the_start_of_a_server_say_if_the_role_is_above_policies(
    database: Address, above: bool
) -> None:
    dsn = database.superuser if above else database.dsn
    checks = {check.name: check for check in await doctor._database(Settings(), dsn)}
    assert checks["Organizations"].ok is not above
    assert ("postgres" in checks["Organizations"].found) is above
    with capture_logs() as logs:
        await serve._prepare(Settings(), dsn, Keyring([SECRET]))
    warnings = [log for log in logs if log["log_level"] == "warning"]
    assert [log["role"] for log in warnings] == (["postgres"] if above else [])
