"""Lines of a gauge: value, unit of measure, channel and stability. Pure: no I/O, no clock.

A protocol is a pattern of a whole line with the groups `value` and, optionally, `channel`, `unit`, `stable` (present
only if the value was stable) and `unstable` (only if it was not). Digits are kept: 12.50 is not 12.5.
"""

from __future__ import annotations

import re

from msgspec import Struct

from common.errors import BadAnswer

LONGEST_LINE = 128
# Mitutoyo interface box (Digimatic to RS-232C): channel, A, the value with its sign.
DIGIMATIC = r"(?P<channel>\d{2})A(?P<value>[+-]\d+(?:\.\d+)?)"
# Many balances: ST or US for stable or not, GS or NT for gross or net, the value and its unit.
BALANCE = r"(?:(?P<stable>ST)|(?P<unstable>US|OL)),(?:GS|NT|TR),(?P<value>[+-] *\d+(?:\.\d+)?) *(?P<unit>[A-Za-z]+)"
PLAIN = r"(?P<value>[+-]? *\d+(?:[.,]\d+)?)(?: *(?P<unit>[A-Za-z%]\S{0,7}))?"
PROTOCOLS = {"digimatic": DIGIMATIC, "balance": BALANCE, "plain": PLAIN}
_NUMBER = re.compile(r"([+-]?)(\d*)(?:[.,](\d*))?", re.ASCII)


class GaugeLine(Struct, frozen=True):
    """One line: `value` a decimal as in events, `unit` "" if the protocol sends none."""

    channel: str
    value: str
    unit: str
    stable: bool


def parse(line: bytes, pattern: re.Pattern[str]) -> GaugeLine:
    """Parse one line without its end; BadAnswer gauge.line."""
    found = pattern.fullmatch(line.decode("ascii", "replace").strip()) if len(line) <= LONGEST_LINE else None
    value = exact(found["value"]) if found else None
    if found is None or value is None:
        raise BadAnswer("gauge.line", line=line[:LONGEST_LINE].decode("ascii", "backslashreplace"))
    groups = {name: text or "" for name, text in found.groupdict().items()}
    stable = bool(groups["stable"]) if "stable" in groups else not groups.get("unstable")
    return GaugeLine(groups.get("channel", ""), value, groups.get("unit", ""), stable)


def exact(text: str) -> str | None:
    """Spell a number as in events, keeping its decimal digits: +0012.50 is 12.50; None if it is not a number."""
    found = _NUMBER.fullmatch(text.replace(" ", ""))
    if found is None or not (found[2] or found[3]):
        return None
    whole = found[2].lstrip("0") or "0"
    return ("-" if found[1] == "-" else "") + whole + (f".{found[3]}" if found[3] else "")
