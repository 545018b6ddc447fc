"""The demo's relief network: beds for a night, supplies to fetch, clinics, on three continents.

Each site lives by its own clocks. A bed or a parcel is a unit of a slot's capacity; the hours of a
clinic come from a schedule.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from firmhold.cli.demo_maker import Guest, Maker, Wanted, at, needs, today
from firmhold.domain.model import CustomerLimit, Terms
from firmhold.domain.publishing import NewSlot, SlotFields
from firmhold.engine.generation import ScheduleFields
from firmhold.engine.places import OpeningHours, SiteFields
from firmhold.engine.pools import PoolKind

NIGHTS = 14
PICKUP_DAYS = 7
"""How far ahead there are slots; at each start of the demo the days that are missing are added."""

EVERY_DAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

ATHENS, CHICAGO = "Europe/Athens", "America/Chicago"
NAIROBI, KATHMANDU = "Africa/Nairobi", "Asia/Kathmandu"

_FAMILIES = (
    ("Karimi", 4),
    ("Papadaki", 2),
    ("Haile", 3),
    ("Nowak", 5),
    ("Osei", 1),
    ("Delgado", 2),
    ("Abebe", 4),
    ("Marin", 3),
)

_PEOPLE = (
    "Wanjiru Kamau",
    "Otieno Ouma",
    "Achieng Adhiambo",
    "Mutua Kilonzo",
    "Sita Tamang",
    "Bishnu Thapa",
    "Pema Sherpa",
    "Kiran Shrestha",
    "Maya Rai",
)


def _family(number: int) -> Guest:
    name, people = _FAMILIES[number % len(_FAMILIES)]
    return Guest(f"{name.lower()}-{number:03d}@families.example", f"Family {name}", people)


def _person(number: int) -> Guest:
    name = _PEOPLE[number % len(_PEOPLE)]
    return Guest(f"{name.lower().replace(' ', '.')}@people.example", name)


async def make_relief(maker: Maker, customer: str) -> None:
    """The network's sites with their slots; this customer has an appointment at one."""
    await maker.attempt("the night shelter", _shelter(maker))
    await maker.attempt("the family rooms", _family_rooms(maker))
    await maker.attempt("the supply depot", _depot(maker))
    await maker.attempt("the field clinic", _clinic(maker, customer))


async def _shelter(maker: Maker) -> None:
    site = await maker.site(
        "shelter",
        SiteFields(
            "Open Harbour: Piraeus night shelter",
            ATHENS,
            address="Akti Kondyli 4\nPiraeus",
            opening_hours=tuple(OpeningHours(day, "20:00", "08:00") for day in EVERY_DAY),
            horizon_days=NIGHTS,
        ),
    )
    await maker.publish(site, _nights(maker, site))


def _nights(maker: Maker, site: str) -> Iterator[Wanted]:
    first = today(maker.now, ATHENS)
    for number in range(NIGHTS):
        night = first + timedelta(days=number)
        fields = SlotFields(
            "Bed for the night",
            "Doors open at 20:00, breakfast at 7. Families stay together.",
            Terms(max_quantity=6, hold_ttl_seconds=900),
        )
        slot = NewSlot(site, at(night, "20:00", ATHENS), at(night, "32:00", ATHENS), 24, fields)
        # All eight families have a bed for the first nights, and there is none left.
        guests = [_family(family) for family in range(max(0, 8 - max(0, number - 1)))]
        waiting = [Guest("tesfaye-104@families.example", "Family Tesfaye", 3)] if number < 2 else []
        yield Wanted(f"bed/{night}", slot, tuple(guests), waiting=tuple(waiting))


async def _family_rooms(maker: Maker) -> None:
    site = await maker.site(
        "family-rooms",
        SiteFields(
            "Open Harbour: New Orleans family rooms",
            CHICAGO,
            address="2100 Dauphine Street\nNew Orleans",
            opening_hours=tuple(OpeningHours(day, "16:00", "10:00") for day in EVERY_DAY),
            horizon_days=NIGHTS,
        ),
    )
    cot = await maker.pool("cot", PoolKind.EQUIPMENT, "Cot", units=5, site=site)
    await maker.publish(site, _rooms(maker, site, cot))


def _rooms(maker: Maker, site: str, cot: str) -> Iterator[Wanted]:
    first = today(maker.now, CHICAGO)
    for number in range(NIGHTS):
        night = first + timedelta(days=number)
        starts, ends = at(night, "16:00", CHICAGO), at(night, "34:00", CHICAGO)
        plain = SlotFields("Family room for the night", "Sleeps four.", Terms(max_quantity=2))
        with_cot = plain._replace(
            title="Family room with a cot",
            description="Sleeps four, and an infant.",
            terms=Terms(max_quantity=1),
            requirements=needs(each={cot: 1}),
        )
        guests = [_family(number + n)._replace(units=1) for n in range(max(0, 6 - number))]
        # Tomorrow as well, because tonight may have begun.
        infants = [
            _family(number + n)._replace(units=1)
            for n in range(10, 10 + max(0, 5 - max(0, number - 1)))
        ]
        yield Wanted(f"room/{night}", NewSlot(site, starts, ends, 8, plain), tuple(guests))
        # Eight rooms, but five cots: the sixth infant finds a room and no cot.
        yield Wanted(f"cot/{night}", NewSlot(site, starts, ends, 8, with_cot), tuple(infants))


