"""The demo's hospital: three theatres, those who work in them, and three ventilators.

Each operation takes its theatre and its surgeon when it is scheduled, and its anaesthetist and its
ventilators when it is booked. So some that nobody has booked cannot be booked any more. A patient
has one operation, and is assessed on a day before it, if at all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from firmhold.cli.demo_maker import Guest, Maker, Wanted, at, needs, today
from firmhold.domain.model import Terms
from firmhold.domain.publishing import NewSlot, SlotFields
from firmhold.engine.generation import ScheduleFields
from firmhold.engine.places import OpeningHours, SiteFields
from firmhold.engine.pools import PoolKind

ZONE = "Europe/Dublin"
DAYS = 14
"""How far ahead operations are scheduled; at each start of the demo the days that are missing are
added."""

OPENING = tuple(OpeningHours(day, "08:00", "18:00") for day in ("MO", "TU", "WE", "TH", "FR"))

SITE = "hospital"
HOSPITAL = SiteFields(
    "St. Brigid's Hospital",
    ZONE,
    address="12 Merchants Quay\nDublin",
    opening_hours=OPENING,
    horizon_days=30,
    cutoff_minutes=24 * 60,
)
"""The key of the site, and what is said about it."""


class _Operation(NamedTuple):
    title: str
    ventilators: int
    description: str


class _People(NamedTuple):
    """What an operation can take, by id."""

    theatres: list[str]
    surgeons: list[str]
    anaesthetists: list[str]
    ventilator: str


_BLOCKS = (("08:00", "10:30"), ("11:30", "14:00"), ("15:00", "17:30"))

_MORNING = (
    _Operation("Coronary bypass", 1, "With cardiopulmonary bypass; intensive care afterwards."),
    _Operation("Hip replacement", 0, "Total replacement, regional anaesthesia."),
    _Operation("Cataract surgery", 0, "Both eyes on request; day case."),
)
_NOON = (
    _Operation("Lung resection", 2, "One-lung ventilation; a second ventilator stands by."),
    _Operation("Bowel resection", 1, "Laparoscopic, under general anaesthesia."),
    _Operation("Thyroidectomy", 1, "Under general anaesthesia, with nerve monitoring."),
)
_AFTERNOON = (
    _Operation("Knee arthroscopy", 0, "Day case, regional anaesthesia."),
    _Operation("Appendectomy", 1, "Laparoscopic, under general anaesthesia."),
    _Operation("Hernia repair", 0, "Open repair with mesh; day case."),
)
_LIST = (_MORNING, _NOON, _AFTERNOON)
"""By block, then by theatre."""

_PATIENTS = (
    "Nora Lindqvist",
    "Tadhg Byrne",
    "Aisha Rahman",
    "Conor Walsh",
    "Gráinne Murphy",
    "Piotr Zieliński",
    "Mary O'Connor",
    "Luca Moretti",
    "Siobhán Kelly",
    "Ewan McLeod",
    "Fatima Benali",
    "Hugo Lefèvre",
    "Oisín Gallagher",
    "Ana Popescu",
    "Declan Doyle",
    "Mei-Ling Chan",
    "Róisín Brennan",
    "Tomasz Nowak",
    "Chidi Eze",
    "Bríd Ní Shúilleabháin",
    "Karim Haddad",
    "Elena Rossi",
    "Fergal Quigley",
    "Sunita Sharma",
    "Jonas Virtanen",
    "Aoife Nolan",
    "Mateus Carvalho",
    "Catherine Whelan",
    "Yusuf Demir",
    "Ingrid Solheim",
    "Pádraig Keane",
    "Olena Kovalenko",
    "Brendan Foley",
    "Amina Diallo",
    "Stefan Ionescu",
    "Deirdre Hayes",
    "Kwame Boateng",
    "Orlaith Maguire",
    "Viktor Horvat",
    "Teresa Duffy",
)


def _patient(number: int) -> Guest:
    """One of them. What everybody should know of a patient belongs to the patient."""
    name = _PATIENTS[number]
    letters = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    address = ".".join(letters.replace("'", "").split())
    notes = "Allergic to penicillin" if number % 7 == 3 else None
    return Guest(f"{address}@patients.example", name, notes=notes)


async def make_hospital(maker: Maker, customer: str) -> None:
    """The hospital with its slots, of which this customer has one."""
    site = await maker.site(SITE, HOSPITAL)
    people = await _people(maker, site)
    await maker.publish(site, _operations(maker, site, people))
    room = await maker.pool("assessment-room", PoolKind.ROOM, "Assessment room", site=site)
    nurse = await maker.pool("nurse-duarte", PoolKind.PRACTITIONER, "Nurse Inês Duarte", site=site)
    await maker.schedule(
        "assessment",
        ScheduleFields(
            site,
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
            today(maker.now, ZONE).isoformat(),
            (("09:00", "12:00"),),
            SlotFields(
                "Pre-operative assessment",
                "Bring the list of your medicines. Nothing to eat for four hours before.",
                requirements=needs(slot=[room, nurse]),
            ),
            slot_minutes=30,
            breaks=(("10:30", "11:00"),),
        ),
        [Guest(customer, "Robin Demo"), *_to_be_assessed(today(maker.now, ZONE))],
    )


async def _people(maker: Maker, site: str) -> _People:
    rooms, people = PoolKind.ROOM, PoolKind.PRACTITIONER
    return _People(
        [
            await maker.pool(
                f"theatre-{n}",
                rooms,
                f"Theatre {n}",
                site=site,
                before_minutes=15,
                after_minutes=30,
            )
            for n in (1, 2, 3)
        ],
        [
            await maker.pool(f"surgeon-{n}", people, name, site=site, after_minutes=15)
            for n, name in enumerate(
                (
                    "Dr. Amara Okafor",
                    "Dr. Henrik Sørensen",
                    "Dr. Leila Haddad",
                    "Dr. Tomás Ferreira",
                )
            )
        ],
        [
            await maker.pool(f"anaesthetist-{n}", people, name, site=site, before_minutes=15)
            for n, name in enumerate(("Dr. Mei Tanaka", "Dr. Jonas Weber", "Dr. Orla Quinn"))
        ],
        await maker.pool(
            "ventilator",
            PoolKind.EQUIPMENT,
            "Ventilator",
            units=3,
            site=site,
            before_minutes=15,
            after_minutes=30,
        ),
    )


def _operations(maker: Maker, site: str, people: _People) -> Iterator[Wanted]:
    for number, day in enumerate(_days(today(maker.now, ZONE))):
        for block in range(3):
            for theatre in range(3):
                yield _operation(site, people, day, number, block, theatre)


def _days(first: date) -> list[date]:
    """Those on which there are operations."""
    days = (first + timedelta(days=n) for n in range(DAYS))
    return [day for day in days if day.weekday() < 5]


def _operation(
    site: str, people: _People, day: date, number: int, block: int, theatre: int
) -> Wanted:
    operation = _LIST[block][theatre]
    starts, ends = _BLOCKS[block]
    # In the afternoon two are on duty, and two theatres share one of them.
    anaesthetist = people.anaesthetists[0 if block == 2 and theatre == 2 else theatre]
    each = {anaesthetist: 1}
    if operation.ventilators:
        each[people.ventilator] = operation.ventilators
    surgeon = people.surgeons[(theatre + block + day.toordinal()) % len(people.surgeons)]
    slot = NewSlot(
        site,
        at(day, starts, ZONE),
        at(day, ends, ZONE),
        1,
        SlotFields(
            operation.title,
            operation.description,
            Terms(hold_ttl_seconds=600),
            needs(slot=[people.theatres[theatre], surgeon], each=each),
        ),
    )
    key = f"theatre-{theatre + 1}/{day}/{starts}"
    which = (number, block, theatre)
    confirmed = (_patient(BOOKED.index(which)),) if which in BOOKED else ()
    held = (_patient(len(BOOKED)),) if which == PENDING else ()
    waiting: tuple[Guest, ...] = ()
    if which == WAITED:
        waiting = (_patient(len(BOOKED) + 1), _patient(len(BOOKED) + 2))
    return Wanted(key, slot, confirmed, held, waiting)


def _to_be_assessed(first: date) -> Iterator[Guest]:
    """Those whose operation is on the third day or later, the earliest first."""
    days = _days(first)
    for index, (number, _, _) in enumerate(BOOKED):
        if number >= 2:
            yield _patient(index)._replace(before=at(days[number], "00:00", ZONE))


WAITED = (1, 0, 1)
"""The second day's hip replacement is booked, and two wait for it."""

PENDING = (2, 2, 0)
"""The third day's knee arthroscopy is held at first, for ten minutes."""


def _is_booked(number: int, block: int, theatre: int) -> bool:
    """What has been booked: nearly all of the first days, less and less later on.

    At noon the lung resection and the bowel resection take all ventilators, so the third theatre
    stands empty; in the afternoon the first and the third have one anaesthetist between them.
    """
    if (block, theatre) in {(1, 2), (2, 2)}:
        return False
    return number < 2 or (number + block + theatre) % 3 == 0


BOOKED = [
    (number, block, theatre)
    for number in range(6)
    for block in range(3)
    for theatre in range(3)
    if _is_booked(number, block, theatre)
]
"""Day, block and theatre of what is booked at first; its place here is its patient's number."""
