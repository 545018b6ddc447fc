"""The mark on demo data that is being made: whoever finds it later knows that it was not finished.

It is kept with the hospital's site, which is made first. A process that is killed leaves it behind.
"""

from __future__ import annotations

from firmhold.cli.demo_fitting import carried_out
from firmhold.cli.demo_hospital import HOSPITAL, SITE
from firmhold.cli.demo_maker import UNFINISHED, Maker, known
from firmhold.engine.engine import Engine
from firmhold.engine.places import Places, Site


class Mark:
    """Set while the demo's data is made, and cleared when all of it is there."""

    def __init__(self, engine: Engine, organization: str) -> None:
        self._engine = engine
        self._organization = organization
        self._places = Places(engine)

    async def is_set(self) -> bool:
        """Whether somebody has begun and not finished."""
        site = await self._site()
        return site is not None and bool(site.fields.metadata.get(UNFINISHED))

    async def is_new(self) -> bool:
        """Whether nothing has ever been made here."""
        return await self._site() is None

    async def set(self, maker: Maker) -> None:
        """Note that somebody begins."""
        if await self._site() is None:
            await maker.site(SITE, HOSPITAL._replace(metadata={UNFINISHED: True}))
        await self._write({UNFINISHED: True})

    async def clear(self) -> None:
        """Note that all is there."""
        await self._write({})

    async def _write(self, more: dict[str, bool]) -> None:
        site = await self._site()
        if site is not None:
            metadata = {**site.fields.metadata, **more}
            if not more:
                metadata.pop(UNFINISHED, None)
            reply = await self._places.update(
                self._organization,
                site.id,
                lambda it: it.fields._replace(metadata=metadata),
                lambda _: (200, b""),
            )
            carried_out(reply)

    async def _site(self) -> Site | None:
        there = await self._places.find(self._organization)
        found: Site | None = known(there, SITE)
        return found
