"""Schedules on real services: what they make, what they take back, and what they leave alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from firmhold.domain.commands import Release, SetCapacity
from firmhold.domain.errors import Refusal
from firmhold.domain.model import Per, Requirement, Terms
from firmhold.domain.publishing import SlotFields
from firmhold.engine import survey
from firmhold.engine.generation import OverrideFields, Report, ScheduleFields
from firmhold.engine.places import Closure
from firmhold.engine.ticket import Key
from firmhold.planning import plan
from firmhold.planning.zones import to_local
from tests.databases import Address
from tests.engine.clinic import DAY, HOUR, MINUTE, Clinic, contents, insisted
from tests.engine.office import BERLIN, TODAY, TOMORROW, Office, local
from tests.engine.several import (
    clean,
    end_holds,
    outcomes,
    raw,
    rounds,
    statuses,
    superuser,
    together,
)
from tests.shop import OPERATOR, new_id, open_shop, refused


async def test_a_schedule_makes_slots_up_to_the_horizon(office: Office) -> None:
    room, kits = await office.clinic.room(), await office.clinic.pool(3)
    needs = (Requirement(room, 1, Per.SLOT), Requirement(kits, 1, Per.RESERVATION))
    terms = Terms(max_per_customer=1, unit_price=100, currency="EUR")
    id = await office.created(needs=needs, capacity=3, title="Check-up", terms=terms)
    slots = await office.slots(id)
    assert len(slots) == 2 * 14
    assert [local(slot) for slot in slots] == ["09:00", "10:00"] * 14
    assert to_local(slots[0].starts_at, BERLIN).date() == TOMORROW
    for slot in slots:
        assert (slot.fields.title, slot.fields.terms) == ("Check-up", terms)
        assert set(slot.fields.requirements) == set(needs)
        assert (slot.offering.capacity, slot.schedule, slot.by_hand) == (3, id, False)
    report = office.report
    assert [it.slot for it in report.created] == [slot.id for slot in slots]
    assert (report.kept, report.withdrawn, report.left_alone) == (0, (), ())
    assert (report.until, report.conflicts) == (TODAY + 14 * DAY, ())
    seen = await office.seen(id)
    assert (seen.active, seen.version, seen.generated_until) == (True, 1, report.until)
    await clean(office.shop)


async def test_a_schedule_is_read_as_it_was_written(office: Office) -> None:
    kits = await office.clinic.pool(3)
    fields = ScheduleFields(
        office.site,
        "FREQ=WEEKLY;BYDAY=MO,TH",
        TODAY.isoformat(),
        (("08:00", "12:00"), ("13:00", "17:00")),
        SlotFields(
            "Visit",
            "Bring your card",
            Terms(datetime(2020, 1, 1, tzinfo=UTC), None, 1, 2, 3, 60, 5, "EUR"),
            (Requirement(kits, 2, Per.RESERVATION),),
            {"a": [1]},
            False,
        ),
        7,
        (TODAY + 300 * DAY).isoformat(),
        45,
        5,
        (("10:00", "10:30"),),
        (
            OverrideFields((TODAY + 2 * DAY).isoformat()),
            OverrideFields((TODAY + 3 * DAY).isoformat(), (("10:00", "12:00"),), ()),
        ),
    )
    answer = insisted(await office.create(fields))
    seen = await office.seen(answer.body.decode())
    assert seen.fields == fields
    other = await office.created()
    found = await office.schedules.find(office.clinic.organization)
    assert [schedule.id for schedule in found] == [seen.id, other]
    at_site = await office.schedules.find(office.clinic.organization, site=office.clinic.site)
    assert at_site == []
    page = await office.schedules.find(office.clinic.organization, after=seen.id, limit=1)
    assert [schedule.id for schedule in page] == [other]
    await clean(office.shop)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"rule": "FREQ=HOURLY"}, "malformed_request", None),
        ({"rule": "whenever"}, "malformed_request", None),
        ({"starts_on": "2026-02-30"}, "malformed_request", "starts_on"),
        ({"ends_on": "2020-01-01"}, "malformed_request", "ends_on"),
        ({"sessions": ()}, "malformed_request", "sessions"),
        ({"sessions": (("09:00", "09:30"),)}, "malformed_request", "sessions[0]"),
        ({"slot_minutes": -5}, "malformed_request", "slot_minutes"),
        ({"gap_minutes": -1}, "malformed_request", "gap_minutes"),
        ({"capacity": -1}, "malformed_request", "capacity"),
        ({"breaks": (("12:00", "13:00"),)}, "malformed_request", "breaks[0]"),
        ({"overrides": (OverrideFields("x"),)}, "malformed_request", "overrides[0].on"),
        ({"title": ""}, "malformed_request", "title"),
        ({"terms": Terms(min_quantity=0)}, "malformed_request", "min_quantity"),
        ({"needs": (Requirement(new_id("pool"), 1, Per.SLOT),)}, "not_found", None),
        ({"site": new_id("site")}, "not_found", "site"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    office: Office, change: dict[str, Any], code: str, field: str | None
) -> None:
    existing = await office.created()
    before = await contents(office.shop)
    fields = office.fields(**change)
    created = await office.create(fields)
    foreseen = await office.schedules.preview(office.clinic.organization, fields)
    updated = await office.update(existing, **fields._asdict())
    for said in (created, foreseen, updated):
        assert isinstance(said, Refusal)
        if said is updated and field == "site":
            assert said.code == "malformed_request"
        else:
            assert said.code == code
        assert field is None or said.facts["field"] == field
    assert await contents(office.shop) == before


async def test_too_many_slots_are_refused_before_any_is_made(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "MAX_SLOTS", 27)
    before = await contents(office.shop)
    foreseen = await office.schedules.preview(office.clinic.organization, office.fields())
    for said in (foreseen, await office.create(office.fields())):
        assert isinstance(said, Refusal)
        assert (said.facts["slots"], said.facts["bound"]) == (28, 27)
    assert await contents(office.shop) == before


async def test_a_preview_says_what_would_happen_and_changes_nothing(office: Office) -> None:
    room = await office.clinic.room()
    needs = (Requirement(room, 1, Per.SLOT),)
    third = datetime.combine(TODAY + 3 * DAY, datetime.min.time(), BERLIN) + 10 * HOUR
    await office.clinic.slot(third.astimezone(UTC), slot=[room])
    before = await contents(office.shop)
    foreseen = await office.schedules.preview(
        office.clinic.organization, office.fields(needs=needs)
    )
    assert await contents(office.shop) == before
    id = await office.created(needs=needs)
    assert isinstance(foreseen, Report)
    made = office.report
    assert [it[1:] for it in foreseen.created] == [it[1:] for it in made.created]
    assert all(it.slot is None for it in foreseen.created)
    assert len(made.created) == 27
    assert foreseen.conflicts == made.conflicts
    conflict = made.conflicts[0]
    assert conflict.refusal.code == "pool_busy"
    assert conflict.refusal.facts["pool"] == room
    assert conflict.starts_at == third
    # Of a change as well.
    slot = (await office.slots(id))[0]
    await office.shop.held((slot.id, 1))
    changed = (await office.seen(id)).fields._replace(sessions=(("10:00", "12:00"),))
    foreseen = await office.schedules.preview(office.clinic.organization, changed, id)
    insisted(await office.update(id, sessions=(("10:00", "12:00"),)))
    made = office.report
    assert isinstance(foreseen, Report)
    assert foreseen._replace(created=()) == made._replace(created=())
    assert [it[1:] for it in foreseen.created] == [it[1:] for it in made.created]
    assert [it.slot for it in made.left_alone] == [slot.id]
    await clean(office.shop)


async def test_generating_again_keeps_what_is_there(office: Office) -> None:
    id = await office.created()
    before = await office.slots(id)
    report = await office.regenerate(id)
    assert (report.created, report.kept, report.withdrawn) == ((), 28, ())
    assert [slot.id for slot in await office.slots(id)] == [slot.id for slot in before]
    await clean(office.shop)


async def test_a_change_spares_what_is_reserved(office: Office) -> None:
    """A hold, a confirmed reservation and a hold that has ended: two of these keep their slot."""
    shop = office.shop
    room = await office.clinic.room()
    id = await office.created(needs=(Requirement(room, 1, Per.SLOT),), capacity=2)
    first, second, third, *others = await office.slots(id)
    await shop.held((first.id, 1))
    await shop.held((second.id, 1), confirm=True)
    ended = await shop.held((third.id, 1))
    await end_holds(shop.dsn, [ended.id], [-1])
    insisted(await office.update(id, sessions=(("12:00", "13:00"),)))
    report = office.report
    assert [(it.slot, it.why) for it in report.left_alone] == [
        (first.id, "reserved"),
        (second.id, "reserved"),
    ]
    assert {it.slot for it in report.withdrawn} == {third.id, *(slot.id for slot in others)}
    assert len(report.created) == 14
    assert await statuses(shop.dsn, [ended.id]) == ["expired"]
    assert {local(slot) for slot in await office.slots(id)} == {"09:00", "10:00", "12:00"}
    assert (await office.seen(id)).version == 2
    await clean(shop)


@pytest.mark.parametrize("at_once", [survey.READ_AT_ONCE, 5])
async def test_other_fields_make_other_slots_of_those_that_are_free(
    office: Office, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """What only is said otherwise: title, price, capacity, room. Also if the slots have to be read
    in several pieces."""
    monkeypatch.setattr(survey, "READ_AT_ONCE", at_once)
    clinic, shop = office.clinic, office.shop
    old, new = await clinic.room(), await clinic.room()
    id = await office.created(needs=(Requirement(old, 1, Per.SLOT),))
    slots = await office.slots(id)
    reserved, edited, resized, waited_for, withdrawn, moved, *others = slots
    hold = await shop.held((reserved.id, 1))
    insisted(await clinic.change(edited.id, title="With the chief"))
    insisted(await shop.submit(SetCapacity(resized.id, OPERATOR, 5)))
    insisted(await clinic.withdraw(withdrawn.id))
    evening = {"starts_at": moved.starts_at + 9 * HOUR, "ends_at": moved.ends_at + 9 * HOUR}
    insisted(await clinic.move(moved.id, **evening))
    blocker = await shop.held((waited_for.id, 1))
    await clinic.join(waited_for.id, "ada")
    insisted(await clinic.change(waited_for.id, open=False))
    await shop.submit(Release(blocker.id, OPERATOR))
    async with raw(superuser(shop.dsn)) as connection:
        # As if nobody had touched it but those who wait.
        await connection.execute(
            "UPDATE slot SET by_hand = false WHERE id = $1", waited_for.id[-32:]
        )
    template = (await office.seen(id)).fields.slot
    made = template._replace(title="Other", requirements=(Requirement(new, 1, Per.SLOT),))
    insisted(await office.update(id, slot=made, capacity=3))
    report = office.report
    assert {(it.slot, it.why) for it in report.left_alone} == {
        (reserved.id, "reserved"),
        (edited.id, "by_hand"),
        (resized.id, "by_hand"),
        (waited_for.id, "waited_for"),
        (withdrawn.id, "withdrawn"),
        (moved.id, "withdrawn"),
    }
    assert {it.slot for it in report.withdrawn} == {slot.id for slot in others}
    assert len(report.created) == len(others)
    assert report.kept == 0
    now = {slot.starts_at: slot for slot in await office.slots(id)}
    assert now[edited.starts_at].fields.title == "With the chief"
    assert now[resized.starts_at].offering.capacity == 5
    assert withdrawn.starts_at not in now, "what somebody withdrew is not made again"
    for slot in others:
        anew = now[slot.starts_at]
        assert (anew.fields, anew.offering.capacity) == (made, 3)
    # Once the reservation is gone, so is what was spared for it.
    await shop.submit(Release(hold.id, OPERATOR))
    report = await office.regenerate(id)
    assert [it.slot for it in report.withdrawn] == [reserved.id]
    assert len(report.created) == 1
    assert report.kept == len(others)
    await clean(shop)


async def test_what_is_not_planned_any_more_goes_unless_somebody_changed_it(
    office: Office,
) -> None:
    id = await office.created()
    slots = await office.slots(id)
    insisted(await office.clinic.change(slots[0].id, title="Mine"))
    insisted(await office.update(id, sessions=(("10:00", "11:00"),)))
    report = office.report
    assert [(it.slot, it.why) for it in report.left_alone] == [(slots[0].id, "by_hand")]
    assert len(report.withdrawn) == 13
    assert report.kept == 14
    assert report.created == ()
    await clean(office.shop)


async def test_breaks_blackouts_and_overrides(office: Office) -> None:
    away = TODAY + 5 * DAY
    changed = await office.clinic.places.update(
        office.clinic.organization,
        office.site,
        lambda site: site.fields._replace(
            blackouts=(Closure(away.isoformat(), (away + DAY).isoformat(), "Holiday"),)
        ),
        lambda site: (200, b""),
    )
    insisted(changed)
    closed = (TODAY + 6 * DAY).isoformat()
    id = await office.created(
        sessions=(("09:00", "12:00"),),
        breaks=(("10:00", "11:00"),),
        overrides=(OverrideFields(closed),),
    )
    slots = await office.slots(id)
    assert {local(slot) for slot in slots} == {"09:00", "11:00"}
    days = {to_local(slot.starts_at, BERLIN).date() for slot in slots}
    assert days == {TODAY + n * DAY for n in range(1, 15) if n not in (5, 6)}
    assert {note.kind for note in office.report.notes} == {"break", "blackout", "closed"}


async def test_slots_take_the_length_of_their_site(office: Office) -> None:
    id = await office.created(slot_minutes=None)
    assert {slot.ends_at - slot.starts_at for slot in await office.slots(id)} == {30 * MINUTE}


async def test_a_stopped_schedule_makes_no_more(office: Office) -> None:
    id = await office.created()
    slots = await office.slots(id)
    await office.shop.held((slots[0].id, 1))

    async def stop(*, withdraw: bool) -> Report:
        insisted(
            await office.schedules.stop(
                office.clinic.organization, "test", id, office.render, withdraw=withdraw
            )
        )
        return office.report

    assert (await stop(withdraw=False)).withdrawn == ()
    assert not (await office.seen(id)).active
    assert len(await office.slots(id)) == 28
    again = await office.schedules.regenerate(office.clinic.organization, "test", id, office.render)
    assert refused(again) == "version_conflict"
    assert await office.schedules.extend(office.clinic.organization, id) is None
    report = await stop(withdraw=True)
    assert len(report.withdrawn) == 27
    assert [it.why for it in report.left_alone] == ["reserved"]
    before = await contents(office.shop)
    assert (await stop(withdraw=False)).withdrawn == ()
    assert await contents(office.shop) == before, "stopping it once more is harmless"
    started = await office.schedules.start(office.clinic.organization, "test", id, office.render)
    insisted(started)
    assert (len(office.report.created), office.report.kept) == (27, 1)
    await clean(office.shop)


async def test_another_organizations_schedule_is_not_there(
    office: Office, database: Address
) -> None:
    id = await office.created()
    async with open_shop(database.dsn, slug="other") as shop:
        other = await Office(await Clinic(shop).open()).open()
        before = await contents(shop)
        assert await other.schedules.find(other.clinic.organization, ids=[id]) == []
        organization = other.clinic.organization
        replies = [
            await other.update(id, capacity=2),
            await other.schedules.regenerate(organization, "test", id, other.render),
            await other.schedules.stop(organization, "test", id, other.render),
            await other.create(other.fields(site=office.site)),
            await other.schedules.preview(organization, other.fields(), id),
        ]
        for reply in replies:
            assert isinstance(reply, Refusal)
            assert reply.code == "not_found"
        assert await other.schedules.extend(organization, id) is None
        assert await contents(shop) == before


async def test_a_schedule_is_made_once_per_key(office: Office) -> None:
    key = Key.of("test", "create_schedule", "a", b"")
    replies = await asyncio.gather(*(office.create(office.fields(), key) for _ in range(5)))
    assert len({insisted(reply).body for reply in replies}) == 1
    assert await office.shop.fetchval("SELECT count(*) FROM slot") == 28
    await clean(office.shop)


async def test_what_a_hold_that_has_ended_had_is_free_for_a_schedule(office: Office) -> None:
    shop = office.shop
    kits = await office.clinic.pool(1)
    at = datetime.combine(TOMORROW, datetime.min.time(), BERLIN) + 9 * HOUR
    slot = await office.clinic.slot(at.astimezone(UTC), each=[kits])
    hold = await shop.held((slot, 1))
    needs = (Requirement(kits, 1, Per.SLOT),)
    before = await contents(shop)
    foreseen = await office.schedules.preview(
        office.clinic.organization, office.fields(needs=needs)
    )
    assert isinstance(foreseen, Report)
    assert len(foreseen.conflicts) == 1
    await end_holds(shop.dsn, [hold.id], [-1])
    before = await contents(shop)
    foreseen = await office.schedules.preview(
        office.clinic.organization, office.fields(needs=needs)
    )
    assert isinstance(foreseen, Report)
    assert foreseen.conflicts == ()
    assert await contents(shop) == before
    await office.created(needs=needs)
    assert office.report.conflicts == ()
    assert await statuses(shop.dsn, [hold.id]) == ["expired"]
    await clean(shop)


async def test_two_at_once_generate_it_once(pair: Any) -> None:
    """Whoever comes second finds everything there, or is told to come again."""
    offices = [Office(await Clinic(shop).open()) for shop in pair]
    await offices[0].open()
    id = await offices[0].created()
    async with raw(superuser(pair[0].dsn)) as connection:
        await connection.execute("UPDATE site SET horizon_days = 60 WHERE horizon_days = 14")
    replies = await asyncio.gather(
        *(
            office.schedules.regenerate(office.clinic.organization, "test", id, office.render)
            for office in offices * 3
        )
    )
    assert set(outcomes(replies)) <= {"accepted", "overloaded"}
    assert outcomes(replies)["accepted"] >= 1
    slots = await offices[0].slots(id)
    assert len(slots) == len({slot.starts_at for slot in slots}) == 120
    await clean(pair[0])


async def test_reservations_made_while_it_is_generated_anew_keep_their_slots(pair: Any) -> None:
    """And so do changes that somebody makes at that moment."""
    offices = [Office(await Clinic(shop).open()) for shop in pair]
    await offices[0].open()
    offices[1].site = offices[0].site
    for number in range(rounds(6)):
        room = await offices[0].clinic.room()
        id = await offices[0].created(needs=(Requirement(room, 1, Per.SLOT),), title=f"{number}")
        slots = await offices[0].slots(id)
        starts: list[Callable[[], Awaitable[Any]]] = [
            partial(pair[n % 2].hold, (slot.id, 1)) for n, slot in enumerate(slots[:14])
        ]
        starts += [
            partial(offices[n % 2].clinic.change, slot.id, title="Mine")
            for n, slot in enumerate(slots[14:20])
        ]
        changes: list[dict[str, Any]] = [
            {"capacity": 2},
            {"sessions": (("12:00", "13:00"),)},
            {"sessions": (("09:00", "10:00"),), "capacity": 3},
        ]
        starts += [partial(offices[n % 2].update, id, **changes[n]) for n in range(3)]
        replies = await together(*starts)
        assert "accepted" in outcomes(replies[-3:])
        now = {slot.id: slot for slot in await offices[0].slots(id)}
        for slot, reply in zip(slots[:14], replies[:14], strict=True):
            if isinstance(reply, Refusal):
                assert reply.code == "sale_ended"
            else:
                assert now[slot.id].offering.held == 1
        for slot, reply in zip(slots[14:20], replies[14:20], strict=True):
            assert isinstance(reply, Refusal) or now[slot.id].fields.title == "Mine"
    await clean(pair[0])
