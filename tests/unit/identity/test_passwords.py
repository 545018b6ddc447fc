"""Passwords: what is kept, and how many are worked on at a time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from firmhold.identity.passwords import Passwords, TooManyPasswords, fault_of


@pytest_asyncio.fixture
async def passwords() -> AsyncIterator[Passwords]:
    made = Passwords(time_cost=1, memory_kib=64, at_once=2, queue=4)
    yield made
    made.close()


async def test_the_right_password_is_the_right_one(passwords: Passwords) -> None:
    kept = await passwords.hashed("a good password")
    assert await passwords.verify(kept, "a good password")
    for wrong in ("a good passwor", "A good password", "", "a good password "):
        assert not await passwords.verify(kept, wrong)


async def test_the_same_password_is_kept_differently_each_time(passwords: Passwords) -> None:
    assert await passwords.hashed("a good password") != await passwords.hashed("a good password")


async def test_nothing_matches_where_there_is_no_password(passwords: Passwords) -> None:
    assert not await passwords.verify(None, "anything")
    assert not await passwords.verify("not a hash", "anything")


async def test_keyboards_that_put_letters_together_differently_make_no_difference(
    passwords: Passwords,
) -> None:
    kept = await passwords.hashed("caf\u00e9 au lait")
    assert await passwords.verify(kept, "cafe\u0301 au lait")


async def test_all_characters_count(passwords: Passwords) -> None:
    kept = await passwords.hashed("x" * 100 + "a")
    assert not await passwords.verify(kept, "x" * 100 + "b")


async def test_other_costs_are_told(passwords: Passwords) -> None:
    kept = await passwords.hashed("a good password")
    assert not passwords.is_outdated(kept)
    dearer = Passwords(time_cost=2, memory_kib=64)
    assert dearer.is_outdated(kept)
    dearer.close()


async def test_the_costs_are_what_is_recommended() -> None:
    usual = Passwords()
    assert (await usual.hashed("a good password")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    usual.close()


async def test_a_flood_is_turned_away_and_leaves_nothing_behind(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = await passwords.hashed("a good password")
    assert await passwords.verify(kept, "a good password")
    go, at_once, most = threading.Event(), 0, 0
    counting = threading.Lock()

    def slow(*_: str) -> bool:
        nonlocal at_once, most
        with counting:
            at_once += 1
            most = max(most, at_once)
        go.wait(10)
        with counting:
            at_once -= 1
        return True

    monkeypatch.setattr(passwords, "_matches", slow)
    flood = [asyncio.create_task(passwords.verify(kept, "x")) for _ in range(50)]
    await asyncio.sleep(0)
    for _ in range(100_000):
        await asyncio.sleep(0)
        if at_once >= 2 and sum(task.done() for task in flood) >= 44:
            break
    go.set()
    answers = await asyncio.gather(*flood, return_exceptions=True)
    assert answers.count(True) == 6, "two at work and four in line"
    assert sum(isinstance(it, TooManyPasswords) for it in answers) == 44
    assert most == 2
    assert await passwords.verify(kept, "x"), "there is room again"


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("correct horse battery staple", None),
        ("\u65e5\u672c\u8a9e\u306e\u30d1\u30b9\u30ef\u30fc\u30c9", None),
        ("        x", "too few"),
        ("1234567", "8 to 128"),
        ("x" * 129, "8 to 128"),
        ("\ufb03" * 43, "8 to 128"),
        ("abcabcabc", "too few"),
        ("iloveyou1", "first"),
        ("PASSWORD1", "first"),
        ("ada@example.org", "e-mail"),
        ("ADA.BYRON", None),
        ("Firmhold-2026", "our name"),
        ("my firmhold booking", "our name"),
        ("Example2026!!", "our name"),
        ("a reservation of firmhold's own", None),
        ("\ufb01rmhold-2026", "our name"),
    ],
)
def test_faults_of_passwords(password: str, fault: str | None) -> None:
    found = fault_of(password, "ada@example.org")
    assert found is None if fault is None else found is not None and fault in found
