"""The scanner set-up sheet: settings to make with the scanner's manual, the check code, and the self-test. Pure."""

from __future__ import annotations

from PIL import Image

from station.devices.check_code import CHECK
from station.sheets.frame import TOP, SheetHead, begin, finish
from station.sheets.paper import INNER, MARGIN, Paper, Type

# (setting, value): the codes of a row's words.
SETTINGS = (
    ("setup.mode", "setup.mode_to"),
    ("setup.keyboard", "setup.keyboard_to"),
    ("setup.suffix", "setup.suffix_to"),
    ("setup.gs", "setup.gs_to"),
    ("setup.case", "setup.case_to"),
    ("setup.identifier", "setup.identifier_to"),
    ("setup.codes", "setup.codes_to"),
    ("setup.trigger", "setup.trigger_to"),
)
ROW, CODE = 13.5, 46.0


def scanner_setup(sheet: SheetHead) -> list[Image.Image]:
    """Draw the page. BadLabel label.font."""
    paper = begin(sheet, sheet.t("sheet.scanner_setup"), sheet.t("sheet.scanner_setup_lead"))
    y = _settings(paper, TOP, sheet)
    _check(paper, y + 5, sheet)
    finish(sheet, [paper])
    return [paper.image]


def _settings(paper: Paper, y: float, sheet: SheetHead) -> float:
    y = _heading(paper, y, sheet.t("setup.first"))
    for number, (what, way) in enumerate(SETTINGS, 1):
        paper.box(MARGIN, y, 6, 6, line="ink-3")
        paper.text(MARGIN + 9, y + 0.4, 50, f"{number}. {sheet.t(what)}", Type(4.2, bold=True, least=3))
        paper.text(MARGIN + 60, y + 0.4, INNER - 60, sheet.t(way), Type(3.8, "ink-2", least=3, lines=2))
        paper.bar(MARGIN, y + ROW - 2.6, INNER, 0.2, "line")
        y += ROW
    return y


def _check(paper: Paper, y: float, sheet: SheetHead) -> None:
    y = _heading(paper, y, sheet.t("setup.second"))
    paper.box(MARGIN, y, INNER, CODE + 16, fill="surface", line="line")
    for at, (symbology, name) in enumerate((("datamatrix", "DataMatrix"), ("qr", "QR"))):
        x = MARGIN + 4 + at * (CODE + 6)
        paper.code(x, y + 3, CODE, CHECK.decode(), symbology)
        paper.text(x, y + CODE + 4, CODE, name, Type(3.4, "ink-2"), "centre")
    left, width = MARGIN + 2 * CODE + 18, INNER - 2 * CODE - 22
    below = paper.text(left, y + 6, width, sheet.t("setup.run"), Type(4.2, bold=True, least=3, lines=4))
    below = paper.text(left, below + 2, width, sheet.t("setup.run_how"), Type(3.4, "ink-2", least=2.8, lines=6))
    paper.text(left, below + 2, width, "headwater station", Type(3.2, face="mono", least=2))
    paper.text(left, below + 6.5, width, "check-scanner NAME", Type(3.2, face="mono", least=2))
    shown = CHECK.decode().replace("\x1d", "<GS>")
    paper.text(MARGIN + 4, y + CODE + 9.5, INNER - 8, shown, Type(3.2, "ink-3", face="mono", least=2))


def _heading(paper: Paper, y: float, text: str) -> float:
    paper.bar(MARGIN, y + 0.6, 1.4, 5.2, "water")
    paper.text(MARGIN + 4, y, INNER - 4, text, Type(5.2, bold=True, least=4))
    return y + 10
