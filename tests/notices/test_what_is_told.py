"""What customers are told, when, and what they are not told any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from firmhold.domain.commands import Asked, Extend, Release
from firmhold.domain.model import Actor
from firmhold.engine.ticket import Answer
from tests.notices.desk import ADA, DAY, HOUR, Desk, Kept, now
from tests.shop import OPERATOR, Shop, open_shop


def told(kept: Kept) -> list[tuple[str, str]]:
    return [(it.kind, it.address) for it in kept.carried]


async def test_who_confirms_is_told_and_reminded_twice(quiet: Desk, kept: Kept) -> None:
    slot = await quiet.slot(now() + 3 * DAY)
    id = await quiet.reserve(slot)
    await quiet.deliver()
    assert told(kept) == [("confirmation", ADA)]
    assert await quiet.rows("kind", "status", "due_at - about", where="kind = 'reminder'") == [
        ("reminder", "waiting", timedelta(minutes=-1440)),
        ("reminder", "waiting", timedelta(minutes=-60)),
    ]
    await quiet.pass_time(id, 2 * DAY + timedelta(minutes=1))
    await quiet.send()
    assert told(kept)[1:] == [("reminder", ADA)]
    await quiet.pass_time(id, 23 * HOUR)
    await quiet.send()
    assert told(kept)[1:] == [("reminder", ADA)] * 2
    await quiet.pass_time(id, 2 * HOUR)
    await quiet.deliver()
    assert len(kept.carried) == 3


async def test_nobody_is_told_anything_where_nobody_has_said_so(quiet: Desk, kept: Kept) -> None:
    await quiet.shop.fetch("DELETE FROM notice_settings")
    await quiet.reserve(await quiet.shop.item(5))
    await quiet.deliver()
    assert await quiet.rows("id") == []
    await quiet.settings("email")
    await quiet.deliver()
    assert await quiet.rows("id") == [], "what was before is no news"


async def test_a_reminder_whose_time_had_passed_is_not_sent(quiet: Desk, kept: Kept) -> None:
    await quiet.reserve(await quiet.slot(now() + 2 * HOUR))
    await quiet.reserve(await quiet.slot(now() + HOUR / 2))
    await quiet.plan()
    left = await quiet.rows("about - due_at", where="kind = 'reminder'")
    assert left == [(timedelta(minutes=60),)]


async def test_a_reminder_moves_with_the_reservation(quiet: Desk, kept: Kept) -> None:
    first, second = [await quiet.slot(now() + days * DAY) for days in (3, 5)]
    id = await quiet.reserve(first)
    await quiet.deliver()
    await quiet.move(id, second)
    await quiet.deliver()
    assert [kind for kind, _ in told(kept)] == ["confirmation", "confirmation"]
    rows = await quiet.rows(
        "status", "round(extract(epoch FROM about - now()) / 86400)::int", where="kind = 'reminder'"
    )
    assert sorted(rows) == [("dropped", 3)] * 2 + [("waiting", 5)] * 2
    # And back: what was dropped waits again.
    await quiet.move(id, first)
    await quiet.plan()
    rows = await quiet.rows(
        "status", "round(extract(epoch FROM about - now()) / 86400)::int", where="kind = 'reminder'"
    )
    assert sorted(rows) == [("dropped", 5)] * 2 + [("waiting", 3)] * 2


async def test_whoever_has_been_reminded_is_not_when_only_the_number_of_units_changes(
    quiet: Desk, kept: Kept
) -> None:
    slot = await quiet.slot(now() + 2 * DAY)
    id = await quiet.reserve(slot)
    await quiet.deliver()
    await quiet.pass_time(id, DAY + timedelta(minutes=1))
    await quiet.send()
    await quiet.move(id, slot, 3)
    await quiet.deliver()
    assert [kind for kind, _ in told(kept)] == ["confirmation", "reminder", "confirmation"]
    assert "3 × Surgery" in kept.carried[-1].text


async def test_a_reminder_that_waits_for_the_mail_server_is_not_lost_by_a_change(
    quiet: Desk, kept: Kept
) -> None:
    slot = await quiet.slot(now() + 2 * DAY)
    id = await quiet.reserve(slot)
    await quiet.deliver()
    await quiet.pass_time(id, DAY + timedelta(minutes=1))
    await quiet.move(id, slot, 2)  # before anybody has sent it
    await quiet.deliver()
    assert [kind for kind, _ in told(kept)][1:] in (
        ["reminder", "confirmation"],
        ["confirmation", "reminder"],
    )


async def test_who_cancels_is_told_and_not_reminded(quiet: Desk, kept: Kept) -> None:
    id = await quiet.reserve(await quiet.slot(now() + 3 * DAY))
    await quiet.deliver()
    await quiet.cancel(id, "Closed because of a storm")
    await quiet.deliver()
    assert [kind for kind, _ in told(kept)] == ["confirmation", "cancellation"]
    assert "Reason: Closed because of a storm" in kept.carried[-1].text
    assert {status for (status,) in await quiet.rows("status", where="kind = 'reminder'")} == {
        "dropped"
    }


async def test_nothing_is_sent_for_what_has_ended_meanwhile_even_if_nobody_has_planned_since(
    quiet: Desk, kept: Kept
) -> None:
    id = await quiet.reserve(await quiet.slot(now() + 3 * DAY))
    await quiet.plan()
    await quiet.cancel(id)
    await quiet.pass_time(id, 2 * DAY + 2 * HOUR)
    await quiet.send()
    assert kept.carried == []
    assert {tuple(row) for row in await quiet.rows("status", "detail")} == {
        ("dropped", "the reservation is cancelled"),
        ("waiting", None),
    }


async def test_whoever_gives_back_a_part_is_told_what_is_left(quiet: Desk, kept: Kept) -> None:
    item = await quiet.shop.item(10, sku="SEAT")
    id = await quiet.reserve(item, units=4)
    await quiet.deliver()
    await quiet.cancel(id, lines=(Asked(item, 3),))
    await quiet.deliver()
    assert [kind for kind, _ in told(kept)] == ["confirmation", "confirmation"]
    assert "1 × SEAT" in kept.carried[-1].text


async def test_what_was_held_and_let_go_is_never_told(quiet: Desk, kept: Kept) -> None:
    item = await quiet.shop.item(10)
    held = await quiet.shop.held((item, 1), customer=ADA)
    await quiet.shop.submit(Release(held.id, OPERATOR))
    await quiet.deliver()
    assert await quiet.rows("kind") == []


async def test_who_has_an_offer_is_told_until_when(quiet: Desk, kept: Kept) -> None:
    item = await quiet.shop.item(1, sku="SEAT")
    first = await quiet.reserve(item, customer="eve@example.org")
    await quiet.clinic.join(item, ADA)
    await quiet.cancel(first)
    await quiet.deliver()
    assert ("offer", ADA) in told(kept)
    offer = next(it for it in kept.carried if it.kind == "offer")
    assert offer.subject == "It is your turn: SEAT"
    assert "UTC" in offer.text


async def test_an_offer_that_was_declined_is_not_told(quiet: Desk, kept: Kept) -> None:
    item = await quiet.shop.item(1)
    first = await quiet.reserve(item, customer="eve@example.org")
    entry = await quiet.clinic.join(item, ADA)
    await quiet.cancel(first)
    await quiet.plan()
    await quiet.clinic.leave(entry.id)
    await quiet.send()
    assert "offer" not in [kind for kind, _ in told(kept)]


async def test_who_holds_for_long_is_warned_in_time_and_who_holds_for_a_moment_is_not(
    quiet: Desk, kept: Kept
) -> None:
    item = await quiet.shop.item(10, hold_ttl_seconds=86_400)
    long = await quiet.shop.held((item, 1), customer=ADA)
    await quiet.shop.held((await quiet.shop.item(10), 1), customer=ADA)
    await quiet.deliver()
    assert await quiet.rows("kind", "about - due_at") == [("expiry", HOUR)]
    assert kept.carried == []
    # Extended: another warning, at another time.
    await quiet.shop.submit(Extend(long.id, OPERATOR, ttl_seconds=100_000))
    await quiet.deliver()
    assert sorted(await quiet.rows("status")) == [("dropped",), ("waiting",)]
    await quiet.shop.fetch("UPDATE notice SET next_at = now() WHERE status = 'waiting'")
    await quiet.send()
    assert told(kept) == [("expiry", ADA)]


async def test_of_two_reminders_that_are_due_the_later_one_is_sent(quiet: Desk, kept: Kept) -> None:
    """Whoever sends was away for a day."""
    id = await quiet.reserve(await quiet.slot(now() + 3 * DAY))
    await quiet.deliver()
    await quiet.pass_time(id, 3 * DAY - HOUR / 2)
    await quiet.send()
    assert [kind for kind, _ in told(kept)] == ["confirmation", "reminder"]
    assert ("dropped", "a later reminder is due") in await quiet.rows("status", "detail")


async def test_what_has_begun_is_not_reminded_of(quiet: Desk, kept: Kept) -> None:
    id = await quiet.reserve(await quiet.slot(now() + 3 * DAY))
    await quiet.deliver()
    await quiet.pass_time(id, 3 * DAY + HOUR)
    await quiet.send()
    assert len(kept.carried) == 1
    assert ("dropped", "it has begun") in await quiet.rows("status", "detail")


async def test_each_start_of_a_reservation_has_reminders_about_itself(
    quiet: Desk, kept: Kept
) -> None:
    slots = [
        await quiet.slot(now() + days * DAY, title=f"Day {days}", capacity=5) for days in (2, 4)
    ]
    id = await quiet.reserve(*slots)
    await quiet.deliver()
    await quiet.pass_time(id, DAY + timedelta(minutes=1))
    await quiet.send()
    assert kept.carried[-1].kind == "reminder"
    assert "Day 2" in kept.carried[-1].text and "Day 4" not in kept.carried[-1].text


async def test_who_has_no_address_is_told_nothing(quiet: Desk, kept: Kept) -> None:
    item = await quiet.shop.item(10)
    await quiet.reserve(item, customer="crm-4711")
    await quiet.reserve(item, customer=None)
    await quiet.deliver()
    assert kept.carried == []
    assert (
        await quiet.rows("status", "detail")
        == [("dropped", "the customer has no address for this")] * 2
    )


async def test_a_user_is_told_by_name_at_their_address(quiet: Desk, kept: Kept) -> None:
    user = await quiet.user(ADA, "Ada Lovelace")
    await quiet.reserve(await quiet.shop.item(10), customer=user)
    await quiet.deliver()
    assert told(kept) == [("confirmation", ADA)]
    assert kept.carried[0].text.startswith("Hello Ada Lovelace,\n")
    assert kept.carried[0].sender == "Default"


async def test_who_is_shut_out_is_told_nothing(quiet: Desk, kept: Kept) -> None:
    user = await quiet.user(ADA)
    await quiet.reserve(await quiet.shop.item(10), customer=user)
    await quiet.plan()
    await quiet.shop.fetch("UPDATE users SET disabled_at = now()")
    await quiet.send()
    assert kept.carried == []


@pytest.mark.parametrize("off", [{"kinds_off": ["confirmation"]}, {"channels_off": ["email"]}])
async def test_a_user_does_without_what_they_switch_off_also_if_it_was_planned(
    quiet: Desk, kept: Kept, off: dict[str, list[str]]
) -> None:
    user = await quiet.user(ADA)
    await quiet.reserve(await quiet.shop.item(10), customer=user)
    await quiet.plan()
    await quiet.prefer(user, **off)
    await quiet.send()
    assert kept.carried == []
    assert await quiet.rows("status", "detail") == [("dropped", "the customer does without")]


async def test_what_the_organization_does_not_tell_any_more_is_not_sent(
    quiet: Desk, kept: Kept
) -> None:
    await quiet.reserve(await quiet.shop.item(10))
    await quiet.plan()
    await quiet.settings(kinds=["reminder"])
    await quiet.send()
    await quiet.reserve(await quiet.shop.item(10))
    await quiet.deliver()
    assert kept.carried == []
    assert len(await quiet.rows("id")) == 1


async def test_it_is_told_in_the_customers_language_or_else_in_the_organizations(
    quiet: Desk, kept: Kept
) -> None:
    await quiet.settings(language="de-AT")
    user = await quiet.user("bob@example.org")
    await quiet.prefer(user, language="en")
    item = await quiet.shop.item(10, sku="SEAT", unit_price=1250, currency="EUR")
    await quiet.reserve(item, units=2)
    await quiet.reserve(item, units=2, customer=user)
    await quiet.deliver()
    assert [it.subject for it in kept.carried] == ["Bestätigt: SEAT", "Confirmed: SEAT"]
    assert "Summe: 25,00 EUR" in kept.carried[0].text
    assert "Total: EUR 25.00" in kept.carried[1].text


async def test_another_organizations_customers_are_told_by_that_one_and_in_its_words(
    quiet: Desk, kept: Kept, shop: Shop
) -> None:
    async with open_shop(shop.dsn, slug="other") as other:
        there = Desk(other, kept)
        await there.settings()
        await there.template("confirmation", "en", "Theirs {title}", "{organization}")
        await quiet.reserve(await quiet.shop.item(5, sku="A"))
        await there.reserve(await other.item(5, sku="B"))
        await quiet.deliver()
        assert sorted((it.subject, it.sender) for it in kept.carried) == [
            ("Confirmed: A", "Default"),
            ("Theirs B", "Other"),
        ]
        assert len(await quiet.notices.page(quiet.organization, None, 10)) == 1


async def test_a_customer_cannot_give_themselves_a_reminder_of_anothers(
    quiet: Desk, kept: Kept
) -> None:
    """Who holds for an address is a guest; the address is told of that and no more."""
    guest = Actor("guest:eve@example.org", customer="eve@example.org")
    held = await quiet.shop.held(
        (await quiet.shop.item(5), 1), customer="eve@example.org", actor=guest
    )
    assert held.customer == "eve@example.org"
    await quiet.deliver()
    assert kept.carried == []


async def test_an_offer_that_waits_for_the_mail_server_is_not_lost_when_a_part_is_given_back(
    quiet: Desk, kept: Kept
) -> None:
    item = await quiet.shop.item(2)
    first = await quiet.reserve(item, customer="eve@example.org", units=2)
    entry = await quiet.clinic.join(item, ADA, 2)
    await quiet.cancel(first)
    await quiet.plan()
    offer = await quiet.shop.fetchval(
        "SELECT reservation_id FROM waitlist_entry WHERE id = $1", entry.id[-32:]
    )
    part = Release(f"rsv_{offer.hex}", OPERATOR, lines=(Asked(item, 1),))
    reply = await quiet.shop.submit(part)
    assert isinstance(reply, Answer), reply
    await quiet.deliver()
    assert ("offer", ADA) in told(kept), await quiet.rows("kind", "status", "detail")


async def test_who_moves_twice_before_anything_is_sent_is_told_once(
    quiet: Desk, kept: Kept
) -> None:
    slots = [await quiet.slot(now() + days * DAY) for days in (3, 4, 5)]
    id = await quiet.reserve(slots[0])
    for slot in slots[1:]:
        await quiet.plan()
        await quiet.move(id, slot)
    await quiet.deliver()
    assert [kind for kind, _ in told(kept)] == ["confirmation"]
