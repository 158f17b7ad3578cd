"""The kiosk's real window, offscreen, with a clock that the test moves; what was painted, and what can be tapped."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from PySide6.QtCore import QPoint, QRect

from common.qt.button import BigButton
from common.qt.painted import Painted, Placed
from common.qt.theme import MM_PER_INCH
from common.qt.writing_pad import PINYIN_NAME
from common.text import Language
from station import messages as m
from station.kiosk.result import ResultScreen
from station.kiosk.window import QUESTIONS, Surroundings, Window
from station.shown.work_screen import Scene
from tests.support.screen import SIZES, as_read, look, settle, tap
from tests.support.situation import Situation
from tests.support.titles import TITLES

FINGER_MS = 500  # a finger comes this long after the screen changed
MIDDAY_MS = 1_793_606_400_000  # a November day, 8:00 UTC


class Target(Struct, frozen=True):
    """Something that can be tapped: what it says, and where it is in the window, in pixels."""

    widget: BigButton
    text: str
    box: QRect


class KioskView:
    """One window of a size and a language. `heard`: what it sent; `recorded`: what it wrote down; `played`: tones."""

    def __init__(self, size: tuple[int, int, float] = SIZES[0], language: Language = "en") -> None:
        """`size`: width, height, dots an inch. Somebody has made the application."""
        self.heard: list[m.Message] = []
        self.recorded: list[m.Announcement] = []
        self.played: list[str] = []
        self.answer: Callable[[m.Message], object] = lambda said: None
        self.now_ms = 600_000
        self.look, self.px_per_mm = look(size, language), size[2] / MM_PER_INCH
        self._later: list[tuple[int, Callable[[], None]]] = []
        around = Surroundings(
            hear=self._hear,
            record=self.recorded.append,
            play=self.played.append,
            later=lambda ms, call: self._later.append((self.now_ms + ms, call)),
            mono_ms=lambda: self.now_ms,
            wall_ms=lambda: MIDDAY_MS + self.now_ms,
        )
        self.window = Window(self.look, around)
        self.window.resize(size[0], size[1])
        self.window.show()

    def _hear(self, said: m.Message) -> None:
        self.heard.append(said)
        self.answer(said)

    def close(self) -> None:
        """Away with it."""
        self.window.hide()
        self.window.deleteLater()
        settle()

    def tell(self, *said: m.Announcement) -> None:
        """The work cell announces."""
        for one in said:
            self.window.show_announcement(TITLES.on(one))
        settle()

    def advance(self, ms: int) -> None:
        """Let time pass."""
        self.now_ms += ms
        due = [call for at, call in self._later if at <= self.now_ms]
        self._later = [(at, call) for at, call in self._later if at > self.now_ms]
        for call in due:
            call()
        self.window.tick()
        settle()

    def read(self) -> None:
        """Touch the bad news that waits for it."""
        if isinstance(self.window.screen_, ResultScreen):
            tap(self.window.screen_)

    def show(self, situation: Situation) -> None:
        """Be in this situation."""
        self.tell(*situation.said)
        if situation.passed:
            self.advance(1_000)
            self.read()
        for code in situation.taps:
            said = {tile.code: tile.params for tile in self.shown_scene.tiles}
            self.tap(self.look.say(code, said.get(code, {})))
        self.tell(*situation.then)
        for code in situation.last:
            self.tap(self.look.say(code))
        if situation.pinyin and self.look.language == "en":
            self.tap(PINYIN_NAME)
        for sign in situation.pinyin:
            self.tap(sign)

    @property
    def shown_scene(self) -> Scene:
        """The scene that the window has."""
        return self.window._shows.scene

    @property
    def uncovered(self) -> bool:
        """Nothing covers the screen of what is awaited: no result, no opened page, no side screen; none covers a
        question."""
        window = self.window
        beside = window._rooms.current is not None and self.shown_scene.awaiting not in QUESTIONS
        return not window._shows.results and window._page is None and not beside

    # What is there ----------------------------------------------------------------------------------------------------
    def painted(self) -> Iterator[tuple[Painted, QRect]]:
        """Every visible widget that paints, and where it is."""
        for widget in self.window.findChildren(Painted):
            if widget.isVisible() and widget.width() > 0:
                yield widget, QRect(widget.mapTo(self.window, QPoint(0, 0)), widget.size())

    def texts(self) -> Iterator[tuple[Painted, Placed]]:
        """Every text that is on the screen."""
        for widget, _ in self.painted():
            for placed in widget.placed:
                yield widget, placed

    def targets(self) -> list[Target]:
        """Everything that can be tapped now."""
        found = [(widget, box) for widget, box in self.painted() if isinstance(widget, BigButton)]
        return [Target(widget, as_read(widget.text), box) for widget, box in found if widget.isEnabled()]

    def tap(self, text: str) -> None:
        """Tap what says this; it may stand behind "more"."""
        text = as_read(text)
        more = self.look.say("tap.more")
        self.advance(FINGER_MS)
        if text not in (said := [one.text for one in self.targets()]) and more in said and text != more:
            self.tap(more)
            self.advance(FINGER_MS)
        target = next((one for one in self.targets() if one.text == text), None)
        assert target, f"nothing says {text!r}: {[one.text for one in self.targets()]}"
        tap(target.widget)
