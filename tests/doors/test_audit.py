"""The audit as auditors read it: acts in pages, checkpoints, and proofs that the checker takes."""

from __future__ import annotations

from typing import Any

import pytest

from firmhold.audit.checker import check_consistency, check_inclusion, read_note
from tests.audit.logs import SIGNER
from tests.doors.client import Api, fresh, ok, problem, sealed

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEYS = [SIGNER.public]


async def test_acts_are_listed_page_by_page_the_newest_first(api: Api) -> None:
    made = [await api.item() for _ in range(5)]
    acts = await api.walk("/v1/audit/acts", api.auditor, limit=2, kind="create_item")
    assert [act["subject"] for act in acts] == [item["id"] for item in reversed(made)]
    whole = await api.walk("/v1/audit/acts", api.auditor, limit=3)
    assert len({act["id"] for act in whole}) == len(whole) > 5
    assert [act["at"] for act in whole] == sorted((act["at"] for act in whole), reverse=True)


async def test_acts_are_found_by_who_did_them_and_to_what(api: Api) -> None:
    item = await api.item()
    await api.patch(f"/v1/items/{item['id']}", api.owner, {"name": "Another"})
    for filters in ({"actor": f"user:{api.user(api.owner)}"}, {"kind": "change_item"}):
        (act,) = await api.walk("/v1/audit/acts", api.auditor, subject=item["id"], **filters)
        assert act["kind"] == "change_item"
        assert act["facts"]["body"] == {"name": "Another"}
    assert await api.walk("/v1/audit/acts", api.auditor, kind="no_such_kind") == []
    for name in ("kind", "actor", "subject"):
        problem(await api.get("/v1/audit/acts", api.auditor, **{name: "\0"}), "malformed_request")
    problem(await api.get("/v1/audit/acts", api.auditor, cursor="eA"), "malformed_request")


async def test_an_act_is_proved_to_be_in_the_log(api: Api) -> None:
    act = await sealed(api, "an act")
    proof = ok(await api.get(f"/v1/audit/proofs/{act}", api.auditor))
    note = check_inclusion(proof, KEYS)
    assert proof["entry"][2] == act.removeprefix("act_")
    shown = ok(await api.get("/v1/audit/checkpoint", api.auditor))["checkpoint"]
    assert read_note(shown, KEYS) == note
    for broken in (
        {"index": proof["index"] + 1},
        {"proof": proof["proof"][:-1]},
        {"entry": [*proof["entry"][:3], "another_kind", *proof["entry"][4:]]},
    ):
        with pytest.raises(ValueError, match=r"."):
            check_inclusion({**proof, **broken}, KEYS)


async def test_a_ledger_entry_is_proved_by_its_number(api: Api) -> None:
    item = await api.item(5)
    await api.hold(item["id"])
    path = f"/v1/audit/proofs/{item['id']}"
    problem(await api.get(path, api.auditor, number=2), "not_found")
    await sealed(api, "a checkpoint")
    for number, kind in ((1, "created"), (2, "held")):
        proof = ok(await api.get(path, api.auditor, number=number))
        check_inclusion(proof, KEYS)
        assert proof["entry"][3:5] == [number, kind]
    problem(await api.get(path, api.auditor), "not_found")
    for missing in (3, 2**53):
        problem(await api.get(path, api.auditor, number=missing), "not_found")
    for wrong in (-1, 0, "x", 2**53 + 1):
        problem(await api.get(path, api.auditor, number=wrong), "malformed_request")


async def test_a_log_is_proved_to_go_on_from_a_checkpoint(api: Api) -> None:
    old = int(await sealed(api, "a checkpoint"))
    for _ in range(3):
        await api.item()
    await sealed(api, "a checkpoint")
    proof = ok(await api.get("/v1/audit/consistency", api.auditor, old=old))
    before, after = check_consistency(proof, KEYS)
    assert before.size == old < after.size
    same = ok(await api.get("/v1/audit/consistency", api.auditor, old=old, new=old))
    check_consistency(same, KEYS)
    problem(await api.get("/v1/audit/consistency", api.auditor, old=old + 1), "not_found")
    query: dict[str, Any] = {"old": after.size, "new": old}
    assert problem(
        await api.get("/v1/audit/consistency", api.auditor, **query), "malformed_request"
    )["field"] == "new"  # fmt: skip


async def test_what_another_organization_did_is_not_there(api: Api, stage: Api) -> None:
    act = await sealed(stage, "an act")
    item = (await stage.item())["id"]
    await sealed(stage, "a checkpoint")
    await sealed(api, "a checkpoint")
    for id, number in ((act, 0), (item, 1)):
        path = f"/v1/audit/proofs/{id}"
        ok(await api.get(path, stage.auditor, number=number or None))
        problem(await api.get(path, api.auditor, number=number or None), "not_found")
    ids = {it["id"] for it in await api.walk("/v1/audit/acts", api.auditor, limit=500)}
    assert act not in ids


async def test_before_anything_is_sealed_there_is_nothing_to_prove(api: Api) -> None:
    problem(await api.get("/v1/audit/checkpoint", api.auditor), "not_found")
    problem(await api.get("/v1/audit/consistency", api.auditor, old=1), "not_found")
    for id in (f"act_{'0' * 32}", "act_x", f"usr_{'0' * 32}", fresh("item")):
        problem(await api.get(f"/v1/audit/proofs/{id}", api.auditor), "not_found")
