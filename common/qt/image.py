"""A file's bytes as a picture that Qt draws, read once."""

from __future__ import annotations

from PySide6.QtGui import QImage


class Image:
    """The picture that was asked for last."""

    def __init__(self) -> None:
        self._raw = b""
        self._image = QImage()

    def of(self, raw: bytes) -> QImage | None:
        """These bytes as a picture; None if there are none, or Qt cannot read them."""
        if self._raw is not raw:
            self._raw, self._image = raw, QImage.fromData(raw)
        return None if self._image.isNull() else self._image
