"""Decisions: the events that count once people corrected and decided; as amended, without voided or dropped ones.

Nothing is forgotten: the original stays in its log, a removed edge stays as removed, and the decision names its author.
A correction or decision that is itself doubtful, voided or dropped changes nothing. Two that contradict each other
change nothing either, until a third comes after both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from common.errors import BadEvent
from common.ids import Claim, tag, tag_event
from common.judge.finding import Finding
from common.judge.history import History, Past
from common.judge.order import HappensBefore
from common.rows import Correction, Decision, Edge, Row, amended

PastCorrection = tuple[Past, Correction]


class Corrected(Struct, frozen=True):
    """A corrected event: the correcting event, its kind (amend, void), its author and the reason."""

    event: str
    by: str
    way: str
    who: str | None
    reason: str


class Decided(Struct, frozen=True):
    """`history`: the events as they count. `removed`: tag of an edge → the event that voided or dropped it.

    `kept`: tag that counts → the event that decided so.
    """

    history: History
    removed: Mapping[str, str]
    kept: Mapping[str, str]
    corrected: tuple[Corrected, ...]
    findings: tuple[Finding, ...]


def decide(history: History, order: HappensBefore) -> Decided:
    """Apply every correction and decision of a history that counts."""
    return _Decisions(history, order).result()


class _Decisions:
    """Applies corrections. Events name others by hash, so naming is acyclic: events that nobody names come first."""

    def __init__(self, history: History, order: HappensBefore) -> None:
        self._history, self._thing, self._order = history, history.thing, order
        self._past = {past.id: past for past in history.events}
        self._corrections: dict[str, list[PastCorrection]] = {}  # event → corrections that count
        self._verdicts: dict[str, list[tuple[str, Decision]]] = {}  # tag → decisions that count
        self._findings: list[Finding] = []
        for past in _named_last(history):
            if self._counts(past):
                self._hear(past)

    def result(self) -> Decided:
        removed: dict[str, str] = {}
        events = tuple(one for past in self._history.events for one in self._as_it_counts(past, removed))
        kept = {name: self._by(name, stands=True) for name in self._verdicts if self._verdict(name) is True}
        self._say_settled()
        return Decided(
            replace(self._history, events=events), removed, kept, tuple(self._corrected()), tuple(self._findings)
        )

    # Corrections and decisions that count -----------------------------------------------------------------------------
    def _counts(self, past: Past) -> bool:
        """Return True if this event's corrections and decisions take effect."""
        verdict = self._verdict(tag(past.id, 0))
        return not self._voided_by(past.id) and verdict is not False and (verdict is True or not past.doubtful)

    def _hear(self, past: Past) -> None:
        for row in self._rows(past):
            if isinstance(row, Correction):
                self._hear_correction(past, row)
            elif isinstance(row, Decision):
                for name in {*row.keep, *row.drop}:
                    self._hear_decision(past, row, name)

    def _hear_correction(self, past: Past, row: Correction) -> None:
        """Take a correction. It must name every thing that its event names, else those things would disagree."""
        about = self._past.get(row.event)
        if about is None:
            self._find(Finding("correction_unseen", past.id, self._thing, True))
        elif not set(about.on) <= set(past.on):
            self._find(Finding("correction_incomplete", past.id, self._thing, True))
        elif row.body is not None and self._amended(about, row) is None:
            self._find(Finding("amend_senseless", past.id, self._thing, True))
        else:
            self._corrections.setdefault(row.event, []).append((past, row))

    def _hear_decision(self, past: Past, row: Decision, name: str) -> None:
        about = self._past.get(tag_event(name))
        if about is not None and not _things(about, name) <= set(past.on):
            self._find(Finding("correction_incomplete", past.id, self._thing, True))
        elif about is not None:
            self._verdicts.setdefault(name, []).append((past.id, row))

    def _find(self, found: Finding) -> None:
        if found not in self._findings:
            self._findings.append(found)

    # Their content ----------------------------------------------------------------------------------------------------
    def _verdict(self, name: str) -> bool | None:
        """Return True if a tag counts, False if not, None if undecided or if the latest decisions disagree."""
        said = self._verdicts.get(name, [])
        latest = self._order.latest(by for by, _ in said)
        found = {name in row.keep for by, row in said if by in latest}
        both = any(name in row.keep and name in row.drop for by, row in said if by in latest)
        if len(found) > 1 or both:
            for by in latest:
                self._find(Finding("settle_conflict", by, self._thing, True))
            return None
        return found.pop() if found else None

    def _voided_by(self, event: str) -> str | None:
        return min((past.id for past, row in self._corrections.get(event, []) if row.body is None), default=None)

    def _amends(self, event: str) -> list[PastCorrection]:
        """Return the amendments that no other one follows."""
        said = [(past, row) for past, row in self._corrections.get(event, []) if row.body is not None]
        latest = self._order.latest(past.id for past, _ in said)
        return sorted((one for one in said if one[0].id in latest), key=lambda one: one[0].id)

    def _amended(self, past: Past, row: Correction) -> tuple[Row, ...] | None:
        """Rebuild the event's rows with an amended body; None if that is invalid or concerns other things."""
        try:
            rows = amended(past.t, past.v, past.on, row.body or b"")
        except BadEvent:
            return None
        return rows if list(map(_identity, _lasting(rows))) == list(map(_identity, _lasting(past.rows))) else None

    def _rows(self, past: Past) -> tuple[Row, ...]:
        """Return an event's rows as amended; if several amendments are latest, the rows of all."""
        amends = self._amends(past.id)
        versions = {rows: by.id for by, row in amends if (rows := self._amended(past, row)) is not None}
        if len(versions) > 1:
            for by, _ in amends:
                self._find(Finding("amend_conflict", by.id, self._thing, True))
        return tuple(dict.fromkeys(row for rows in versions for row in rows)) if versions else past.rows

    # The result -------------------------------------------------------------------------------------------------------
    def _as_it_counts(self, past: Past, removed: dict[str, str]) -> Iterator[Past]:
        """Yield the event with its rows that count; a doubtful event decided in part comes twice, sure and unsure."""
        rows = self._rows(past)
        verdicts = {row.k: self._verdict(tag(past.id, row.k)) for row in rows} or {0: self._verdict(tag(past.id, 0))}
        voided = self._voided_by(past.id)
        if past.doubtful:
            waits = None in verdicts.values() and not voided
            distrusted = Finding("distrusted", past.id, self._thing, waits)
            self._findings.append(distrusted if past.distrusted else Finding("disputed", past.id, self._thing, waits))
        gone = {
            k: voided or self._by(tag(past.id, k), stands=False) for k in verdicts if voided or verdicts[k] is False
        }
        removed.update({tag(past.id, k): by for k, by in gone.items()})
        standing = [row for row in rows if row.k not in gone or isinstance(row, Edge)]
        if not past.doubtful:
            yield replace(past, rows=tuple(standing))
            return
        sure = tuple(row for row in standing if verdicts[row.k] is True)
        rest = tuple(row for row in standing if verdicts[row.k] is not True)
        if sure or verdicts == {0: True}:
            yield replace(past, rows=sure, disputed=False, distrusted=False)
        if rest or not sure:
            yield replace(past, rows=rest)

    def _by(self, name: str, *, stands: bool) -> str:
        return min(by for by, row in self._verdicts[name] if name in (row.keep if stands else row.drop))

    def _corrected(self) -> Iterator[Corrected]:
        for event in sorted(self._corrections):
            voids = [(past, row) for past, row in self._corrections[event] if row.body is None]
            for past, row in sorted(voids, key=lambda one: one[0].id) or self._amends(event):
                way = "void" if row.body is None else "amend"
                yield Corrected(event, past.id, way, past.who, row.reason)

    def _say_settled(self) -> None:
        """Add every decided finding, closed."""
        decided = {(row.finding, name) for name, said in self._verdicts.items() for _, row in said
                   if self._verdict(name) is not None}  # fmt: skip
        self._findings += [Finding(kind, name, self._thing, False) for kind, name in sorted(decided)]


