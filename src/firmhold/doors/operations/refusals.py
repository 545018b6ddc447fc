"""The *Problems* section: every code in the order of the checks, and who answers with it."""

import json
import re
from typing import Any

from firmhold.domain.errors import Code
from firmhold.doors.operations.markup import Html, code, element, join, link_to, prose
from firmhold.doors.operations.problems import ADVICE
from firmhold.doors.shared.problem import STATUS, TITLE

REFUSED = 400
"""The first status of those who are."""

_MENTIONED = re.compile(r"`(\w+)`")

_INTRODUCTION = (
    "Every refusal is a document of this form, whichever call it answers. `code` is for programs "
    "and never changes; `title` and `detail` are for people; the other members are the facts that "
    "a program needs to react. A refused request has changed nothing; only after `overloaded` and "
    "`internal_error` it may have been carried out all the same.",
    "The codes stand in the order in which the checks are made: when several apply to one request, "
    "the first of them is the answer.",
)

_EXAMPLE = {
    "type": f"/docs#{Code.INSUFFICIENT_CAPACITY.value}",
    "title": TITLE[Code.INSUFFICIENT_CAPACITY],
    "status": STATUS[Code.INSUFFICIENT_CAPACITY],
    "detail": "3 requested, 1 available.",
    "code": Code.INSUFFICIENT_CAPACITY.value,
    "line": 0,
    "requested": 3,
    "available": 1,
}

Refusals = dict[str, list[Code]]
"""Codes by HTTP status."""


def is_refused(status: str) -> bool:
    """Whether an answer with it is a refusal, whatever form it has."""
    return int(status) >= REFUSED


def refusals_of(operation: dict[str, Any]) -> Refusals:
    """What an operation may refuse with, in the order of its document."""
    found = {
        status: [code for code in Code if code in _MENTIONED.findall(answer["description"])]
        for status, answer in operation["responses"].items()
        if is_refused(status)
    }
    return {status: codes for status, codes in found.items() if codes}


def problems(operations: dict[str, tuple[str, Refusals]]) -> Html:
    """The section. Operations are given by their id, with a name and their refusals."""
    return element(
        "section",
        element("h2", "Problems"),
        *(element("p", prose(text), class_="lead") for text in _INTRODUCTION),
        element("pre", code(json.dumps(_EXAMPLE, indent=2))),
        element("ol", *(_problem(code, operations) for code in Code), class_="problems"),
        id="problems",
    )


def _problem(problem: Code, operations: dict[str, tuple[str, Refusals]]) -> Html:
    statuses = {str(STATUS[problem])}
    answering = []
    for id, (name, refusals) in operations.items():
        statuses_here = {status for status, codes in refusals.items() if problem in codes}
        statuses |= statuses_here
        if statuses_here:
            answering.append(link_to(id, name))
    means, do = ADVICE[problem]
    return element(
        "li",
        element(
            "h3",
            element("code", link_to(problem.value, problem.value)),
            *(join(" ", status_badge(status)) for status in sorted(statuses)),
        ),
        element("p", TITLE[problem], class_="title"),
        element("p", prose(means)),
        element("p", element("strong", "What to do: "), prose(do)),
        _answering(answering, len(operations)),
        id=problem.value,
    )


def _answering(links: list[Html], all_operations: int) -> Html:
    if not links:
        return element("p", "No operation answers with it in this version.", class_="quiet")
    if len(links) == all_operations:
        return element("p", "Any operation may answer with it.", class_="quiet")
    count = "one operation" if len(links) == 1 else f"{len(links)} operations"
    return element(
        "details",
        element("summary", f"Answered by {count}"),
        element("ul", *(element("li", link) for link in links), class_="links"),
    )


def status_badge(status: str) -> Html:
    """An HTTP status, coloured by its class."""
    kind = "fine" if status.startswith("2") else "fault" if status.startswith("5") else "refused"
    return element("span", status, class_=f"status {kind}")
