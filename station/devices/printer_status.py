"""Status of a ZPL printer: its answer to ~HS. Pure.

Three lines, each between STX and ETX, with fields between commas. Source: ZPL II Programming Guide, "~HS Host Status
Return".
"""

from __future__ import annotations

import re

ASK = b"~HS"
_LINE = re.compile(rb"\x02([^\x02\x03]*)\x03")
# (line, field, value, code), in the order in which a person would check.
_TROUBLES = (
    (1, 2, b"1", "printer.head_open"),
    (0, 1, b"1", "printer.paper_out"),
    (1, 3, b"1", "printer.ribbon_out"),
    (0, 2, b"1", "printer.paused"),
    (0, 5, b"1", "printer.full"),
)
_WAITING = (0, 4)  # number of labels in its receive buffer that are not printed yet
FIELDS = (12, 11)


def parse(answer: bytes) -> str:
    """Return the reason why the printer would not print now, as a code; "" if it would. printer.silent: no readable
    answer; printer.busy: it has unprinted labels."""
    lines = [line.split(b",") for line in _LINE.findall(answer)]
    if len(lines) < 2 or any(len(line) < least for line, least in zip(lines, FIELDS, strict=False)):
        return "printer.silent"
    trouble = next((code for line, field, value, code in _TROUBLES if lines[line][field] == value), "")
    waiting = lines[_WAITING[0]][_WAITING[1]].strip(b"0 ")
    return trouble or ("printer.busy" if waiting else "")
