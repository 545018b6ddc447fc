"""People who hold, confirm, change their minds and look, all at once, and what each of them saw.

Owns what is asked for and the record of it; how it is carried out is a `Counter`'s matter. Each
history is about one hot item, or two that are also held together, and is short, so that every order
of it can be looked at.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, Protocol

from detangle import lin

PEOPLE, EACH = 4, 5
"""Enough to be under way together, few enough to be judged in a moment."""

ASKED = (
    *("hold",) * 6,
    *("confirm",) * 4,
    *("cancel", "move", "reacquire") * 2,
    *("release", "extend", "set", "read", "see"),
)

PATIENCE = 3
"""How often something is asked for again, under its key, when there was no answer."""


class NoAnswer(Exception):
    """It may have happened, or may yet."""


class NotAsked(Exception):
    """It has not even arrived, and never will."""


class Counter(Protocol):
    """Where all of them ask. Each may be answered by another process than the last."""

    async def open(self, capacity: int) -> str:
        """A new item's id."""

    async def hold(self, lines: Any, seconds: int, key: str) -> tuple[str, str | None]:
        """The answer, and the reservation's id if there is one."""

    async def act(self, verb: str, reservation: str, key: str) -> str: ...

    async def extend(self, reservation: str, seconds: int, key: str) -> str: ...

    async def move(self, reservation: str, lines: Any, key: str) -> str: ...

    async def set(self, item: str, units: int, expected: int | None, key: str) -> str: ...

    async def read(self, item: str) -> tuple[int, int, int]: ...

    async def see(self, reservation: str) -> str | None: ...


class Meeting:
    """One history while it is made."""

    def __init__(
        self, counter: Counter, dice: Random, number: int, asking: Callable[[], None]
    ) -> None:
        """`asking` is told whenever something is asked for."""
        self._asking = asking
        self.history = lin.History()
        self.capacity: dict[str, int] = {}
        self._counter = counter
        self._dice = dice
        self._number = number
        self._items: dict[str, str] = {}
        """Ids by name."""
        self._reservations: dict[str, str] = {}
        self._holds = 0
        self.twice: list[str] = []
        """Sentences about keys that were answered with two reservations."""

    async def open(self) -> list[str]:
        """Put what it is about on sale; the ids."""
        for name in ("bed", "tent")[: self._dice.choice([1, 2])]:
            self.capacity[name] = self._dice.randint(1, 3)
            self._items[name] = await self._counter.open(self.capacity[name])
        return list(self._items.values())

    async def run(self) -> None:
        """Until everyone has had their say."""
        plans = [Random(self._dice.getrandbits(64)) for _ in range(PEOPLE)]
        await asyncio.gather(*(self._person(n, plan) for n, plan in enumerate(plans)))

    async def close(self) -> None:
        """Look at everything once more, when nobody is busy any more."""
        for verb, names in (("read", self._items), ("see", self._reservations)):
            for name in names:
                while not await self._look("end", verb, name):
                    pass

    async def _person(self, number: int, dice: Random) -> None:
        for turn in range(EACH):
            verb = dice.choice(ASKED)
            key = f"{self._number}-{number}-{turn}"
            if verb == "read":
                await self._look(number, "read", dice.choice(list(self._items)))
            elif verb == "set":
                await self._set(number, dice, key)
            elif verb == "hold" or not self._reservations:
                await self._hold(number, dice, key)
            else:
                name = dice.choice(list(self._reservations)[-3:])
                if verb == "see":
                    await self._look(number, "see", name)
                else:
                    await self._act(number, dice, verb, name, key)

    async def _hold(self, who: object, dice: Random, key: str) -> None:
        self._holds += 1
        name = f"h{self._holds}"
        lines, real = self._lines(dice)
        seconds = dice.choice([1, 2, 3])

        async def ask() -> str:
            answer, id = await self._counter.hold(real, seconds, key)
            if id is not None and self._reservations.setdefault(name, id) != id:
                self.twice.append(f"{key}: {self._reservations[name]} and {id}")
            return answer

        await self._insist(who, "hold", (name, lines, seconds, key), ask)

    def _lines(self, dice: Random) -> tuple[Any, Any]:
        """Units of one item or of both: by their names, and by their ids."""
        wanted = list(self._items) if dice.random() < 0.4 else [dice.choice(list(self._items))]
        lines = tuple((item, dice.choice([1, 1, 2])) for item in wanted)
        return lines, [(self._items[item], units) for item, units in lines]

    async def _act(self, who: object, dice: Random, verb: str, name: str, key: str) -> None:
        id, counter = self._reservations[name], self._counter
        if verb == "move":
            lines, real = self._lines(dice)
            await self._insist(who, verb, (name, lines, key), lambda: counter.move(id, real, key))
        elif verb == "extend":
            seconds = dice.choice([1, 2, 3])
            arg = (name, seconds, key)
            await self._insist(who, verb, arg, lambda: counter.extend(id, seconds, key))
        else:
            await self._insist(who, verb, (name, key), lambda: counter.act(verb, id, key))

    async def _set(self, who: object, dice: Random, key: str) -> None:
        item, units = dice.choice(list(self._items)), dice.randint(0, 4)
        expected = dice.choice([None, dice.randint(1, 3)])
        await self._insist(
            who,
            "set",
            (item, units, expected, key),
            lambda: self._counter.set(self._items[item], units, expected, key),
        )

    async def _look(self, who: object, verb: str, name: str) -> bool:
        """Whether there was an answer."""

        async def look() -> Any:
            if verb == "read":
                return await self._counter.read(self._items[name])
            return await self._counter.see(self._reservations[name])

        return await self._once(who, verb, (name,), look)

    async def _insist(
        self, who: object, verb: str, arg: tuple[Any, ...], ask: Callable[[], Awaitable[Any]]
    ) -> None:
        """Ask under one key until there is an answer, but not for ever."""
        for _ in range(PATIENCE):
            if await self._once(who, verb, arg, ask):
                return

    async def _once(
        self, who: object, verb: str, arg: tuple[Any, ...], ask: Callable[[], Awaitable[Any]]
    ) -> bool:
        """Ask once, and record it; whether there was an answer."""
        self._asking()
        op = self.history.invoke(who, verb, arg)
        try:
            answer = await ask()
        except NotAsked:
            self.history.fail(op)
            return False
        except NoAnswer:
            self.history.info(op)
            return False
        self.history.ok(op, answer)
        return True
