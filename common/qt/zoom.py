"""A picture that two fingers or buttons enlarge and one finger moves; a drawing stays sharp at any size."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from common.qt.painted import Brush, Painted
from common.qt.theme import Look
from common.theme import CORNER_PX

STEP, MOST = 1.6, 8.0  # of the size at which all of it is seen
LARGEST_PX = 4096  # a drawing is drawn no larger, for the memory that it takes
DRAWING = "image/svg+xml"


class ZoomView(Painted):
    """One picture. `zoom`: 1 where all of it is seen. `middle`: the part of the picture that is in the middle."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.zoom, self.middle = 1.0, QPointF(0.5, 0.5)
        self._raw, self._media = b"", ""
        self._image = QImage()
        self._held: QPointF | None = None
        self.grabGesture(Qt.GestureType.PinchGesture)

    @property
    def readable(self) -> bool:
        """Whether there is a picture that can be drawn."""
        return not self._image.isNull()

    def show_picture(self, media: str, raw: bytes) -> None:
        """Show all of this picture; the one that is shown already stays as somebody enlarged it. A larger file of the
        same picture takes its place likewise."""
        if raw is self._raw:
            return
        self._raw, self._media = raw, media
        self._image = QImage.fromData(raw)
        self.update()

    def whole(self) -> None:
        """See all of it."""
        self._set(1.0, QPointF(0.5, 0.5))

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        """Enlarge, or with less than 1 make smaller; the point `about` stays under the finger."""
        before = self.target()
        about = about or QPointF(self.rect().center())
        zoom = min(max(self.zoom * factor, 1.0), MOST)
        if not self.readable or zoom == self.zoom:
            return
        part = QPointF((about.x() - before.x()) / before.width(), (about.y() - before.y()) / before.height())
        wide, high = before.width() * zoom / self.zoom, before.height() * zoom / self.zoom
        away = QPointF((about.x() - self.width() / 2) / wide, (about.y() - self.height() / 2) / high)
        self._set(zoom, part - away)

    def move_by(self, away: QPointF) -> None:
        """Move the picture with a finger."""
        at = self.target()
        if self.readable:
            self._set(self.zoom, self.middle - QPointF(away.x() / at.width(), away.y() / at.height()))

    def target(self) -> QRectF:
        """The box of the whole picture, of which this widget shows a part."""
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        wide, high = size.width() * self.zoom, size.height() * self.zoom
        return QRectF(self.width() / 2 - self.middle.x() * wide, self.height() / 2 - self.middle.y() * high, wide, high)

    def _set(self, zoom: float, middle: QPointF) -> None:
        """No edge of the picture comes further in than it must."""
        self.zoom = zoom
        size = self.target().size()
        half = self.width() / 2 / max(size.width(), 1), self.height() / 2 / max(size.height(), 1)
        x, y = (
            0.5 if part >= 0.5 else min(max(at, part), 1 - part)
            for at, part in zip((middle.x(), middle.y()), half, strict=True)
        )
        self.middle = QPointF(x, y)
        self.update()

    # Qt --------------------------------------------------------------------------------------------------------------
    def draw(self, brush: Brush) -> None:
        """The part that is seen."""
        brush.fill(brush.room, "surface", radius=CORNER_PX["card"], border="line")
        if not self.readable:
            return
        at = self.target()
        brush.painter.save()
        brush.painter.setClipRect(brush.room.adjusted(1, 1, -1, -1))
        brush.painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        brush.painter.drawImage(at, self._sharp(at.size().toSize()))
        brush.painter.restore()

    def _sharp(self, size: QSize) -> QImage:
        """The picture at this size: of a drawing drawn anew, of all else as it came."""
        wanted = size.boundedTo(size.scaled(LARGEST_PX, LARGEST_PX, Qt.AspectRatioMode.KeepAspectRatio))
        if self._media != DRAWING or wanted.width() <= self._image.width():
            return self._image
        buffer = QBuffer()
        buffer.setData(QByteArray(self._raw))
        reader = QImageReader(buffer, QByteArray(b"svg"))
        reader.setScaledSize(wanted)
        drawn = reader.read()
        self._image = self._image if drawn.isNull() else drawn
        return self._image

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the picture inside."""
        self._set(self.zoom, self.middle)

    def event(self, event: QEvent) -> bool:
        """Two fingers enlarge."""
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._held = None
                self.zoom_by(pinch.scaleFactor(), QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint())))
                return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A finger comes down."""
        self._held = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A finger moves the picture."""
        if self._held is not None:
            self.move_by(event.position() - self._held)
            self._held = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A finger goes up."""
        self._held = None
