"""Calendars that are sent again: no event becomes two slots, and what was changed since is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.doors.client import Api, at, ok, problem
from tests.doors.test_imports import calendar, ical, send, titles

pytestmark = pytest.mark.asyncio(loop_scope="module")

START = (datetime.now(UTC) + timedelta(days=3)).replace(hour=9, minute=0, second=0, microsecond=0)


def an_event(uid: str = "visit", **said: str) -> str:
    usual = {"SUMMARY": "Visit", "DTSTART": ical(30), "DURATION": "PT1H"}
    named = {**usual, **{name.upper().replace("_", "-"): text for name, text in said.items()}}
    return "\r\n".join([f"UID:{uid}", *(f"{name}:{text}" for name, text in named.items())])


def day(number: int, hour: int = 9) -> str:
    """So many days after the first, in UTC, which is the sites' zone here."""
    return f"{START + timedelta(days=number, hours=hour - 9):%Y%m%dT%H%M%SZ}"


class Diary:
    """A site that is sent the same calendar again and again."""

    def __init__(self, api: Api, site: str) -> None:
        self.api, self.site = api, site

    @classmethod
    async def of(cls, api: Api) -> Diary:
        return cls(api, (await api.site(zone="UTC"))["id"])

    async def first(self, *events: str) -> list[str]:
        """The slots that it becomes."""
        ok(await send(self.api, self.site, calendar(*events), "text/calendar"), 201)
        return await self.slots()

    async def slots(self) -> list[str]:
        found = await self.api.walk("/v1/slots", self.api.operator, site=self.site)
        return [it["id"] for it in found]

    async def again(self, *events: str) -> tuple[int, list[str]]:
        """How many slots are new, and the reasons why the rest is not. Nothing is taken unless all
        of it is, if that is asked for, and then the reasons are the same."""
        content = calendar(*events)
        before = await self.api.checksum()
        refusal = await send(self.api, self.site, content, "text/calendar")
        told = problem(refusal, "malformed_request")["rejected"]
        assert await self.api.checksum() == before
        answer = await send(self.api, self.site, content, "text/calendar", on_error="skip")
        done: Any = ok(answer, 201)
        assert done["rejected"] == told
        assert all(it["uid"] and it["line"] for it in told)
        return done["created"], [it["reason"] for it in told]


def said(reasons: Sequence[str], what: str, slots: Sequence[str]) -> bool:
    """Whether each of these slots is named once, with this said of it, and nothing else is."""
    return len(reasons) == len(slots) and all(
        sum(what in reason and slot in reason for reason in reasons) == 1 for slot in slots
    )


async def test_an_event_that_was_moved_is_not_taken_a_second_time(api: Api) -> None:
    diary = await Diary.of(api)
    slots = await diary.first(an_event())
    moved = an_event(dtstart=ical(33), sequence="1")
    created, reasons = await diary.again(moved)
    assert created == 0
    assert said(reasons, "is there already, at another time, as", slots)
    assert await diary.slots() == slots
    # Also if it was moved beyond what is looked at.
    away = an_event(dtstart="21000101T090000Z")
    created, reasons = await diary.again(away)
    assert (created, said(reasons, "is not in the file at that time any more", slots)) == (0, True)


async def test_one_of_a_recurring_event_that_was_moved_is_known_by_when_it_would_start(
    api: Api,
) -> None:
    diary = await Diary.of(api)
    daily = an_event(dtstart=day(0), rrule="FREQ=DAILY;COUNT=3")
    slots = await diary.first(daily)
    assert len(slots) == 3
    moved = an_event(recurrence_id=day(1), dtstart=day(1, 15))
    created, reasons = await diary.again(daily, moved)
    assert created == 0
    there = [it for it in reasons if "at another time" not in it]
    assert said(there, "is there already, as", [slots[0], slots[2]])
    assert said([it for it in reasons if it not in there], "at another time, as", [slots[1]])
    # And the other way round: what was moved at first is where it was to be.
    other = await Diary.of(api)
    slots = await other.first(daily, moved)
    created, reasons = await other.again(daily)
    assert created == 0
    assert said([it for it in reasons if "another" in it], "at another time, as", [slots[1]])


async def test_a_recurring_event_at_another_hour_is_not_taken_a_second_time(api: Api) -> None:
    diary = await Diary.of(api)
    slots = await diary.first(an_event(dtstart=day(0), rrule="FREQ=DAILY;COUNT=3"))
    created, reasons = await diary.again(an_event(dtstart=day(0, 11), rrule="FREQ=DAILY;COUNT=4"))
    assert created == 1
    assert said(reasons, "is there already, at another time, as", slots)


