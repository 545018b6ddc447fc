"""Rules at random."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.unit.planning.build import day
from tests.unit.planning.oracle import NAMES


def signed(most: int, size: int = 3) -> st.SearchStrategy[str]:
    number = st.integers(1, most) | st.integers(-most, -1)
    return st.lists(number, min_size=1, max_size=size, unique=True).map(
        lambda them: ",".join(map(str, them))
    )


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Any rule that RFC 5545 allows and we read."""

    def maybe(name: str, values: st.SearchStrategy[object]) -> None:
        if draw(st.booleans()):
            parts.append(f"{name}={draw(values)}")

    often = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={often}"]
    maybe("INTERVAL", st.integers(1, 9))
    maybe("BYMONTH", st.sets(st.integers(1, 12), min_size=1).map(lambda it: ",".join(map(str, it))))
    if often == "YEARLY":
        maybe("BYWEEKNO", signed(53))
        maybe("BYYEARDAY", signed(366, 9))
    if often != "WEEKLY":
        maybe("BYMONTHDAY", signed(31, 9))
    names = st.sampled_from(NAMES)
    named = {part.partition("=")[0] for part in parts}
    if often in {"MONTHLY", "YEARLY"} and "BYWEEKNO" not in named:
        most = 5 if often == "MONTHLY" or "BYMONTH" in named else 53
        numbered = st.tuples(st.integers(-most, most).map(lambda n: n or ""), names)
        names = names | numbered.map(lambda pair: f"{pair[0]}{pair[1]}")
    maybe("BYDAY", st.sets(names, min_size=1, max_size=4).map(lambda it: ",".join(sorted(it))))
    if any(part.startswith("BY") for part in parts):
        maybe("BYSETPOS", signed(4))
    maybe("WKST", st.sampled_from(NAMES))
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 30))}")
    else:
        maybe(
            "UNTIL", st.dates(day("2024-01-01"), day("2031-01-01")).map(lambda on: f"{on:%Y%m%d}")
        )
    return ";".join(parts)
