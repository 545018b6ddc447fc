"""The simulated database does what PostgreSQL does: sent the same commands on both, the real engine
gives the same answers and leaves the same rows."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.model import CustomerLimit
from firmhold.engine.pools import PoolKind
from firmhold.engine.ticket import Key
from tests.engine.clinic import HOUR, MINUTE, NINE, Clinic
from tests.engine.several import raw, superuser
from tests.shop import Shop
from tests.simulation.exploring import Story, run, strategy_of
from tests.simulation.faithful import (
    Author,
    Step,
    copied,
    make_due,
    offers_in,
    render_without_times,
    resolved,
    shown,
    told,
)
from tests.simulation.looked_at import LOOKED_AT, digest
from tests.simulation.loop import Loop
from tests.simulation.server import EPOCH
from tests.simulation.statements import NAMES
from tests.simulation.tables import Entry, Offering, Tables
from tests.simulation.world import World

STEPS = 60
LOOK_EVERY = 10
"""Steps: rows are compared as often, and answers after each."""

SCRIPTS = 6


@pytest.mark.parametrize("seed", range(SCRIPTS))
@pytest.mark.parametrize("kind", ["plain", "limited"])
async def test_both_databases_give_the_same_answers_and_keep_the_same_rows(
    shop: Shop, seed: int, kind: str
) -> None:
    await furnish(shop, limited=kind == "limited")
    async with raw(superuser(shop.dsn)) as connection:
        tables = await copied(connection)
        offerings = [f"{o.kind}_{o.id}" for o in tables.of(Offering).values()]
        script = Author(seed, sorted(offerings)).script(STEPS)
        real = await play_for_real(shop, connection, script)
    simulated = await asyncio.to_thread(play_simulated, shop, tables, script)
    for number, (one, other) in enumerate(zip(real, simulated, strict=True)):
        assert one == other, (number, script[number // 2])
    answers = [answer for it in real if isinstance(it, list) for answer in it]
    assert any(answer[0] is False for answer in answers), "nothing was ever accepted"
    assert any(answer[0] is True for answer in answers), "nothing was ever repeated"


async def furnish(shop: Shop, *, limited: bool) -> None:
    """Items, and slots that overlap and share a room, a doctor and equipment."""
    clinic = await Clinic(shop).open()
    limits = {"customer_limit": CustomerLimit(3, 2)} if limited else {}
    site = await clinic.new_site("Ward", **limits)
    room = await clinic.pool(1, PoolKind.ROOM, before_minutes=10, after_minutes=10)
    pumps = await clinic.pool(2)
    for _ in range(2):
        await shop.item(3, max_per_customer=3 if limited else None)
    await shop.item(4, unit_price=500, currency="EUR", max_quantity=2)
    for number in range(3):
        starts_at = NINE + number * 30 * MINUTE
        each = [(pumps, 1), room] if number else [(pumps, 1)]
        await clinic.slot(starts_at, HOUR, 2, each=each, site=site)
    if limited:
        async with raw(superuser(shop.dsn)) as connection:
            await connection.execute("UPDATE organization SET max_live_holds = 4")


async def play_for_real(shop: Shop, connection: Any, script: list[Step]) -> list[Any]:
    """Answers and rows, step by step."""
    engine, seen = shop.services.engine, []

    async def send(command: Command, key: Key | None) -> Any:
        return await engine.submit(shop.organization.id, command, render_without_times, key)

    for number, step in enumerate(script):
        before = offers_in(await copied(connection))
        if step.due is not None:
            id = before.get(step.due.removeprefix("offer:"), step.due)
            sql = "SELECT 1 FROM reservation WHERE id = $1 AND status = 'held'"
            if not id.startswith("offer:") and await connection.fetchrow(sql, id[-32:]):
                await shop.make_due(id)
        replies = await asyncio.gather(
            *(
                send(command, key)
                for asked, key in step.commands
                if (command := resolved(asked, before)) is not None
            )
        )
        tables = await copied(connection)
        seen.append([told(reply, offers_in(tables)) for reply in replies])
        seen.append(shown(tables) if number % LOOK_EVERY == 0 else {})
    return seen


def play_simulated(shop: Shop, tables: Tables, script: list[Step]) -> list[Any]:
    """The same on the simulated database."""
    seen: list[Any] = []
    organization = shop.organization.id[-32:]

    def scenario(loop: Loop) -> Story:
        world = World(loop, tables)
        world.server.next_xid = 1 + max(entry.xid for entry in tables.of(Entry).values())
        world.server.ahead = (NINE - 6 * 24 * HOUR - EPOCH).total_seconds()

        async def send(command: Command, key: Key | None) -> Any:
            return await world.nodes[0].engine.submit(
                shop.organization.id, command, render_without_times, key
            )

        async def main() -> None:
            for number, step in enumerate(script):
                world.server.ahead += 0.01
                before = offers_in(tables)
                if step.due is not None:
                    id = before.get(step.due.removeprefix("offer:"), step.due)
                    make_due(tables, organization, id, world.server.now)
                replies = await asyncio.gather(
                    *(
                        world.nodes[0].task(send(command, key))
                        for asked, key in step.commands
                        if (command := resolved(asked, before)) is not None
                    )
                )
                seen.append([told(reply, offers_in(tables)) for reply in replies])
                seen.append(shown(tables) if number % LOOK_EVERY == 0 else {})

        return Story(main(), lambda: world.server.violation, lambda: world.server.counts)

    outcome = run(scenario, strategy_of(2))
    assert outcome.violation is None, outcome.violation
    return seen


def test_the_functions_have_been_looked_at_since_their_statements_were_changed() -> None:
    assert {name: digest(text) for name, text in NAMES.items()} == LOOKED_AT
