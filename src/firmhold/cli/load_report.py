"""What came out of a load test: the verdict and the figures."""

import math
from collections.abc import Sequence

import msgspec

from firmhold.cli.load_books import Counts, ItemBook
from firmhold.cli.load_run import SLOT, Plan, Tally

SHARES = {"p50": 0.50, "p90": 0.90, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}
BARS = 60
"""Columns of the picture of throughput."""

MOST_BUCKETS = 24


class Finding(msgspec.Struct, frozen=True):
    """One thing that must not be."""

    kind: str
    """`oversold`, `lost`, `unaccounted`, `unread` or `unexpected`."""
    item: str | None
    units: int
    text: str


class Verdict(msgspec.Struct, frozen=True):
    """What the run has shown."""

    ok: bool
    headline: str
    oversold: int
    held: int
    confirmed: int
    capacity: int
    findings: list[Finding]


class Status(msgspec.Struct, frozen=True):
    """How many requests of a kind were answered so."""

    request: str
    status: int
    code: str
    count: int
    expected: bool


class Moment(msgspec.Struct, frozen=True):
    """Answers within one step of time."""

    at: float
    seconds: float
    done: int
    refused: int
    wrong: int


class Bucket(msgspec.Struct, frozen=True):
    """Requests answered within a range of milliseconds."""

    low: float
    high: float
    count: int


class Report(msgspec.Struct, frozen=True):
    """Everything there is to say, as `--json` says it."""

    verdict: Verdict
    url: str
    plan: Plan
    requests: int
    unanswered: int
    seconds: float
    rate: float
    latency_ms: dict[str, float]
    statuses: list[Status]
    repeats: dict[str, int]
    replays: int
    throughput: list[Moment]
    latencies: list[Bucket]


# --- the verdict ---


def judge(
    books: Sequence[ItemBook], counts: Sequence[Counts | None], tally: Tally, *, gave_up: bool
) -> Verdict:
    """Compare what was acknowledged with what the server has counted."""
    findings: list[Finding] = []
    for book, seen in zip(books, counts, strict=True):
        findings += _about(book, seen)
    if tally.same_twice:
        findings.append(
            Finding(
                "oversold", None, tally.same_twice, "one reservation was promised to two customers"
            )
        )
    if tally.unexpected:
        text = f"{_many(tally.unexpected, 'answer')} that no healthy server gives; see the table"
        findings.append(Finding("unexpected", None, tally.unexpected, text))
    if tally.unanswered:
        findings.append(
            Finding(
                "unexpected",
                None,
                tally.unanswered,
                f"{_many(tally.unanswered, 'request')} never answered"
                + ("; the server could not be reached any more" if gave_up else ""),
            )
        )
    known = [seen for seen in counts if seen is not None]
    held, confirmed = (sum(seen.held for seen in known), sum(seen.confirmed for seen in known))
    capacity = sum(book.capacity for book in books)
    oversold = sum(finding.units for finding in findings if finding.kind == "oversold")
    ok = not findings and tally.requests > 0
    headline = _headline(findings, tally, oversold, held + confirmed, capacity)
    return Verdict(ok, headline, oversold, held, confirmed, capacity, findings)


def _about(book: ItemBook, seen: Counts | None) -> list[Finding]:
    total = book.total_may_be()
    # Promises beyond the stock are overselling whoever counts them: the server, or the customers
    # who were told that they have them, now or at any instant of the run.
    promised = max(total.low, book.peak, 0 if seen is None else seen.held + seen.confirmed)
    findings = []
    if promised > book.capacity:
        over = promised - book.capacity
        text = f"{_many(promised, 'unit')} promised of {book.capacity:,}"
        findings.append(Finding("oversold", book.sku, over, text))
    if seen is None:
        findings.append(Finding("unread", book.sku, 0, "its counts could not be read"))
        return findings
    if seen.capacity != book.capacity:
        text = f"its capacity is {seen.capacity:,} now, not {book.capacity:,}"
        findings.append(Finding("unexpected", book.sku, 0, text))
    counted, (held, confirmed) = seen.held + seen.confirmed, book.may_be()
    if counted < total.low:
        text = f"{_many(total.low, 'unit')} acknowledged, the server knows {counted:,}"
        findings.append(Finding("lost", book.sku, total.low - counted, text))
    elif counted > total.high:
        text = f"the server counts {_many(counted, 'unit')}, acknowledged were {total.high:,}"
        findings.append(Finding("unaccounted", book.sku, counted - total.high, text))
    elif not confirmed.low <= seen.confirmed <= confirmed.high:
        text = f"confirmed: {confirmed.low:,} acknowledged, {seen.confirmed:,} counted"
        units = abs(seen.confirmed - confirmed.low)
        kind = "lost" if seen.confirmed < confirmed.low else "unaccounted"
        findings.append(Finding(kind, book.sku, units, text))
    elif not held.low <= seen.held <= held.high:
        text = f"held: {held.low:,} acknowledged, {seen.held:,} counted"
        findings.append(Finding("unaccounted", book.sku, abs(seen.held - held.low), text))
    return findings


