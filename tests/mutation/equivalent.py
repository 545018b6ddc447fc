"""Changes that make no difference to anybody, each with the reason.

Strict: an entry that a test notices after all, or that no longer fits the source, is an error.
"""

from __future__ import annotations

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


EQUIVALENT: tuple[Equivalent, ...] = ()
