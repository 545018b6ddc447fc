"""The page that tells how Firmhold is tested, `docs/testing.md`, written from what runs have found.

`python -m tests.evidence` writes it anew from the reports in `docs/evidence`, which the commands on
the page write. Owns how a report is told, and no figure: nothing is typed in by hand, not even the
command that a report comes from or its date. A test compares the page with the reports.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / "docs" / "evidence"
PAGE = ROOT / "docs" / "testing.md"
WORDS = ROOT / "docs" / "evidence" / "testing.txt"
"""The words of the page. A line `{{name}}` stands for what the report of that name says."""

Report = dict[str, Any]

COUNTED = ("faults", "answers")
"""Of a report of faults, what is counted by name."""


MADE_UP = {
    "positive": "as the document says",
    "negative": "as it does not allow",
    "examples": "from its examples",
    "coverage": "at the bounds of each field, on both sides",
    "fuzzing": "at random, from what was answered before",
    "stateful": "one after the other, as answers lead on",
}
"""How, by the names that the report has."""


class Told(NamedTuple):
    """How a report is told."""

    command: str
    """By which one can be written, `{file}` being its file. One that is kept names its own."""
    rows: Callable[[Report], Iterator[tuple[str, str]]]
    summed: Callable[[Sequence[Report]], Report] | None = None
    """Several reports as one, for what may be run in parts: `NAME.json`, `NAME-2.json`, …"""


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() or value >= 100 else f"{value:,.1f}"


def _simulation(report: Report) -> Iterator[tuple[str, str]]:
    counts = report["counts"]
    yield "Schedules", _number(report["schedules"])
    yield "Steps of the scheduler", _number(report["steps"])
    for name, count in counts.items():
        yield name.capitalize(), _number(count)
    yield "Violations", "0" if report["violation"] is None else report["violation"]


def _linearizability(report: Report) -> Iterator[tuple[str, str]]:
    yield "Histories", _number(report["histories"])
    yield "Operations", _number(report["operations"])
    yield "Of them without an answer", _number(report["unanswered"])
    yield "Faults meanwhile", _number(report["faults"])
    yield "Histories that no order explains", _number(len(report["wrong"]))


def _faults(report: Report) -> Iterator[tuple[str, str]]:
    for name, count in sorted(report["faults"].items(), key=lambda it: (-it[1], it[0])):
        yield name[0].upper() + name[1:], _number(count)
    yield "**Faults injected**", _number(report["faults_injected"])
    yield "Operations acknowledged", _number(report["acknowledged"])
    yield "Requests that got no answer", _number(report["answers"].get("no answer", 0))
    yield "Answers `overloaded`", _number(report["answers"].get("overloaded", 0))
    yield "Slowest answer, seconds", _number(report["slowest_answer_seconds"])
    yield "Books compared, `verify` clean each time", _number(report["verify_clean"])
    yield "**Lost**", _number(report["lost"])
    yield "**Oversold**", _number(report["oversold"])
    yield "**Otherwise wrong**", _number(report["otherwise_wrong"])


def _faults_summed(reports: Sequence[Report]) -> Report:
    numbers = {name for name, it in reports[0].items() if isinstance(it, int)} - {"seed"}
    return {
        **{name: sum(report[name] for report in reports) for name in numbers},
        **{name: sum((Counter(it[name]) for it in reports), Counter()) for name in COUNTED},
        "slowest_answer_seconds": max(report["slowest_answer_seconds"] for report in reports),
    }


def _failpoints(report: Report) -> Iterator[tuple[str, str]]:
    yield "Stories", _number(len(report["kills"]))
    yield "Kinds of commands", _number(len(report["commands"]))
    yield "Different points", _number(len(report["points"]))
    yield "Server killed at a point", _number(report["killed"])
    yield "Effects lost, doubled or otherwise wrong", _number(len(report["wrong"]))


def _endurance(report: Report) -> Iterator[tuple[str, str]]:
    rates = report["per_second"]
    yield "Minutes", _number(round(report["seconds"] / 60))
    yield "Operations acknowledged", _number(report["acknowledged"])
    yield (
        "Operations per second, slowest to fastest minute after the first fifth",
        f"{min(rates):.0f}–{max(rates):.0f}",
    )
    yield "Trend of throughput, % per hour", f"{report['throughput_trend_percent_per_hour']:+.1f}"
    kinds: dict[str, list[float]] = {}
    for name, grown in report["memory_growth_mb_per_hour"].items():
        kinds.setdefault(name.rpartition(" ")[0], []).append(grown)
    for kind, grown in kinds.items():
        told = " to ".join(f"{it:+.1f}" for it in dict.fromkeys((min(grown), max(grown))))
        yield f"Growth of memory, MB per hour: {kind}", told
    yield "Reservations made", _number(report["reservations"])
    yield "Found it sold out, % of those who asked", _number(report["refused_percent"])
    yield "Stored answers forgotten by the pruner", _number(report["answers_forgotten"])
    for table, left in report["bytes_left_per_operation"].items():
        yield f"`{table}`: bytes by which it grows with each operation", f"{left:+.1f}"
    for table, times in report["times_size_anew"].items():
        size = report["bytes_per_reservation"][table]
        yield (
            f"`{table}`: bytes per reservation; times its size when written anew",
            (f"{size:,}; {times:.2f}"),
        )
    yield "Lost", _number(report["lost"])
    yield "Oversold", _number(report["oversold"])
    yield "Otherwise wrong", _number(report["otherwise_wrong"])
    for what in report["not_judged"]:
        yield "Not judged", what


def _workload(report: Report) -> Iterator[tuple[str, str]]:
    yield "Server processes", _number(report["processes"])
    yield "Requests", _number(report["requests"])
    yield "Effects replayed by the model", _number(sum(report["effects"].values()))
    yield "Answers without an effect that the model gives too", _number(report["explained"])
    yield "Answers `overloaded`", _number(report["overloaded"])
    yield "Deadlocks that the database resolved", _number(report["deadlocks"])
    yield "Slowest answer, seconds", _number(report["slowest_answer_seconds"])
    yield "Model and engine disagree", _number(len(report["wrong"]))


def _plantings(report: Report) -> Iterator[tuple[str, str]]:
    yield "Defects planted", _number(report["planted"])
    yield "Noticed", _number(report["noticed"])
    for outcome in ("missed", "broken"):
        for name in report[outcome]:
            yield outcome.capitalize(), name


def _mutation(report: Report) -> Iterator[tuple[str, str]]:
    yield "Changes made to the domain, one at a time", _number(report["mutants"])
    yield "Noticed by a wrong answer", _number(report["killed"])
    yield "By a `TypeError` or an `AttributeError`", _number(report["wrong_type"])
    yield "By a module that cannot be imported", _number(report["not_importable"])
    yield "By not coming to an end", _number(report["endless"])
    yield "Not noticed", _number(report["survived"])
    yield "Of them known to make no difference", _number(report["equivalent"])
    yield "Score, of those that make a difference", f"{report['score']} %"
    yield "Score, of all", f"{report['score_with_equivalent']} %"


def _access(report: Report) -> Iterator[tuple[str, str]]:
    yield "Operations", _number(report["operations"])
    for whose, cells in report["cells"].items():
        yield whose[0].upper() + whose[1:], _number(cells)
    yield "**Together, cells of the matrix**", _number(sum(report["cells"].values()))
    yield "**Attacks on tokens and sessions**", _number(report["attacks"])
    for mode, requests in sorted(report["requests"].items(), reverse=True):
        yield f"Requests made up by Schemathesis, {MADE_UP[mode]}", _number(requests)
    yield "**Together, requests made up**", _number(sum(report["requests"].values()))
    yield "Let in, refused or answered otherwise than should be", _number(len(report["wrong"]))


def _webhooks(report: Report) -> Iterator[tuple[str, str]]:
    yield "Events", _number(report["events"])
    yield "Kills of the process that delivers", _number(report["kills"])
    yield "Deliveries that the receiver got", _number(report["deliveries"])
    yield "Of them again, under the same id", _number(report["repeated"])
    yield "Minutes", _number(round(report["seconds"] / 60))
    yield "**Missing**", _number(report["missing"])
    yield "Of something that never happened", _number(report["strange"])
    yield "Before what came before it in its reservation", _number(report["out_of_order"])


TOLD = {
    "access": Told("tests.access --json {file}", _access),
    "simulation": Told("tests.simulation.run --schedules 30000 --json {file}", _simulation),
    "linearizability": Told(
        "tests.linearizability.run --histories 3000 --seconds 45 --json {file}", _linearizability
    ),
    "linearizability-processes": Told(
        "tests.linearizability.run --processes 4 --histories 1000 --seconds 600 --json {file}",
        _linearizability,
    ),
    "failpoints": Told("tests.faults.failpoints --json {file}", _failpoints),
    "faults": Told(
        "tests.faults.soak --kills 1000 --postgres-stops 200 --failovers 50 --seconds 300"
        " --json {file}",
        _faults,
        _faults_summed,
    ),
    "endurance": Told("tests.faults.endurance --seconds 3600 --json {file}", _endurance),
    "webhooks": Told("tests.webhooks.kills --events 100000 --kills 500 --json {file}", _webhooks),
    "workload": Told("tests.faults.workload --minutes 5 --json {file}", _workload),
    "plantings": Told("tests.plantings.plant --jobs 2 --json {file}", _plantings),
    "plantings-simulation": Told(
        "tests.plantings.plant --with-simulation --json {file}", _plantings
    ),
    "mutation": Told("tests.mutation.run --json {file}", _mutation),
}


def render(reports: Path = REPORTS, words: Path = WORDS) -> str:
    """The page that these words and reports make. Of what has no report yet, how to make one."""
    lines = []
    for line in words.read_text(encoding="utf-8").splitlines():
        if line.startswith("{{"):
            lines += _section(line.strip("{}"), reports)
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def section_of(file: Path) -> str | None:
    """The section that a report belongs to, or None if there is none."""
    if file.stem in TOLD:
        return file.stem
    name = re.sub(r"-\d+$", "", file.stem)
    return name if name in TOLD and TOLD[name].summed is not None else None


def _section(name: str, reports: Path) -> list[str]:
    told = TOLD[name]
    files = [file for file in reports.glob("*.json") if section_of(file) == name]
    files.sort(key=lambda file: (len(file.stem), file.stem))  # the ninth comes before the tenth
    found: list[Report] = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    if not found:
        command = told.command.format(file=f"docs/evidence/{name}.json")
        return [*_shell(f"python -m {command}"), "No report of this is kept yet.", ""]
    lines = [line for report in found for line in _origin(report, told.command)]
    whole = found[0] if told.summed is None else told.summed(found)
    rows = [f"| {what} | {value} |" for what, value in told.rows(whole)]
    if seeds := [str(report["seed"]) for report in found if "seed" in report]:
        rows.append(f"| Seed | {', '.join(seeds)} |")
    return [*lines, "| | |", "|---|---:|", *rows, ""]


def _shell(*commands: str) -> list[str]:
    return ["```sh", *(f".venv/bin/{command}" for command in commands), "```", ""]


def _origin(report: Report, like: str) -> list[str]:
    """By which command a report was written, when and where, as it says itself."""
    origin = report.get("origin")
    if origin is None:
        return [
            *_shell(f"python -m {like.format(file='FILE')}"),
            "is how such a report is made. Of this one, command, date and machine "
            "were not recorded.",
            "",
        ]
    machine = origin["machine"]
    return [
        *_shell(origin["command"]),
        f"on {origin['date'][:10]}, commit {origin['commit'] or 'unknown'}, "
        f"{machine['cores']:.0f} cores of {machine['cpu']}, {machine['memory_gb']:.0f} GB, "
        f"Python {machine['python']}:",
        "",
    ]


def main() -> None:
    PAGE.write_text(render(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
