"""Barcode router: one scanned code → its kind and the thing that it names. Never chooses between readings silently.

Commands have their own prefix; the station knows which there are. GS1 codes have their identifier, Digital Links their
form; the site's code rules read everything else. A code with two readings is `Ambiguous`, and a person decides. The
result depends on the bytes and the rules alone, never on the work in progress.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Literal, cast

from msgspec import Struct

from common import gs1
from common.definitions.barcode import CodeRule
from common.definitions.material import Material
from common.errors import BadBarcode, BadDefinition
from common.ids import Claim, kind_of

MAX_RAW = 512
MAX_VALUE = 64
MAX_PATTERN = 200
# Limit on the ways in which a pattern may split a code. It bounds the work that an almost matching code can cause.
MAX_WAYS = 10_000
COMMAND_PREFIX = "HW:"
# The answer cards are HW:1 to HW:9.
MOST_READINGS = 9

CodeKind = Literal[
    "unit", "lot", "container", "equipment", "tool", "gauge", "location", "document", "badge", "order", "command"
]

# Group, record and end-of-transmission separate fields in ISO/IEC 15434 codes and may be part of one.
_SEPARATORS = frozenset("\x1d\x1e\x04")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class Code(Struct, frozen=True):
    """One code as it was understood. `raw`: the bytes that the scanner sent.

    `claim`: None for commands and badges; badge numbers are never in events. `value`: the serial, lot, order or badge
    number, or the command without its prefix ("NG:noise"). `material`: from the GTIN, or from `rule`, the site's rule
    that read the code.
    """

    kind: CodeKind
    claim: Claim | None
    value: str
    material: str | None
    rule: str | None
    raw: bytes


class Ambiguous(Struct, frozen=True):
    """A code with two to nine readings, always in the same order."""

    readings: tuple[Code, ...]
    raw: bytes


def readings(code: Code | Ambiguous | BadBarcode) -> tuple[Code, ...]:
    """Return every reading of a scan; none for a bad barcode."""
    return code.readings if isinstance(code, Ambiguous) else (code,) if isinstance(code, Code) else ()


class _Scan(Struct, frozen=True):
    """A scan and the rules and materials to read it with."""

    raw: bytes
    rules: Sequence[CodeRule]
    site: str
    materials: Sequence[Material]


def route(raw: bytes, rules: Sequence[CodeRule], site: str, materials: Sequence[Material] = ()) -> Code | Ambiguous:
    """Read a scanned code by the rules of `site` (its id); the order of rules and materials does not matter.

    BadBarcode: barcode.bytes, barcode.gs1, barcode.unknown, barcode.ambiguous (too many readings).
    BadDefinition definition.pattern only for a rule that no hub would have published.
    """
    scan = _Scan(raw, rules, site, materials)
    text = _text(raw)
    element = gs1.parse(text)
    if element is not None:
        return _one(_gs1_codes(element, scan), raw)
    # Padding by a scanner must not turn one thing into two. GS1 codes contain no spaces.
    text = gs1.without_identifier(text).strip(" ")
    if text.startswith(COMMAND_PREFIX):
        return Code("command", None, text.removeprefix(COMMAND_PREFIX), None, None, raw)
    return _one(_readings(text, scan), raw)


def invisible(text: str, allowed: frozenset[str] = frozenset()) -> bool:
    """Return True if `text` has a control character, an invisible mark or half a surrogate outside `allowed`."""
    return any(unicodedata.category(c) in _INVISIBLE and c not in allowed for c in text)


def _text(raw: bytes) -> str:
    """Decode a code and strip ASCII spaces at both ends; nothing inside changes, not even the Unicode form."""
    if flaw := _flaw(raw):
        raise BadBarcode("barcode.bytes", reason=flaw, hex=raw[:MAX_RAW].hex())
    return raw.decode().strip(" ")


def _flaw(raw: bytes) -> str | None:
    if len(raw) > MAX_RAW:
        return "oversized"
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return "utf8"
    if invisible(text, _SEPARATORS):
        return "control"
    return None if text.strip(" ") else "empty"


def _one(found: Sequence[Code], raw: bytes) -> Code | Ambiguous:
    """Merge readings with the same meaning; several different readings are `Ambiguous`, for a person to decide."""
    meanings: dict[tuple[str, str, str], Code] = {}
    for code in sorted(found, key=lambda code: code.rule or ""):
        meanings.setdefault((code.kind, str(code.claim or code.value), code.material or ""), code)
    if len(meanings) > MOST_READINGS:
        raise BadBarcode("barcode.ambiguous", rules=[code.rule or code.kind for code in meanings.values()])
    readings = tuple(meanings[meaning] for meaning in sorted(meanings))
    return Ambiguous(readings, raw) if len(readings) > 1 else readings[0]


def _readings(text: str, scan: _Scan) -> list[Code]:
    """Read by the site's rules and as a Digital Link. A failed reading counts only if no other reading succeeds."""
    found: list[Code] = []
    wrong: list[BadBarcode] = []
    readers = [partial(_linked, text, scan), *(partial(_private, rule, text, scan) for rule in scan.rules)]
    for reader in readers:
        try:
            found += reader()
        except BadBarcode as e:
            wrong.append(e)
    if found:
        return found
    raise min(wrong, key=str) if wrong else BadBarcode("barcode.unknown", scan=text)


