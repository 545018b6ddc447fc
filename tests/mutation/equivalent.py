"""Changes that make no difference to anybody: reads the list that says so, with the reasons."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple


class Equivalent(NamedTuple):
    """A change as a run shows it: where, the lines before and after, and why nobody can notice."""

    file: str
    scope: str
    before: str
    after: str
    reason: str

    @property
    def name(self) -> tuple[str, str, str, str]:
        return self.file, self.scope, self.before, self.after


def _read(file: Path) -> tuple[Equivalent, ...]:
    listed = tomllib.loads(file.read_text(encoding="utf-8"))["change"]
    return tuple(
        Equivalent(it["file"], it["scope"], it["before"].strip(), after.strip(), it["reason"])
        for it in listed
        for after in it["after"]
    )


EQUIVALENT = _read(Path(__file__).with_suffix(".toml"))
