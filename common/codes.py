"""The router: one scanned code → what kind of code it is and which thing it claims to be. It never chooses in silence.

Commands live in a namespace of their own, GS1 codes have their identifier, and everything else is read by the site's
code rules, of which all that match must agree. Must not look at what is going on: the same bytes always read the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from common import gs1
from common.definitions.barcode import CodeRule
from common.errors import BadBarcode, BadDefinition
from common.ids import Claim

MAX_RAW = 512
MAX_VALUE = 64
MAX_PATTERN = 200
# Ways in which a pattern may split a code; it bounds the work that a code which almost matches can cause.
MAX_WAYS = 10_000
COMMAND_PREFIX = "HW:"

Kind = Literal["unit", "lot", "container", "badge", "order", "command"]

# Group, record and end-of-transmission separate fields in ISO/IEC 15434 codes and may be part of one.
_SEPARATORS = frozenset("\x1d\x1e\x04")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_COMMAND = re.compile(
    r"(?:CONFIRM|CANCEL|UNDO|REWORK|SCRAP|CLOSE|LEAVE|SIGNOUT|CLEANED)|(?:NG|SCRAP|LEAVE|PARTNER):[a-z0-9][a-z0-9_-]{0,62}"
    r"|N:-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,6})?"
)
_GS1_KINDS: dict[str, Kind] = {"gs1:sgtin": "unit", "gs1:lgtin": "lot", "gs1:sscc": "container"}


class Code(Struct, frozen=True):
    """One code as it was understood. `raw` is what the scanner sent.

    `claim`: None for a command and for a badge, for badges are never in events. `value`: the serial, lot, order or
    badge number, or the command without its prefix ("NG:noise"). `material`, `rule`: of the site's rule that read it.
    """

    kind: Kind
    claim: Claim | None
    value: str
    material: str | None
    rule: str | None
    raw: bytes


def route(raw: bytes, rules: Sequence[CodeRule], site: str) -> Code:
    """What a scanned code is, by the rules of `site` (its id); the order of the rules does not matter.

    BadBarcode: barcode.bytes, barcode.command, barcode.gs1, barcode.unknown, barcode.ambiguous.
    BadDefinition definition.pattern only for a rule that no hub would have published.
    """
    text = _text(raw)
    element = gs1.parse(text.encode())
    if element is not None:
        return _gs1_code(element, raw)
    # A scanner that pads its codes must not make two things of one; GS1 has no spaces in the first place.
    text = gs1.without_identifier(text).strip(" ")
    if text.startswith(COMMAND_PREFIX):
        return _command(text, raw)
    return _private(text, rules, site, raw)


def invisible(text: str, allowed: frozenset[str] = frozenset()) -> bool:
    """Whether a character of `text` is a control, an invisible mark or half a surrogate, and not one of `allowed`."""
    return any(unicodedata.category(c) in _INVISIBLE and c not in allowed for c in text)


def _text(raw: bytes) -> str:
    """The text of a code without ASCII spaces around it; inside nothing is changed, also not its Unicode form."""
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


def _command(text: str, raw: bytes) -> Code:
    value = text.removeprefix(COMMAND_PREFIX)
    if not _COMMAND.fullmatch(value):
        raise BadBarcode("barcode.command", scan=text)
    return Code("command", None, value, None, None, raw)


def _gs1_code(element: gs1.Gs1, raw: bytes) -> Code:
    """A serialised article is a unit, whatever lot it names too; without serial, lot and SSCC it is no one thing."""
    found = gs1.claims(element)
    if not found:
        raise BadBarcode("barcode.gs1", reason="no_identity", elements=dict(element.elements))
    if len(found) > 1 and element.sscc:
        raise BadBarcode("barcode.ambiguous", rules=[claim.scheme for claim in found])
    claim = found[0]
    return Code(_GS1_KINDS[claim.scheme], claim, claim.value, None, None, raw)


# The site's own rules ------------------------------------------------------------------------------------------------
def _private(text: str, rules: Sequence[CodeRule], site: str, raw: bytes) -> Code:
    readings = [(rule, value) for rule in rules if (value := read(rule, text)) is not None]
    if not readings:
        raise BadBarcode("barcode.unknown", scan=text)
    # Two rules that mean the very same are no question; any other two are one that a person must answer.
    if len({(rule.type, rule.material, value) for rule, value in readings}) > 1:
        raise BadBarcode("barcode.ambiguous", scan=text, rules=sorted(rule.id for rule, _ in readings))
    rule, value = min(readings, key=lambda reading: reading[0].id)
    return Code(rule.type, _claim(rule, value, site), value, rule.material, rule.id, raw)


def read(rule: CodeRule, text: str) -> str | None:
    """The value of the code `text` under a rule: its group `value`, else the whole code; None if it does not match."""
    found = _compiled(rule.pattern).code.fullmatch(text)
    return found.groupdict().get("value", text) if found else None


def gives(rule: CodeRule, value: str) -> bool:
    """Whether some code read by this rule has this value."""
    return _compiled(rule.pattern).value.fullmatch(value) is not None


def _claim(rule: CodeRule, value: str, site: str) -> Claim | None:
    if rule.type == "badge":
        return None
    # Two suppliers, or two materials of one, may use the same lot number.
    with_material = rule.type == "lot" and rule.material is not None
    return Claim(f"{rule.type}@{site}", f"{rule.material}/{value}" if with_material else value)


# What a pattern may be -----------------------------------------------------------------------------------------------
_PUNCTUATION = r"!-/:-@\[-`{-~"
_TOKEN = re.compile(
    rf"""
      (?P<open>\((?:\?:|\?P<value>)?)
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
    """How many characters a part of a pattern takes, and in how many ways it can take them."""

    least: int = 0
    most: int = 0
    ways: int = 1

    def then(self, other: _Size) -> _Size:
        return _Size(self.least + other.least, self.most + other.most, self.ways * other.ways)

    def times(self, least: int, most: int) -> _Size:
        return _Size(self.least * least, self.most * most, self.ways * (most - least + 1))


class _Group(Struct):
    """A group that is being read: where its inside begins, what stood before its last part, and its last part."""

    begins: int = 0
    is_value: bool = False
    before: _Size = _Size()
    last: _Size = _Size()
    repeatable: bool = False

    def add(self, size: _Size, repeatable: bool) -> None:
        self.before, self.last, self.repeatable = self.size(), size, repeatable

    def size(self) -> _Size:
        return self.before.then(self.last)


class _Reading(Struct):
    """A pattern that is being read: the groups still open, the whole first, and where the value was found."""

    groups: list[_Group]
    value: tuple[int, int, _Size] | None = None


class _Rule(Struct, frozen=True):
    """A pattern ready to match a whole code, or a value on its own."""

    code: re.Pattern[str]
    value: re.Pattern[str]


def check_pattern(pattern: str) -> None:
    """BadDefinition definition.pattern, with a `hint`, unless `pattern` is one that a code rule may have.

    Allowed: literal characters, escaped punctuation, \\d, [classes] that are not negated, {n}, {n,m} and ? after one of
    these, (groups), ? after a group, and one group (?P<value>...) that is always there. No *, +, | and dot. So every
    pattern has a longest code, at most 512 characters with a value of at most 64, and cannot be made slow.
    """
    _compiled(pattern)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> _Rule:
    """ASCII, for \\d must not take the digits of every script."""
    if len(pattern) > MAX_PATTERN or invisible(pattern, _SEPARATORS):
        raise _bad(f"longer than {MAX_PATTERN} characters, or with invisible ones")
    whole, value, inside = _measured(pattern)
    if whole.most > MAX_RAW or not 1 <= value.least <= value.most <= MAX_VALUE:
        raise _bad(f"a code has up to {MAX_RAW} characters, its value 1 to {MAX_VALUE}")
    if whole.ways > MAX_WAYS:
        raise _bad("too many parts of variable length")
    try:
        return _Rule(re.compile(pattern, re.ASCII), re.compile(inside, re.ASCII))
    except re.error as e:
        raise _bad(str(e)) from None


def _bad(hint: str) -> BadDefinition:
    return BadDefinition("definition.pattern", hint=hint)


def _measured(pattern: str) -> tuple[_Size, _Size, str]:
    """The size of the whole, the size of its value, and the pattern of the value."""
    reading, at = _Reading([_Group()]), 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            raise _bad(f"not allowed: {pattern[at : at + 12]!r}")
        _step(token, reading)
        at = token.end()
    if len(reading.groups) > 1:
        raise _bad("a ( without its )")
    whole = reading.groups[0].size()
    begins, ends, value = reading.value or (0, at, whole)
    return whole, value, pattern[begins:ends]


def _step(token: re.Match[str], reading: _Reading) -> None:
    if token["open"]:
        reading.groups.append(_Group(token.end(), "value" in token["open"]))
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
    if group.is_value:
        if reading.value or len(reading.groups) > 1:
            raise _bad("one value at most, and not inside another group")
        reading.value = (group.begins, at, group.size())
    reading.groups[-1].add(group.size(), repeatable=not group.is_value)


def _repeat(token: re.Match[str], group: _Group) -> None:
    least = int(token["least"] or 0)
    most = int(token["most"] or token["least"] or 1)
    if not group.repeatable or least > most:
        raise _bad(f"{token[0]} cannot stand here")
    # What varies may be left out, never repeated: repeating it is how a pattern becomes slow.
    if group.last.ways > 1 and token[0] != "?":
        raise _bad(f"{token[0]} after a group of variable length")
    group.last, group.repeatable = group.last.times(least, most), False
