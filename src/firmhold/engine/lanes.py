"""Who goes next: the waiting commands of one organization, one lane per offering.

A command stands in the lane of every offering it needs and may go when it is at the head of all
of them and none of them is in flight. So a hot offering holds up nobody who does not need it,
within a lane the first to come is the first served, and the oldest command can always go as soon
as its lanes are free: no cycle of waiting can form.
"""

from collections import deque

from firmhold.engine.ticket import Ticket


class Lanes:
    """Waiting tickets and the offerings in flight. Plain data: no I/O, no clock."""

    __slots__ = ("_busy", "_lanes", "waiting")

    def __init__(self) -> None:
        self._lanes: dict[str, deque[Ticket]] = {}
        self._busy: set[str] = set()
        self.waiting = 0

    def add(self, ticket: Ticket) -> None:
        """Queue up behind everyone who needs one of the same offerings."""
        for row in ticket.rows:
            lane = self._lanes.get(row)
            if lane is None:
                self._lanes[row] = deque((ticket,))
            else:
                lane.append(ticket)
        self.waiting += 1

    def take(self, limit: int) -> tuple[list[Ticket], set[str]]:
        """The next batch, in a fair order, and the offerings it now occupies.

        Tickets whose callers have gone are dropped on the way. Returns nothing if everyone
        waits for an offering in flight.
        """
        batch: list[Ticket] = []
        rows: set[str] = set()
        blocked = self._busy
        # A ticket with several lanes may become takeable only after a later lane has moved on,
        # so lanes are looked at again as long as that frees someone.
        look = deque(row for row in self._lanes if row not in blocked)
        while look and len(batch) < limit:
            row = look.popleft()
            lane = self._lanes.get(row)
            while lane and len(batch) < limit:
                ticket = lane[0]
                if len(ticket.rows) > 1:
                    if ticket.gone:
                        # Whoever stood behind it may go now, but not in a lane that is in flight.
                        look.extend(r for r in self._drop(ticket) if r not in blocked)
                        continue
                    if not self._heads_all(ticket, blocked):
                        break
                    look.extend(other for other in ticket.rows if other != row)
                    self._leave(ticket)
                else:
                    lane.popleft()
                    self.waiting -= 1
                    if ticket.gone:
                        continue
                batch.append(ticket)
                rows.update(ticket.rows)
            if lane is not None and not lane:
                self._lanes.pop(row, None)
        # What was not reached this time goes first next time, and the rest in the order in which
        # it was served.
        for row in dict.fromkeys(row for ticket in batch for row in ticket.rows):
            if lane := self._lanes.pop(row, None):
                self._lanes[row] = lane
        self._busy |= rows
        return batch, rows

    def free(self, rows: set[str]) -> None:
        """These offerings are no longer in flight."""
        self._busy -= rows

    def _heads_all(self, ticket: Ticket, blocked: set[str]) -> bool:
        return all(row not in blocked and self._lanes[row][0] is ticket for row in ticket.rows)

    def _leave(self, ticket: Ticket) -> None:
        for row in ticket.rows:
            self._lanes[row].popleft()
        self.waiting -= 1

    def _drop(self, ticket: Ticket) -> tuple[str, ...]:
        """Remove a ticket nobody waits for, wherever in its lanes it stands."""
        for row in ticket.rows:
            self._lanes[row].remove(ticket)
        self.waiting -= 1
        return ticket.rows
