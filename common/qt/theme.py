"""The tokens of common/theme.py as Qt has them: colours, fonts by height of capitals, millimetres as pixels.

Fonts of the system are looked up at first use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QScreen

from common.text import Language, Named, known, say, unparted
from common.theme import LIGHT, MONO_FONTS, TEXT_FONTS

MM_PER_INCH = 25.4
LEAST_DPI, MOST_DPI = 72.0, 240.0  # panels lie about their size; what is beyond no industrial panel has
MEASURE_PX = 200


class Style(Struct, frozen=True):
    """The setting of a text: the height of its capitals in mm, and how far it may shrink before it would not fit."""

    cap_mm: float
    least_mm: float = 1.8
    bold: bool = False
    mono: bool = False


INSTRUCTION = Style(9.0, 3.0, bold=True)
TITLE = Style(4.5, 2.5, bold=True)
IDENTITY = Style(4.5, 2.0, bold=True, mono=True)
STEP = Style(3.5, 1.8)
STEP_NOW = Style(3.5, 1.8, bold=True)
NUMBER = Style(4.5, 2.4, bold=True)
BUTTON = Style(3.5, 2.0, bold=True)
CAPTION = Style(2.5)
CAPTION_BOLD = Style(2.5, bold=True)
CAPTION_MONO = Style(2.5, mono=True)


class Look:
    """All that a view needs to draw itself: the pixels of a millimetre, the colours, and the reader's language."""

    def __init__(self, px_per_mm: float, language: Language = "zh", colours: Mapping[str, str] = LIGHT) -> None:
        self.px_per_mm = px_per_mm
        self.language: Language = language
        self._colours = {role: QColor(value) for role, value in colours.items()}
        self._fonts: dict[tuple[int, bool, bool, bool], QFont] = {}
        self._cap_parts: dict[tuple[bool, bool], float] = {}
        self.tapped: tuple[int, QPointF] = (0, QPointF())  # when by its events' own time, and where a finger last chose
        # Whether a finger that comes down now means the button that it meets; a window that changes has its say.
        self.may_tap: Callable[[object], bool] = lambda button: True
        self.lettered: dict[tuple[str, Style, int, int], object] = {}  # what common/qt/lettering.py has set already

    def px(self, mm: float) -> int:
        """So many millimetres in whole pixels, at least one."""
        return max(round(mm * self.px_per_mm), 1)

    def colour(self, role: str) -> QColor:
        """The colour of a role."""
        return self._colours[role]

    def font(self, cap_px: float, *, bold: bool = False, mono: bool = False) -> QFont:
        """The font whose capitals are so high."""
        return self._font(max(round(cap_px / self._cap_part(bold, mono)), 4), bold, mono)

    def say(self, code: str, params: Mapping[str, object] | None = None) -> str:
        """A sentence in the reader's language."""
        return say(self.language, code, unparted(params or {}))

    def unit(self, uom: str) -> str:
        """A unit of measure as people write it."""
        return say(self.language, code, {}) if known(code := f"uom.{uom}") else uom

    def name(self, named: Named | None) -> str:
        """A name in the reader's language; "" for none."""
        return named.say(self.language) if named else ""

    def _font(self, px: int, bold: bool, mono: bool) -> QFont:
        latin = self.language == "en"
        found = self._fonts.get((px, bold, mono, latin))
        if found is None:
            found = QFont([*(MONO_FONTS if mono else ()), *TEXT_FONTS])
            found.setPixelSize(px)
            found.setBold(bold)
            if latin:  # else quotes are as wide as a Chinese character
                found.setFeature(QFont.Tag("pwid"), 1)
            self._fonts[px, bold, mono, latin] = found
        return found

    def _cap_part(self, bold: bool, mono: bool) -> float:
        """The height of capitals as a part of the font's size."""
        if (bold, mono) not in self._cap_parts:
            height = QFontMetricsF(self._font(MEASURE_PX, bold, mono)).capHeight()
            self._cap_parts[bold, mono] = height / MEASURE_PX if height > 0 else 0.7
        return self._cap_parts[bold, mono]


def density(screen: QScreen, dpi: float = 0) -> float:
    """Pixels per millimetre of a screen; `dpi` if it is known better than the screen says."""
    return (dpi or min(max(screen.physicalDotsPerInch(), LEAST_DPI), MOST_DPI)) / MM_PER_INCH