async def _depot(maker: Maker) -> None:
    site = await maker.site(
        "depot",
        SiteFields(
            "Open Harbour: Nairobi supply depot",
            NAIROBI,
            address="Likoni Road\nNairobi",
            slot_minutes=60,
            opening_hours=tuple(OpeningHours(day, "09:00", "15:00") for day in EVERY_DAY[:6]),
            horizon_days=PICKUP_DAYS,
            notice_minutes=30,
            customer_limit=CustomerLimit(2, 7),
        ),
    )
    await maker.publish(site, _pickups(maker, site))
    room = await maker.pool("tent-blue", PoolKind.ROOM, "Blue tent", site=site)
    midwife = await maker.pool(
        "midwife-njeri", PoolKind.PRACTITIONER, "Midwife Grace Njeri", site=site
    )
    await maker.schedule(
        "mother-and-child",
        _clinic_hours(
            site,
            "Mother and child clinic",
            "FREQ=WEEKLY;BYDAY=TU,SA",
            today(maker.now, NAIROBI),
            ("08:30", "12:30"),
            [room, midwife],
        ),
        [_person(0), _person(2)],
    )


def _pickups(maker: Maker, site: str) -> Iterator[Wanted]:
    first = today(maker.now, NAIROBI)
    days = (first + timedelta(days=n) for n in range(PICKUP_DAYS))
    for number, day in enumerate(day for day in days if day.weekday() < 6):
        for hour in range(9, 15):
            fields = SlotFields(
                "Food parcel pickup",
                "One parcel feeds four for a week. Bring your card.",
                Terms(max_per_customer=1),
            )
            starts = at(day, f"{hour:02d}:00", NAIROBI)
            slot = NewSlot(site, starts, starts + timedelta(hours=1), 12, fields)
            guests = tuple(
                Guest(
                    f"household-{day.toordinal() % 100:02d}{hour:02d}{n:02d}", f"Household {n + 1}"
                )
                for n in range(max(0, 12 - 3 * number - (hour - 9)))
            )
            yield Wanted(f"parcel/{day}/{hour}", slot, guests)


async def _clinic(maker: Maker, customer: str) -> None:
    site = await maker.site(
        "clinic",
        SiteFields(
            "Open Harbour: Kathmandu field clinic",
            KATHMANDU,
            address="Tundikhel\nKathmandu",
            slot_minutes=20,
            opening_hours=tuple(OpeningHours(day, "09:00", "15:00") for day in EVERY_DAY[:5]),
            horizon_days=28,
            cutoff_minutes=120,
        ),
    )
    tents = [
        await maker.pool(f"tent-{n}", PoolKind.ROOM, f"Tent {n}", site=site, after_minutes=minutes)
        for n, minutes in (("A", 0), ("B", 10))
    ]
    doctor = await maker.pool(
        "doctor-gurung", PoolKind.PRACTITIONER, "Dr. Sunita Gurung", site=site
    )
    nurse = await maker.pool("nurse-lama", PoolKind.PRACTITIONER, "Nurse Dawa Lama", site=site)
    box = await maker.pool("cool-box", PoolKind.EQUIPMENT, "Vaccine cool box", units=2, site=site)
    starts = today(maker.now, KATHMANDU)
    await maker.schedule(
        "consultation",
        _clinic_hours(
            site,
            "Consultation",
            "FREQ=WEEKLY;BYDAY=MO,WE,FR",
            starts,
            ("09:00", "14:00"),
            [tents[0], doctor],
            breaks=(("11:40", "12:20"),),
        ),
        [Guest(customer, "Robin Demo"), *(_person(n) for n in range(4, 9))],
    )
    await maker.schedule(
        "vaccination",
        ScheduleFields(
            site,
            "FREQ=WEEKLY;BYDAY=TU,TH",
            starts.isoformat(),
            (("10:00", "13:00"),),
            SlotFields(
                "Vaccination",
                "Children first. Bring the yellow card if you have one.",
                requirements=needs(slot=[tents[1], nurse, box]),
            ),
            capacity=6,
            slot_minutes=30,
            gap_minutes=10,
        ),
        [_person(n) for n in range(4, 9)],
    )


def _clinic_hours(
    site: str,
    title: str,
    rule: str,
    starts: date,
    session: tuple[str, str],
    takes: list[str],
    breaks: tuple[tuple[str, str], ...] = (),
) -> ScheduleFields:
    fields = SlotFields(title, requirements=needs(slot=takes))
    return ScheduleFields(
        site, rule, starts.isoformat(), (session,), fields, slot_minutes=20, breaks=breaks
    )
