"""The kiosk's window: a status bar over one screen at a time, chosen by the announcements of the work cell.

Prompts, results and status are recorded, each once and only after it was painted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.theme import Look
from common.text import LANGUAGES, Language
from station import messages as m
from station.kiosk.ask import AskScreen
from station.kiosk.blocked import BlockedScreen
from station.kiosk.enrol import EnrolScreen
from station.kiosk.flash import Flash
from station.kiosk.form import FormScreen
from station.kiosk.picture import PictureScreen
from station.kiosk.pin_waits import PinWaits, outdated
from station.kiosk.result import ResultScreen, is_flash, is_result, stays, tone_of, weightiest
from station.kiosk.room import Room
from station.kiosk.rooms import Rooms
from station.kiosk.screen import Screen, Shows, instruction
from station.kiosk.sign_in import SignInScreen
from station.kiosk.status_bar import StatusBar, height_mm
from station.kiosk.tap_guard import NEW_MS, TapGuard
from station.kiosk.tile_bar import LANGUAGE, UNDO
from station.kiosk.tile_page import TilePage
from station.kiosk.typing import TypingRoom
from station.kiosk.work import WorkScreen
from station.shown.side_screens import Enrolling, Settings, SideScreen
from station.shown.work_screen import Scene, Tile

RESULT_MS = 800
MOST_NOTICES = 4  # sentences beside the work that a person reads
DEVICE = "screen"


# The screen of each thing that a workplace may wait for (`station/work/awaiting.py`).
SCREENS: dict[str, type[Screen]] = {
    "no_definitions": SignInScreen,
    "show_badge": SignInScreen,
    "call_badge": SignInScreen,
    "sign": SignInScreen,
    "sign_page": FormScreen,
    "choose_reading": TilePage,
    "pick_operation": TilePage,
    "join_or_take_over": TilePage,
    "begin": WorkScreen,
    "stopped_thing": BlockedScreen,
    "stop_over": WorkScreen,
    "pack_unit": WorkScreen,
    "halted": BlockedScreen,
    "form_changed": WorkScreen,
    "at_step": WorkScreen,
    "fill_page": FormScreen,
    "fill_report": FormScreen,
}
# Those that a side screen makes way for.
QUESTIONS = ("call_badge", "sign", "sign_page", "choose_reading", "pick_operation", "join_or_take_over")


class Surroundings(Struct, frozen=True):
    """The world of the window: it takes messages, records, plays tones, and has two clocks.

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
        self._is_news = False  # the next scene follows from no result
        self._is_over = False  # the reason of the results ended before somebody touched them
        self._result_number, self._result_ms = 0, 0
        self._waits = PinWaits(around.mono_ms)
        self._made: dict[type[Screen], Screen] = {}
        self._page: Tile | None = None
        self._picture = False
        self._enrolling: Enrolling | None = None
        self._rooms = Rooms(self._room, around.hear)
        self._px_per_mm, self._scale = look.px_per_mm, 100
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.bar = StatusBar(look, self)
        self.bar.painted.connect(self._record)
        self.bar.touched.connect(self._choose)
        self.bar.tick(around.wall_ms())
        self.flash = Flash(look, self)
        self.flash.painted.connect(self._record)
        self._guard = TapGuard(self, around.mono_ms)
        look.may_tap = self._guard.allows
        self.screen_: Screen = self._screen(SignInScreen)
        self._renew()

    # Announcements ----------------------------------------------------------------------------------------------------
    def show_announcement(self, said: object) -> None:
        """Show an announcement of the work cell. One that is no result ends the turn that said the last ones."""
        spoke = bool(self._turn)
        if not isinstance(said, m.Shown):
            self._turn = ()
        match said:
            case m.Prompt():
                self._is_news = not spoke
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
                self._look_at_devices()
                kept = tuple(one for one in self._shows.notices if not outdated(one, said))
                self._shows = replace(self._shows, notices=kept)
                self._renew()
            case Scene():
                self._enrolling = None
                self._page = None if self._page and _is_gone(self._page, self._shows.scene, said) else self._page
                self._end_refusals(said)
                self._shows = replace(self._shows, scene=said)
                self.bar.tell(said, self._status)
                self._speak_to(said)
                self._look_at_devices()
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
        left = self._waits.left(self._shows.notices)
        if left != self._shows.notices:
            self._shows = replace(self._shows, notices=left)
            self._renew()
        sign_in = self._made.get(SignInScreen)
        if isinstance(sign_in, SignInScreen):
            sign_in.wait(self._waits.people())

    def _look_at_devices(self) -> None:
        """The device that the prompt needs is out, or the printer that owes a label: said by the instruction, and by a
        tone once."""
        scene, status, before = self._shows.scene, self._status, self._shows
        ups = [up for _, kind, up in status.devices if kind == scene.needs] if status else []
        out = scene.needs if ups and not any(ups) else ""
        unprinted = status.labels_why if status and scene.unlabelled else ""
        if (out and not before.out) or (unprinted and not before.unprinted):
            self._around.play("hold")
        self._shows = replace(before, out=out, unprinted=unprinted)

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
        """A computer that is no station, or is none for now: nothing of work is on the screen."""
        if self._enrolling is None:
            self._rooms.close()
            self._shows, self._status, self._due, self._page = Shows(), None, [], None
            self.bar.tell(self._shows.scene, None)
        self._enrolling = said
        self._renew()

    def _set(self, settings: Settings) -> None:
        """The settings of the station: volume and size."""
        self._around.loud(settings.volume)
        self._scale = settings.scale
        self.fit(self._px_per_mm)
        self._rooms.tell(settings)

    def fit(self, px_per_mm: float) -> None:
        """The window is on a panel of this density."""
        self._px_per_mm = px_per_mm
        px_per_mm = px_per_mm * self._scale / 100
        if px_per_mm != self.look.px_per_mm:
            self.look.px_per_mm = px_per_mm
            self._place()
            self.speak(self.look.language)

    def _went_on(self, prompt: m.Prompt) -> None:
        """Another thing is to be done than before, so somebody works: a page or a room that covers the work closes."""
        if prompt != self._shows.prompt and self._rooms.went_on(self._shows.prompt):
            self._page = None

    def _end_refusals(self, scene: Scene) -> None:
        """End the refusals and hints of earlier scans whose reason is over: something else is awaited or allowed."""
        before = self._shows.scene
        changed = scene.awaiting != before.awaiting or bool(before.unfit and before.unfit != scene.unfit)
        is_over, self._is_news = self._is_news and changed, True
        if is_over:
            self._is_over = True
            kept = tuple(one for one in self._shows.notices if not _is_of_question(one))
            self._shows = replace(self._shows, notices=kept)

    def _result(self, shown: m.Shown) -> None:
        """The results of one turn are shown together; a result of the next turn ends them at once."""
        self._due.append(shown)
        self._turn = (*self._turn, shown)
        self._waits.heard(shown)
        if any(is_result(one) and not is_flash(one) for one in self._turn):
            self._fill(shown)
        elif is_flash(shown):
            self._flash(shown)
        elif isinstance(self.screen_, ResultScreen) and self._shows.results:
            self._shows = replace(self._shows, results=(*self._shows.results, shown))
            self._go(ResultScreen)
            self.screen_.repaint()
        else:
            self._shows = replace(self._shows, notices=self._beside())
            self._renew()

    def _fill(self, shown: m.Shown) -> None:
        """The results of this turn fill the screen, with the sentences of a moment ago that nobody has seen yet."""
        unseen = tuple(
            one
            for one in self._shows.notices
            if any(one is due for due in self._due) and not any(one is said for said in self._turn)
        )
        self._works(shown)
        self._is_over = False
        self._shows = replace(self._shows, results=(*unseen, *self._turn), notices=())
        self.flash.hide()
        self._go(ResultScreen)
        self.screen_.repaint()  # now, not when the queue is empty: somebody waits for it with the next scan in hand
        self._result_ms = self._around.mono_ms()
        self._time_out(shown, for_good=stays(weightiest(self._shows.results)))

    def _flash(self, shown: m.Shown) -> None:
        """A step was taken: a strip says so for a moment, and the work stays on the screen. The strip is painted first,
        without the work below it, because somebody waits for it."""
        self._works(shown)
        self._shows = replace(self._shows, results=(), notices=self._beside())
        self.flash.setGeometry(self.bar.geometry())
        self.flash.show_results(tuple(one for one in self._turn if is_result(one)))
        self._renew()
        self._time_out(shown)

    def _works(self, shown: m.Shown) -> None:
        """Somebody works: a page or a room that covers the work closes."""
        self._rooms.worked(shown)
        self._page = None

    def _beside(self) -> tuple[m.Shown, ...]:
        """The sentences of this turn that are no results."""
        return tuple(one for one in self._turn if not is_result(one))[-MOST_NOTICES:]

    def _time_out(self, shown: m.Shown, *, for_good: bool = False) -> None:
        """A result has its tone and its time; one `for_good` ends by a touch or the next scan alone."""
        if not is_result(shown):
            return
        self._result_number += 1
        number = self._result_number
        if not for_good:
            self._around.later(RESULT_MS, lambda: self._result_ends(number))
        self._around.play(tone_of(shown))

    def _read(self) -> None:
        """A finger on a result: it was read, unless it has only just come."""
        if self._around.mono_ms() - self._result_ms >= NEW_MS:
            self._result_ends(self._result_number)

    def _result_ends(self, number: int) -> None:
        """The last result is over; of bad news the sentence stays beside the work while its reason holds."""
        if number != self._result_number:
            return
        self.flash.hide()
        if not self._shows.results:
            return
        last = weightiest(self._shows.results)
        beside = tuple(r for r in self._shows.results if not is_result(r))
        notices = (last,) if last.tone == "ng" and not self._is_over else beside[-MOST_NOTICES:]
        self._shows = replace(self._shows, results=(), notices=notices)
        self._turn = ()
        self._renew()

    # Screens ---------------------------------------------------------------------------------------------------------
    def _renew(self) -> None:
        """Show the screen that fits the state."""
        if self._enrolling is not None:
            self._go(EnrolScreen)
        elif self._shows.results:
            self._go(ResultScreen)
        elif self._page is not None and self._page.code == UNDO:
            self._go(AskScreen)
        elif self._page is not None:
            self._go(TilePage)
        elif self._rooms.current is not None and self._shows.scene.awaiting not in QUESTIONS:
            self._go(PictureScreen if self._picture else type(self._rooms.current))
        else:
            self._go(SCREENS[self._shows.scene.awaiting])

    def _go(self, kind: type[Screen]) -> None:
        screen = self._screen(kind)
        if isinstance(screen, TilePage):
            self._offer(screen)
        if isinstance(screen, AskScreen) and self._page is not None:
            screen.ask(self._page)
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
        self.flash.raise_()
        self._guard.look()

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
            self._listen(screen)
            self._made[kind] = screen
        return self._made[kind]

    def _listen(self, screen: Screen) -> None:
        """Hear the fingers on a screen."""
        match screen:
            case TilePage() | AskScreen():
                screen.chosen.connect(self._choose)
                screen.left.connect(self._leave_page)
            case Room():
                screen.asked.connect(self._around.hear)
                screen.chosen.connect(self._choose)
                screen.pictured.connect(partial(self._show_picture, True))
                screen.left.connect(self._leave_room)
            case ResultScreen():
                screen.touched.connect(self._read)
            case EnrolScreen():
                screen.asked.connect(self._around.hear)
            case PictureScreen():
                screen.left.connect(partial(self._show_picture, False))
            case SignInScreen() | FormScreen():
                screen.signed.connect(self._sign_in)
        if isinstance(screen, TypingRoom):
            screen.typed.connect(self._type)
        if isinstance(screen, FormScreen):
            screen.filled.connect(self._fill_field)

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

    # Taps -------------------------------------------------------------------------------------------------------------
    def _choose(self, tile: Tile) -> None:
        """A tile opens more tiles, a question or a room, changes the language, or is a card that was scanned."""
        asks = bool(tile.more) or tile.code == UNDO
        self._page, self._picture = tile if asks else None, False
        if tile.code == LANGUAGE and self._enrolling is not None:
            self.speak("zh" if self.look.language == "en" else "en")
        elif tile.code == LANGUAGE:
            self._around.hear(m.Choose("mine", "zh" if self.look.language == "en" else "en"))
        elif not asks and not self._rooms.open(tile, self._around.wall_ms()):
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

    def _fill_field(self, field: str, i: int, value: tuple[str, ...]) -> None:
        self._around.hear(m.Filled(field, value, i))

    def _sign_in(self, person: str, pin: str) -> None:
        self._waits.tries(person)
        self._around.hear(m.PinEntered(person, pin))

    # The record -------------------------------------------------------------------------------------------------------
    def _record(self, painted: tuple[m.Announcement, ...]) -> None:
        """Write down the painted ones of those that are due, in the order in which they were announced."""
        there = [one for one in self._due if any(one is p for p in painted)]
        on_screen = (*self._shows.results, *self._shows.notices, *self.flash.results)
        self._due = [
            one
            for one in self._due
            if not any(one is p for p in painted) and (not isinstance(one, m.Shown) or any(one is s for s in on_screen))
        ]
        for one in there:
            self._around.record(one)

    # Qt --------------------------------------------------------------------------------------------------------------
    def event(self, event: QEvent) -> bool:
        """After each paint, the tap guard looks at the buttons on the screen."""
        done = super().event(event)
        if event.type() == QEvent.Type.UpdateRequest:
            self._guard.look()
        return done

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
    """The page is of tiles that are offered no more: a card picked there would mean something else now."""
    return any(tile in before.tiles and tile not in now.tiles for tile in (page, *page.more))


def _is_of_question(said: m.Shown) -> bool:
    """A recorded refusal, or a hint that is no record: it holds as long as the same is awaited."""
    return bool(said.event) if said.tone == "ng" else said.tone == "info" and not said.event