# GS1 -----------------------------------------------------------------------------------------------------------------
def _linked(text: str, scan: _Scan) -> list[Code]:
    element = gs1.parse_link(text)
    return [] if element is None else _gs1_codes(element, scan)


def _gs1_codes(element: gs1.Gs1, scan: _Scan) -> list[Code]:
    """Read the things that a GS1 code names, of any material with its GTIN. A person is a badge only by a badge
    rule."""
    if things := _named(element, None, scan):
        return things
    persons = [gs1.printed((ai, value)) for ai in gs1.PERSONS if (value := element.get(ai))]
    badges = [(r, v) for r in scan.rules if r.type == "badge" for text in persons if (v := read(r, text)) is not None]
    if not badges:
        reason = "person" if persons else "no_identity"
        raise BadBarcode("barcode.gs1", reason=reason, ai=element.elements[0][0], elements=dict(element.elements))
    return [Code("badge", None, value, None, rule.id, scan.raw) for rule, value in badges]


def _named(element: gs1.Gs1, rule: str | None, scan: _Scan) -> list[Code]:
    """Make one reading per claim and per material with the GTIN; the hub ensures that only one material has it."""
    gtin = element.get("01")
    owners = sorted(material.id for material in scan.materials if gtin in material.gtin)
    return [
        Code(cast(CodeKind, kind_of(claim)), claim, claim.value, material, rule, scan.raw)
        for claim in gs1.claims(element)
        for material in owners or (None,)
    ]


# The site's own rules ------------------------------------------------------------------------------------------------
def _private(rule: CodeRule, text: str, scan: _Scan) -> list[Code]:
    found = _compiled(rule.pattern).code.fullmatch(text)
    if found is None:
        return []
    parts = found.groupdict()
    value = parts.pop("value", text)
    if parts:
        return _named(gs1.named(parts), rule.id, scan)
    return [Code(rule.type, _claim(rule, value, scan.site), value, rule.material, rule.id, scan.raw)]


def read(rule: CodeRule, text: str) -> str | None:
    """Return the value of `text` under a rule: its group `value`, else the whole code; None if it does not match."""
    found = _compiled(rule.pattern).code.fullmatch(text)
    return found.groupdict().get("value", text) if found else None


def gives(rule: CodeRule, value: str) -> bool:
    """Return True if this rule could read `value` from some code; always False for rules that read GS1 names."""
    compiled = _compiled(rule.pattern)
    return not compiled.names and compiled.value.fullmatch(value) is not None


def _claim(rule: CodeRule, value: str, site: str) -> Claim | None:
    if rule.type == "badge":
        return None
    # Two suppliers, or two materials of one, may use the same lot number.
    with_material = rule.type == "lot" and rule.material is not None
    return Claim(f"{rule.type}@{site}", f"{rule.material}/{value}" if with_material else value)


# Patterns: parsed and measured before use -----------------------------------------------------------------------------
_PUNCTUATION = r"!-/:-@\[-`{-~"
_TOKEN = re.compile(
    rf"""
      (?P<open>\((?:\?:|\?P<(?P<name>value|gtin|serial|lot|sscc|giai)>)?)
    | (?P<close>\))
    | (?P<times>\?|\{{(?P<least>\d{{1,3}})(?:,(?P<most>\d{{1,3}}))?\}})
    | (?P<atom>
        \\[d{_PUNCTUATION}]
      | \[(?:[0-9A-Za-z]-[0-9A-Za-z]|[0-9A-Za-z_ ./:+\#]|\\[d{_PUNCTUATION}])+\]
      | [^\\\[\](){{}}|.^$*+?]
      )""",
    re.VERBOSE | re.ASCII,
)


class _Size(Struct, frozen=True):
    """The characters that a part of a pattern takes, least and most, and the number of ways to match it."""

    least: int = 0
    most: int = 0
    ways: int = 1

    def then(self, other: _Size) -> _Size:
        return _Size(self.least + other.least, self.most + other.most, self.ways * other.ways)

    def times(self, least: int, most: int) -> _Size:
        return _Size(self.least * least, self.most * most, self.ways * (most - least + 1))


class _Group(Struct):
    """A group being parsed: its start, the size of everything before its last part, and that last part."""

    begins: int = 0
    name: str = ""
    before: _Size = _Size()
    last: _Size = _Size()
    repeatable: bool = False

    def add(self, size: _Size, repeatable: bool) -> None:
        self.before, self.last, self.repeatable = self.size(), size, repeatable

    def size(self) -> _Size:
        return self.before.then(self.last)


