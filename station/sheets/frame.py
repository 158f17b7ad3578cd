"""The frame of every sheet: a head with title and workplace, a foot with day and page. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from common.text import Named, say
from station.sheets.paper import HEIGHT, INNER, MARGIN, WIDTH, Paper, Type

TOP, BOTTOM = 40.0, HEIGHT - 17.0


class SheetHead(Struct, frozen=True):
    """The head of a sheet: `language` of its words, the workplace's id and name, the day (YYYY-MM-DD) of printing."""

    language: str
    place: str
    name: Named | None
    day: str

    def t(self, code: str, **params: object) -> str:
        """Return a sentence in the sheet's language."""
        return say(self.language, code, params)


def begin(sheet: SheetHead, title: str, lead: str) -> Paper:
    """Start a page with its head: title, purpose and workplace."""
    paper = Paper()
    paper.bar(0, 0, WIDTH, 5, "water")
    paper.text(MARGIN, 12, 120, title, Type(9.5, bold=True, least=6))
    paper.text(MARGIN, 25.5, 125, lead, Type(3.6, "ink-2", least=3, lines=2))
    name = sheet.name.say(sheet.language) if sheet.name else ""
    paper.text(WIDTH - MARGIN - 62, 11.5, 62, sheet.place.upper(), Type(8.5, "water", True, "mono", 4), "right")
    paper.text(WIDTH - MARGIN - 62, 22, 62, name, Type(4.2, "ink-2", least=2.8), "right")
    paper.bar(MARGIN, 36, INNER, 0.3, "line")
    return paper


def finish(sheet: SheetHead, papers: Sequence[Paper]) -> None:
    """Add the feet, once the number of pages is known."""
    for number, paper in enumerate(papers, 1):
        paper.bar(MARGIN, HEIGHT - 14, INNER, 0.3, "line")
        paper.text(MARGIN, HEIGHT - 12, 90, f"Headwater 溯源  ·  {sheet.day}", Type(3.2, "ink-3"))
        page = sheet.t("sheet.page", number=number, count=len(papers))
        paper.text(WIDTH - MARGIN - 60, HEIGHT - 12, 60, page, Type(3.2, "ink-3"), "right")
