"""What a load test is made of: its pace, its figures, its verdict and its picture."""

from __future__ import annotations

import io
import random
import re
import time
import xml.etree.ElementTree as ET

import pytest
from rich.console import Console

from firmhold.cli.load_books import Claim, Counts, ItemBook, Range, Verb
from firmhold.cli.load_client import Server
from firmhold.cli.load_picture import picture
from firmhold.cli.load_report import Report, buckets, build, judge, percentile, throughput
from firmhold.cli.load_run import Outcome, Pace, Plan, Run, Tally
from firmhold.cli.load_screen import progress, result

PLAN = Plan(10, 100, None, 1, 100, 1, 0.5, 0.1, None)
HELD = Outcome(Verb.HOLD, 201, "")
SOLD_OUT = Outcome(Verb.HOLD, 409, "insufficient_capacity")


def claim(book: ItemBook, *verbs: Verb, quantity: int = 1) -> Claim:
    claim = Claim(book, quantity)
    for verb in verbs:
        claim.ask(verb)
        claim.settle(done=True)
    return claim


def tally(**latencies: float) -> Tally:
    made = Tally()
    made.answered(HELD, 0, 0.010)
    for code, latency in latencies.items():
        made.answered(Outcome(Verb.HOLD, 409, code), 5, latency)
    return made


def report_on(made: Tally, book: ItemBook, counts: Counts | None, seconds: float = 1.0) -> Report:
    verdict = judge([book], [counts], made, gave_up=False)
    return build("http://127.0.0.1:8080", PLAN, made, seconds, verdict)


# --- pace -----------------------------------------------------------------------------------------


async def test_the_closed_loop_starts_whenever_somebody_is_free_and_counts_from_then() -> None:
    pace = Pace(3, None, None)
    pace.start()
    before = time.perf_counter()
    turns = [await pace.turn() for _ in range(4)]
    assert turns[3] is None
    assert all(turn is not None and before <= turn <= time.perf_counter() for turn in turns[:3])


async def test_in_the_open_loop_a_customer_who_is_late_counts_from_the_intended_start() -> None:
    pace = Pace(None, 10, 50)  # every 20 ms
    pace.start()
    first = await pace.turn()
    assert first is not None
    time.sleep(0.1)  # an answer that took five intervals
    late = [await pace.turn() for _ in range(4)]
    assert late == pytest.approx([pace.origin + n * 0.02 for n in (1, 2, 3, 4)])


async def test_the_open_loop_does_not_start_early() -> None:
    pace = Pace(4, None, 100)
    pace.start()
    for number in range(4):
        turn = await pace.turn()
        assert turn is not None and turn <= time.perf_counter()
        assert turn >= pace.origin + number * 0.01 - 0.002  # a timer's own precision


async def test_no_request_starts_after_the_end() -> None:
    pace = Pace(None, 0.02, 1000)
    pace.start()
    turns = [turn async for turn in _turns(pace)]
    assert len(turns) == 20


async def _turns(pace: Pace):  # type: ignore[no-untyped-def]
    while (turn := await pace.turn()) is not None:
        yield turn


# --- figures --------------------------------------------------------------------------------------


