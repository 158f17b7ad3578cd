"""A widget that is painted by hand and knows what it wrote: every text with its place, its colours, and if it fits."""

from __future__ import annotations

from abc import abstractmethod

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from common.layout import tolerance
from common.qt import shapes
from common.qt.lettering import letter
from common.qt.theme import Look, Style
from common.theme import CORNER_PX, SHAPES

LEFT, CENTRE, RIGHT = 0.0, 0.5, 1.0
TOP, MIDDLE, BOTTOM = 0.0, 0.5, 1.0


class Placed(Struct, frozen=True):
    """A text as it was painted, in the widget's pixels; `ink` on `ground` are colours as #RRGGBB."""

    text: str
    x: float
    y: float
    width: float
    height: float
    cap_mm: float
    fits: bool
    ink: str
    ground: str


class Brush:
    """Paints on one widget by roles of the look, and notes down what it wrote."""

    def __init__(self, painter: QPainter, look: Look, room: QRectF) -> None:
        self.painter = painter
        self.look = look
        self.room = room
        self.placed: list[Placed] = []
        self.bordered: list[QRectF] = []

    def fill(self, box: QRectF, role: str, *, radius: float = 0, border: str = "", width: float = 1) -> None:
        """A box in a colour, with round corners and a border if wanted."""
        if not radius and not border:
            self.painter.fillRect(box, self.look.colour(role))
            return
        if border:
            self.bordered.append(box)
        self.painter.save()
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setBrush(self.look.colour(role))
        self.painter.setPen(QPen(self.look.colour(border), width) if border else Qt.PenStyle.NoPen)
        inner = width / 2 if border else 0
        self.painter.drawRoundedRect(box.adjusted(inner, inner, -inner, -inner), radius, radius)
        self.painter.restore()

    def card(self, box: QRectF) -> QRectF:
        """A white card; the room inside it."""
        self.fill(box, "surface", radius=CORNER_PX["card"], border="line")
        return card_room(self.look, box)

    def rule(self, x: float, y: float, width: float) -> None:
        """A thin line across."""
        self.painter.fillRect(QRectF(x, round(y), width, 1), self.look.colour("line"))

    def text(
        self,
        text: str,
        box: QRectF,
        style: Style,
        ink: str = "ink",
        *,
        on: str = "surface",
        at: tuple[float, float] = (LEFT, TOP),
    ) -> QRectF:
        """Write `text` into a box, at (across, down) of the room that is left; the box it took."""
        if not text:
            return QRectF(box.topLeft(), box.topLeft())
        lettered = letter(self.look, text, style, box.width(), box.height())
        x = box.x()
        y = box.y() + at[1] * max(box.height() - lettered.height, 0)
        self.painter.setPen(self.look.colour(ink))
        if at[0] == LEFT:
            lettered.layout.draw(self.painter, QPointF(x, y))
        else:
            for n in range(lettered.lines()):
                line = lettered.layout.lineAt(n)
                line.draw(self.painter, QPointF(x + at[0] * (box.width() - line.naturalTextWidth()), y))
        x += at[0] * (box.width() - lettered.width)
        colours = self.look.colour(ink).name(), self.look.colour(on).name()
        sizes = (x, y, lettered.width, lettered.height, lettered.cap_mm, lettered.fits)
        self.placed.append(Placed(text, *sizes, *colours))
        return QRectF(x, y, lettered.width, lettered.height)

    def shape(self, tone: str, box: QRectF, colour: str = "", inside: str = "on-fill") -> None:
        """The shape of a tone; water is the arrow of what is done now, info a disc with an i."""
        paint, sign = self.look.colour(colour or ("water" if tone == "info" else tone)), self.look.colour(inside)
        shapes.paint(self.painter, SHAPES.get(tone, tone), box, paint, sign)

    def state(self, state: str, box: QRectF) -> None:
        """The shape of a step's state: done, now, todo."""
        if state == "todo":
            shapes.ring(self.painter, box, self.look.colour("line"))
        else:
            self.shape("ok" if state == "done" else "water", box)

    def bar(self, box: QRectF, value: str | None, limits: tuple[str | None, str | None], verdict: str) -> None:
        """A tolerance bar: the tolerance in it, and the value's mark if there is one."""
        low, high = limits
        found = tolerance(value if value is not None else (low or high or "0"), low, high)
        if found is None:
            return
        radius = box.height() / 2
        self.fill(box, "sunken", radius=radius)
        start, end = box.x() + found.low * box.width(), box.x() + found.high * box.width()
        self.painter.save()
        self.painter.setOpacity(0.35)
        self.fill(QRectF(start, box.y(), end - start, box.height()), "ok")
        self.painter.restore()
        if value is not None:
            mark = self.look.px(1.1)
            tall = box.adjusted(0, -self.look.px(1.2), 0, self.look.px(1.2))
            at = box.x() + found.at * box.width() - mark / 2
            self.fill(QRectF(at, tall.y(), mark, tall.height()), "ng" if verdict == "fail" else "ink", radius=mark / 2)

    def picture(self, image: QImage, box: QRectF, across: float = CENTRE) -> None:
        """A picture as large as fits, in its own proportions."""
        size = image.size().scaled(box.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        at = QRectF(0, 0, size.width(), size.height())
        at.moveCenter(box.center())
        if across == LEFT:
            at.moveLeft(box.x())
        self.painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.painter.drawImage(at, image)


def card_room(look: Look, box: QRectF) -> QRectF:
    """The room inside a card."""
    pad = look.px(3.5)
    return box.adjusted(pad, pad, -pad, -pad)


class Painted(QWidget):
    """Painted by `draw`, never focused. `placed`: every text of the last paint; `bordered`: its cards and the like.

    `of`: the question that its buttons answer, in no language; None where they answer none.
    """

    ground = "ground"
    of: object = None

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.placed: list[Placed] = []
        self.bordered: list[QRectF] = []
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def lay(self, brush: Brush) -> None:
        """Paint the ground."""
        brush.fill(brush.room, self.ground)

    @abstractmethod
    def draw(self, brush: Brush) -> None:
        """Paint the whole widget."""

    def drawn(self) -> None:
        """Called each time after it was painted."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the ground, then what `draw` has to say."""
        painter = QPainter(self)
        try:
            brush = Brush(painter, self.look, QRectF(self.rect()))
            self.lay(brush)
            self.draw(brush)
        finally:
            painter.end()
        self.placed, self.bordered = brush.placed, brush.bordered
        self.drawn()
