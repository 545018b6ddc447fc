"""The whole audit of a running system: each log by `checker`, and what only the tables can tell.

That is: whether every entry that is old enough has a leaf, whether the hashes from which proofs are
made are those of the leaves, and how much is not sealed yet. Looks at one instant, writes nothing,
and keeps nobody from writing.
"""

import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from firmhold.audit.checker import MOST_FINDINGS, Checker, Finding
from firmhold.audit.entry import Key, entry_of
from firmhold.audit.merkle import root_of
from firmhold.audit.records import EVERY_LEAF, Coverage, records
from firmhold.audit.sealer import TIMEOUT
from firmhold.audit.tiles import HASH, WIDTH
from firmhold.store.sql import statement


class LogReport(NamedTuple):
    """What was seen of one organization's log."""

    organization: str
    slug: str
    entries: int
    """With a leaf."""
    erased: int
    waiting: int
    """Entries that are not sealed yet."""
    waiting_seconds: float
    """How old the oldest of them is."""
    sealed_at: str | None
    """Instant of the newest checkpoint."""
    findings: list[Finding]


class AuditReport(NamedTuple):
    """What was seen of all logs."""

    logs: list[LogReport]
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with any of them."""
        return not any(log.findings for log in self.logs)


async def verify(
    connection: Any,
    keys: Sequence[bytes],
    organization: str | None = None,
    remembered: Iterable[str] = (),
) -> AuditReport:
    """Check the log of one organization (`org_…`), or of all.

    `keys`: public keys that may have signed. `remembered`: signed checkpoints that were kept
    elsewhere. Raises `LookupError` if there is no such organization.
    """
    began = time.monotonic()
    only = None if organization is None else UUID(organization[-32:])
    kept = list(remembered)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute("SET LOCAL statement_timeout = 0")
        found = await connection.fetch(statement("audit", "organizations"), only)
        if only is not None and not found:
            raise LookupError(f"There is no organization {organization}.")
        logs = [
            await _verify_log(connection, row["id"], row["slug"], Checker(keys, kept))
            for row in found
        ]
    return AuditReport(logs, time.monotonic() - began)


async def _verify_log(
    connection: Any, organization: UUID, slug: str, checker: Checker
) -> LogReport:
    cursors = {c["name"]: c for c in await connection.fetch(statement("audit", "cursors"))}
    # While all is looked at once more, anything may still get its leaf.
    old = 0 if "again" in cursors or not cursors else cursors["now"]["xid"]
    if "now" not in cursors:
        checker.findings.append(Finding(0, "nothing says how far the sealer has come"))
    covered = Coverage()
    async for record in records(connection, organization, covered):
        checker.feed(record)
    for row in await connection.fetch(statement("audit", "waiting_erasures"), organization, old):
        if Key(row["id"].bytes, 0) not in covered:
            checker.allow(entry_of(row), EVERY_LEAF)
    entries = checker.entries
    checker.findings += await _unsealed(connection, organization, covered, old, entries)
    checker.findings += await _tiles(connection, organization, entries)
    waiting, oldest = 0, 0.0
    async for row in connection.cursor(statement("audit", "waiting"), organization, old):
        if (key := Key(row["id"].bytes, row["seq"])) not in covered:
            waiting, oldest = waiting + 1, max(oldest, row["seconds"])
            if row["never"] and "again" not in cursors and len(checker.findings) < MOST_FINDINGS:
                what = f"{key.words} is of a transaction that has not begun, {row['xid']}"
                checker.findings.append(Finding(entries, what))
    checker.findings += await _erased_in_vain(connection, organization, checker)
    return LogReport(
        f"org_{organization.hex}",
        slug,
        entries,
        len(checker.erased),
        waiting,
        oldest,
        None if checker.sealed is None else checker.sealed.at,
        checker.finish(),
    )


async def _unsealed(
    connection: Any, organization: UUID, covered: Coverage, old: int, size: int
) -> list[Finding]:
    """Entries that should have a leaf and have none: somebody put them between the others."""
    wrong = []
    async for row in connection.cursor(
        statement("audit", "count_entries"), organization, old, prefetch=1000
    ):
        id = row["id"]
        if row["entries"] > covered.count(id.bytes):
            for entry in await connection.fetch(
                statement("audit", "numbers_of"), organization, id, old, timeout=TIMEOUT
            ):
                key = Key(id.bytes, entry["seq"])
                if key not in covered:
                    wrong.append(Finding(size, f"{key.words} was put in: it has no leaf"))
                    break
        if len(wrong) >= MOST_FINDINGS:
            break
    return wrong


async def _tiles(connection: Any, organization: UUID, size: int) -> list[Finding]:
    """Hashes above the leaves, which must be those of what is below them. The leaves themselves
    are seen by the checker."""
    wrong: list[Finding] = []
    below: list[bytes] = []
    levels = await connection.fetchval(statement("audit", "levels"), organization)
    level, expected = 0, size
    while level <= levels or expected:
        roots: list[bytes] = []
        seen, bad = 0, None
        async for row in connection.cursor(
            statement("audit", "level"), organization, level, prefetch=64
        ):
            hashes = row["hashes"]
            if row["number"] * WIDTH != seen or seen + len(hashes) // HASH > expected:
                bad = seen if bad is None else bad
            kept = [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]
            if level and kept != below[seen : seen + len(kept)]:
                bad = seen if bad is None else bad
            seen += len(kept)
            if len(kept) == WIDTH:
                roots.append(root_of(kept))
        if seen != expected and bad is None:
            bad = min(seen, expected)
        if bad is not None:
            first = bad << (8 * level)
            wrong.append(Finding(first, f"the hashes of level {level} are wrong from {bad} on"))
            break
        below, level, expected = roots, level + 1, expected >> 8
    return wrong


async def _erased_in_vain(connection: Any, organization: UUID, checker: Checker) -> list[Finding]:
    """What is said to have been erased has to be in the log."""
    known = {
        (entry[2], entry[3] if entry[0] != "act/1" else 0) for _, entry in checker.erased.values()
    }
    return [
        Finding(checker.entries, f"{row['id'].hex} is said to be erased, and has no leaf")
        for row in await connection.fetch(statement("audit", "erasures"), organization)
        if (row["id"].hex, row["seq"]) not in known
    ][:MOST_FINDINGS]
