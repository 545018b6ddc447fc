"""A rule is read from its text, or refused with the part that is wrong and the reason."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from firmhold.domain.errors import Refused
from firmhold.planning.rule import LONGEST_RULE, Day, Frequency, Rule, read_rule
from tests.unit.planning.build import day, refused, utc, wall

READ = [
    ("FREQ=DAILY", Rule(Frequency.DAILY)),
    ("RRULE:FREQ=DAILY", Rule(Frequency.DAILY)),
    (" freq=weekly;byday=mo,we ", Rule(Frequency.WEEKLY, days=(Day(0), Day(2)))),
    ("BYDAY=2TU,-1FR;FREQ=MONTHLY", Rule(Frequency.MONTHLY, days=(Day(1, 2), Day(4, -1)))),
    ("FREQ=MONTHLY;BYDAY=+1SU", Rule(Frequency.MONTHLY, days=(Day(6, 1),))),
    ("FREQ=YEARLY;BYMONTH=1,12", Rule(Frequency.YEARLY, months=(1, 12))),
    ("FREQ=MONTHLY;BYMONTHDAY=-1,31", Rule(Frequency.MONTHLY, month_days=(-1, 31))),
    ("FREQ=YEARLY;BYWEEKNO=1,-53,53", Rule(Frequency.YEARLY, week_numbers=(1, -53, 53))),
    ("FREQ=YEARLY;BYYEARDAY=366,-366", Rule(Frequency.YEARLY, year_days=(366, -366))),
    ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1", Rule(Frequency.MONTHLY, days=(Day(0),), positions=(-1,))),
    ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", Rule(Frequency.WEEKLY, interval=2, week_start=6)),
    ("FREQ=DAILY;COUNT=10", Rule(Frequency.DAILY, times=10)),
    ("FREQ=DAILY;UNTIL=20261231", Rule(Frequency.DAILY, until=day("2026-12-31"))),
    ("FREQ=DAILY;UNTIL=20261231T170000", Rule(Frequency.DAILY, until=wall("2026-12-31T17:00"))),
    ("FREQ=DAILY;UNTIL=20261231T235960Z", Rule(Frequency.DAILY, until=utc("2026-12-31T23:59:59"))),
    ("FREQ=WEEKLY;BYDAY=MO,MO", Rule(Frequency.WEEKLY, days=(Day(0),))),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rule"), READ)
def test_a_rule_is_read(text: str, rule: Rule) -> None:
    assert read_rule(text) == rule


@pytest.mark.parametrize("rule", [rule for _, rule in READ])
def test_a_rule_can_be_written_and_read_again(rule: Rule) -> None:
    assert read_rule(str(rule)) == rule


def test_a_rule_is_written_without_what_goes_without_saying() -> None:
    text = "BYDAY=MO,-1FR;INTERVAL=1;WKST=MO;FREQ=MONTHLY;COUNT=3"
    assert str(read_rule(text)) == "FREQ=MONTHLY;COUNT=3;BYDAY=MO,-1FR"


REFUSED = [
    ("", "rule", "is required, such as FREQ=WEEKLY"),
    ("RRULE:", "rule", "is required"),
    ("every Monday", "rule", "must be parts such as FREQ=WEEKLY with ; between"),
    ("FREQ=DAILY;", "rule", "not ''"),
    ("FREQ=DAILY;" + "X" * LONGEST_RULE, "rule", "at most 2,000 are read"),
    ("BYDAY=MO", "rule.FREQ", "is required: DAILY, WEEKLY, MONTHLY or YEARLY"),
    ("FREQ=FORTNIGHTLY", "rule.FREQ", "must be DAILY, WEEKLY, MONTHLY or YEARLY"),
    *(
        (f"FREQ={often}", "rule.FREQ", "repeats within a day; times of day are the opening hours")
        for often in ("HOURLY", "MINUTELY", "SECONDLY")
    ),
    *(
        (f"FREQ=DAILY;{part}=9", f"rule.{part}", "the times of day are the opening hours")
        for part in ("BYHOUR", "BYMINUTE", "BYSECOND")
    ),
    ("FREQ=DAILY;FREQ=WEEKLY", "rule.FREQ", "is there twice"),
    ("FREQ=DAILY;BYEASTER=0", "rule", "'BYEASTER' is not a part of a rule in RFC 5545"),
    ("RSCALE=HEBREW;FREQ=DAILY", "rule", "'RSCALE' is not a part of a rule"),
    ("FREQ=DAILY;X-ODD=1", "rule", "'X-ODD' is not a part of a rule"),
    ("FREQ=DAILY\nDTSTART=1", "rule.FREQ", "must be DAILY"),
    ("FREQ=DAILY;INTERVAL=0", "rule.INTERVAL", "must be a whole number from 1 to 1,000"),
    ("FREQ=DAILY;INTERVAL=-1", "rule.INTERVAL", "not '-1'"),
    ("FREQ=DAILY;INTERVAL=1001", "rule.INTERVAL", "not '1001'"),
    ("FREQ=DAILY;COUNT=0", "rule.COUNT", "must be a whole number from 1 to 20,000"),
    ("FREQ=DAILY;COUNT=1E3", "rule.COUNT", "not '1E3'"),
    ("FREQ=DAILY;COUNT=٣", "rule.COUNT", "must be a whole number"),
    ("FREQ=DAILY;COUNT=2;UNTIL=20260101", "rule.UNTIL", "cannot stand beside COUNT"),
    ("FREQ=DAILY;UNTIL=2026-01-01", "rule.UNTIL", "must be as 20261231"),
    ("FREQ=DAILY;UNTIL=20260230", "rule.UNTIL", "no calendar or clock has '20260230'"),
    ("FREQ=DAILY;UNTIL=20260101T240000", "rule.UNTIL", "no calendar or clock has"),
    ("FREQ=DAILY;UNTIL=99991231", "rule.UNTIL", "must be in a year from 1900 to 2199"),
    ("FREQ=DAILY;BYMONTH=13", "rule.BYMONTH", "must be numbers from 1 to 12, not '13'"),
    ("FREQ=DAILY;BYMONTH=-1", "rule.BYMONTH", "must be numbers from 1 to 12, not '-1'"),
    ("FREQ=MONTHLY;BYMONTHDAY=0", "rule.BYMONTHDAY", "from 1 to 31 or from -31 to -1"),
    ("FREQ=MONTHLY;BYMONTHDAY=32", "rule.BYMONTHDAY", "not '32'"),
    ("FREQ=MONTHLY;BYMONTHDAY=1,,2", "rule.BYMONTHDAY", "not ''"),
    ("FREQ=WEEKLY;BYMONTHDAY=1", "rule.BYMONTHDAY", "cannot stand beside FREQ=WEEKLY"),
    ("FREQ=YEARLY;BYYEARDAY=367", "rule.BYYEARDAY", "from 1 to 366"),
    ("FREQ=MONTHLY;BYYEARDAY=1", "rule.BYYEARDAY", "needs FREQ=YEARLY, not MONTHLY"),
    ("FREQ=YEARLY;BYWEEKNO=54", "rule.BYWEEKNO", "from 1 to 53"),
    ("FREQ=YEARLY;BYWEEKNO=-54", "rule.BYWEEKNO", "from -53 to -1, not '-54'"),
    ("FREQ=WEEKLY;BYWEEKNO=1", "rule.BYWEEKNO", "needs FREQ=YEARLY, not WEEKLY"),
    ("FREQ=WEEKLY;BYDAY=MON", "rule.BYDAY", "must be days such as MO or 2TU or -1FR, not 'MON'"),
    ("FREQ=MONTHLY;BYDAY=0MO", "rule.BYDAY", "counts days from 1 to 53"),
    ("FREQ=YEARLY;BYDAY=54MO", "rule.BYDAY", "counts days from 1 to 53"),
    ("FREQ=MONTHLY;BYDAY=6MO", "rule.BYDAY", "no month has a sixth day of a kind"),
    ("FREQ=YEARLY;BYMONTH=1;BYDAY=-6MO", "rule.BYDAY", "no month has a sixth day of a kind"),
    ("FREQ=WEEKLY;BYDAY=1MO", "rule.BYDAY", "a number before a day needs MONTHLY or YEARLY"),
    ("FREQ=DAILY;BYDAY=-1MO", "rule.BYDAY", "a number before a day needs MONTHLY or YEARLY"),
    ("FREQ=YEARLY;BYWEEKNO=2;BYDAY=1MO", "rule.BYDAY", "cannot stand beside BYWEEKNO"),
    ("FREQ=MONTHLY;BYSETPOS=1", "rule.BYSETPOS", "another BY… part has to name"),
    ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "rule.BYSETPOS", "from 1 to 366 or from -366 to -1"),
    ("FREQ=WEEKLY;WKST=1", "rule.WKST", "must be one of MO, TU, WE, TH, FR, SA, SU"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "field", "reason"), REFUSED)
def test_a_rule_is_refused_by_the_part_that_is_wrong(text: str, field: str, reason: str) -> None:
    with refused(field, reason):
        read_rule(text)


def test_the_field_may_have_another_name() -> None:
    with refused("schedules[3].rule.FREQ", "is required"):
        read_rule("COUNT=1", "schedules[3].rule")


PIECES = st.sampled_from(
    ["FREQ", "=", ";", "DAILY", "WEEKLY", "BYDAY", "MO", ",", "-", "1", "53", "COUNT", "UNTIL", "Z"]
)


@example("\U00010000" * 40)
@given(st.text(max_size=40) | st.lists(PIECES, max_size=12).map("".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    rule = refusal = None
    try:
        rule = read_rule(text)
    except Refused as refused:
        refusal = refused.refusal
    if refusal is None:
        assert read_rule(str(rule)) == rule
    else:
        assert refusal.facts["field"].startswith("rule")
        # Forty characters are shown, each as ten if it cannot be printed, such as \U00010000.
        assert len(refusal.detail) < 550
