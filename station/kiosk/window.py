"""The kiosk's window: a status bar over one screen at a time, chosen by what the work cell announced.

What a paint showed of prompts, results and status is recorded, each once and only after it was painted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.theme import Look
from common.text import LANGUAGES, Language
from station import messages as m
from station.kiosk.blocked import BlockedScreen
from station.kiosk.enrol import EnrolScreen
from station.kiosk.form import FormScreen
from station.kiosk.picture import PictureScreen
from station.kiosk.result import ResultScreen, is_result, is_wrong_code, weightiest
from station.kiosk.room import Room
from station.kiosk.rooms import Rooms
from station.kiosk.screen import Screen, Shows, instruction
from station.kiosk.sign_in import SignInScreen
from station.kiosk.status_bar import StatusBar, height_mm
from station.kiosk.tile_bar import LANGUAGE
from station.kiosk.tile_page import TilePage
from station.kiosk.typing import TypingRoom
from station.kiosk.work import WorkScreen
from station.shown.side_screens import Enrolling, Settings, SideScreen
from station.shown.work_screen import Scene, Tile

RESULT_MS = 800
MOST_NOTICES = 4  # sentences beside the work that a person reads
DEVICE = "screen"


class Surroundings(Struct, frozen=True):
    """What the window is given: where messages go, who records, who plays a tone, and two clocks.

    `later` calls something after so many ms, in this thread. `loud` takes the volume, in percent.
    """

    hear: Callable[[m.Message], None]
    record: Callable[[m.Announcement], None]
    play: Callable[[str], None]
    later: Callable[[int, Callable[[], None]], None]
    mono_ms: Callable[[], int]
    wall_ms: Callable[[], int]
    loud: Callable[[int], None] = lambda volume: None


class Window(QWidget):
    """Everything that is on the screen. All of it runs in the main thread."""

    def __init__(self, look: Look, around: Surroundings) -> None:
        super().__init__()
        self.look = look
        self.closed: Callable[[], None] | None = None
        self._around = around
        self._shows = Shows()
        self._status: m.Status | None = None
        self._due: list[m.Announcement] = []
        self._turn: tuple[m.Shown, ...] = ()  # what it said so far
        self._result_number = 0
        self._made: dict[type[Screen], Screen] = {}
        self._page: Tile | None = None
        self._picture = False
        self._enrolling: Enrolling | None = None
        self._rooms = Rooms(self._room, around.hear)
        self._px_per_mm = look.px_per_mm
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.bar = StatusBar(look, self)
        self.bar.painted.connect(self._record)
        self.bar.touched.connect(self._choose)
        self.bar.tick(around.wall_ms())
        self.screen_: Screen = self._screen(SignInScreen)
        self._renew()

    # What is announced -----------------------------------------------------------------------------------------------
    def show_announcement(self, said: object) -> None:
        """Show what the work cell says. Whatever is no result ends the turn that said the last ones."""
        if not isinstance(said, m.Shown):
            self._turn = ()
        match said:
            case m.Prompt():
                self._went_on(said)
                self._shows = replace(self._shows, prompt=said)
                self._due = [one for one in self._due if not isinstance(one, m.Prompt)] + [said]
                self._renew()
            case m.Shown():
                self._result(said)
            case m.Status():
                self._status = said
                self._due = [one for one in self._due if not isinstance(one, m.Status)] + [said]
                self.bar.tell(self._shows.scene, said)
            case Scene():
                self._enrolling = None
                self._page = None if self._page and _is_gone(self._page, self._shows.scene, said) else self._page
                self._shows = replace(self._shows, scene=said)
                self.bar.tell(said, self._status)
                self._speak_to(said)
                self._renew()
            case Settings():
                self._set(said)
            case Enrolling():
                self._enrols(said)
            case _ if isinstance(said, SideScreen):
                self._rooms.tell(said)

    def tick(self) -> None:
        """About a second went by."""
        self.bar.tick(self._around.wall_ms())
        self.screen_.tick(self._around.wall_ms())

    def speak(self, language: Language) -> None:
        """Say everything in this language from now on."""
        self.look.language = language
        for screen in self._made.values():
            screen.say_again()
        self._renew()
        for widget in (self.bar, self.screen_):
            widget.update()

    def _speak_to(self, scene: Scene) -> None:
        """In the language of who is signed in."""
        for language in LANGUAGES:
            if language == scene.language != self.look.language:
                self.speak(language)

    def _enrols(self, said: Enrolling) -> None:
        """A computer that is no station, or is none for now: nothing of work stands on the screen."""
        if self._enrolling is None:
            self._rooms.close()
            self._shows, self._status, self._due, self._page = Shows(), None, [], None
            self.bar.tell(self._shows.scene, None)
        self._enrolling = said
        self._renew()

    def _set(self, settings: Settings) -> None:
        """What is set at the station: how loud, how large."""
        self._around.loud(settings.volume)
        px_per_mm = self._px_per_mm * settings.scale / 100
        if px_per_mm != self.look.px_per_mm:
            self.look.px_per_mm = px_per_mm
            self._place()
            self.speak(self.look.language)
        self._rooms.tell(settings)

    def _went_on(self, prompt: m.Prompt) -> None:
        """Where another thing is to be done than before, somebody works: what covers the work gives way to it."""
        if prompt != self._shows.prompt and self._rooms.went_on(self._shows.prompt):
            self._page = None

    def _result(self, shown: m.Shown) -> None:
        """All that one turn says stands together; a result of the next one ends it at once."""
        self._due.append(shown)
        # What was said beside the work a moment ago, and is not on the screen yet, stands with it.
        unseen = tuple(
            one
            for one in self._shows.notices
            if any(one is due for due in self._due) and not any(one is said for said in self._turn)
        )
        self._turn = (*self._turn, shown)
        showing = isinstance(self.screen_, ResultScreen) and bool(self._shows.results)
        ends = any(is_result(one) for one in self._turn)
        if not ends and not showing:
            self._shows = replace(self._shows, notices=self._turn[-MOST_NOTICES:])
            self._renew()
            return
        self._rooms.worked(shown)
        results = (*unseen, *self._turn) if ends else (*self._shows.results, shown)
        self._page = None
        self._shows = replace(self._shows, results=results, notices=())
        self._go(ResultScreen)
        self.screen_.repaint()  # now, not when the queue is empty: somebody waits for it with the next scan in hand
        if is_result(shown):
            self._result_number += 1
            number = self._result_number
            self._around.later(RESULT_MS, lambda: self._result_ends(number))
            self._around.play(_tone(shown))

    def _result_ends(self, number: int) -> None:
        """The last result stood long enough; of bad news the sentence stays beside the work."""
        if number != self._result_number or not self._shows.results:
            return
        last = weightiest(self._shows.results)
        beside = tuple(r for r in self._shows.results if not is_result(r))
        self._shows = replace(self._shows, results=(), notices=(last,) if last.tone == "ng" else beside[-MOST_NOTICES:])
        self._turn = ()
        self._renew()

    # Screens ---------------------------------------------------------------------------------------------------------
    def _renew(self) -> None:
        """Show the screen that fits what stands now."""
        if self._enrolling is not None:
            self._go(EnrolScreen)
        elif self._shows.results:
            self._go(ResultScreen)
        elif self._shows.scene.choices or self._page is not None:
            self._go(TilePage)
        elif self._shows.scene.signing is not None:
            self._go(FormScreen if self._signs_page() else SignInScreen)
        elif self._rooms.current is not None:
            self._go(PictureScreen if self._picture else type(self._rooms.current))
        elif self._shows.scene.stop is not None:
            self._go(BlockedScreen)
        elif not self._shows.scene.person:
            self._go(SignInScreen)
        elif self._shows.scene.page is not None:
            self._go(FormScreen)
        else:
            self._go(WorkScreen)

    def _signs_page(self) -> bool:
        """Whether it is the page that is signed: whoever signs it sees it."""
        page = self._shows.scene.page
        return page is not None and any(field.signing for field in page.fields)

    def _go(self, kind: type[Screen]) -> None:
        screen = self._screen(kind)
        if isinstance(screen, TilePage):
            self._offer(screen)
        if isinstance(screen, EnrolScreen) and self._enrolling is not None:
            screen.tell(self._enrolling)
        screen.tick(self._around.wall_ms())
        screen.show_all(self._shows)
        if screen is self.screen_ and screen.isVisible():
            return
        before, self.screen_ = self.screen_, screen
        self.bar.setVisible(not isinstance(screen, ResultScreen))
        self._place()
        screen.show()
        screen.raise_()
        if before is not screen:
            before.hide()

    def _offer(self, page: TilePage) -> None:
        choices = self._shows.scene.choices
        if choices:
            page.offer(instruction(self.look, self._shows.prompt), choices, may_leave=False)
        elif self._page is not None:
            page.offer(self.look.say(self._page.code, self._page.params), self._page.more)

    def _screen(self, kind: type[Screen]) -> Screen:
        """The one screen of this kind, made when it is first needed."""
        if kind not in self._made:
            screen = kind(self.look, self)
            screen.hide()
            screen.painted.connect(self._record)
            screen.tapped.connect(self._tap)
            screen.sounded.connect(self._around.play)
            tiles = getattr(screen, "tiles", None)
            if tiles is not None:
                tiles.chosen.connect(self._choose)
            if isinstance(screen, TilePage):
                screen.chosen.connect(self._choose)
                screen.left.connect(self._leave_page)
            if isinstance(screen, Room):
                screen.asked.connect(self._around.hear)
                screen.chosen.connect(self._choose)
                screen.pictured.connect(partial(self._show_picture, True))
                screen.left.connect(self._leave_room)
            if isinstance(screen, TypingRoom):
                screen.typed.connect(self._type)
            if isinstance(screen, EnrolScreen):
                screen.asked.connect(self._around.hear)
            if isinstance(screen, PictureScreen):
                screen.left.connect(partial(self._show_picture, False))
            if isinstance(screen, SignInScreen | FormScreen):
                screen.signed.connect(self._sign_in)
            if isinstance(screen, FormScreen):
                screen.filled.connect(self._fill)
            self._made[kind] = screen
        return self._made[kind]

    def _room(self, kind: type[Room]) -> Room:
        room = self._screen(kind)
        if not isinstance(room, Room):
            raise AssertionError(f"{kind.__name__} is no room")
        return room

    def _place(self) -> None:
        full = isinstance(self.screen_, ResultScreen)
        high = self.look.px(height_mm(self.look, self.width()))
        top = 0 if full else high
        self.bar.setGeometry(0, 0, self.width(), high)
        self.screen_.setGeometry(0, top, self.width(), self.height() - top)

    # What is tapped --------------------------------------------------------------------------------------------------
    def _choose(self, tile: Tile) -> None:
        """A tile: it opens more tiles or a room, changes the language, or it is a card that was scanned."""
        self._page, self._picture = tile if tile.more else None, False
        if tile.code == LANGUAGE and self._enrolling is not None:
            self.speak("zh" if self.look.language == "en" else "en")
        elif tile.code == LANGUAGE:
            self._around.hear(m.Choose("mine", "zh" if self.look.language == "en" else "en"))
        elif not tile.more and not self._rooms.open(tile, self._around.wall_ms()):
            self._tap(tile.command)
        self._renew()

    def _leave_room(self) -> None:
        self._rooms.close()
        self._renew()

    def _show_picture(self, wanted: bool) -> None:
        self._picture = wanted
        self._renew()

    def _leave_page(self) -> None:
        self._page = None
        self._renew()

    def _tap(self, command: str) -> None:
        if command:
            self._around.hear(m.Scanned(DEVICE, b"HW:" + command.encode(), self._around.mono_ms()))

    def _type(self, code: str) -> None:
        """A code is typed: taken as a scan is, and the screen is the work's again."""
        self._leave_room()
        self._around.hear(m.Scanned(m.TYPED, code.encode(), self._around.mono_ms()))

    def _fill(self, field: str, i: int, value: tuple[str, ...]) -> None:
        self._around.hear(m.Filled(field, value, i))

    def _sign_in(self, person: str, pin: str) -> None:
        self._around.hear(m.PinEntered(person, pin))

    # What was painted ------------------------------------------------------------------------------------------------
    def _record(self, painted: tuple[m.Announcement, ...]) -> None:
        """Write down what is due and was painted, in the order in which it was announced."""
        there = [one for one in self._due if any(one is p for p in painted)]
        stands = (*self._shows.results, *self._shows.notices)
        self._due = [
            one
            for one in self._due
            if not any(one is p for p in painted) and (not isinstance(one, m.Shown) or any(one is s for s in stands))
        ]
        for one in there:
            self._around.record(one)

    # Qt --------------------------------------------------------------------------------------------------------------
    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The screen takes what the bar leaves."""
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Keys do nothing here: scanners are heard by their own threads, wherever the focus is."""
        event.accept()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """A window may be closed, which ends the station; a full screen may not."""
        if self.isFullScreen():
            event.ignore()
        elif self.closed is not None:
            self.closed()


def _is_gone(page: Tile, before: Scene, now: Scene) -> bool:
    """Whether the page is of tiles that are offered no more: a card picked there would mean something else now."""
    return any(tile in before.tiles and tile not in now.tiles for tile in (page, *page.more))


def _tone(shown: m.Shown) -> str:
    if shown.tone == "ng":
        return "wrong" if is_wrong_code(shown) else "ng"
    return shown.tone
