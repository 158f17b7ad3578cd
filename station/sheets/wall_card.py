"""The wall card: every command of a workplace as a QR code with its words, grouped, for a gloved hand. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image

from common.definitions import Definitions
from common.text import LANGUAGES
from station.sheets.deck import Card, CardGroup, deck
from station.sheets.frame import BOTTOM, TOP, SheetHead, begin, finish
from station.sheets.paper import INNER, MARGIN, Paper, Type

COLUMNS, GAP = 3, 3.5
CELL_WIDTH = (INNER - (COLUMNS - 1) * GAP) / COLUMNS
CELL_HEIGHT, CODE, HEADING = 31.0, 28.0, 9.0


def wall_card(sheet: SheetHead, known: Definitions) -> list[Image.Image]:
    """Draw the pages. BadLabel label.font."""
    papers = list(_pages(sheet, known))
    finish(sheet, papers)
    return [paper.image for paper in papers]


def _pages(sheet: SheetHead, known: Definitions) -> Iterator[Paper]:
    """Lay out the pages: a group is split only if it is longer than a page, and a heading is never last on one."""
    paper, y = _begun(sheet), TOP
    for group in deck(known):
        rows = [group.cards[i : i + COLUMNS] for i in range(0, len(group.cards), COLUMNS)]
        whole = HEADING + len(rows) * (CELL_HEIGHT + GAP) - GAP
        if y > TOP and y + min(whole, BOTTOM - TOP) > BOTTOM:
            yield paper
            paper, y = _begun(sheet), TOP
        y = _heading(paper, y, sheet, group)
        for row in rows:
            if y + CELL_HEIGHT > BOTTOM:
                yield paper
                paper = _begun(sheet)
                y = _heading(paper, TOP, sheet, group)
            for column, card in enumerate(row):
                _card(paper, MARGIN + column * (CELL_WIDTH + GAP), y, sheet, card, group.tone)
            y += CELL_HEIGHT + GAP
        y += 2.0
    yield paper


def _begun(sheet: SheetHead) -> Paper:
    return begin(sheet, sheet.t("sheet.wall_card"), sheet.t("sheet.wall_card_lead"))


def _heading(paper: Paper, y: float, sheet: SheetHead, group: CardGroup) -> float:
    paper.bar(MARGIN, y + 0.6, 1.4, 5.2, group.tone)
    paper.text(MARGIN + 4, y, INNER - 4, sheet.t(group.code), Type(5.2, bold=True))
    return y + HEADING


def _card(paper: Paper, x: float, y: float, sheet: SheetHead, card: Card, tone: str) -> None:
    """Draw a card: its text in the sheet's language, large; in the other one, small; and the content of the code."""
    paper.box(x, y, CELL_WIDTH, CELL_HEIGHT, fill="surface", line="line")
    paper.bar(x + CELL_WIDTH - 1.2, y + 5, 1.2, CELL_HEIGHT - 10, tone)
    paper.code(x + 1.5, y + (CELL_HEIGHT - CODE) / 2, CODE, card.content)
    left, width = x + CODE + 2.5, CELL_WIDTH - CODE - 5
    other = next(language for language in LANGUAGES if language != sheet.language)
    below = paper.text(left, y + 5, width, card.say(sheet.language), Type(4.6, bold=True, least=3.2, lines=3))
    paper.text(left, below + 0.6, width, card.say(other), Type(2.8, "ink-2", least=2.2, lines=2))
    paper.text(left, y + CELL_HEIGHT - 5.2, width, card.content, Type(2.0, "ink-3", face="mono", least=1.2))
