"""Publishing slots: what they take from pools, beside what is lent and beside each other."""

from datetime import timedelta

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from firmhold.domain.calendar import Calendar
from firmhold.domain.lending import busiest, refuse_loan
from firmhold.domain.model import Loan, Pool
from tests.unit.build import NOW

MINUTE = timedelta(minutes=1)
POOLS = {
    "room": Pool("room", "Room", 1, 0 * MINUTE, 0 * MINUTE),
    "kit": Pool("kit", "Kit", 3, 0 * MINUTE, 0 * MINUTE),
}

# From minutes to weeks, so that some lie within a day and some across many.
loans = st.builds(
    lambda number, pool, start, length, units: Loan(
        pool,
        f"slot {number}",
        1 if pool == "room" else units,
        NOW + start * MINUTE,
        NOW + (start + length) * MINUTE,
    ),
    st.integers(),
    st.sampled_from(["room", "kit"]),
    st.integers(-3_000, 3_000) | st.integers(-60, 60),
    st.integers(1, 90) | st.integers(1, 20_000),
    st.integers(1, 4),
)


@whatever(st.lists(loans, max_size=12), loans)
def test_a_loan_is_compared_with_those_around_it_as_if_with_all(
    lent: list[Loan], wanted: Loan
) -> None:
    calendar = Calendar(POOLS, lent)
    beside = calendar.beside(wanted)
    of_pool = {loan for loan in lent if loan.pool == wanted.pool}
    assert set(beside) == {
        loan
        for loan in of_pool
        if loan.starts_at < wanted.ends_at and wanted.starts_at < loan.ends_at
    }
    assert busiest(beside, wanted.starts_at, wanted.ends_at) == busiest(
        of_pool, wanted.starts_at, wanted.ends_at
    )


@whatever(st.lists(loans, max_size=8), st.lists(loans, min_size=1, max_size=5, unique=True))
def test_a_slot_takes_all_that_it_needs_or_nothing(lent: list[Loan], wanted: list[Loan]) -> None:
    wanted = [loan for loan in wanted if loan not in lent]
    calendar = Calendar(POOLS, lent)
    refusal = calendar.take(wanted, slot=7)
    taken: set[Loan] = set(lent)
    expected = None
    for loan in wanted:
        others = [other for other in taken if other.pool == loan.pool]
        expected = refuse_loan(POOLS[loan.pool], loan, others, slot=7)
        if expected:
            break
        taken.add(loan)
    assert (refusal is None) == (expected is None)
    if refusal is not None and expected is not None:
        assert (refusal.code, refusal.facts) == (expected.code, expected.facts)
        taken = set(lent)
    for loan in (*lent, *wanted):
        assert (loan in calendar.beside(loan)) == (loan in taken)


class Unasked(Calendar):
    """A calendar that nobody asks what is beside a loan."""

    __slots__ = ()

    def beside(self, loan: Loan) -> list[Loan]:
        raise AssertionError(f"{loan} was compared with each of the others")


def test_a_loan_for_which_there_is_room_is_compared_with_no_other_however_many_there_are() -> None:
    """A thousand slots of a year each were compared with each other day by day, for minutes."""
    pools = {"bed": Pool("bed", "Bed", 400, 0 * MINUTE, 0 * MINUTE)}

    def year(number: int) -> Loan:
        starts_at = NOW + number * MINUTE
        return Loan("bed", f"slot {number}", 1, starts_at, starts_at + timedelta(days=366))

    calendar = Unasked(pools, map(year, range(200)))
    for number in range(200, 400):
        assert calendar.take([year(number)]) is None
    with pytest.raises(AssertionError):
        calendar.take([year(400)])


def test_what_ends_as_another_begins_is_not_beside_it() -> None:
    before, it, after = (
        Loan("room", f"slot {n}", 1, NOW + n * MINUTE, NOW + (n + 1) * MINUTE) for n in range(3)
    )
    calendar = Calendar(POOLS, [before, after])
    assert calendar.beside(it) == []
    assert calendar.take([it]) is None
    assert calendar.beside(it) == [it]


def test_what_lasts_for_long_is_beside_what_begins_long_after() -> None:
    day = timedelta(days=1)
    for days in range(5):
        long = Loan("room", "long", 1, NOW, NOW + days * day + 2 * MINUTE)
        it = Loan("room", "it", 1, NOW + days * day + MINUTE, NOW + days * day + 3 * MINUTE)
        assert Calendar(POOLS, [long]).beside(it) == [long]
        assert Calendar(POOLS, [it]).beside(long) == [it]


def test_taking_one_by_one_comes_to_its_end_where_the_pool_does() -> None:
    some = [Loan("kit", f"slot {n}", 1, NOW + n * MINUTE, NOW + 9 * MINUTE) for n in range(5)]
    calendar = Calendar(POOLS)
    assert [calendar.take([loan]) is None for loan in some] == [True] * 3 + [False] * 2
    calendar.remove(some[0])
    assert [calendar.take([loan]) is None for loan in some[3:]] == [True, False]
    refusal = calendar.take([some[0]], slot=3)
    assert refusal is not None
    assert (refusal.facts["slot"], refusal.facts["taken"]) == (3, 3)


def test_what_is_given_back_at_one_time_is_not_free_at_another() -> None:
    early, late = (
        Loan("kit", f"slot {n}", 3, NOW + n * MINUTE, NOW + (n + 1) * MINUTE) for n in (0, 5)
    )
    calendar = Calendar(POOLS, [early, late])
    calendar.remove(early)
    assert calendar.take([late._replace(slot="another", units=1)]) is not None
    assert calendar.take([early]) is None
