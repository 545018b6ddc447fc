"""Templates are filled in once: what a value says is said, and nothing in it is obeyed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmhold.domain.errors import Refused
from firmhold.notify.notices.defaults import SHIPPED, template_for
from firmhold.notify.notices.kinds import PAUSES, Kind, pause_after
from firmhold.notify.notices.sample import preview
from firmhold.notify.notices.template import PLACES, Template, filled, refuse_template
from firmhold.notify.notices.wording import instant, money, span


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", SHIPPED)
def test_every_template_that_is_shipped_can_be_filled_in(kind: Kind, language: str) -> None:
    words = preview(kind, language, SHIPPED[language][kind], "Town Theatre")
    assert "{" not in words.subject + words.text
    assert "Late tour" in words.subject
    assert "Europe/Berlin" in words.text
    assert words.subject.strip() == words.subject and words.text.strip()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{nobody}", "there is no {nobody}"),
        ("{customer.email}", "there is no {customer.email}"),
        ("{customer!r}", "there is no {customer!r}"),
        ("{total:>1000000000}", "there is no {total:>1000000000}"),
        ("{0}", "there is no {0}"),
        ("{}", "there is no {}"),
        ("{ customer }", "there is no { customer }"),
        ("{__class__}", "there is no {__class__}"),
        ("{customer", "a lone '{'"),
        ("customer}", "a lone '}'"),
        ("{{customer}", "a lone '}'"),
        ("{cust\nomer}", "a lone '{'"),
        ("{reason}", "there is no {reason}"),
        ("   ", "must not be blank"),
        ("x" * 10_001, "at most"),
    ],
)
def test_what_cannot_be_filled_in_is_refused_by_its_name(text: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        refuse_template(Kind.CONFIRMATION, Template("{title}", text))
    assert refused.value.refusal.facts["field"] == "text"
    assert why in refused.value.refusal.detail


def test_a_subject_is_one_line() -> None:
    with pytest.raises(Refused) as refused:
        refuse_template(Kind.CONFIRMATION, Template("one\r\nBcc: eve@example.org", "text"))
    assert refused.value.refusal.facts["field"] == "subject"


def test_braces_are_written_twice() -> None:
    template = Template("{{title}}", "{{{title}}} }}{{")
    refuse_template(Kind.CONFIRMATION, template)
    assert filled(template, {"title": "A"}) == ("{title}", "{A} }{\n")


@pytest.mark.parametrize(
    "value", ["{total}", "{{total}}", "{", "}", "%(total)s", "${total}", "\\1"]
)
def test_a_value_is_never_looked_at_for_places(value: str) -> None:
    words = filled(Template("{title}", "{title}"), {"title": value, "total": "secret"})
    assert words == (value, value + "\n")


@given(st.text(), st.text())
def test_whatever_a_value_is_the_subject_is_one_line_and_nothing_is_unseen(
    title: str, name: str
) -> None:
    words = filled(Template("{title} {customer}", "{title}"), {"title": title, "customer": name})
    assert len(words.subject.splitlines()) <= 1
    assert not any(ord(char) < 0x20 for char in words.subject)
    assert not set("\u202e\u2066\r\x00\x1b") & set(words.text)


def test_a_line_with_nothing_to_say_is_left_out() -> None:
    text = "Hello {customer},\n\nReason: {reason}\n{site}, {address}\n\n\nEnd"
    assert filled(Template("s", text), {"site": "Here"}).text == "Here, \n\nEnd\n"
    assert filled(Template("s", text), {}).text == "End\n"


def test_a_text_with_many_long_values_has_an_end() -> None:
    words = filled(
        Template("{title}" * 20, "{lines}" * 1400), {"lines": "x" * 20_000, "title": "y" * 200}
    )
    assert len(words.text) <= 50_001 and len(words.subject) <= 200


def test_places_of_the_page_are_those_that_there_are() -> None:
    from pathlib import Path

    page = (Path(__file__).parents[3] / "docs" / "notifications.md").read_text("utf-8")
    for name in {name for places in PLACES.values() for name in places}:
        assert f"`{{{name}}}`" in page


def test_the_language_is_the_first_that_there_are_words_in() -> None:
    kind, own = Kind.REMINDER, Template("own", "own")
    english, german = SHIPPED["en"][kind], SHIPPED["de"][kind]
    assert template_for(kind, ("de-AT", "en"), {}) == ("de", german)
    assert template_for(kind, (None, "de"), {}) == ("de", german)
    assert template_for(kind, ("fr", "de"), {}) == ("de", german)
    assert template_for(kind, ("fr", None), {}) == ("en", english)
    assert template_for(kind, ("fr", "de"), {(kind, "fr"): own}) == ("fr", own)
    assert template_for(kind, ("de-AT",), {(kind, "de"): own}) == ("de", own)
    assert template_for(kind, ("de",), {(kind, "de-AT"): own}) == ("de", german)
    assert template_for(kind, ("fr",), {(Kind.OFFER, "fr"): own, (kind, "en"): own}) == ("en", own)


# --- time ---

BERLIN = "Europe/Berlin"


def test_in_an_hour_that_comes_twice_the_zone_says_which() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert instant(first, BERLIN, "en") == "Sunday, 25 October 2026, 02:30 CEST (Europe/Berlin)"
    assert (
        instant(first + timedelta(hours=1), BERLIN, "de")
        == "Sonntag, 25. Oktober 2026, 02:30 CET (Europe/Berlin)"
    )


def test_a_slot_across_the_change_says_both() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert (
        span(first, first + timedelta(hours=1), BERLIN, "en")
        == "Sunday, 25 October 2026, 02:30 CEST (Europe/Berlin) – 02:30 CET (Europe/Berlin)"
    )
    assert (
        span(first, first + timedelta(minutes=20), BERLIN, "en")
        == "Sunday, 25 October 2026, 02:30 – 02:50 CEST (Europe/Berlin)"
    )


def test_a_slot_past_midnight_says_both_days() -> None:
    late = datetime(2026, 6, 1, 21, 0, tzinfo=UTC)
    assert span(late, late + timedelta(hours=3), BERLIN, "en") == (
        "Monday, 1 June 2026, 23:00 – Tuesday, 2 June 2026, 02:00 CEST (Europe/Berlin)"
    )


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Asia/Kathmandu", "2026-01-01, 05:45 UTC+0545 (Asia/Kathmandu)"),
        ("America/Sao_Paulo", "2025-12-31, 21:00 UTC-03 (America/Sao_Paulo)"),
        ("Pacific/Kiritimati", "2026-01-01, 14:00 UTC+14 (Pacific/Kiritimati)"),
        (None, "2026-01-01, 00:00 UTC"),
        ("Nowhere/Known", "2026-01-01, 00:00 UTC"),
        ("../../etc/passwd", "2026-01-01, 00:00 UTC"),
    ],
)
def test_the_clocks_are_those_of_the_place_and_are_named(zone: str | None, said: str) -> None:
    assert instant(datetime(2026, 1, 1, tzinfo=UTC), zone, "fr") == said


# --- money ---


@pytest.mark.parametrize(
    ("amount", "currency", "english", "german"),
    [
        (1250, "EUR", "EUR 12.50", "12,50 EUR"),
        (5, "USD", "USD 0.05", "0,05 USD"),
        (0, "EUR", "EUR 0.00", "0,00 EUR"),
        (123_456_789, "EUR", "EUR 1,234,567.89", "1.234.567,89 EUR"),
        (1250, "JPY", "JPY 1,250", "1.250 JPY"),
        (1250, "KWD", "KWD 1.250", "1,250 KWD"),
    ],
)
def test_money_is_written_as_the_currency_and_the_language_have_it(
    amount: int, currency: str, english: str, german: str
) -> None:
    assert money(amount, currency, "en") == english
    assert money(amount, currency, "de") == german


# --- trying again ---


def test_pauses_become_longer_and_end() -> None:
    assert list(PAUSES) == sorted(PAUSES)
    for attempts, chance in product(range(1, len(PAUSES) + 1), (0.0, 0.5, 1.0)):
        pause = pause_after(attempts, chance)
        assert pause is not None
        assert 0.79 * PAUSES[attempts - 1] <= pause <= 1.21 * PAUSES[attempts - 1]
    assert pause_after(len(PAUSES) + 1, 0.5) is None
    assert pause_after(10_000, 0.5) is None
