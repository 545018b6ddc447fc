"""`/v1/notifications`: who says what is told, in which words, and who sees what was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from firmhold.audit.erasing import erase
from firmhold.identity.roles import Role
from firmhold.notify.carriers.carrier import Outcome, Result
from firmhold.notify.notices.forgetting import NoticeForgetter, erase_notices
from tests.doors.client import Api, ok, problem
from tests.notices.desk import ADA, DAY, Desk, Kept, now
from tests.shop import Shop, open_shop

PATH = "/v1/notifications"
EVE = "eve@example.org"


@pytest.fixture
async def api(quiet: Desk) -> AsyncIterator[Api]:
    """At the door of the desk's organization."""
    async with opened(quiet.shop) as api:
        yield api


@asynccontextmanager
async def opened(shop: Shop) -> AsyncIterator[Api]:
    api = Api(shop)
    async with api.http:
        await api.open()
        yield api


# --- settings ---


async def test_settings_are_what_was_said_and_otherwise_nothing(quiet: Desk, api: Api) -> None:
    await quiet.shop.fetch("DELETE FROM notice_settings")
    before = ok(await api.get(f"{PATH}/settings", api.owner))
    assert before["channels"] == [] and before["updated_at"] is None
    body = {"channels": ["email", "topic"], "kinds": ["reminder"], "reminder_minutes": [30]}
    put = ok(await api.call("PUT", f"{PATH}/settings", api.owner, body))
    assert put == ok(await api.get(f"{PATH}/settings", api.owner))
    assert put["kinds"] == ["reminder"] and put["language"] == "en"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"channels": ["pigeon"]}, "channels"),
        ({"channels": ["email", "email"]}, "channels"),
        ({"channels": [], "kinds": ["gossip"]}, "kinds"),
        ({"channels": [], "reminder_minutes": [0]}, "reminder_minutes"),
        ({"channels": [], "reminder_minutes": [60, 60]}, "reminder_minutes"),
        ({"channels": [], "reminder_minutes": [43_201]}, "reminder_minutes"),
        ({"channels": [], "reminder_minutes": [1, 2, 3, 4, 5, 6]}, "reminder_minutes"),
        ({"channels": [], "expiry_seconds": 0}, "expiry_seconds"),
        ({"channels": [], "language": "English"}, "language"),
        ({"channels": [], "language": "../en"}, "language"),
        ({}, "channels"),
    ],
)
async def test_settings_that_cannot_be_are_refused(api: Api, body: Any, field: str) -> None:
    before = ok(await api.get(f"{PATH}/settings", api.owner))
    refused = problem(
        await api.call("PUT", f"{PATH}/settings", api.owner, body), "malformed_request"
    )
    assert field in refused["detail"]
    assert ok(await api.get(f"{PATH}/settings", api.owner)) == before


# --- templates ---


async def test_a_template_is_replaced_and_had_back(quiet: Desk, api: Api, kept: Kept) -> None:
    path = f"{PATH}/templates/confirmation/en"
    shipped = ok(await api.get(path, api.owner))
    assert shipped["updated_at"] is None
    words = {"subject": "Yours: {title}", "text": "{lines}"}
    ok(await api.call("PUT", path, api.owner, words))
    listed = ok(await api.get(f"{PATH}/templates", api.owner))["data"]
    assert len(listed) == 10
    assert [it["subject"] for it in listed if it["updated_at"]] == ["Yours: {title}"]
    await quiet.reserve(await quiet.shop.item(5, sku="SEAT"))
    await quiet.deliver()
    assert kept.carried[-1].subject == "Yours: SEAT"
    assert (await api.call("DELETE", path, api.owner)).status_code == 204
    problem(await api.call("DELETE", path, api.owner), "not_found")
    assert ok(await api.get(path, api.owner)) == shipped


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"subject": "{secret}", "text": "a"}, "subject: there is no {secret}"),
        ({"subject": "a", "text": "{customer.__class__}"}, "there is no {customer.__class__}"),
        ({"subject": "a", "text": "{expires}"}, "text: there is no {expires}"),
        ({"subject": "a\r\nBcc: b@example.org", "text": "a"}, "subject: must be one line"),
        ({"subject": "a", "text": "{"}, "text: a lone '{'"),
        ({"subject": " ", "text": "a"}, "subject: must not be blank"),
        ({"subject": "a" * 201, "text": "a"}, "subject"),
    ],
)
async def test_a_template_that_cannot_be_filled_in_is_refused_by_name(
    api: Api, words: Any, said: str
) -> None:
    path = f"{PATH}/templates/confirmation/en"
    for method, address in (("PUT", path), ("POST", f"{path}/preview")):
        refused = problem(await api.call(method, address, api.owner, words), "malformed_request")
        assert said in refused["detail"]
    assert ok(await api.get(path, api.owner))["updated_at"] is None