def test_percentiles_are_values_that_were_measured() -> None:
    hundred = [float(n) for n in range(1, 101)]
    assert [percentile(hundred, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert percentile([7.0], 0.01) == percentile([7.0], 0.999) == 7.0
    assert percentile([], 0.5) == 0.0
    assert percentile([1.0, 2.0, 3.0], 0.5) == 2.0


@pytest.mark.parametrize("spread", [0.0, 0.3, 1.5, 4.0])
def test_every_latency_is_in_one_bucket(spread: float) -> None:
    values = sorted(0.002 * 10 ** random.uniform(0, spread) for _ in range(500))
    found = buckets(values)
    assert sum(bucket.count for bucket in found) == 500
    assert len(found) <= 25
    for bucket in found:
        inside = [v for v in values if bucket.low * 0.9999 <= v * 1000 <= bucket.high * 1.0001]
        assert len(inside) >= bucket.count


@pytest.mark.parametrize("seconds", [0.05, 1.0, 7.31, 60.0, 3601.0])
def test_throughput_has_few_steps_and_loses_nothing(seconds: float) -> None:
    made = Tally()
    for _ in range(300):
        made.answered(random.choice([HELD, SOLD_OUT]), int(random.uniform(0, seconds) / 0.1), 0.01)
    moments = throughput(made, seconds)
    assert len(moments) <= 61
    assert sum(m.done + m.refused + m.wrong for m in moments) == 300
    assert sum(m.seconds for m in moments) == pytest.approx(seconds, abs=0.1)


# --- verdict --------------------------------------------------------------------------------------


def test_books_follow_a_reservation_through_its_life() -> None:
    book = ItemBook("item_1", "load-1", 10)
    claim(book, Verb.HOLD, quantity=2)
    claim(book, Verb.HOLD, Verb.CONFIRM, quantity=3)
    claim(book, Verb.HOLD, Verb.CANCEL)
    claim(book, Verb.HOLD, Verb.CONFIRM, Verb.CANCEL, quantity=4)
    assert (book.held, book.confirmed, book.firm, book.peak) == (2, 3, 5, 9)
    assert judge([book], [Counts(10, 2, 3)], tally(), gave_up=False).ok


def test_what_was_asked_and_never_answered_may_or_may_not_have_happened() -> None:
    book = ItemBook("item_1", "load-1", 10)
    claim(book, Verb.HOLD, Verb.CONFIRM).ask(Verb.CANCEL)
    claim(book, Verb.HOLD).ask(Verb.CONFIRM)
    Claim(book, 1).ask(Verb.HOLD)
    assert book.may_be() == (Range(0, 2), Range(0, 2))
    assert book.total_may_be() == Range(1, 3)
    kinds = {}
    for total in (0, 1, 2, 3):
        found = judge([book], [Counts(10, total, 0)], tally(), gave_up=False)
        kinds[total] = {finding.kind for finding in found.findings}
    assert kinds == {0: {"lost"}, 1: set(), 2: set(), 3: {"unaccounted"}}


@pytest.mark.parametrize(
    ("counts", "kind", "headline"),
    [
        (Counts(2, 2, 0), None, "NOT OVERSOLD: 2 units, 1 request, exactly 2 sold"),
        (Counts(2, 3, 0), "oversold", "OVERSOLD by 1: load-1: 3 units promised of 2"),
        (Counts(2, 1, 0), "lost", "LOST: 1 acknowledged unit is missing"),
        (Counts(2, 1, 1), "unaccounted", "NOT ACCOUNTED FOR"),
        (Counts(9, 2, 0), "unexpected", "NOT OVERSOLD"),
        (None, "unread", "NOT KNOWN"),
    ],
)
def test_the_verdict(counts: Counts | None, kind: str | None, headline: str) -> None:
    book = ItemBook("item_1", "load-1", 2)
    claim(book, Verb.HOLD)
    claim(book, Verb.HOLD)
    found = judge([book], [counts], tally(), gave_up=False)
    assert found.headline.startswith(headline)
    assert found.ok == (kind is None)
    assert kind is None or kind in {finding.kind for finding in found.findings}


def test_overselling_that_was_made_up_for_before_the_end_is_still_found() -> None:
    book = ItemBook("item_1", "load-1", 1)
    first, _ = claim(book, Verb.HOLD), claim(book, Verb.HOLD)
    first.ask(Verb.CANCEL)
    first.settle(done=True)
    found = judge([book], [Counts(1, 1, 0)], tally(), gave_up=False)
    assert (found.ok, found.oversold) == (False, 1)


def test_nothing_answered_proves_nothing() -> None:
    assert not judge([ItemBook("i", "s", 1)], [Counts(1, 0, 0)], Tally(), gave_up=False).ok


# --- showing it -----------------------------------------------------------------------------------


def test_the_picture_needs_nothing_from_outside() -> None:
    book = ItemBook("item_1", "load-<1> & 'co'", 1)
    claim(book, Verb.HOLD)
    claim(book, Verb.HOLD)
    made = tally(insufficient_capacity=0.4)
    made.answered(Outcome(Verb.HOLD, 500, "<&>"), 3, 2.0)
    text = picture(report_on(made, book, Counts(1, 2, 0)))
    root = ET.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "OVERSOLD by 1" in "".join(root.itertext())
    without_namespace = text.replace('xmlns="http://www.w3.org/2000/svg"', "", 1)
    assert not re.search(r"//|href|url\(|@import|@font-face|<script|<image", without_namespace)


def test_a_run_without_a_single_answer_can_be_shown() -> None:
    report = report_on(Tally(), ItemBook("item_1", "load-1", 1), Counts(1, 0, 0), seconds=0.0)
    ET.fromstring(picture(report))
    console = Console(width=80, file=io.StringIO())
    console.print(result(report))
    assert "no request was answered" in console.file.getvalue()  # type: ignore[attr-defined]


async def test_progress_fits_on_two_lines() -> None:
    run = Run(Server.at("http://host", "token"), PLAN, [], "load")
    run.pace.start()
    for _ in range(20_000):
        run.tally.answered(SOLD_OUT, 0, 0.01)
    run.tally.answered(Outcome(Verb.HOLD, 500, ""), 0, 0.01)
    console = Console(width=80, file=io.StringIO())
    console.print(progress(run, PLAN))
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2 and "p95 10.0 ms" in lines[0]
    assert "refused 20,000   errors 1" in lines[1]


def test_a_url_says_what_is_wrong_with_it() -> None:
    for url in (
        "127.0.0.1:8080",
        "ftp://host",
        "http://",
        "http://h:99999",
        "http://u@h",
        "http://h?q",
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - each says something else
            Server.at(url, "token")
    with pytest.raises(ValueError, match="token"):
        Server.at("http://host", "two\r\nlines")
    server = Server.at("https://[::1]/shop/", "token")
    assert (server.host, server.port, server.base) == ("::1", 443, "/shop")
    assert server.get("/v1/x").startswith(b"GET /shop/v1/x HTTP/1.1\r\nHost: [::1]\r\n")