class _Reading(Struct):
    """A pattern being parsed: its open groups, the whole pattern first, and its named groups."""

    groups: list[_Group]
    named: dict[str, tuple[int, int, _Size]] = {}


class _Rule(Struct, frozen=True):
    """A compiled pattern that matches a whole code or a value alone; `names`: the GS1 parts that it reads."""

    code: re.Pattern[str]
    value: re.Pattern[str]
    names: frozenset[str]


# Sets of GS1 groups → the type that a rule with them must have.
_NAMES: dict[frozenset[str], str] = {
    frozenset({"gtin", "serial"}): "unit",
    frozenset({"gtin", "lot"}): "lot",
    frozenset({"sscc"}): "container",
    frozenset({"giai"}): "equipment",
}
_LENGTHS = {"value": (1, MAX_VALUE), "gtin": (8, 14), "serial": (1, 20), "lot": (1, 20), "sscc": (18, 18)}
_LENGTHS |= {"giai": (1, 30)}


def check_rule(rule: CodeRule) -> None:
    """Check that a rule's pattern is allowed. BadDefinition definition.pattern with a `hint`.

    Allowed: literal characters, escaped punctuation, \\d, [classes] that are not negated, {n}, {n,m} and ? after one of
    these, (groups), ? after a group, and either one group (?P<value>...) or the GS1 groups of the rule's type, none of
    them optional. No *, +, | or dot. So every pattern has a longest code, at most 512 characters with a value of at
    most 64, and matches in bounded time.
    """
    names = _compiled(rule.pattern).names
    if names and _NAMES[names] != rule.type:
        raise _bad(f"the groups {', '.join(sorted(names))} make it a {_NAMES[names]}")
    if "gtin" in names and rule.material:
        raise _bad("the GTIN says which material it is")


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> _Rule:
    """Compile a pattern as ASCII, since \\d must not take the digits of every script."""
    if len(pattern) > MAX_PATTERN or invisible(pattern, _SEPARATORS):
        raise _bad(f"longer than {MAX_PATTERN} characters, or with invisible ones")
    whole, named = _measured(pattern)
    names = frozenset(named) - {"value"}
    if names and ("value" in named or names not in _NAMES):
        raise _bad(f"the groups {', '.join(sorted(named))} do not go together")
    # Without named groups the whole code is the value.
    named = named or {"value": (0, len(pattern), whole)}
    for name, (_, _, size) in named.items():
        least, most = _LENGTHS[name]
        if not least <= size.least <= size.most <= most:
            raise _bad(f"{name} has {least} to {most} characters")
    if whole.most > MAX_RAW:
        raise _bad(f"a code has up to {MAX_RAW} characters")
    if whole.ways > MAX_WAYS:
        raise _bad("too many parts of variable length")
    begins, ends, _ = named.get("value", (0, 0, whole))
    try:
        return _Rule(re.compile(pattern, re.ASCII), re.compile(pattern[begins:ends], re.ASCII), names)
    except re.error as e:
        raise _bad(str(e)) from None


def _bad(hint: str) -> BadDefinition:
    return BadDefinition("definition.pattern", hint=hint)


def _measured(pattern: str) -> tuple[_Size, dict[str, tuple[int, int, _Size]]]:
    """Measure the whole pattern and each named group: its start, its end and its size."""
    reading, at = _Reading([_Group()]), 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            raise _bad(f"not allowed: {pattern[at : at + 12]!r}")
        _step(token, reading)
        at = token.end()
    if len(reading.groups) > 1:
        raise _bad("a ( without its )")
    return reading.groups[0].size(), reading.named


def _step(token: re.Match[str], reading: _Reading) -> None:
    if token["open"]:
        reading.groups.append(_Group(token.end(), token["name"] or ""))
    elif token["close"]:
        _close(token.start(), reading)
    elif token["times"]:
        _repeat(token, reading.groups[-1])
    else:
        reading.groups[-1].add(_Size(1, 1), repeatable=True)


def _close(at: int, reading: _Reading) -> None:
    if len(reading.groups) == 1:
        raise _bad("a ) without its (")
    group = reading.groups.pop()
    if group.name:
        if group.name in reading.named or len(reading.groups) > 1:
            raise _bad(f"one {group.name} at most, and not inside another group")
        reading.named[group.name] = (group.begins, at, group.size())
    reading.groups[-1].add(group.size(), repeatable=not group.name)


def _repeat(token: re.Match[str], group: _Group) -> None:
    least = int(token["least"] or 0)
    most = int(token["most"] or token["least"] or 1)
    if not group.repeatable or least > most:
        raise _bad(f"{token[0]} cannot stand here")
    # A part of variable length may be optional but never repeated: repetition is what makes a pattern slow.
    if group.last.ways > 1 and token[0] != "?":
        raise _bad(f"{token[0]} after a group of variable length")
    group.last, group.repeatable = group.last.times(least, most), False