async def test_a_preview_shows_made_up_data_and_keeps_nothing(api: Api) -> None:
    path = f"{PATH}/templates/reminder/de"
    shown = ok(await api.post(f"{path}/preview", api.owner, {}))
    assert shown["subject"].startswith(
        "Erinnerung: Late tour, Sonntag, 25. Oktober 2026, 02:30 CEST"
    )
    part = ok(await api.post(f"{path}/preview", api.owner, {"subject": "<b>{organization}</b>"}))
    assert part["subject"] == "<b>Default</b>" and part["text"] == shown["text"]
    assert ok(await api.get(path, api.owner))["updated_at"] is None


@pytest.mark.parametrize("place", ["gossip/en", "reminder/xx", "reminder/EN", "reminder/..%2Fen"])
async def test_what_there_is_no_template_for_is_not_found(api: Api, place: str) -> None:
    for method, body in (("GET", None), ("DELETE", None)):
        problem(await api.call(method, f"{PATH}/templates/{place}", api.owner, body), "not_found")


async def test_there_can_be_only_so_many_templates(quiet: Desk, api: Api) -> None:
    await quiet.shop.fetch(
        "INSERT INTO notice_template SELECT $1, 'reminder', 'l' || n, 's', 'b', now() "
        "FROM generate_series(1, 100) AS n",
        quiet.organization[-32:],
    )
    words = {"subject": "a", "text": "b"}
    path = f"{PATH}/templates/reminder/fr"
    problem(await api.call("PUT", path, api.owner, words), "limit_exceeded")


# --- wishes ---


async def test_everybody_says_what_they_want_for_themselves(api: Api) -> None:
    wanted = {
        "language": "de",
        "phone": "+4930123456",
        "kinds_off": ["offer"],
        "channels_off": ["sms"],
    }
    assert ok(await api.call("PUT", f"{PATH}/preferences", api.customer, wanted)) == wanted
    assert ok(await api.get(f"{PATH}/preferences", api.customer)) == wanted
    assert ok(await api.get(f"{PATH}/preferences", api.other))["language"] is None


@pytest.mark.parametrize(
    "body",
    [
        *({"phone": "030 123456"}, {"phone": "+0123456789"}, {"phone": "+49301234567890123"}),
        *({"channels_off": ["topic"]}, {"kinds_off": ["offer", "offer"]}, {"language": "x"}),
        {"phone": "+4930123456\n"},
    ],
)
async def test_wishes_that_cannot_be_are_refused(api: Api, body: Any) -> None:
    problem(await api.call("PUT", f"{PATH}/preferences", api.customer, body), "malformed_request")


async def test_only_owners_see_what_was_sent_to_whom(quiet: Desk, api: Api) -> None:
    await quiet.reserve(await quiet.shop.item(5))
    await quiet.deliver()
    for token in (api.customer, api.operator, await quiet.shop.token(EVE, Role.AUDITOR)):
        for path in (PATH, f"{PATH}/settings", f"{PATH}/templates"):
            problem(await api.get(path, token), "forbidden")
    assert len(ok(await api.get(PATH, api.owner))["data"]) == 1


# --- what was sent ---


async def test_the_list_is_filtered_and_paged(quiet: Desk, api: Api) -> None:
    await quiet.settings("email", "topic")
    ids = [await quiet.reserve(await quiet.slot(now() + 3 * DAY)) for _ in range(3)]
    await quiet.deliver()
    everything = await api.walk(PATH, api.owner, limit=4)
    assert len(everything) == 3 * 2 * 3
    assert [it["due_at"] for it in everything]
    for filter, count in (
        ({"status": "sent"}, 3),
        ({"status": "waiting"}, 15),
        ({"kind": "reminder"}, 12),
        ({"channel": "topic"}, 9),
        ({"reservation": ids[0]}, 6),
        ({"reservation": ids[0], "kind": "confirmation", "channel": "email"}, 1),
        ({"status": "failed"}, 0),
    ):
        found = await api.walk(PATH, api.owner, limit=2, **filter)
        assert len(found) == count, filter
        for name, value in filter.items():
            assert {it[name] for it in found} <= {value}
    problem(await api.get(PATH, api.owner, reservation="rsv_1"), "not_found")
    problem(await api.get(PATH, api.owner, cursor="x"), "malformed_request")


