"""When the clocks of eight places changed from 2010 to 2020, and what RFC 5545 makes of it.

The instants are written down here as `zdump` of the IANA project gives them, so that nothing in
this file depends on how Python reads the time zone database. Offsets are minutes east of UTC.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

FIRST, LAST = date(2010, 1, 2), date(2020, 12, 30)
"""Wall-clock times on the dates between these are covered."""

_CHANGES = {
    "Africa/Casablanca": """0
    2010-05-02T00:00=60 2010-08-07T23:00=0 2011-04-03T00:00=60 2011-07-30T23:00=0
    2012-04-29T02:00=60 2012-07-20T02:00=0 2012-08-20T02:00=60 2012-09-30T02:00=0
    2013-04-28T02:00=60 2013-07-07T02:00=0 2013-08-10T02:00=60 2013-10-27T02:00=0
    2014-03-30T02:00=60 2014-06-28T02:00=0 2014-08-02T02:00=60 2014-10-26T02:00=0
    2015-03-29T02:00=60 2015-06-14T02:00=0 2015-07-19T02:00=60 2015-10-25T02:00=0
    2016-03-27T02:00=60 2016-06-05T02:00=0 2016-07-10T02:00=60 2016-10-30T02:00=0
    2017-03-26T02:00=60 2017-05-21T02:00=0 2017-07-02T02:00=60 2017-10-29T02:00=0
    2018-03-25T02:00=60 2018-05-13T02:00=0 2018-06-17T02:00=60 2019-05-05T02:00=0
    2019-06-09T02:00=60 2020-04-19T02:00=0 2020-05-31T02:00=60""",
    "America/New_York": """-300
    2010-03-14T07:00=-240 2010-11-07T06:00=-300 2011-03-13T07:00=-240 2011-11-06T06:00=-300
    2012-03-11T07:00=-240 2012-11-04T06:00=-300 2013-03-10T07:00=-240 2013-11-03T06:00=-300
    2014-03-09T07:00=-240 2014-11-02T06:00=-300 2015-03-08T07:00=-240 2015-11-01T06:00=-300
    2016-03-13T07:00=-240 2016-11-06T06:00=-300 2017-03-12T07:00=-240 2017-11-05T06:00=-300
    2018-03-11T07:00=-240 2018-11-04T06:00=-300 2019-03-10T07:00=-240 2019-11-03T06:00=-300
    2020-03-08T07:00=-240 2020-11-01T06:00=-300""",
    "America/St_Johns": """-210
    2010-03-14T03:31=-150 2010-11-07T02:31=-210 2011-03-13T03:31=-150 2011-11-06T04:30=-210
    2012-03-11T05:30=-150 2012-11-04T04:30=-210 2013-03-10T05:30=-150 2013-11-03T04:30=-210
    2014-03-09T05:30=-150 2014-11-02T04:30=-210 2015-03-08T05:30=-150 2015-11-01T04:30=-210
    2016-03-13T05:30=-150 2016-11-06T04:30=-210 2017-03-12T05:30=-150 2017-11-05T04:30=-210
    2018-03-11T05:30=-150 2018-11-04T04:30=-210 2019-03-10T05:30=-150 2019-11-03T04:30=-210
    2020-03-08T05:30=-150 2020-11-01T04:30=-210""",
    "Asia/Kathmandu": """345""",
    "Australia/Lord_Howe": """660
    2010-04-03T15:00=630 2010-10-02T15:30=660 2011-04-02T15:00=630 2011-10-01T15:30=660
    2012-03-31T15:00=630 2012-10-06T15:30=660 2013-04-06T15:00=630 2013-10-05T15:30=660
    2014-04-05T15:00=630 2014-10-04T15:30=660 2015-04-04T15:00=630 2015-10-03T15:30=660
    2016-04-02T15:00=630 2016-10-01T15:30=660 2017-04-01T15:00=630 2017-09-30T15:30=660
    2018-03-31T15:00=630 2018-10-06T15:30=660 2019-04-06T15:00=630 2019-10-05T15:30=660
    2020-04-04T15:00=630 2020-10-03T15:30=660""",
    "Europe/Berlin": """60
    2010-03-28T01:00=120 2010-10-31T01:00=60 2011-03-27T01:00=120 2011-10-30T01:00=60
    2012-03-25T01:00=120 2012-10-28T01:00=60 2013-03-31T01:00=120 2013-10-27T01:00=60
    2014-03-30T01:00=120 2014-10-26T01:00=60 2015-03-29T01:00=120 2015-10-25T01:00=60
    2016-03-27T01:00=120 2016-10-30T01:00=60 2017-03-26T01:00=120 2017-10-29T01:00=60
    2018-03-25T01:00=120 2018-10-28T01:00=60 2019-03-31T01:00=120 2019-10-27T01:00=60
    2020-03-29T01:00=120 2020-10-25T01:00=60""",
    "Pacific/Apia": """-660
    2010-09-26T11:00=-600 2011-04-02T14:00=-660 2011-09-24T14:00=-600 2011-12-30T10:00=840
    2012-03-31T14:00=780 2012-09-29T14:00=840 2013-04-06T14:00=780 2013-09-28T14:00=840
    2014-04-05T14:00=780 2014-09-27T14:00=840 2015-04-04T14:00=780 2015-09-26T14:00=840
    2016-04-02T14:00=780 2016-09-24T14:00=840 2017-04-01T14:00=780 2017-09-23T14:00=840
    2018-03-31T14:00=780 2018-09-29T14:00=840 2019-04-06T14:00=780 2019-09-28T14:00=840
    2020-04-04T14:00=780 2020-09-26T14:00=840""",
    "UTC": """0""",
}
"""The offset at the beginning of 2010, and each change: its instant in UTC, and the offset then."""


class Offsets(NamedTuple):
    """One place's offsets: `offsets[n]` from `since[n]` on."""

    since: list[datetime]
    offsets: list[timedelta]

    def at(self, instant: datetime) -> timedelta:
        """The offset from UTC at an instant."""
        return self.offsets[bisect_right(self.since, instant) - 1]

    def to_instant(self, local: datetime) -> datetime:
        """RFC 5545, section 3.3.5: the first occurrence, or the offset before the gap."""
        readings = [local.replace(tzinfo=UTC) - offset for offset in set(self.offsets)]
        real = [at for at in readings if at + self.at(at) == local.replace(tzinfo=UTC)]
        if real:
            return min(real)
        number = self.change_at(local)
        assert number is not None, f"{local} is neither in the table nor in a gap of it"
        return local.replace(tzinfo=UTC) - self.offsets[number - 1]

    def change_at(self, local: datetime) -> int | None:
        """The number of the change whose gap or overlap has this wall-clock time, if one has."""
        # No two changes of a place are within two days of each other.
        near = bisect_right(self.since, local.replace(tzinfo=UTC) + timedelta(days=1)) - 1
        if near == 0:
            return None
        shown = [(self.since[near] + offset).replace(tzinfo=None) for offset in self.around(near)]
        return near if min(shown) <= local < max(shown) else None

    def around(self, number: int) -> tuple[timedelta, timedelta]:
        """The offsets before and after a change."""
        return self.offsets[number - 1], self.offsets[number]

    def is_gap(self, number: int) -> bool:
        """Whether the clocks go forward at a change, past a time that does not occur."""
        before, after = self.around(number)
        return before < after


def _read(text: str) -> Offsets:
    first, *changes = text.split()
    since = [datetime(2009, 12, 31, tzinfo=UTC)]
    offsets = [timedelta(minutes=int(first))]
    for change in changes:
        instant, minutes = change.split("=")
        since.append(datetime.fromisoformat(instant).replace(tzinfo=UTC))
        offsets.append(timedelta(minutes=int(minutes)))
    return Offsets(since, offsets)


PLACES = {name: _read(text) for name, text in _CHANGES.items()}
