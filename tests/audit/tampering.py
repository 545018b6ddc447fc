"""Ways to tamper with a log in memory, at random."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from firmhold.audit.checker import leaf_of
from tests.audit.logs import STRANGER, Line, entries_in, note

Tampering = Callable[[list[Line], random.Random], None]


def _other(value: Any, dice: random.Random) -> Any:
    """A value of the same kind that is another one."""
    match value:
        case None:
            return dice.choice(["", "x", 0])
        case int():
            return value + dice.choice([-1, 1, 1 << 40])
        case str() if value:
            at = dice.randrange(len(value))
            return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :]
        case str():
            return "x"
        case list():
            return [*value, 0]
    raise AssertionError(value)


def edit_a_field(lines: list[Line], dice: random.Random) -> None:
    entry = lines[dice.choice(list(entries_in(lines)))]["entry"]
    at = dice.randrange(len(entry))
    entry[at] = _other(entry[at], dice)


def edit_and_make_the_leaf_fit(lines: list[Line], dice: random.Random) -> None:
    """By one who knows how leaves are made."""
    line = lines[dice.choice(list(entries_in(lines)))]
    parts = 3 if line["entry"][0] == "act/1" else 2
    at = dice.randrange(3, len(line["entry"]) - parts)
    line["entry"][at] = _other(line["entry"][at], dice)
    line["leaf"] = leaf_of(line).hex()


def edit_leaf_or_salt(lines: list[Line], dice: random.Random) -> None:
    line = lines[dice.choice(list(entries_in(lines)))]
    name = dice.choice([name for name in ("leaf", "salt") if name in line])
    raw = bytearray.fromhex(line[name])
    raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    line[name] = raw.hex()


def delete(lines: list[Line], dice: random.Random) -> None:
    del lines[dice.randrange(len(lines))]


def delete_and_count_anew(lines: list[Line], dice: random.Random) -> None:
    del lines[dice.choice(list(entries_in(lines)))]
    _count(lines)


def put_one_in(lines: list[Line], dice: random.Random) -> None:
    places = list(entries_in(lines))
    line = deepcopy(lines[dice.choice(places)])
    if "salt" in line:
        line["entry"][4] = _other(line["entry"][4], dice)
        line["leaf"] = leaf_of(line).hex()
    lines.insert(dice.choice(places), line)
    _count(lines)


def swap(lines: list[Line], dice: random.Random) -> None:
    one, other = dice.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    if dice.random() < 0.5:
        _count(lines)


def truncate(lines: list[Line], dice: random.Random) -> None:
    """The end, or the beginning."""
    at = dice.randrange(1, len(lines))
    if dice.random() < 0.8:
        del lines[at:]
    else:
        del lines[1 : 1 + at]
        _count(lines)


def blank(lines: list[Line], dice: random.Random) -> None:
    """What is personal, as if it had been erased by the act that erased another entry."""
    line = lines[dice.choice([at for at in entries_in(lines) if "salt" in lines[at]])]
    act = next(line["act"] for line in lines if "act" in line)
    salt, parts = line.pop("salt"), 3 if line["entry"][0] == "act/1" else 2
    from firmhold.audit.entry import commitments

    line["commitments"] = commitments(line["entry"], bytes.fromhex(salt))
    line["entry"][-parts:] = [None] * parts
    line["act"] = act


def edit_a_checkpoint(lines: list[Line], dice: random.Random) -> None:
    line = lines[dice.choice([at for at, line in enumerate(lines) if "checkpoint" in line])]
    text = line["checkpoint"]
    # Not the signature's last digit, of which two bits say nothing, nor the empty end.
    at = dice.randrange(len(text) - 6)
    line["checkpoint"] = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]


def sign_with_another_key(lines: list[Line], dice: random.Random) -> None:
    """The whole log forged, but for the key."""
    edit_and_make_the_leaf_fit(lines, dice)
    leaves: list[bytes] = []
    previous = 0
    for line in lines[1:]:
        if "leaf" in line:
            leaves.append(bytes.fromhex(line["leaf"]))
        else:
            line["checkpoint"] = note(leaves, previous, STRANGER)
            previous = len(leaves)


def _count(lines: list[Line]) -> None:
    for index, at in enumerate(entries_in(lines)):
        lines[at]["index"] = index


TAMPERINGS: tuple[Tampering, ...] = (
    edit_a_field,
    edit_and_make_the_leaf_fit,
    edit_leaf_or_salt,
    delete,
    delete_and_count_anew,
    put_one_in,
    swap,
    truncate,
    blank,
    edit_a_checkpoint,
    sign_with_another_key,
)