def _headline(
    findings: Sequence[Finding], tally: Tally, oversold: int, sold: int, capacity: int
) -> str:
    if oversold:
        worst = next(finding for finding in findings if finding.kind == "oversold")
        where = "" if worst.item is None else f"{worst.item}: "
        return f"OVERSOLD by {oversold:,}: {where}{worst.text}"
    kinds = {finding.kind for finding in findings}
    if "lost" in kinds:
        lost = sum(finding.units for finding in findings if finding.kind == "lost")
        return f"LOST: {_many(lost, 'acknowledged unit')} {'is' if lost == 1 else 'are'} missing"
    if "unaccounted" in kinds:
        extra = sum(finding.units for finding in findings if finding.kind == "unaccounted")
        return f"NOT ACCOUNTED FOR: {_many(extra, 'unit')} taken that nobody was promised"
    if "unread" in kinds:
        return "NOT KNOWN: the server's counts could not be read"
    if not tally.requests:
        return "NOT KNOWN: no request was answered"
    exactly = f"exactly {sold:,}" if sold == capacity else f"{sold:,}"
    asked = f"{_many(capacity, 'unit')}, {_many(tally.requests, 'request')}"
    clean = f"NOT OVERSOLD: {asked}, {exactly} sold"
    return f"{clean}, but {findings[0].text}" if findings else clean


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


# --- the figures ---


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all values does not exceed."""
    # The product's own rounding must not push a whole number over the next.
    return ordered[max(0, math.ceil(round(share * len(ordered), 6)) - 1)] if ordered else 0.0


def build(url: str, plan: Plan, tally: Tally, seconds: float, verdict: Verdict) -> Report:
    """The report on a run."""
    ordered = sorted(tally.latencies)
    latency = {name: percentile(ordered, share) for name, share in SHARES.items()}
    if ordered:
        latency = {"mean": sum(ordered) / len(ordered), **latency, "max": ordered[-1]}
    return Report(
        verdict,
        url,
        plan,
        len(ordered),
        tally.unanswered,
        round(seconds, 3),
        round(len(ordered) / seconds, 1) if seconds else 0.0,
        {name: round(value * 1000, 3) for name, value in latency.items()},
        [
            Status(outcome.verb.value, outcome.status, outcome.code, count, outcome.expected)
            for outcome, count in sorted(tally.outcomes.items())
        ],
        dict(tally.repeats.most_common()),
        tally.replays,
        throughput(tally, seconds),
        buckets(ordered),
    )


def throughput(tally: Tally, seconds: float) -> list[Moment]:
    """Answers over time, in at most `BARS` equal steps. Only the last may be shorter."""
    slots = max(1, math.ceil(seconds / SLOT))
    wide = math.ceil(slots / BARS)
    moments = []
    for first in range(0, slots, wide):
        span = range(first, first + wide)
        done, refused, wrong = (
            sum(counter[slot] for slot in span if slot in counter)
            for counter in (tally.done, tally.refused, tally.wrong)
        )
        length = min(wide * SLOT, seconds - first * SLOT)
        moments.append(Moment(round(first * SLOT, 3), round(length, 3), done, refused, wrong))
    # What remains of a step is too short to tell a rate by; it joins the step before.
    if len(moments) > 1 and moments[-1].seconds < wide * SLOT / 2:
        last, before = moments.pop(), moments.pop()
        moments.append(
            Moment(
                before.at,
                round(before.seconds + last.seconds, 3),
                before.done + last.done,
                before.refused + last.refused,
                before.wrong + last.wrong,
            )
        )
    return moments


def buckets(ordered: Sequence[float]) -> list[Bucket]:
    """Latencies in ranges that grow by a fixed factor: a long tail is seen beside the rest."""
    if not ordered:
        return []
    scale = [math.log10(max(value * 1000, 1e-3)) for value in ordered]
    per_decade = next(
        (n for n in (20, 10, 5, 2) if (scale[-1] - scale[0]) * n <= MOST_BUCKETS - 1), 1
    )
    low, high = math.floor(scale[0] * per_decade), math.floor(scale[-1] * per_decade) + 1
    counts = [0] * (high - low)
    for value in scale:
        counts[math.floor(value * per_decade) - low] += 1
    return [
        Bucket(10 ** ((low + i) / per_decade), 10 ** ((low + i + 1) / per_decade), count)
        for i, count in enumerate(counts)
    ]
