"""What operators are given names what there is: metrics, rules, panels, and advice on alerts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import prometheus_client
import pytest
import yaml

from firmhold import telemetry
from firmhold.doors.operations.gauges import Found, Readings
from tests.docs.test_docs import slug

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
PROMETHEUS = ROOT / "deploy" / "prometheus"

METRIC = re.compile(r"\b(?:firmhold_[a-z_]+|reserve_[a-z_]+|active_reservations\w*|inventory_\w+)")

SERIES = re.compile(r"_(?:bucket|sum|count)$")

PROMTOOL = shutil.which("promtool")

with_promtool = pytest.mark.skipif(
    PROMTOOL is None, reason="promtool is not installed (Debian's package prometheus)"
)


def exported() -> set[str]:
    """Every metric of ours, by the name that Prometheus has it by."""
    found = [*prometheus_client.REGISTRY.collect()]
    found += Found(
        Readings(
            *(0, [("demo", "A", 1)], 0.0, 0.0, [("webhooks", 0.0)]),
            *([("email", 0, 0.0)], [("email", "sent", 1)]),
        )
    ).collect()
    names = {f"{it.name}_total" if it.type == "counter" else it.name for it in found}
    assert telemetry.BATCH is not None
    return {name for name in names if not re.match(r"process_|python_", name)}


def metric(name: str) -> str:
    """The metric that a series belongs to."""
    return name if name in exported() else SERIES.sub("", name)


def rules() -> list[dict[str, Any]]:
    document = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


def queries() -> Iterator[str]:
    dashboard = json.loads((ROOT / "deploy" / "grafana" / "firmhold.json").read_text("utf-8"))
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"]


def documented() -> list[str]:
    return re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)


def test_each_metric_is_explained_once_and_no_other_is() -> None:
    assert sorted(documented()) == sorted(exported())


def test_each_metric_of_rules_and_dashboard_is_exported() -> None:
    asked = [rule["expr"] for rule in rules()] + list(queries())
    named = {metric(name) for query in asked for name in METRIC.findall(query)}
    assert named - exported() == set()
    for query in asked:
        assert METRIC.search(query) or "up{" in query, query


def test_each_metric_has_a_place_on_the_dashboard() -> None:
    shown = {metric(name) for query in queries() for name in METRIC.findall(query)}
    assert exported() - shown == set()


def test_each_alert_says_what_to_do_and_where_that_stands() -> None:
    part = PAGE.partition("\n## Alerts\n")[2].partition("\n## ")[0]
    headings = re.findall(r"^### (.+)$", part, re.MULTILINE)
    assert headings == [rule["alert"] for rule in rules()]
    for rule in rules():
        assert rule["annotations"]["runbook"] == f"docs/operating.md#{slug(rule['alert'])}"
        assert rule["labels"]["severity"] in {"critical", "warning"}


def test_each_alert_has_a_test_that_sees_it_fire_and_one_that_does_not() -> None:
    tests = yaml.safe_load((PROMETHEUS / "alerts_test.yml").read_text(encoding="utf-8"))["tests"]
    cases = [case for test in tests for case in test.get("alert_rule_test", ())]
    fired = {case["alertname"] for case in cases if case["exp_alerts"]}
    assert fired == {rule["alert"] for rule in rules()}
    assert any(test.get("promql_expr_test") for test in tests), "all of them, when all is well"


def test_panels_have_an_explanation_and_do_not_lie_on_each_other() -> None:
    dashboard = json.loads((ROOT / "deploy" / "grafana" / "firmhold.json").read_text("utf-8"))
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        assert panel["type"] == "row" or panel["description"], panel["title"]
        place = panel["gridPos"]
        cells = {
            (place["x"] + across, place["y"] + down)
            for across in range(place["w"])
            for down in range(place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert PROMTOOL is not None
    return subprocess.run(
        [PROMTOOL, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROMETHEUS,
        timeout=60,
    )


@with_promtool
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", "alerts.yml"),
        ("check", "config", "prometheus.yml"),
        ("test", "rules", "alerts_test.yml"),
    ],
    ids=" ".join,
)
def test_promtool_is_content_with(arguments: tuple[str, ...]) -> None:
    done = promtool(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr


@with_promtool
def test_promtool_understands_each_query_of_the_dashboard(tmp_path: Path) -> None:
    records = [
        {"record": f"panel_{number}", "expr": query.replace("$__rate_interval", "5m")}
        for number, query in enumerate(queries())
    ]
    file = tmp_path / "dashboard.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": records}]}))
    done = promtool("check", "rules", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
