"""Schedules as the native API shows them, and what became of their slots."""

from collections.abc import Mapping
from datetime import date

from firmhold.doors.rest.requirements import named, required_view, sort_out
from firmhold.doors.rest.schedule_fields import required_in
from firmhold.doors.rest.shapes.schedules import (
    SHOWN,
    Break,
    Conflict,
    LeftAlone,
    Override,
    PlannedView,
    PlanNote,
    PreviewView,
    ReportView,
    ScheduleView,
    Session,
)
from firmhold.doors.rest.terms import price_of
from firmhold.engine import generation
from firmhold.engine.generation import OverrideFields, Report
from firmhold.engine.pools import PoolSeen
from firmhold.engine.schedules import ScheduleSeen


def schedule_view(schedule: ScheduleSeen, pools: Mapping[str, PoolSeen]) -> ScheduleView:
    """The schedule; `pools` are those that its slots require."""
    fields, slot, terms = schedule.fields, schedule.fields.slot, schedule.fields.slot.terms
    room, practitioner, others = sort_out(required_in(slot.requirements, pools))
    return ScheduleView(
        schedule.id,
        fields.site,
        slot.title,
        slot.description,
        fields.rule,
        date.fromisoformat(fields.starts_on),
        None if fields.ends_on is None else date.fromisoformat(fields.ends_on),
        tuple(Session(*session) for session in fields.sessions),
        fields.slot_minutes,
        fields.gap_minutes,
        tuple(Break(*pause) for pause in fields.breaks),
        tuple(map(_override, fields.overrides)),
        fields.capacity,
        named(room),
        named(practitioner),
        tuple(map(required_view, others)),
        price_of(terms.unit_price, terms.currency),
        terms.sale_starts_at,
        terms.sale_ends_at,
        terms.min_quantity,
        terms.max_quantity,
        terms.max_per_customer,
        terms.hold_ttl_seconds,
        dict(slot.metadata),
        schedule.active,
        schedule.generated_until,
        schedule.refusal,
        schedule.version,
        schedule.created_at,
        schedule.updated_at,
        schedule.now,
    )


def _override(override: OverrideFields) -> Override:
    return Override(
        date.fromisoformat(override.on),
        not override.sessions,
        tuple(Session(*session) for session in override.sessions),
        None if override.breaks is None else tuple(Break(*pause) for pause in override.breaks),
    )


def report_view(report: Report) -> ReportView:
    """What became of a schedule's slots. Long lists are cut off, and said to be."""
    lists = (report.left_alone, report.conflicts, report.notes)
    return ReportView(
        report.until,
        not report.whole,
        len(report.created),
        report.kept,
        len(report.withdrawn),
        tuple(LeftAlone(*it[:3], it.why.value) for it in report.left_alone[:SHOWN]),
        tuple(_conflict(it) for it in report.conflicts[:SHOWN]),
        tuple(
            PlanNote(note.kind.value, note.first, note.last, note.slots, note.detail)
            for note in report.notes[:SHOWN]
        ),
        sum(max(0, len(entries) - SHOWN) for entries in lists),
    )


def _conflict(conflict: generation.Conflict) -> Conflict:
    facts = conflict.refusal.facts
    return Conflict(
        conflict.starts_at,
        conflict.ends_at,
        facts.get("pool"),
        facts.get("pool_name"),
        facts.get("slot"),
        facts["busy_from"],
        facts["busy_until"],
    )


def preview_view(zone: str, report: Report) -> PreviewView:
    """What a schedule would come to."""
    slots = tuple(PlannedView(it.starts_at, it.ends_at) for it in report.created[:SHOWN])
    return PreviewView(zone, slots, report_view(report))
