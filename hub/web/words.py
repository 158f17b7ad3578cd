"""Says things to one reader of a page: sentences with links in them, identities, times and tolerance bars, escaped.

Must not look anything up: it gets values and gives markup.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from markupsafe import Markup, escape
from msgspec import Struct

from common.definitions import TRUTHS
from common.definitions.naming import Name
from common.ids import Claim, kind_of
from common.layout import tolerance
from common.text import Typed, brief, say
from common.theme import SHAPES, TONES
from hub.db.reads import AsideRow
from hub.trace.findings import FindingLine
from hub.trace.seen import Missing, Seen
from hub.trace.thing import HistoryLine, MeasureLine
from hub.trace.where import WhereLine, WherePage

MOST_NAMED = 3
MOST_LINKS = 6
SHORT = 12  # of a picture's hash
HTML_LANGUAGE = {"zh": "zh-CN", "en": "en"}
OTHER_LANGUAGE = {"zh": "en", "en": "zh"}
FINDING_TONES = {
    "failed": "ng",
    "late_bad_news": "ng",
    "after_scrap": "hold",
    "cannot_judge": "hold",
    "slot_over_full": "hold",
    "slot_unreadable": "hold",
}
# A group ends behind its separator; digits without any are read in fours, and anything else breaks where it must.
_GROUPS = re.compile(r"[^-/. _:]+[-/. _:]*|[-/. _:]+")
_LONG_DIGITS = re.compile(r"[0-9]{9,}")
_OPEN, _SHUT = "\ue000", "\ue001"
_HELD_PLACE = re.compile(f"{_OPEN}([0-9]+){_SHUT}")


class OperationVisit(Struct, frozen=True):
    """Consecutive events of a thing in one operation at one station. `tone`, `word`: of its result, if it ended."""

    station: str
    operation: Name | str
    lines: list[HistoryLine]

    @property
    def result(self) -> HistoryLine | None:
        """The line that says how it ended."""
        return next((line for line in reversed(self.lines) if line.what in ENDINGS), None)

    @property
    def people(self) -> list[str]:
        """Who did it, in order."""
        return list(dict.fromkeys(line.who for line in self.lines if line.who))

    @property
    def definitions(self) -> list[str]:
        """Which definitions were on the screen, the first letters of their hashes."""
        return list(dict.fromkeys(line.definition for line in self.lines if line.definition))


ENDINGS = ("operation_pass", "operation_fail", "operation_left", "scrap", "inspected")


def visits(history: Sequence[HistoryLine]) -> list[OperationVisit]:
    """The history in visits; a line without an operation belongs to the open visit at its station."""
    found: list[OperationVisit] = []
    for line in history:
        last = found[-1] if found else None
        if last and last.station == line.station and (not line.operation or last.operation in ("", line.operation)):
            found[-1] = OperationVisit(last.station, last.operation or line.operation, [*last.lines, line])
        else:
            found.append(OperationVisit(line.station, line.operation, [line]))
    return found


def blocks(measures: Sequence[MeasureLine]) -> list[list[MeasureLine]]:
    """The measures, those of one event together."""
    found: dict[str, list[MeasureLine]] = {}
    for line in measures:
        found.setdefault(line.event, []).append(line)
    return list(found.values())


class WhereGroup(Struct, frozen=True):
    """Lines of a where-used page in one container, or in none."""

    container: Claim | None
    lines: list[WhereLine]


class Grouped(Struct, frozen=True):
    """A where-used page as it is drawn: `shown` of `all` lines, and how many things are in each state now."""

    groups: list[WhereGroup]
    shown: int
    all: int
    states: list[tuple[str, int]]


def where_groups(page: WherePage, most: int) -> Grouped:
    """The lines by container, at most `most` of them; a container of units is a heading, and a line where the thing
    is in it."""
    lines = [line for line in page.lines if line.kind != "container" or line.depth == 1 or kind_of(line.via) != "unit"]
    groups: dict[Claim | None, list[WhereLine]] = {}
    for line in lines[:most]:
        groups.setdefault(line.container, []).append(line)
    states = Counter({line.claim: line.state for line in lines if line.kind == "unit" and not line.ended}.values())
    ordered = sorted(groups.items(), key=lambda item: (item[0] is None, item[0] or page.claim))
    found = [WhereGroup(container, rows) for container, rows in ordered]
    return Grouped(found, min(len(lines), most), len(lines), states.most_common())


def thing_url(claim: Claim, page: str = "thing") -> str:
    """The address of a thing's page: thing, where, thing.json or where.json."""
    return f"/{page}?{urlencode({'scheme': claim.scheme, 'value': claim.value})}"


def shown(claim: Claim) -> str:
    """Text on the label of a thing: of a lot its number without the material before it."""
    return (claim.value.partition("/")[2] if kind_of(claim) == "lot" else "") or claim.value


