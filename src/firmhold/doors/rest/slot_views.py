"""Slots as the native API shows them."""

from typing import cast

from firmhold.doors.rest.requirements import named, required_view, sort_out
from firmhold.doors.rest.shapes.offerings import WhyNotNow
from firmhold.doors.rest.shapes.slots import SlotView
from firmhold.doors.rest.terms import price_of
from firmhold.engine.timetable import PublishedSlot


def slot_view(slot: PublishedSlot, *, for_staff: bool = True) -> SlotView:
    """The slot and its counts as they stand at its `now`; without what those who run it have noted,
    unless it is for them."""
    fields, offering, terms = slot.fields, slot.offering, slot.fields.terms
    room, practitioner, others = sort_out(slot.requires)
    return SlotView(
        slot.id,
        slot.site.id,
        slot.site.name,
        slot.site.zone,
        fields.title,
        fields.description,
        slot.starts_at,
        slot.ends_at,
        offering.capacity,
        offering.held,
        offering.confirmed,
        slot.available,
        offering.drain_to,
        offering.waiting,
        offering.open,
        slot.refusal is None,
        cast(WhyNotNow, slot.reason),
        named(room),
        named(practitioner),
        tuple(map(required_view, others)),
        slot.schedule,
        price_of(terms.unit_price, terms.currency),
        terms.sale_starts_at,
        terms.sale_ends_at,
        terms.min_quantity,
        terms.max_quantity,
        terms.max_per_customer,
        terms.hold_ttl_seconds,
        dict(fields.metadata) if for_staff else None,
        offering.seq,
        slot.created_at,
        slot.updated_at,
        slot.withdrawn_at,
        slot.now,
    )
