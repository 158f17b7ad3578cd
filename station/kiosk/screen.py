"""The base of all screens of the kiosk: each is given the state, draws it, and says what was tapped."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QRectF, Signal
from PySide6.QtWidgets import QWidget

from common.ids import Claim
from common.qt.lettering import letter
from common.qt.painted import LEFT, MIDDLE, Brush, Painted
from common.qt.theme import CAPTION, STEP, Look, Style
from common.text import Params, known, on_the_label
from common.theme import CORNER_PX
from station.messages import Prompt, Shown
from station.shown.work_screen import Scene

TONES = ("ok", "ng", "hold", "unknown")
WEIGHT = ("ng", "hold", "unknown", "ok")  # bad news before good
NO = Style(STEP.cap_mm, bold=True)
PAD_MM, SHAPE_MM = 2.5, 8.0  # of a notice
USUAL_PART, MOST_PART = 0.4, 0.62  # of the room around it
MOST_OF_SCAN = 24  # characters of a code that nobody here knows
INSTRUCTION_MM = 34.0  # of that room that stays for what to do


class Shows(Struct, frozen=True):
    """All that a screen may show. `results`: those of the last turn. `notices`: sentences beside the work.

    `out`: the kind of the device that the prompt needs and that is not there, or "". `unprinted`: why the label of the
    thing on the bench is not printed, as an error's code, or "".
    """

    scene: Scene = Scene("")
    prompt: Prompt | None = None
    results: tuple[Shown, ...] = ()
    notices: tuple[Shown, ...] = ()
    out: str = ""
    unprinted: str = ""


class Screen(Painted):
    """One screen. `painted` tells what its last paint showed of the prompt and of results."""

    tapped = Signal(str)  # a command
    sounded = Signal(str)  # a tone that belongs to what is shown
    painted = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.shows = Shows()

    def show_all(self, shows: Shows) -> None:
        """Show this from now on."""
        changed, self.shows = shows != self.shows, shows  # an equal one too: what is painted is recorded by identity
        if changed:
            self.arrange()
            self.update()

    def tick(self, wall_ms: int) -> None:
        """Show the time, on a screen that has any; about once a second."""

    def arrange(self) -> None:
        """Give what can be touched its place and its words."""

    def say_again(self) -> None:
        """The language or the size changed."""
        self.arrange()
        self.update()

    def on_it(self) -> tuple[Prompt | Shown, ...]:
        """The announcements that a whole paint shows."""
        prompt = self.shows.prompt
        return (prompt, *self.shows.notices) if prompt else self.shows.notices

    def drawn(self) -> None:
        """It was painted."""
        self.painted.emit(self.on_it())


def instruction(look: Look, prompt: Prompt | None) -> str:
    """The one thing to do now; particulars that the screen shows elsewhere are left out."""
    if prompt is None:
        return look.say("do.starting")
    short = f"do.{prompt.code.removeprefix('prompt.')}"
    return look.say(short if known(short) else prompt.code, prompt.params)


def to_do(look: Look, shows: Shows) -> str:
    """The instruction: the prompt, or what helps while the device that it needs is out."""
    if not shows.out:
        return instruction(look, shows.prompt)
    badge = shows.prompt is not None and shows.prompt.code == "prompt.sign_in"
    return look.say("kiosk.out.badge" if badge else f"kiosk.out.{shows.out}")


def beside(look: Look, prompt: Prompt | None) -> str:
    """A hint to the instruction, a size smaller; "" if there is none."""
    more = f"do_more.{prompt.code.removeprefix('prompt.')}" if prompt else ""
    return look.say(more, prompt.params) if prompt and known(more) else ""


def label(claim: Claim | None) -> str:
    """A thing as its label reads; "" for none."""
    return on_the_label(claim) if claim else ""


def sentence(look: Look, shown: Shown) -> str:
    """The sentence of a result, its scan, the reasons, and what to do now."""
    said = ((shown.code, _short(shown.params)), shown.scan, *shown.reasons, shown.todo)
    return "\n".join(look.say(*one) for one in said if one)


def _short(params: Params) -> Params:
    """The values of a sentence; of a code that nobody reads to its end its beginning."""
    scan = params.get("scan")
    if not isinstance(scan, str) or len(scan) <= MOST_OF_SCAN:
        return params
    return {**params, "scan": f"{scan[:MOST_OF_SCAN]}…"}


def notice(brush: Brush, said: Sequence[Shown], box: QRectF) -> None:
    """A band beside the work with the sentences about the last scan, in the tone of the weightiest."""
    look, tone = brush.look, _tone(said)
    ink, soft = ("ink", "water-soft") if tone == "info" else (tone, f"{tone}-soft")
    brush.fill(box, soft, radius=CORNER_PX["chip"])
    pad, size = look.px(PAD_MM), look.px(SHAPE_MM)
    brush.shape(tone, QRectF(box.x() + pad, box.center().y() - size / 2, size, size))
    room = QRectF(box.x() + 2 * pad + size, box.y() + pad / 2, box.width() - 3 * pad - size, box.height() - pad)
    brush.text(_words(look, said), room, _style(tone), ink, on=soft, at=(LEFT, MIDDLE))


def notice_high(look: Look, said: Sequence[Shown], wide: float, room: tuple[float, float]) -> float:
    """The height of a notice in a room of (usual mm, px in all): as usual, or more if its text needs that and the
    instruction keeps its room. 0 where nothing is said."""
    if not said:
        return 0
    usual, pad = min(look.px(room[0]), room[1] * USUAL_PART), look.px(PAD_MM)
    style, inside = _style(_tone(said)), wide - 3 * pad - look.px(SHAPE_MM)
    readable = replace(style, least_mm=min(style.cap_mm, CAPTION.cap_mm))
    fits = letter(look, _words(look, said), readable, inside, usual - pad).fits
    return usual if fits else max(usual, min(room[1] * MOST_PART, room[1] - look.px(INSTRUCTION_MM)))


def _words(look: Look, said: Sequence[Shown]) -> str:
    return "\n".join(sentence(look, one) for one in said)


def _tone(said: Sequence[Shown]) -> str:
    tones = [one.tone for one in said]
    return next((tone for tone in WEIGHT if tone in tones), "info")


def _style(tone: str) -> Style:
    return STEP if tone == "info" else NO