async def test_what_was_given_up_is_tried_again_and_nothing_else_is(
    quiet: Desk, api: Api, kept: Kept
) -> None:
    kept.outcomes = [Outcome(Result.NEVER, "550 no"), Outcome(Result.TAKEN)]
    await quiet.reserve(await quiet.shop.item(5))
    await quiet.deliver()
    (failed,) = ok(await api.get(PATH, api.owner, status="failed"))["data"]
    assert failed["detail"] == "550 no" and failed["address"] == ADA
    again = f"{PATH}/{failed['id']}/redeliver"
    assert ok(await api.post(again, api.owner))["status"] == "waiting"
    problem(await api.post(again, api.owner), "not_found")
    await quiet.send()
    assert [it.id for it in kept.carried] == [failed["id"]] * 2
    problem(await api.post(again, api.owner), "not_found")


async def test_another_organization_sees_and_changes_nothing_of_it(
    quiet: Desk, api: Api, kept: Kept
) -> None:
    await quiet.reserve(await quiet.shop.item(5))
    await quiet.deliver()
    await quiet.shop.fetch("UPDATE notice SET status = 'failed'")
    (notice,) = ok(await api.get(PATH, api.owner))["data"]
    await quiet.template("reminder", "fr", "Bientôt", "{lines}")
    async with open_shop(quiet.shop.dsn, slug="other") as other, opened(other) as theirs:
        assert ok(await theirs.get(PATH, theirs.owner))["data"] == []
        found = await theirs.get(PATH, theirs.owner, reservation=notice["reservation"])
        assert ok(found)["data"] == []
        problem(await theirs.post(f"{PATH}/{notice['id']}/redeliver", theirs.owner), "not_found")
        problem(await theirs.get(f"{PATH}/templates/reminder/fr", theirs.owner), "not_found")
        problem(
            await theirs.call("DELETE", f"{PATH}/templates/reminder/fr", theirs.owner), "not_found"
        )
    assert await quiet.rows("status") == [("failed",)]


# --- erasing and forgetting ---


async def test_whoever_is_erased_is_in_no_notification_any_more(quiet: Desk, kept: Kept) -> None:
    user = await quiet.user(ADA, "Ada Lovelace")
    await quiet.prefer(user, phone="+4930123456")
    item, slot = await quiet.shop.item(50), await quiet.slot(now() + 3 * DAY)
    await quiet.reserve(slot, customer=user)
    await quiet.reserve(item, customer=EVE)
    await quiet.template("cancellation", "en", "For {customer}", "{reason}")
    told = await quiet.reserve(item, customer=EVE)
    await quiet.deliver()
    await quiet.cancel(told, f"mistaken for {ADA}")
    await quiet.deliver()
    async with quiet.database.read(quiet.organization) as connection, connection.transaction():
        assert await erase_notices(connection, quiet.organization, [ADA.upper()]) == 4
        await erase(connection, quiet.organization, [ADA], "test")
    kept_rows = await quiet.shop.fetch("SELECT * FROM notice")
    everything = " ".join(map(str, kept_rows)) + str(
        await quiet.shop.fetch("SELECT * FROM notice_preference")
    )
    for trace in (ADA, "Ada", user[-32:], "4930123456"):
        assert trace not in everything
    assert {row["status"] for row in kept_rows if row["customer"] is None} == {"sent", "dropped"}
    assert len([row for row in kept_rows if row["customer"] == EVE]) == 2
    await quiet.shop.fetch("UPDATE notice SET next_at = now()")
    sent = len(kept.carried)
    await quiet.send()
    assert len(kept.carried) == sent


async def test_what_is_over_for_long_is_forgotten_and_nothing_else(quiet: Desk) -> None:
    await quiet.reserve(await quiet.slot(now() + 3 * DAY))
    await quiet.deliver()
    await NoticeForgetter(quiet.database).run_once()
    assert len(await quiet.rows("id")) == 3
    await NoticeForgetter(quiet.database, timedelta(0)).run_once()
    assert await quiet.rows("status") == [("waiting",)] * 2


# --- clocks ---


def changing(month: int) -> tuple[int, int, int]:
    """The Sunday of next year on which clocks change in Europe in this month."""
    year = now().year + 1
    days = (day for day in range(25, 32) if datetime(year, month, day, tzinfo=UTC).weekday() == 6)
    return year, month, max(days)


