"""Shapes that say a state without colour: disc with check, octagon with cross, diamond with bars, square with ?.

Also the arrow of what is done now and the ring of what is to come. Painted, so that no icon font is needed.
"""

from __future__ import annotations

from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

BAR = 0.13  # the width of a stroke as a part of the shape
CHECK = ((0.27, 0.53), (0.44, 0.70), (0.74, 0.36))
CROSSES = (((0.33, 0.33), (0.67, 0.67)), ((0.67, 0.33), (0.33, 0.67)))
PAUSE = (((0.41, 0.36), (0.41, 0.64)), ((0.59, 0.36), (0.59, 0.64)))
LETTER_I = (((0.5, 0.3), (0.5, 0.3)), ((0.5, 0.48), (0.5, 0.72)))
ARROW = (((0.28, 0.5), (0.72, 0.5)), ((0.54, 0.32), (0.72, 0.5)), ((0.54, 0.68), (0.72, 0.5)))


def paint(painter: QPainter, shape: str, box: QRectF, colour: QColor, inside: QColor) -> None:
    """Paint a shape filled with `colour`, its sign in `inside`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    _OUTLINES[shape](painter, box)
    painter.setPen(QPen(inside, box.width() * BAR, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for stroke in _STROKES.get(shape, ()):
        _stroke(painter, [_at(box, *point) for point in stroke])
    if shape == "square":
        _question(painter, box)
    painter.restore()


def ring(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Paint an empty ring: still to come."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    wide = max(box.width() * 0.1, 1)
    painter.setPen(QPen(colour, wide))
    painter.drawEllipse(box.adjusted(wide / 2, wide / 2, -wide / 2, -wide / 2))
    painter.restore()


def _stroke(painter: QPainter, points: list[QPointF]) -> None:
    if points[0] == points[-1]:
        painter.drawPoint(points[0])
    else:
        painter.drawPolyline(QPolygonF(points))


def _disc(painter: QPainter, box: QRectF) -> None:
    painter.drawEllipse(box)


def _octagon(painter: QPainter, box: QRectF) -> None:
    corners = (pi / 8 + n * pi / 4 for n in range(8))
    reach = 0.5 / cos(pi / 8)
    painter.drawPolygon(QPolygonF([_at(box, 0.5 + reach * cos(a), 0.5 + reach * sin(a)) for a in corners]))


def _diamond(painter: QPainter, box: QRectF) -> None:
    painter.drawPolygon(QPolygonF([_at(box, *at) for at in ((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5))]))


def _square(painter: QPainter, box: QRectF) -> None:
    inner = box.width() * 0.06
    corner = box.width() * 0.14
    painter.drawRoundedRect(box.adjusted(inner, inner, -inner, -inner), corner, corner)


def _question(painter: QPainter, box: QRectF) -> None:
    font = QFont(painter.font())
    font.setPixelSize(max(round(box.height() * 0.62), 4))
    font.setBold(True)
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "?")


def _at(box: QRectF, x: float, y: float) -> QPointF:
    return QPointF(box.x() + x * box.width(), box.y() + y * box.height())


_OUTLINES = {"disc": _disc, "octagon": _octagon, "diamond": _diamond, "square": _square, "ring": _disc, "info": _disc}
_STROKES = {"disc": (CHECK,), "octagon": CROSSES, "diamond": PAUSE, "ring": ARROW, "info": LETTER_I}