def grouped(text: str) -> Markup:
    """An identity that breaks between its groups and nowhere else; what is copied is the text itself."""
    parts = []
    for group in _GROUPS.findall(text):
        size = 4 if _LONG_DIGITS.match(group) else 16
        parts += [group[at : at + size] for at in range(0, len(group), size)]
    spaced = "g s" if _LONG_DIGITS.search(text) else "g"
    return Markup("<wbr>").join(Markup('<span class="{}">{}</span>').format(spaced, part) for part in parts)


def order_link(number: str) -> Markup:
    """An order's number, leading to what is found under it."""
    return Markup('<a class="id" href="/search?{}">{}</a>').format(urlencode({"q": number}), grouped(number))


class Reader:
    """One reader: a language, and what time it is."""

    def __init__(self, language: str, now_ms: int) -> None:
        self.language = language
        self.html_language = HTML_LANGUAGE[language]
        self.other = OTHER_LANGUAGE[language]
        self._today = _local(now_ms).date()

    def t(self, code: str, **params: object) -> str:
        """The sentence of a code."""
        return say(self.language, code, params)

    def say(self, code: str, params: dict[str, object]) -> str:
        """The same, with what fills it as a dictionary."""
        return say(self.language, code, params)

    def name(self, name: Name | str | None) -> str:
        """A name in the reader's language; an id as it is."""
        return name.say(self.language) if isinstance(name, Name) else name or ""

    def value(self, line: MeasureLine) -> str:
        """Text of a measured or entered value."""
        if line.kind == "signature":
            return self.t("page.measure.signed", who=line.answer or line.value, meaning=line.meaning)
        if line.kind == "choice" and line.value in TRUTHS:
            return self.t(f"truth.{line.value}")
        return (
            line.value.removeprefix("sha256:")[:SHORT] if line.kind == "photo" else self.name(line.answer or line.value)
        )

    def out(self, line: MeasureLine) -> str:
        """A value that is out, with its limits if it is a number."""
        said = f"{self.name(line.name)} {self.value(line)}"
        return f"{said} {line.uom} ({limits(line)})" if line.kind == "number" else said

    def kind(self, kind: str) -> str:
        """Name of a thing's kind."""
        return cap(self.t(f"kind.{kind}"))

    def number(self, n: int) -> str:
        """A count with its thousands apart."""
        return f"{n:,}"

    def listed(self, parts: Sequence[str]) -> str:
        """Parts of a sentence in a row."""
        return ("；" if self.language == "zh" else "; ").join(parts)

    # Times -----------------------------------------------------------------------------------------------------------
    def moment(self, ms: int | None) -> str:
        """Wall time of this computer's zone with seconds; the day too if it is not today."""
        if ms is None:
            return self.t("page.never")
        at = _local(ms)
        return f"{at:%H:%M:%S}" if at.date() == self._today else f"{at:%Y-%m-%d %H:%M:%S}"

    def clock(self, ms: int | None) -> Markup:
        """The same as an element that tells the machine the zone too."""
        if ms is None:
            return escape(self.t("page.never"))
        return Markup('<time datetime="{}">{}</time>').format(_local(ms).isoformat(), self.moment(ms))

    def span(self, ms: int) -> str:
        """A length of time."""
        return self.t("page.span", age_s=ms // 1000)

    # Identities ------------------------------------------------------------------------------------------------------
    def link(self, claim: Claim) -> Markup:
        """The identity, leading to its page."""
        return Markup('<a class="id" href="{}">{}</a>').format(thing_url(claim), grouped(shown(claim)))

    def sentence(self, code: str, params: dict[str, object]) -> Markup:
        """The sentence of a code in which every claim is a link."""
        links: list[Markup] = []
        held = {name: self._held(name, value, links) for name, value in params.items()}
        said = escape(say(self.language, code, held))
        return Markup(_HELD_PLACE.sub(lambda found: links[int(found[1])], said))

    def _held(self, name: str, value: object, links: list[Markup]) -> object:
        """Keep the place of a link until the sentence around it is escaped. An order is known by its number only."""
        if isinstance(value, Claim) or (name == "order" and isinstance(value, str)):
            links.append(self.link(value) if isinstance(value, Claim) else order_link(value))
            return f"{_OPEN}{len(links) - 1}{_SHUT}"
        if isinstance(value, list | tuple) and any(isinstance(one, Claim) for one in value):
            first = [self._held(name, one, links) for one in value[:MOST_LINKS]]
            more = [self.t("page.more", count=self.number(len(value) - MOST_LINKS))] if len(value) > MOST_LINKS else []
            return first + more
        return re.sub(f"[{_OPEN}{_SHUT}]", "", value) if isinstance(value, str) else value

    # What an event, a finding, a page says ---------------------------------------------------------------------------
    def said(self, line: HistoryLine, measures: Sequence[MeasureLine]) -> Markup:
        """The sentence of an event on a thing."""
        if line.what == "measured":
            return escape(self._measured([m for m in measures if m.event == line.event]))
        if line.what == "refused":
            return escape(self._refused(line.params))
        params = line.params
        if isinstance(params.get("reason"), str):
            params = {**params, "reason": Typed(params["reason"])}  # nobody coded it
        code = f"page.said.{line.what}{'_' + line.part if line.part else ''}"
        for needed, more in (("unknown", "_unseen"), ("order", "_order"), ("reason", "_because"), ("removed", "_swap")):
            if line.params.get(needed):
                wanted = code + more
                if self.knows(wanted):
                    return self.sentence(wanted, params)
        return self.sentence(code, params) if self.knows(code) else Markup("")

    def _refused(self, params: Mapping[str, object]) -> str:
        """Text of a refusal with its reasons: an event keeps their codes, not the values that filled them."""
        said, reasons = brief(self.language, str(params.get("code", ""))), params.get("reasons")
        if not isinstance(reasons, list | tuple) or not reasons:
            return said
        return self.t("page.refused_because", what=said, why=self.listed([self._why(str(one)) for one in reasons]))

    def _why(self, reason: str) -> str:
        code = f"page.why.{reason.rpartition('.')[2]}"
        return self.t(code) if self.knows(code) else brief(self.language, reason)

    def _measured(self, values: Sequence[MeasureLine]) -> str:
        """Number of values, and those out of limits; the table beside has them all."""
        out = [self.out(m) for m in values if m.verdict == "fail"]
        code = "page.said.measured_out" if out else "page.said.measured"
        return self.t(code, count=self.number(len(values)), values=out)

    def knows(self, code: str) -> bool:
        """Tell if there is a sentence for a code."""
        return brief(self.language, code) != code

    def finding(self, line: FindingLine) -> Markup:
        """The sentence of a finding."""
        refused = line.params.get("code")
        if refused and not self.knows(f"page.finding.{line.kind}"):
            return escape(brief(self.language, str(refused)))
        params = {name: _claim(value) if name == "child" else value for name, value in line.params.items()}
        code = f"page.finding.{line.kind}"
        if not line.open and self.knows(f"{code}_closed"):
            code += "_closed"
        return self.sentence(code, params) if self.knows(code) else Markup("")

    def aside(self, row: AsideRow) -> str:
        """Why a batch is kept aside."""
        return brief(self.language, row.code)

    def missing(self, seen: Seen) -> str:
        """Sentence of the stations that a page lacks."""
        parts = [self._missing(one) for one in seen.missing[:MOST_NAMED]]
        if len(seen.missing) > MOST_NAMED:
            parts.append(self.t("page.missing.more", count=self.number(len(seen.missing) - MOST_NAMED)))
        if seen.aside:
            parts.append(self.t("page.missing.aside", count=self.number(seen.aside)))
        return self.t("page.seen.missing", as_of=self.moment(seen.as_of), missing=self.listed(parts))

    def _missing(self, one: Missing) -> str:
        return self.t(f"page.missing.{one.reason}", station=one.station.upper(), since=self.moment(one.since))


def _claim(text: object) -> object:
    """The claim that a finding keeps as text."""
    head, rest = "gs1:", str(text)
    before = head if rest.startswith(head) else ""
    scheme, found, value = rest.removeprefix(before).partition(":")
    return Claim(before + scheme, value) if found and value else text


def _local(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=UTC).astimezone()


# What templates ask of values alone -----------------------------------------------------------------------------------
def cap(text: str) -> str:
    """With a capital where a line begins with it; Chinese has none."""
    return text[:1].upper() + text[1:]


def tone(state: str) -> str:
    """The tone of a thing's state."""
    return TONES.get(state, "unknown")


def shape(tone: str) -> str:
    """The shape that goes with a tone; what is merely told has none."""
    return SHAPES.get(tone, "")


def finding_tone(kind: str, still_open: bool) -> str:
    """A finding that is decided is quiet."""
    return FINDING_TONES.get(kind, "unknown") if still_open else "quiet"


def bar(line: MeasureLine) -> dict[str, float] | None:
    """The tolerance bar of a value in the units of its drawing, which is 120 wide."""
    found = tolerance(line.value, line.low, line.high) if line.kind == "number" else None
    if found is None:
        return None
    return {"zone": round(found.low * 120, 1), "width": round((found.high - found.low) * 120, 1), "at": found.at * 120}


def limits(line: MeasureLine) -> str:
    """The limits as people write them."""
    if line.low is not None and line.high is not None:
        return f"{line.low}–{line.high}"
    return f"≤ {line.high}" if line.high is not None else f"≥ {line.low}" if line.low is not None else "—"
