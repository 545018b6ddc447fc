"""Everything that happened, once more in the model: effects in the order in which the database made
them, and everything that changed nothing at some moment at which it was so.

What had an effect says by its time which transaction made it, and has to be what the model makes of
the same command at that place, with the same answer and the same entries in the ledger. A refusal
leaves no trace: so it has to be what the model would have said at some moment between sending and
answering, with everything that was so at that moment. The clients and the database have one clock.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from tests.faults.workload_answers import explains, shows
from tests.faults.workload_model import Model, Verdict
from tests.faults.workload_tables import Answers, Entry, Stored, misnumbered
from tests.faults.workload_things import Claim
from tests.faults.workload_town import Town
from tests.faults.workload_traffic import Request

SENT, SAME_TIME, BATCH, OVER, ANSWERED = range(5)
"""What happens at one instant, in this order. Whatever changed nothing at the time of a batch may
have been decided before it, within it, or after it."""

ENOUGH = 20
"""Findings. More would say the same."""

TOO_MUCH = "overloaded"


class Disagreement(Exception):
    """The engine did what the model cannot follow."""


class Replay:
    """One run, from the first request to the last."""

    def __init__(
        self,
        town: Town,
        requests: Sequence[Request],
        batches: list[list[Entry]],
        answers: Answers,
    ) -> None:
        self.model: Model = town.model
        self._town = town
        self._batches = batches
        self._answers = answers
        self._requests = requests
        self.findings: list[str] = []
        self.effects: Counter[str] = Counter()
        """That were replayed, by kind."""
        self.explained: Counter[str] = Counter()
        """What changed nothing, by outcome."""
        self.at_once = 0
        """How many of those were so when they were sent."""
        self._open: dict[int, Request] = {}
        """By number: what changed nothing and has not been explained yet."""
        self._made: dict[tuple[str, datetime], list[int]] = defaultdict(list)
        """Numbers of requests that may have made a change, by reservation and time."""
        self._unanswered: list[int] = []
        """Those of which nobody knows whether they have had an effect."""
        self._keys: dict[tuple[str, str], Request] = {}
        """Whose effect it was that a key was used for."""
        self._same: dict[tuple[str, str], list[Request]] = defaultdict(list)

    def run(self) -> None:
        """Replay all of it, and stop where it cannot be followed any further."""
        self.findings += misnumbered(self._batches)
        try:
            for at, what, _, subject in self._events():
                self._let_holds_end(at)
                self._at(at, what, subject)
                if len(self.findings) >= ENOUGH:
                    return
        except Disagreement as error:
            self.findings.append(str(error))
            return
        if len(self._keys) != len(self._answers):
            kept, used = len(self._answers), len(self._keys)
            self.findings.append(f"{kept} answers are kept for {used} effects that had a key")

    def _events(self) -> list[tuple[datetime, int, int, Any]]:
        events: list[tuple[datetime, int, int, Any]] = []
        for n, request in enumerate(self._requests):
            if request.key is not None:
                self._same[request.verb, request.key].append(request)
            if request.outcome == TOO_MUCH:
                self._unanswered.append(n)
                continue
            events.append((request.sent, SENT, n, n))
            events.append((request.answered, ANSWERED, n, n))
            if request.accepted and not request.replayed:
                events.append((request.at, SAME_TIME, n, n))
                events.append((request.at, OVER, n, n))
                self._made[request.answer["id"], request.at].append(n)
        for n, batch in enumerate(self._batches):
            events.append((batch[0].at, BATCH, n, batch))
        return sorted(events, key=itemgetter(0, 1, 2))

    def _at(self, at: datetime, what: int, subject: Any) -> None:
        if what == BATCH:
            self._replay(subject, at)
            return
        request = self._requests[subject]
        if what == SENT and not request.accepted:
            self._open[subject] = request
            self._look([subject], at)
            self.at_once += subject not in self._open
        elif what == SAME_TIME:
            if not request.sent <= at <= request.answered:
                self.findings.append(f"{_told(request)}, which is not when it was asked")
            self._open[subject] = request
            self._look([subject], at)
        elif what == OVER or (what == ANSWERED and subject in self._open):
            self._look([subject], at)
            if self._open.pop(subject, None) is not None:
                self.findings.append(f"{_told(request)}; {self._thought(request, at)}")
        elif what == ANSWERED and request.replayed:
            self._compare(request)

    def _let_holds_end(self, now: datetime) -> None:
        while (end := self.model.next_end()) is not None and end <= now:
            self.model.tick(end)
            self._look(list(self._open), end)

    # --- effects ---

    def _replay(self, batch: list[Entry], at: datetime) -> None:
        """Every effect of one transaction, and between them a look at who was told something."""
        self._look(list(self._open), at)
        done = 0
        while done < len(batch):
            done += self._effect(batch[done:], at)
            self._look(list(self._open), at)

    def _effect(self, entries: list[Entry], at: datetime) -> int:
        """The effect that begins with the first of these; how many of them are of it."""
        first = entries[0]
        self.effects[first.kind] += 1
        if first.kind == "expired":
            return self._expiry(entries)
        tried = []
        for n in self._candidates(first.reservation, at):
            request = self._requests[n]
            verdict = self._verdict(request, at, first.reservation)
            claim = verdict.claim
            if claim is None or not verdict.entries:
                tried.append(
                    f"{_told(request)}, where the model has {verdict.reasons or 'no change'}"
                )
                continue
            wrote = _summary(entries[: len(verdict.entries)], first)
            if wrote != verdict.entries or (request.accepted and not shows(claim, request.answer)):
                tried.append(f"{_told(request)}, where the model has {claim}, {verdict.entries}")
                continue
            self._forget(n, first.reservation, at)
            if request.key is not None:
                self._keys[request.verb, request.key] = request
                self._check_kept(request, claim)
            self.model.put(first.reservation, claim)
            return len(verdict.entries)
        raise Disagreement(f"nothing accounts for {first} at its place; {'; '.join(tried)}")

    def _expiry(self, entries: list[Entry]) -> int:
        first = entries[0]
        claim = self.model.claims.get(first.reservation)
        if claim is None or not claim.unnoticed:
            raise Disagreement(f"{first}, but the model has {claim}")
        verdict = self.model.notice(first.reservation)
        assert verdict.claim is not None
        wrote = _summary(entries[: len(verdict.entries)], first)
        if wrote != verdict.entries or first.hold_ends != claim.ends:
            raise Disagreement(f"{first} and what follows it, but the model has {claim}")
        self.model.put(first.reservation, verdict.claim)
        return len(verdict.entries)

    def _candidates(self, reservation: str, at: datetime) -> list[int]:
        """Requests that may have made a change to this reservation at this time."""
        return [
            n
            for n in (*self._made[reservation, at], *self._unanswered)
            if self._may_have_done(self._requests[n], reservation, at)
        ]

    def _may_have_done(self, request: Request, reservation: str, at: datetime) -> bool:
        if request.id not in ("", reservation) or at < request.sent:
            return False
        if request.key is None:
            return True
        kept = self._answers.of(request)
        return kept is not None and kept.at == at

    def _forget(self, n: int, reservation: str, at: datetime) -> None:
        self._open.pop(n, None)
        if n in self._unanswered:
            self._unanswered.remove(n)
        else:
            self._made[reservation, at].remove(n)

    def _check_kept(self, request: Request, claim: Claim) -> None:
        """The answer that is kept has to be the one that was given, if it was given."""
        kept = self._answers.of(request)
        right = kept is not None and kept.subject == kept.answer["id"] and shows(claim, kept.answer)
        if kept is None or not right or (request.accepted and not _is_same(kept, request)):
            self.findings.append(f"{_told(request)}, and kept is {kept}")

    # --- what changed nothing ---

    def _look(self, numbers: Iterable[int], now: datetime) -> None:
        """Explain those that are as they should be at this moment."""
        for n in numbers:
            request = self._open.get(n)
            if request is not None and self._is_right(request, now):
                del self._open[n]
                self.explained["no change" if request.accepted else request.outcome] += 1

    def _is_right(self, request: Request, now: datetime) -> bool:
        if request.accepted and request.at != now:
            return False
        if request.key is not None and (used := self._keys.get((request.verb, request.key))):
            # It can only be that answer once more, or a mistake.
            other = (used.id, used.body) != (request.id, request.body)
            return other and request.outcome == "idempotency_key_reused"
        if request.outcome == "idempotency_key_in_progress":
            return bool(self._company(request))
        verdict = self._verdict(request, now, request.id)
        if not request.accepted:
            return explains(verdict.reasons, request.answer)
        claim = verdict.claim
        return claim is not None and not verdict.entries and shows(claim, request.answer)

    def _verdict(self, request: Request, now: datetime, id: str) -> Verdict:
        return self.model.do(self._town.command(request.verb, id, request.body), now)

    def _compare(self, request: Request) -> None:
        """What was said to be the first answer once more has to be that."""
        assert request.key is not None
        used, kept = self._keys.get((request.verb, request.key)), self._answers.of(request)
        if used is not None and kept is not None:
            right = (used.id, used.body) == (request.id, request.body) and _is_same(kept, request)
        else:
            # Nothing had changed, and both were told so together.
            right = any(
                (it.id, it.body, it.status, it.raw)
                == (request.id, request.body, request.status, request.raw)
                for it in self._company(request)
            )
        if not right:
            self.findings.append(f"{_told(request)} as a repeat, but kept is {kept}")
        self.explained["replayed"] += 1

    def _company(self, request: Request) -> list[Request]:
        """Others with the same key at the same time."""
        assert request.key is not None
        return [
            it
            for it in self._same[request.verb, request.key]
            if it is not request and it.sent <= request.answered and request.sent <= it.answered
        ]

    def _thought(self, request: Request, at: datetime) -> str:
        verdict = self._verdict(request, at, request.id or request.answer.get("id", ""))
        return f"at the end of that time, the model has {verdict}"


def _summary(entries: Iterable[Entry], first: Entry) -> dict[str, tuple[str, int, int]]:
    return {
        it.offering: (it.kind, it.held, it.confirmed)
        for it in entries
        if it.reservation == first.reservation
    }


def _is_same(kept: Stored, request: Request) -> bool:
    return (kept.status, kept.body) == (request.status, request.raw)


def _told(request: Request) -> str:
    return (
        f"{request.verb} {request.id} {request.body} (key {request.key}, process "
        f"{request.process}, {request.sent.time()} to {request.answered.time()}) was answered "
        f"{request.status} {request.raw.decode()}"
    )
