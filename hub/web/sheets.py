"""CSV of each page: its columns, by stable English names, and its rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from common.definitions.naming import Name
from common.errors import BadInput
from common.ids import Claim
from common.text import listed
from hub.api.calls import CallStep
from hub.trace.calls import CallsPage
from hub.trace.contained import ContainedPage
from hub.trace.findings import FindingLine, FindingsPage
from hub.trace.orders import OrdersPage
from hub.trace.overview import Overview, StationsPage
from hub.trace.search import SearchPage
from hub.trace.thing import ThingPage
from hub.trace.tree import Node
from hub.trace.where import WherePage
from hub.web.export import ExportTable, moment, named

THING = ("scheme", "value")
MATERIAL = ("material_zh", "material_en")


def _claim(claim: Claim | None) -> tuple[str, str]:
    return (claim.scheme, claim.value) if claim else ("", "")


def overview(page: Overview) -> ExportTable:
    """The units that moved last."""
    rows = [(*_claim(u.claim), *named(u.material), u.state, u.station, moment(u.at)) for u in page.units]
    return ExportTable((*THING, *MATERIAL, "state", "station", "at"), rows)


def search(page: SearchPage) -> ExportTable:
    """Meanings of a code."""
    rows = [(*_claim(m.claim), m.kind, *named(m.material), m.state, page.exact) for m in page.matches]
    return ExportTable((*THING, "kind", *MATERIAL, "state", "exact"), rows)


def findings(page: FindingsPage) -> ExportTable:
    """Every finding."""
    return _findings(page.lines)


def _findings(lines: tuple[FindingLine, ...]) -> ExportTable:
    rows = (
        (
            *(f.kind, "open" if f.open else "settled", *_claim(f.about), *named(f.material)),
            *(f.station, moment(f.at), f.cause, _plain(f.params)),
        )
        for f in lines
    )
    return ExportTable(("finding", "state", *THING, *MATERIAL, "station", "at", "cause", "details"), rows)


def contained(page: ContainedPage) -> ExportTable:
    """Bad news, how long its containment took, and how much it holds now."""
    rows = [
        (
            *(one.rule, *named(one.text), *_claim(one.thing), *named(one.material), moment(one.at)),
            *(moment(one.known_ms), moment(one.done_ms), one.minutes, sum(one.held.values())),
            " ".join(f"{gone.claim.value}>{gone.document}" for gone in one.left),
        )
        for one in page.lines
    ]
    times = ("written_at", "known_at", "contained_at", "minutes", "held_now", "shipped")
    return ExportTable(("rule", "text_zh", "text_en", *THING, *MATERIAL, *times), rows)


def calls(page: CallsPage) -> ExportTable:
    """Calls, with the people that raised, answered and cleared each."""
    rows = [
        (
            *(one.call, one.line, one.place, *named(one.place_name), one.reason, *named(one.reason_name)),
            *(one.state, one.waited_ms // 1000, *_by(one.raised), *_by(one.answered), *_by(one.cleared)),
        )
        for one in page.calls
    ]
    what = ("place", "place_zh", "place_en", "reason", "reason_zh", "reason_en", "state", "waited_s")
    who = ("raised_at", "raised_by", "answered_at", "answered_by", "cleared_at", "cleared_by")
    return ExportTable(("call", "line", *what, *who), rows)


def _by(said: CallStep | None) -> tuple[str, str]:
    return (moment(said.at), said.name) if said else ("", "")


def _plain(params: Mapping[str, Any]) -> str:
    said = {name: _text(value) for name, value in params.items()}
    return json.dumps(said, ensure_ascii=False, sort_keys=True) if said else ""


def _text(value: object) -> str:
    """A value as people read it: a name in English, a thing as scheme:value, the words of a list."""
    match value:
        case Name():
            return value.en
        case Claim():
            return str(value)
        case list() | tuple():
            return listed("en", map(_text, value))
        case None:
            return ""
    return str(value)


def stations(page: StationsPage) -> ExportTable:
    """Every station's logs and the keys that wait."""
    rows = [
        (s.line, s.station, s.state, s.suspect, s.received, s.projected, s.age_ms, moment(s.seen_at), s.log)
        for s in page.stations
    ]
    return ExportTable(
        ("line", "station", "state", "suspect", "received", "projected", "age_ms", "seen_at", "log"), rows
    )


