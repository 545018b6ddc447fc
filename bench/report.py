"""Owns: what a benchmark run leaves: tables on the terminal, JSON and plots in a directory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median

import msgspec
from rich.console import Console
from rich.table import Table

from bench import record
from bench.lab import Options, Run
from bench.plots import draw
from bench.process import QUIET
from bench.targets import Figure, figures

LATEST = "latest"


class Summary(msgspec.Struct):
    """One case over all rounds."""

    case: str
    rounds: int
    rate: float  # medians
    slowest: float
    fastest: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    elsewhere: float | None  # share of the machine that other programs took
    proven: bool | None  # nothing oversold in any round; None where nothing is sold


class Report(msgspec.Struct):
    at: str
    machine: dict[str, str | float]
    options: Options
    figures: list[Figure]
    summaries: list[Summary]
    failures: list[str]
    runs: list[Run]
    command: str = ""  # what was typed, and the commit: older results do not say
    commit: str | None = None

    @classmethod
    def of(
        cls,
        options: Options,
        runs: Sequence[Run],
        failures: list[str],
        arguments: Sequence[str],
        commit: str | None,
    ) -> Report:
        """Of what was begun at this commit."""
        names = list(dict.fromkeys(run.case for run in runs))
        return cls(
            at=record.now(),
            machine=record.equipment(),
            options=options,
            figures=figures(runs, options.past),
            summaries=[summary([run for run in runs if run.case == name]) for name in names],
            failures=failures,
            runs=list(runs),
            command=record.command("bench.run", arguments),
            commit=commit,
        )

    def write(self, directory: Path, name: str = LATEST) -> Path:
        """Keep the result under its time and under its name, and draw the latest one."""
        directory.mkdir(parents=True, exist_ok=True)
        content = msgspec.json.format(msgspec.json.encode(self), indent=1)
        path = directory / f"{self.at}.json"
        path.write_bytes(content)
        (directory / f"{name}.json").write_bytes(content)
        if name == LATEST:
            draw(self.runs, directory)
        return path


def summary(runs: Sequence[Run]) -> Summary:
    rates = [run.rate for run in runs]
    latencies = [run.latency_ms for run in runs if run.latency_ms]
    elsewhere = [run.cpu.elsewhere for run in runs if run.cpu]
    proofs = [run.proof.ok for run in runs if run.proof]

    def middle(values: list[float]) -> float | None:
        return round(median(values), 3) if values else None

    return Summary(
        case=runs[0].case,
        rounds=len(runs),
        rate=round(median(rates), 1),
        slowest=min(rates),
        fastest=max(rates),
        p50_ms=middle([each.p50 for each in latencies]),
        p95_ms=middle([each.p95 for each in latencies]),
        p99_ms=middle([each.p99 for each in latencies]),
        elsewhere=middle(elsewhere),
        proven=all(proofs) if proofs else None,
    )


def print_case(run: Run, rounds: int) -> None:
    """One line as soon as a run has ended."""
    parts = [f"{run.round}/{rounds}  {run.case:24}{run.rate:9,.0f}/s"]
    if run.latency_ms:
        parts.append(f"p50 {run.latency_ms.p50:.2f}  p99 {run.latency_ms.p99:.2f} ms")
    if run.cpu:
        parts.append(f"others' cpu {run.cpu.elsewhere:.0%}")
    if run.proof:
        parts.append("proven" if run.proof.ok else "NOT PROVEN")
    if unusual := {s: n for s, n in run.statuses.items() if s not in ("200", "201", "409")}:
        parts.append(f"other answers {unusual}")
    parts += [f"{name} {value:g}" for name, value in run.extra.items()]
    Console(highlight=False, soft_wrap=True).print("   ".join(parts))


def print_report(report: Report) -> None:
    console = Console(highlight=False, width=120)
    cases = Table("case", title="Medians of the rounds")
    for heading in ("per second", "slowest–fastest", "p50 ms", "p99 ms", "others' cpu", "proof"):
        cases.add_column(heading, justify="right")
    for each in report.summaries:
        cases.add_row(
            each.case,
            f"{each.rate:,.0f}",
            f"{each.slowest:,.0f}–{each.fastest:,.0f}",
            "" if each.p50_ms is None else f"{each.p50_ms:.2f}",
            "" if each.p99_ms is None else f"{each.p99_ms:.2f}",
            "" if each.elsewhere is None else f"{each.elsewhere:.0%}",
            {None: "", True: "ok", False: "FAILED"}[each.proven],
        )
    console.print(cases)
    noisy = [each.case for each in report.summaries if (each.elsewhere or 0) > QUIET]
    doubt = "?" if noisy else ""
    goals = Table("figure", title="Against the targets")
    for heading in ("target", "median", "lowest–highest", ""):
        goals.add_column(heading, justify="right")
    for figure in report.figures:
        goals.add_row(
            figure.name,
            figure.promised,
            "not measured" if figure.value is None else f"{figure.value:.2f}{figure.suffix}",
            f"{min(figure.values):.2f}–{max(figure.values):.2f}" if figure.values else "",
            "FAILED"
            if figure.values and figure.failed
            else {None: "", True: f"reached{doubt}", False: f"MISSED{doubt}"}[figure.reached],
        )
    console.print(goals)
    if noisy:
        console.print(
            f"Other programs took more than {QUIET:.0%} of the machine while these ran; "
            f"do not trust them: {', '.join(noisy)}"
        )
    for failure in report.failures:
        console.print(f"FAILED: {failure}", markup=False)
