"""A screen beside the work: a title, lines in columns that turn by page; at its foot the call, actions, the way back.

Nothing is dragged: where lines do not fit, two big buttons turn the page. It shows an answer of the work cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.qt.button import GAP_MM, HEIGHT_MM, Buttons, ButtonSpec
from common.qt.lettering import letter
from common.qt.painted import CENTRE, LEFT, MIDDLE, RIGHT, TOP, Brush
from common.qt.theme import CAPTION, CAPTION_BOLD, IDENTITY, STEP, STEP_NOW, TITLE, Look, Style
from common.theme import CORNER_PX
from station.kiosk.places import PadPlace, Places, edge, places
from station.kiosk.screen import Screen
from station.kiosk.tile_bar import BACK, CALL
from station.messages import Prompt, Shown
from station.shown.side_screens import CodeWords, SideScreen

HEAD_MM, NOTE_MM = 15.0, 13.0
SECTION_MM, ROW_MM, PLAIN_MM = 7.0, 12.0, 9.0
FIRST_MM, FIRST_LINE_MM = 4.0, 6.6  # from the top of a row to the middle of its first line: columns begin on one line
COLUMN_MM = 95.0  # a line that is longer cannot be followed with the eye
TURN_MM, APART_MM = 20.0, 2 * GAP_MM  # the buttons that turn the page; between two columns
PAGE_MM = 8.0  # between the two of them: which page it is
MARK_MM, BAR_MM = 5.0, 24.0
RIGHT_PART = 0.4
MONO = Style(3.5, 1.8, bold=True, mono=True)
NOTHING = Style(5.0, 2.6)
TALL = replace(STEP, least_mm=STEP.cap_mm)


class RoomLine(Struct, frozen=True):
    """One line. `section`: a heading. `tone`: the shape before it, "" for none. `below`, `right_below`: smaller, under.

    `bar`: value, lower and upper limit, verdict, as a tolerance bar. `long`: a sentence, which may take two lines.
    `tall_mm`: the height of one that takes more.
    """

    text: str
    below: str = ""
    right: str = ""
    right_below: str = ""
    tone: str = ""
    mono: bool = False
    section: bool = False
    faint: bool = False
    long: bool = False
    bar: tuple[str, str | None, str | None, str] | None = None
    tall_mm: float = 0.0

    @property
    def high_mm(self) -> float:
        """Its height."""
        if self.tall_mm:
            return self.tall_mm
        return SECTION_MM if self.section else ROW_MM if self.below or self.right_below or self.long else PLAIN_MM


class Action(Struct, frozen=True):
    """An action, besides the call and the way back."""

    text: str
    act: Callable[[], None]
    kind: str = "plain"


class Room(Screen):
    """One of the screens beside the work. `left`: somebody goes back. `asked`: a message for the work cell."""

    left = Signal()
    asked = Signal(object)
    chosen = Signal(object)  # the call's tile
    pictured = Signal()  # somebody wants the test picture
    kind = ""  # of the look that it sends
    takes: tuple[type, ...] = ()  # the answers to it; one that comes late was for another room
    title = ""  # a code

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.answer: SideScreen | None = None
        self.page = 0
        self.now_ms = 0
        self._buttons = Buttons(look, self)
        self._pages: list[list[list[RoomLine]]] = []

    # Told from outside ------------------------------------------------------------------------------------------------
    def open(self, wall_ms: int) -> None:
        """Somebody came, at this time: from the first page on, before the answer is here."""
        self.answer, self.page, self.now_ms = None, 0, wall_ms
        self.arrange()

    def tell(self, answer: SideScreen) -> None:
        """Show this answer."""
        if isinstance(answer, self.takes) and answer != self.answer:
            self.answer = answer
            self.arrange()
            self.update()

    def on_it(self) -> tuple[Prompt | Shown, ...]:
        """Nothing: no part of the work is shown here."""
        return ()

    # Said by each room ------------------------------------------------------------------------------------------------
    def looks(self) -> bool:
        """The next scan is looked at here, and not worked with."""
        return False

    def lines(self) -> Sequence[RoomLine]:
        """Its lines."""
        return ()

    def choices(self) -> Sequence[Action]:
        """The actions that it offers."""
        return ()

    def aside(self) -> str:
        """The text beside the title."""
        return ""

    def identity(self) -> str:
        """The thing that the screen is about, if it is about one."""
        return ""

    def note(self) -> tuple[str, str]:
        """(tone, sentence) of a band under the title; an empty sentence for none."""
        return "", ""

    def nothing(self) -> str:
        """The text in place of lines, where there are none."""
        return self.look.say("room.wait" if self.answer is None else "room.nothing")

    # Places ----------------------------------------------------------------------------------------------------------
    def arrange(self) -> None:
        """The buttons of the foot and the lines of the pages."""
        if self.width() < 2:
            return
        self._pages = paged(self.look, self.lines(), self.body(), self.columns())
        self.page = min(self.page, max(len(self._pages) - 1, 0))
        self._buttons.lay([*self._foot(), *(self._turns() if len(self._pages) > 1 else ())])

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self.arrange()

    def columns(self) -> int:
        """The number of columns of lines."""
        return max(int(self.width() / self.look.px(COLUMN_MM)), 1)

    def body(self) -> QRectF:
        """The card of the lines."""
        look, side, gap = self.look, edge(self.look), self.look.px(GAP_MM)
        top = look.px(HEAD_MM) + (look.px(NOTE_MM) + gap if self.note()[1] else 0)
        return QRectF(side, top, self.width() - 2 * side, self._foot_top() - gap - top)

    def foot_right(self) -> int:
        """The right end of the foot."""
        return self.width() - edge(self.look)

    def pad_place(self) -> PadPlace:
        """The place of a pad, whose own key confirms."""
        return ""

    def _foot_top(self) -> float:
        rows = self._action_rows()
        return self.height() - edge(self.look) - rows * self.look.px(HEIGHT_MM) - (rows - 1) * self.look.px(GAP_MM)

    def _last_row(self) -> Places:
        """The foot's own row, in its pixels."""
        return places(self.look, self.foot_right() - edge(self.look), pad=self.pad_place())

    def _parted(self) -> tuple[Action | None, list[Action]]:
        """The action at the place of confirm, which is the one that is wanted most, where one is; and the others."""
        choices = list(self.choices())
        at = next((n for n, one in enumerate(choices) if one.kind == "primary" and self._last_row().confirm), None)
        return (None, choices) if at is None else (choices.pop(at), choices)

    def _free(self) -> list[QRect]:
        """The places of the last row that other actions may have, from the left; those of NG and undo stay empty."""
        return sorted(self._last_row().beside, key=lambda box: box.x())

    def _per_row(self) -> int:
        """The actions in a row above the last."""
        wide, gap = self._last_row().call.width(), self.look.px(GAP_MM)
        return int((self.foot_right() - edge(self.look) + gap) // (wide + gap))

    def _action_rows(self) -> int:
        """The rows of the foot; the last one has the call and the way back, too."""
        return 1 + -(-max(len(self._parted()[1]) - len(self._free()), 0) // self._per_row())

    def _foot(self) -> Iterator[ButtonSpec]:
        look, side, gap = self.look, edge(self.look), self.look.px(GAP_MM)
        row, rows, per = self._last_row(), self._action_rows(), self._per_row()
        call = next((tile for tile in self.shows.scene.tiles if tile.code == CALL), None)
        last = self.height() - side - look.px(HEIGHT_MM)
        if call is not None:
            yield self._at(row.call, last, look.say(call.code, call.params), partial(self.chosen.emit, call))
        back = row.ng if self.pad_place() == "beside" else row.more  # beside a pad "more" is where others have undo
        yield self._at(back, last, look.say(BACK), self.left.emit)
        first, rest = self._parted()
        if first is not None and row.confirm is not None:
            yield self._at(row.confirm, last, first.text, first.act, first.kind)
        wide, high = (self.foot_right() - side + gap) / per, look.px(HEIGHT_MM)
        above = [
            (QRect(round(n * wide), 0, round(wide) - gap, high), last - up * (high + gap))
            for up in range(rows - 1, 0, -1)
            for n in range(per)
        ]
        above = above[max(len(above) - len(rest), 0) :]  # all actions are one block at the right
        left = len(rest) - len(above)  # the others are read from the upper left on, and the last row has what is left
        free = [(box, last) for box in self._free()[-left:]] if left > 0 else []
        for action, (box, y) in zip(rest, (*above, *free), strict=False):
            yield self._at(box, y, action.text, action.act, action.kind)

    def _turns(self) -> Iterator[ButtonSpec]:
        """Up and down at the right of the card, each dead at its end; side by side where the card is low."""
        box, look, wide = self.body(), self.look, self.look.px(TURN_MM)
        x, top, low = int(box.right()) - wide, int(box.y()), int(box.bottom()) - look.px(HEIGHT_MM)
        up = (x, top) if self._is_high() else (x - wide - look.px(GAP_MM), low)
        first, last = self.page == 0, self.page == len(self._pages) - 1
        yield replace(self._button("▲", (*up, wide), partial(self._turn, -1)), live=not first)
        yield replace(self._button("▼", (x, low, wide), partial(self._turn, 1)), live=not last)

    def _is_high(self) -> bool:
        """Return whether the card has room for its two buttons and the page between them."""
        return self.body().height() >= self.look.px(2 * HEIGHT_MM + PAGE_MM)

    def _turn_wide(self) -> int:
        wide = self.look.px(TURN_MM)
        return wide if self._is_high() else 2 * wide + self.look.px(GAP_MM)

    def _turn(self, by: int) -> None:
        self.page += by
        self.arrange()
        self.update()

    def _at(self, box: QRect, y: int, text: str, act: Callable[[], None], kind: str = "plain") -> ButtonSpec:
        """A button in the foot; `box` is in the pixels of its row."""
        return self._button(text, (edge(self.look) + box.x(), y, box.width()), act, kind)

    def _button(self, text: str, at: tuple[int, int, int], act: Callable[[], None], kind: str = "plain") -> ButtonSpec:
        x, y, wide = at
        return ButtonSpec(text, QRect(x, y, wide, self.look.px(HEIGHT_MM)), act, kind)

    # Paint -----------------------------------------------------------------------------------------------------------
    def draw(self, brush: Brush) -> None:
        """Title, band, card, lines; the buttons paint themselves."""
        self.draw_head(brush)
        box = self.body()
        if len(self._pages) > 1:
            turn, tall = self._turn_wide(), box.height() - (0 if self._is_high() else self.look.px(HEIGHT_MM))
            where = QRectF(box.right() - turn, box.y(), turn, tall)
            said = self.look.say("room.page", {"page": self.page + 1, "pages": len(self._pages)})
            brush.text(said, where, CAPTION_BOLD, "ink-2", on="ground", at=(CENTRE, MIDDLE))
            box.setWidth(box.width() - turn - self.look.px(GAP_MM))
        inside = brush.card(box)
        if not self._pages:
            brush.text(self.nothing(), inside, NOTHING, "ink-2")
            return
        columns = self._pages[self.page]
        gap = self.look.px(APART_MM)
        wide = (inside.width() - gap * (self.columns() - 1)) / self.columns()
        for n, lines in enumerate(columns):
            draw_lines(brush, lines, QRectF(inside.x() + n * (wide + gap), inside.y(), wide, inside.height()))

    def draw_head(self, brush: Brush) -> None:
        """The title, the text beside it, and the band."""
        look, side = self.look, edge(self.look)
        head = QRectF(side, 0, self.width() - 2 * side, look.px(HEAD_MM))
        title = QRectF(head.x(), 0, head.width() * 0.5, head.height())
        left = brush.text(look.say(self.title), title, TITLE, on="ground", at=(LEFT, MIDDLE)).right() + look.px(5)
        if self.identity():
            room = self._identity_room(QRectF(left, 0, (head.right() - left) * 0.6, head.height()))
            left = brush.text(self.identity(), room, IDENTITY, on="ground", at=(LEFT, MIDDLE)).right() + look.px(5)
        beside = QRectF(left, 0, head.right() - left, head.height())
        brush.text(self.aside(), beside, STEP, "ink-2", on="ground", at=(RIGHT, MIDDLE))
        tone, said = self.note()
        if said:
            draw_band(brush, tone, said, QRectF(side, head.bottom(), self.body().width(), look.px(NOTE_MM)))

    def _identity_room(self, room: QRectF) -> QRectF:
        """The room of one line where the identity fits into one: two are too near to the bar and the band."""
        line = self.look.px(IDENTITY.cap_mm * 2)
        one = letter(self.look, self.identity(), IDENTITY, room.width(), line).fits
        return QRectF(room.x(), room.center().y() - line / 2, room.width(), line) if one else room


def draw_band(brush: Brush, tone: str, said: str, box: QRectF) -> None:
    """A band with a shape and a sentence."""
    look = brush.look
    ink, soft = ("ink", "water-soft") if tone == "info" else (tone, f"{tone}-soft")
    brush.fill(box, soft, radius=CORNER_PX["chip"])
    pad, size = look.px(2.5), look.px(7)
    brush.shape(tone, QRectF(box.x() + pad, box.center().y() - size / 2, size, size))
    room = box.adjusted(2 * pad + size, pad / 2, -pad, -pad / 2)
    brush.text(said, room, STEP_NOW, ink, on=soft, at=(LEFT, MIDDLE))


def paged(look: Look, lines: Sequence[RoomLine], body: QRectF, columns: int) -> list[list[list[RoomLine]]]:
    """Lines → pages → columns → lines. A heading is never the last of a column."""
    room = body.height() - 2 * look.px(3.5)
    found: list[list[RoomLine]] = [[]]
    used = 0.0
    for n, line in enumerate(lines):
        needs = look.px(line.high_mm) + (look.px(lines[n + 1].high_mm) if line.section and n + 1 < len(lines) else 0)
        if found[-1] and used + needs > room:
            found.append([])
            used = 0.0
        found[-1].append(line)
        used += look.px(line.high_mm)
    full = [column for column in found if column]
    return [full[n : n + columns] for n in range(0, len(full), columns)]


def draw_lines(brush: Brush, lines: Sequence[RoomLine], box: QRectF) -> None:
    """One below the other, a thin rule between two."""
    y = box.y()
    for n, line in enumerate(lines):
        high = brush.look.px(line.high_mm)
        row = QRectF(box.x(), y, box.width(), high)
        if line.section:
            brush.text(line.text, _first(brush.look, row), CAPTION_BOLD, "water", at=(LEFT, MIDDLE))
        else:
            (_draw_tall if line.tall_mm else _draw_line)(brush, line, row)
            if n + 1 < len(lines) and not lines[n + 1].section:
                brush.rule(box.x(), y + high - 1, box.width())
        y += high


def _draw_line(brush: Brush, line: RoomLine, row: QRectF) -> None:
    look = brush.look
    words = row.adjusted(look.px(MARK_MM + 2.5) if line.tone else 0, 0, 0, 0)
    lower = line.below or line.right_below
    fits = letter(look, line.text, STEP, words.width(), look.px(FIRST_LINE_MM))
    first = _first(look, row) if lower or (fits.lines() == 1 and fits.cap_mm == STEP.cap_mm) else row
    if line.tone:
        mark = look.px(MARK_MM)
        at = QRectF(row.x(), (row if lower else first).center().y() - mark / 2, mark, mark)
        if line.tone == "todo":
            brush.state("todo", at)
        else:
            brush.shape(line.tone, at)
    right = QRectF(row.right() - row.width() * RIGHT_PART, row.y(), row.width() * RIGHT_PART, row.height())
    if line.right:
        words.setRight(right.x() - look.px(2))
    if line.bar is not None:
        bar = QRectF(right.x() - look.px(BAR_MM + 3), row.center().y() - look.px(1.3), look.px(BAR_MM), look.px(2.6))
        value, low, high, verdict = line.bar
        if low is not None or high is not None:
            brush.bar(bar, value, (low, high), verdict)
        words.setRight(bar.x() - look.px(2))
    ink = "ink-3" if line.faint else "ink"
    # Under what is large there is room for what is small, from either end.
    middle = first.bottom()
    brush.text(line.right, _beside(right, first), STEP_NOW, ink, at=(RIGHT, MIDDLE))
    brush.text(line.text, _beside(words, first), MONO if line.mono else STEP, ink, at=(LEFT, MIDDLE))
    small = "ink-3" if line.faint else "ink-2"
    below = QRectF(words.x(), middle, row.right() - words.x(), row.bottom() - middle)
    drawn = brush.text(line.right_below, below, CAPTION, small, at=(RIGHT, TOP))
    if line.right_below:
        below.setRight(drawn.x() - look.px(2))
    brush.text(line.below, below, CAPTION, small, at=(LEFT, TOP))


def _draw_tall(brush: Brush, line: RoomLine, row: QRectF) -> None:
    """A text of any length from the top of its row, smaller only if it has to be, and right under it what is below."""
    small = brush.look.px(CAPTION.cap_mm * 2)
    room = row.adjusted(0, brush.look.px(FIRST_MM) - brush.look.px(FIRST_LINE_MM) / 2, 0, -small)
    fits = letter(brush.look, line.text, TALL, room.width(), room.height()).fits
    drawn = brush.text(line.text, room, TALL if fits else STEP)
    brush.text(line.below, QRectF(room.x(), drawn.bottom(), room.width(), small), CAPTION, "ink-2", at=(LEFT, MIDDLE))


def _first(look: Look, row: QRectF) -> QRectF:
    """The place of a row's first line."""
    high = look.px(FIRST_LINE_MM)
    return QRectF(row.x(), row.y() + look.px(FIRST_MM) - high / 2, row.width(), high)


def _beside(box: QRectF, first: QRectF) -> QRectF:
    return QRectF(box.x(), first.y(), box.width(), first.height())


def moment(wall_ms: int, now_ms: int) -> str:
    """A time as it is read here: the hour if it is of today, else the day too."""
    at, now = (datetime.fromtimestamp(ms / 1000, UTC).astimezone() for ms in (wall_ms, now_ms))
    return at.strftime("%H:%M" if at.date() == now.date() else "%m-%d %H:%M")


def said(look: Look, words: CodeWords | None) -> str:
    """Words in the reader's language; times in them as they are read here."""
    if words is None:
        return ""
    code, params = words
    shown = {k: _clock(v) if k == "at" and isinstance(v, int) else v for k, v in params.items()}
    return look.say(code, shown)


def _clock(wall_ms: int) -> str:
    return datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone().strftime("%m-%d %H:%M")