@pytest.mark.parametrize(
    ("month", "local"),
    [(10, 10), (3, 8)],  # the night before is an hour longer, or shorter
)
async def test_a_reminder_of_a_day_before_is_a_day_before_though_clocks_change(
    quiet: Desk, month: int, local: int
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    starts = datetime(*changing(month), 9, tzinfo=berlin)
    await quiet.shop.fetch("UPDATE organization SET horizon_days = 3650")
    await quiet.reserve(await quiet.slot(starts.astimezone(UTC)))
    await quiet.plan()
    ((due, about),) = await quiet.rows(
        "due_at", "about", where="kind = 'reminder' AND about - due_at > interval '2 h'"
    )
    assert about - due == timedelta(hours=24)
    assert due.astimezone(berlin).hour == local


async def test_a_reminder_in_the_hour_that_comes_twice_says_which(quiet: Desk, kept: Kept) -> None:
    await quiet.shop.fetch("UPDATE organization SET horizon_days = 3650")
    for hour in (0, 1):
        starts = datetime(*changing(10), hour, 30, tzinfo=UTC)
        await quiet.reserve(await quiet.slot(starts))
    await quiet.plan()
    await quiet.shop.fetch(
        "UPDATE notice SET due_at = now(), next_at = now() WHERE kind = 'reminder' "
        "AND about - due_at > interval '2 h'"
    )
    await quiet.send()
    subjects = sorted(it.subject for it in kept.carried if it.kind == "reminder")
    assert "02:30 CEST (Europe/Berlin)" in subjects[0]
    assert "02:30 CET (Europe/Berlin)" in subjects[1]


async def test_two_slots_at_one_wall_clock_time_have_reminders_of_their_own(quiet: Desk) -> None:
    await quiet.shop.fetch("UPDATE organization SET horizon_days = 3650")
    slots = [await quiet.slot(datetime(*changing(10), hour, 30, tzinfo=UTC)) for hour in (0, 1)]
    await quiet.reserve(*slots)
    await quiet.plan()
    assert len(await quiet.rows("id", where="kind = 'reminder'")) == 4


# --- many ---


async def test_ten_thousand_reminders_at_once_are_all_sent_and_each_once(
    quiet: Desk, kept: Kept
) -> None:
    slot = await quiet.slot(now() + 3 * DAY)
    id = await quiet.reserve(slot)
    await quiet.deliver()
    kept.carried.clear()
    await quiet.shop.fetch(
        "INSERT INTO notice (organization_id, id, kind, channel, reservation_id, customer, about, "
        "due_at, next_at, created_at) SELECT n.organization_id, gen_random_uuid(), n.kind, "
        "n.channel, n.reservation_id, n.customer, n.about, now(), now(), now() "
        "FROM notice AS n, generate_series(1, 10000) WHERE n.kind = 'reminder' "
        "AND n.about - n.due_at < interval '2 h'"
    )
    others = [quiet.sender_of(quiet.sender.channel, kept) for _ in range(2)]
    await asyncio.gather(*(quiet.send(it) for it in (quiet.sender, *others)))
    assert len(kept.carried) == len({it.id for it in kept.carried}) == 10_000
    assert {it.reservation for it in kept.carried} == {id}
    assert await quiet.rows("status", where="attempts > 1") == []


async def test_what_was_answered_under_a_key_is_about_something_that_is_or_was_there(
    quiet: Desk, api: Api, kept: Kept
) -> None:
    kept.outcomes = [Outcome(Result.NEVER, "550 no")]
    await quiet.reserve(await quiet.shop.item(5))
    await quiet.deliver()
    ((id,),) = await quiet.rows("id")
    words = {"subject": "a", "text": "b"}
    template = f"{PATH}/templates/reminder/fr"
    for method, path, token, body in (
        ("PUT", f"{PATH}/settings", api.owner, {"channels": ["email"]}),
        ("PUT", f"{PATH}/preferences", api.customer, {}),
        ("PUT", template, api.owner, words),
        ("DELETE", template, api.owner, None),
        ("POST", f"{PATH}/ntf_{id.hex}/redeliver", api.owner, None),
    ):
        answer = await api.call(method, path, token, body, key=path[-30:])
        assert answer.status_code in {200, 204}, answer.text
    await quiet.shop.fetch("DELETE FROM notice")
    report = await quiet.shop.verify()
    assert report.ok, report