def _named_last(history: History) -> Iterable[Past]:
    """Order the correcting and deciding events, each after all events that name it."""
    named = {p.id: _names(p) for p in history.events if any(isinstance(r, Correction | Decision) for r in p.rows)}
    by_id = {past.id: past for past in history.events}
    waits = dict.fromkeys(named, 0)
    for names in named.values():
        for name in names & named.keys():
            waits[name] += 1
    ready = [id for id, count in waits.items() if not count]
    while ready:
        id = ready.pop()
        yield by_id[id]
        for name in named[id] & named.keys():
            waits[name] -= 1
            if not waits[name]:
                ready.append(name)


def _names(past: Past) -> set[str]:
    names: set[str] = set()
    for row in past.rows:
        if isinstance(row, Correction):
            names.add(row.event)
        elif isinstance(row, Decision):
            names |= {tag_event(name) for name in (*row.keep, *row.drop)}
    return names


def _things(past: Past, name: str) -> set[Claim]:
    """Return the things of one assertion; if it has no row, all things of its event."""
    row = next((row for row in past.rows if tag(past.id, row.k) == name), None)
    ends = [getattr(row, field, None) for field in ("thing", "parent", "child")]
    return {end for end in ends if end is not None} or set(past.on)


def _lasting(rows: Iterable[Row]) -> list[Row]:
    """Return the rows whose things an amendment may not change; the number of words and values may change."""
    kept = (row for row in rows if type(row).__name__ not in ("Measure", "Entered", "Amount"))
    return list(kept)


def _identity(row: Row) -> tuple[object, ...]:
    """Return the parts of a row that an amendment cannot change: its kind, its things, and the tags it names."""
    fields = ("k", "thing", "parent", "child", "event", "keep", "drop")
    return (type(row), *(getattr(row, field, None) for field in fields))
