"""Blocked: the reason, the evidence, what to do now, and the people who can release it."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QRectF
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM
from common.qt.lettering import alike, letter
from common.qt.painted import LEFT, MIDDLE, Brush
from common.qt.theme import STEP, Look, Style
from station.kiosk.places import edge, foot, rows_of
from station.kiosk.screen import Screen, label
from station.kiosk.tile_bar import CALL, ROOM, TileBar
from station.shown.work_screen import Stop, Tile

FREE = 100_000  # of height: as much as it wants
HEAD = Style(9.0, 4.0, bold=True)
THING = Style(4.0, 2.2, mono=True)
WHY = Style(5.0, 2.6, bold=True)
FACT, DO = Style(3.5, 2.0), Style(3.5, 2.0, bold=True)
HEAD_MM, LABEL_MM = 34.0, 46.0
TRACE = f"{ROOM}trace"


class BlockedScreen(Screen):
    """The head in red, then rows of label and text, then the tiles."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.tiles = TileBar(look, self)

    def arrange(self) -> None:
        """The tiles, the call before all others: somebody has to come."""
        scene = self.shows.scene
        size = self.width(), self.height()
        self.tiles.setGeometry(*foot(self.look, *size, rows_of(self.look, *size)))
        self.tiles.show_tiles((*scene.tiles, Tile("", TRACE)), first=CALL)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self.arrange()

    def draw(self, brush: Brush) -> None:
        """Head and rows; the tiles paint themselves."""
        stop = self.shows.scene.stop
        if stop is None:
            return
        head = QRectF(0, 0, brush.room.width(), self.look.px(HEAD_MM))
        self._head(brush, stop, head)
        side, gap = edge(self.look), self.look.px(GAP_MM)
        box = QRectF(side, head.bottom(), brush.room.width() - 2 * side, self.tiles.y() - gap - head.bottom())
        self._rows(brush, rows(self.look, stop), box)

    def _head(self, brush: Brush, stop: Stop, box: QRectF) -> None:
        brush.fill(box, "ng")
        side, shape = edge(self.look), box.height() * 0.62
        brush.shape("ng", QRectF(side, (box.height() - shape) / 2, shape, shape), "on-fill", "ng")
        x = side + shape + self.look.px(6)
        words = QRectF(x, box.height() * 0.1, box.width() - x - side, box.height() * 0.5)
        code = "kiosk.stop_in_work" if self.shows.scene.awaiting == "halted" else "kiosk.stop"
        brush.text(self.look.say(code), words, HEAD, "on-fill", on="ng", at=(LEFT, MIDDLE))
        what = " · ".join(part for part in (label(stop.thing), self.look.name(stop.operation)) if part)
        below = QRectF(x, words.bottom(), words.width(), box.height() * 0.3)
        brush.text(what, below, THING, "on-fill", on="ng", at=(LEFT, MIDDLE))

    def _rows(self, brush: Brush, found: list[tuple[str, str, Style]], box: QRectF) -> None:
        """Each row as high as its text, all within the box: longer texts are set smaller."""
        label_wide = min(self.look.px(LABEL_MM), box.width() * 0.24)
        y, pad = box.y(), self.look.px(2.5)
        wides = [box.width() - (label_wide if caption else 0) for caption, _, _ in found]
        weights = [self._high(text, style, wide) for (_, text, style), wide in zip(found, wides, strict=True)]
        facts = [(found[n], box.height() * weights[n] / sum(weights) - 2 * pad) for n in range(1, len(found))]
        cap_mm = alike(self.look, ((text, style, box.width() - label_wide, high) for (_, text, style), high in facts))
        for n, (caption, text, style) in enumerate(found):
            share = (box.bottom() - y) * weights[n] / sum(weights[n:])
            room = QRectF(box.right() - wides[n], y + pad, wides[n], share - 2 * pad)
            beside = QRectF(box.x(), y + pad, label_wide - pad, share - 2 * pad)
            size = replace(style, cap_mm=cap_mm) if caption else style
            small = replace(STEP, cap_mm=cap_mm)
            used = [brush.text(text, room, size, on="ground"), brush.text(caption, beside, small, "ink-2", on="ground")]
            y = max(one.bottom() for one in used) + pad
            if n < len(found) - 1:
                brush.rule(box.x(), y, box.width())

    def _high(self, text: str, style: Style, wide: float) -> float:
        """The height of a row whose text has its usual size."""
        return letter(self.look, text, style, wide, FREE).height + 2 * self.look.px(2.5)


def rows(look: Look, stop: Stop) -> list[tuple[str, str, Style]]:
    """(label, text, style) of each row that has a text."""
    head, _, rest = look.say(stop.code, stop.params).partition("。" if look.language == "zh" else ". ")
    reasons = [look.say(code, params) for code, params in stop.reasons]
    why, evidence = (reasons[0], "\n".join(reasons[1:])) if reasons else (head, "")
    todo = look.say(*stop.todo) if stop.todo else rest.strip() or look.say("kiosk.todo")
    return [
        ("", why, WHY),
        *([(look.say("kiosk.evidence"), evidence, FACT)] if evidence else []),
        (look.say("kiosk.now"), todo, DO),
        (look.say("kiosk.who"), _deciders(look, stop), FACT),
    ]


def _deciders(look: Look, stop: Stop) -> str:
    """The roles that release it, each with the names of those who have it here."""
    if not stop.release:
        return look.say("kiosk.nobody")
    named = dict(stop.deciders)
    found = []
    for role in stop.release:
        said, names = look.say(f"role.{role}"), named.get(role, ())
        found.append(look.say("kiosk.names", {"role": said, "names": names}) if names else said)
    return look.say("kiosk.release", {"release": ("，或" if look.language == "zh" else ", or ").join(found)})
