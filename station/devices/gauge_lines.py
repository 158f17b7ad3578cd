"""What a gauge's line says: a value, its unit, its channel, and whether it stood still. Pure: no I/O, no clock.

A protocol is a pattern of a whole line with the groups `value` and, where it has them, `channel`, `unit`, `stable`
(there only when the value stood still) and `unstable` (only when it did not). Digits are kept: 12.50 is not 12.5.
"""

from __future__ import annotations

import re

from msgspec import Struct

from common.errors import BadAnswer

LONGEST_LINE = 128
# What a Mitutoyo interface box (Digimatic to RS-232C) sends: channel, A, the value with its sign.
DIGIMATIC = r"(?P<channel>\d{2})A(?P<value>[+-]\d+(?:\.\d+)?)"
# What many balances send: ST or US for stable or not, GS or NT for gross or net, the value and its unit.
BALANCE = r"(?:(?P<stable>ST)|(?P<unstable>US|OL)),(?:GS|NT|TR),(?P<value>[+-] *\d+(?:\.\d+)?) *(?P<unit>[A-Za-z]+)"
PLAIN = r"(?P<value>[+-]? *\d+(?:[.,]\d+)?)(?: *(?P<unit>[A-Za-z%]\S{0,7}))?"
PROTOCOLS = {"digimatic": DIGIMATIC, "balance": BALANCE, "plain": PLAIN}
_NUMBER = re.compile(r"([+-]?)(\d*)(?:[.,](\d*))?", re.ASCII)


class GaugeLine(Struct, frozen=True):
    """One line: `value` a decimal as events have it, `unit` "" where the protocol sends none."""

    channel: str
    value: str
    unit: str
    stable: bool


def parse(line: bytes, pattern: re.Pattern[str]) -> GaugeLine:
    """The reading in one line without its end; BadAnswer gauge.line."""
    found = pattern.fullmatch(line.decode("ascii", "replace").strip()) if len(line) <= LONGEST_LINE else None
    value = exact(found["value"]) if found else None
    if found is None or value is None:
        raise BadAnswer("gauge.line", line=line[:LONGEST_LINE].decode("ascii", "backslashreplace"))
    groups = {name: text or "" for name, text in found.groupdict().items()}
    stable = bool(groups["stable"]) if "stable" in groups else not groups.get("unstable")
    return GaugeLine(groups.get("channel", ""), value, groups.get("unit", ""), stable)


def exact(text: str) -> str | None:
    """A number as events have it, its digits behind the point as they were: +0012.50 is 12.50; None if it is none."""
    found = _NUMBER.fullmatch(text.replace(" ", ""))
    if found is None or not (found[2] or found[3]):
        return None
    whole = found[2].lstrip("0") or "0"
    return ("-" if found[1] == "-" else "") + whole + (f".{found[3]}" if found[3] else "")