def where(page: WherePage) -> ExportTable:
    """Everything that the thing went into."""
    rows = (
        (
            *(*_claim(w.claim), w.kind, *named(w.material), w.state, w.depth, w.ended, w.possible),
            *(*_claim(w.via), *_claim(w.container)),
        )
        for w in page.lines
    )
    ends = ("via_scheme", "via_value", "container_scheme", "container_value")
    return ExportTable((*THING, "kind", *MATERIAL, "state", "depth", "came_out", "possible", *ends), rows)


def orders(page: OrdersPage) -> ExportTable:
    """The orders, and how far each is."""
    rows = [
        (o.claim.value, o.line, o.material_id, *named(o.material), o.quantity, o.uom, o.due, o.begun, o.passed)
        for o in page.orders
    ]
    return ExportTable(("order", "line", "material", *MATERIAL, "quantity", "uom", "due", "begun", "passed"), rows)


# One thing: as many sheets as its page has tables ---------------------------------------------------------------------
def thing(page: ThingPage, rows: str) -> ExportTable:
    """One of the page's tables: history, measures, inside, findings or units. BadInput http.json for another."""
    made = PARTS.get(rows or "history")
    if made is None:
        raise BadInput("http.json", reason=f"rows: one of {', '.join(PARTS)}")
    return made(page)


def _history(page: ThingPage) -> ExportTable:
    rows = [
        (
            *(moment(h.at), h.station, *named(h.operation), h.what, h.part, h.tone),
            *(h.who, h.via, h.definition, h.event, _plain(h.params)),
        )
        for h in page.history
    ]
    columns = ("at", "station", "operation_zh", "operation_en", "what", "part", "tone", "who", "via")
    return ExportTable((*columns, "definition", "event", "details"), rows)


def _measures(page: ThingPage) -> ExportTable:
    rows = [
        (
            *(moment(m.at), m.station, m.device, *named(m.operation), *named(m.name)),
            *(m.value, m.uom, m.low, m.high, m.verdict, m.event, m.kind, *named(m.answer), m.meaning),
        )
        for m in page.measures
    ]
    names = ("operation_zh", "operation_en", "characteristic_zh", "characteristic_en")
    answer = ("kind", "answer_zh", "answer_en", "meaning")
    return ExportTable(
        ("at", "station", "device", *names, "value", "uom", "low", "high", "verdict", "event", *answer), rows
    )


def _inside(page: ThingPage) -> ExportTable:
    rows: list[tuple[object, ...]] = []
    todo: list[tuple[Node, int, Claim]] = [(child, 1, page.claim) for child in reversed(page.tree.children)]
    while todo:
        n, depth, parent = todo.pop()
        said = (n.kind, *named(n.material), *named(n.slot), n.quantity, n.uom, n.state, n.ended, n.possible)
        rows.append((depth, *_claim(parent), *_claim(n.claim), *said, n.station, moment(n.at)))
        todo += [(child, depth + 1, n.claim) for child in reversed(n.children)]
    said_of_it = ("kind", *MATERIAL, "slot_zh", "slot_en", "quantity", "uom", "state", "came_out", "possible")
    columns = (*said_of_it, "station", "at")
    return ExportTable(("depth", "parent_scheme", "parent_value", *THING, *columns), rows)


def _units(page: ThingPage) -> ExportTable:
    return ExportTable(
        (*THING, *MATERIAL, "state"), [(*_claim(u.claim), *named(u.material), u.state) for u in page.units]
    )


PARTS: dict[str, Callable[[ThingPage], ExportTable]] = {
    "history": _history,
    "measures": _measures,
    "inside": _inside,
    "findings": lambda page: _findings(page.findings),
    "units": _units,
}