async def test_an_event_that_was_cancelled_is_named_with_its_slot_that_stays(api: Api) -> None:
    diary = await Diary.of(api)
    slots = await diary.first(an_event(), an_event("other", dtstart=ical(40)))
    created, reasons = await diary.again(an_event(status="CANCELLED"))
    assert created == 0
    assert said(reasons, "is cancelled in the file, still published as", slots[:1])
    assert await diary.slots() == slots
    ok(await api.delete(f"/v1/slots/{slots[0]}", api.operator))
    done = ok(
        await send(api, diary.site, calendar(an_event(status="CANCELLED")), "text/calendar"), 201
    )
    assert (done["cancelled"], done["rejected"]) == (1, [])


async def test_what_is_cancelled_of_a_recurring_event_is_named_however_it_is_said(
    api: Api,
) -> None:
    diary = await Diary.of(api)
    daily = an_event(dtstart=day(0), rrule="FREQ=DAILY;COUNT=4")
    slots = await diary.first(daily)
    off = an_event(recurrence_id=day(1), dtstart=day(1), status="CANCELLED")
    created, reasons = await diary.again(daily, off)
    assert created == 0
    assert said([it for it in reasons if "cancelled" in it], "in the file, still", [slots[1]])
    less = an_event(dtstart=day(0), rrule="FREQ=DAILY;COUNT=3", exdate=day(1))
    created, reasons = await diary.again(less)
    gone = [it for it in reasons if "any more" in it]
    assert (created, said(gone, "still published as", [slots[1], slots[3]])) == (0, True)
    created, reasons = await diary.again(an_event(dtstart=day(0), status="CANCELLED"))
    assert (created, said(reasons, "is cancelled in the file", slots)) == (0, True)
    # Nothing is missing that the file might have where it cannot be read.
    broken = an_event(recurrence_id=day(1), dtstart="soon")
    created, reasons = await diary.again(daily, broken)
    assert created == 0
    assert not any("any more" in it for it in reasons)


async def test_an_event_that_begins_to_recur_or_ceases_to_is_the_same(api: Api) -> None:
    once, daily = an_event(dtstart=day(0)), an_event(dtstart=day(0), rrule="FREQ=DAILY;COUNT=2")
    diary = await Diary.of(api)
    slots = await diary.first(once)
    created, reasons = await diary.again(daily)
    assert (created, said(reasons, "is there already, as", slots)) == (1, True)
    other = await Diary.of(api)
    slots = await other.first(daily)
    created, reasons = await other.again(once)
    assert created == 0
    assert said([it for it in reasons if "already" in it], "as slot_", slots[:1])
    assert said([it for it in reasons if "any more" in it], "still published", slots[1:])


async def test_another_event_another_site_and_what_is_over_are_other_matters(api: Api) -> None:
    diary, other = await Diary.of(api), await Diary.of(api)
    await diary.first(an_event())
    assert len(await other.first(an_event(), an_event("other"))) == 2
    slots = await other.slots()
    async with api.shop.services.database.read_across() as connection:
        await connection.execute(
            "UPDATE slot SET metadata = jsonb_set(metadata, '{calendar,recurrence}', '\"soon\"')"
        )
    created, reasons = await other.again(an_event(dtstart=ical(35)))
    assert (created, said(reasons, "at another time", slots[:1])) == (0, True)


async def test_a_feed_of_our_own_is_known_again_by_the_ids_of_its_slots(api: Api) -> None:
    site = (await api.site(zone="UTC"))["id"]
    slot = await api.slot(site, starts_at=at(30), minutes=60)
    content = (await api.get(f"/v1/sites/{site}/calendar.ics")).content
    found = problem(await send(api, site, content, "text/calendar"), "malformed_request")
    assert found["rejected"][0]["reason"].endswith(f"is there already, as {slot['id']}")
    later = content.replace(f"DTSTART:{ical(30)}".encode(), f"DTSTART:{ical(30.5)}".encode())
    found = problem(await send(api, site, later, "text/calendar"), "malformed_request")
    assert "at another time" in found["rejected"][0]["reason"]


async def test_titles_come_out_and_go_in_again(api: Api) -> None:
    diary = await Diary.of(api)
    await diary.first(an_event(summary=r"Line one\nline two"))
    assert await titles(api, diary.site) == ["Line one line two"]
    (slot,) = await api.walk("/v1/slots", api.operator, site=diary.site)
    body = {"title": slot["title"], "metadata": slot["metadata"]}
    ok(await api.patch(f"/v1/slots/{slot['id']}", api.operator, body))
