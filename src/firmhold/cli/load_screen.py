"""A load test on the terminal: its progress while it runs, and its result."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from firmhold.cli.load_books import Verb
from firmhold.cli.load_report import Bucket, Moment, Report, percentile
from firmhold.cli.load_run import Plan, Run, clock

EIGHTHS = " ▁▂▃▄▅▆▇█"
LEFT_EIGHTHS = " ▏▎▍▌▋▊▉█"
ROWS = 5
WIDTH = 44
MOST_ROWS = 14
SAMPLE = 5_000
"""Latencies looked at for the figures so far; the result's are exact."""

DONE, REFUSED, WRONG = "green", "bright_black", "red"


# --- while it runs ---


def progress(run: Run, plan: Plan) -> RenderableType:
    """One look at a run."""
    tally, elapsed = run.tally, max(clock() - run.pace.origin, 1e-6)
    shares = [0.0]
    if plan.requests is not None:
        shares.append(tally.requests / plan.requests)
    if plan.seconds is not None:
        shares.append(elapsed / plan.seconds)
    step = max(1, len(tally.latencies) // SAMPLE)
    sample = sorted(tally.latencies[::step])
    held = sum(
        n for outcome, n in tally.outcomes.items() if outcome.verb is Verb.HOLD and outcome.done
    )
    refused = sum(tally.refused.values())
    p50, p95 = (_ms(percentile(sample, share) * 1000) for share in (0.5, 0.95))
    repeats = sum(tally.repeats.values())
    figures = Text.assemble(
        (f"{tally.requests:,}", "bold"),
        " requests, ",
        (f"{tally.requests / elapsed:,.0f}", "bold"),
        " a second   held ",
        (f"{held:,}", DONE),
        f"   refused {refused:,}   errors ",
        (f"{tally.unexpected:,}", WRONG if tally.unexpected else ""),
        f"   repeated {repeats:,}" if repeats else "",
    )
    top = Table.grid(padding=(0, 3))
    top.add_row(ProgressBar(1.0, min(max(shares), 1.0), width=WIDTH), f"p50 {p50}", f"p95 {p95}")
    return Group(top, figures)


# --- the result ---


def result(report: Report) -> RenderableType:
    """Everything, ending with the verdict."""
    parts: list[RenderableType] = [
        "",
        _heading("Answers a second"),
        *_columns(report.throughput),
        "",
        _heading("Latency up to"),
        *_rows(report.latencies),
        "",
        _figures(report),
        "",
        _statuses(report),
        *_repeats(report),
        "",
        verdict(report),
    ]
    return Padding(Group(*parts), (0, 1))


def verdict(report: Report) -> RenderableType:
    """The verdict, and what stands behind it."""
    found = report.verdict
    colour = "green" if found.ok else "red"
    lines = [Text(f"{'✔' if found.ok else '✘'} {found.headline}", style=f"bold {colour}")]
    lines.append(
        Text(f"  at the server: {found.confirmed:,} confirmed, {found.held:,} held", style="dim")
    )
    for finding in found.findings[:10]:
        where = f"{finding.item}: " if finding.item else ""
        lines.append(Text(f"  {finding.kind}: {where}{finding.text}", style=colour))
    if len(found.findings) > 10:
        lines.append(Text(f"  and {len(found.findings) - 10:,} more; see --json", style=colour))
    return Group(*lines)


def _heading(text: str) -> Text:
    return Text(text, style="bold")


def _columns(moments: Sequence[Moment]) -> list[Text]:
    """Throughput as columns, in three colours from the ground up."""
    rates = [[n / (m.seconds or 1) for n in (m.done, m.refused, m.wrong)] for m in moments]
    top = max((sum(rate) for rate in rates), default=0) or 1
    wide = max(1, WIDTH // max(len(moments), 1))
    lines = []
    for row in reversed(range(ROWS)):
        line = Text(f"{top:>9,.0f} ┤" if row == ROWS - 1 else " " * 10 + "│", style="dim")
        for rate in rates:
            # Where a cell shows two kinds, the lower one's colour stands for both.
            eighths = round(sum(rate) / top * ROWS * 8) - row * 8
            height, colour = 0.0, DONE
            for part, paint in zip(rate, (DONE, REFUSED, WRONG), strict=True):
                if part and height / top * ROWS <= row + 0.5:
                    colour = paint
                height += part
            line.append(EIGHTHS[min(max(eighths, 0), 8)] * wide, style=colour)
        lines.append(line)
    end = moments[-1].at + moments[-1].seconds if moments else 0
    lines.append(Text(f"{'0':>9} └{'─' * (wide * len(moments))} {end:,.1f} s", style="dim"))
    legend = Text(" " * 11)
    legend.append("■ done   ", DONE).append("■ refused   ", REFUSED).append("■ errors", WRONG)
    lines.append(legend)
    return lines


def _rows(found: Sequence[Bucket]) -> list[Text]:
    if len(found) > MOST_ROWS:
        found = [_joined(found[i : i + 2]) for i in range(0, len(found), 2)]
    top = max((bucket.count for bucket in found), default=1) or 1
    lines = []
    for bucket in found:
        full, rest = divmod(round(bucket.count / top * WIDTH * 8), 8)
        bar = "█" * full + (LEFT_EIGHTHS[rest] if rest else "")
        if bucket.count and not bar:
            bar = LEFT_EIGHTHS[1]  # one in a million is still there
        line = Text(f"{_ms(bucket.high):>9} ┤", style="dim")
        line.append(bar, style="cyan").append(f" {bucket.count:,}" if bucket.count else "")
        lines.append(line)
    return lines


def _joined(neighbours: Sequence[Bucket]) -> Bucket:
    return Bucket(neighbours[0].low, neighbours[-1].high, sum(each.count for each in neighbours))


def _figures(report: Report) -> Group:
    summary = Text.assemble(
        (f"{report.requests:,}", "bold"),
        f" requests in {report.seconds:,.2f} s: ",
        (f"{report.rate:,.0f} a second", "bold"),
        f", {report.plan.customers:,} customers",
    )
    if report.plan.rate is not None:
        summary.append(f", {report.plan.rate:,.0f} a second intended")
    table = Table(box=None, pad_edge=False, header_style="dim", collapse_padding=True)
    for name in report.latency_ms:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_row(*(_ms(value) for value in report.latency_ms.values()), style="bold")
    return Group(summary, table)


def _statuses(report: Report) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("request", "status", "code"):
        table.add_column(name)
    table.add_column("count", justify="right")
    for row in report.statuses:
        table.add_row(
            row.request,
            str(row.status),
            row.code,
            f"{row.count:,}",
            style="" if row.expected else WRONG,
        )
    return table


def _repeats(report: Report) -> list[RenderableType]:
    lines: list[RenderableType] = []
    if report.repeats:
        why = ", ".join(f"{reason} ×{count:,}" for reason, count in report.repeats.items())
        lines.append(f"repeated with the same key: {why}")
    if report.replays:
        lines.append(f"{report.replays:,} answers were those given before to the same key")
    return ["", *lines] if lines else []


def _ms(value: float) -> str:
    """Milliseconds with three digits that matter."""
    if value >= 10_000:
        return f"{value / 1000:,.1f} s"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} ms"
