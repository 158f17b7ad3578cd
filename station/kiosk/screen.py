"""What all screens of the kiosk share: they are given what stands, draw it, and say what was tapped."""

from __future__ import annotations

from msgspec import Struct
from PySide6.QtCore import QRectF, Signal
from PySide6.QtWidgets import QWidget

from common.ids import Claim
from common.qt.painted import LEFT, MIDDLE, Brush, Painted
from common.qt.theme import CAPTION_BOLD, STEP, Look
from common.text import known, on_the_label
from common.theme import CORNER_PX
from station.messages import Prompt, Shown
from station.scene import Scene

TONES = ("ok", "ng", "hold", "unknown")


class Shows(Struct, frozen=True):
    """All that a screen may show. `results`: those of the last turn. `notice`: what is said beside the work."""

    scene: Scene = Scene("")
    prompt: Prompt | None = None
    results: tuple[Shown, ...] = ()
    notice: Shown | None = None


class Screen(Painted):
    """One screen. `painted` tells what its last paint showed of the prompt and of results."""

    tapped = Signal(str)  # a command
    opened = Signal(object)  # a tile whose `more` is wanted
    painted = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.shows = Shows()

    def show_all(self, shows: Shows) -> None:
        """Show this from now on."""
        if shows != self.shows:
            self.shows = shows
            self.arrange()
            self.update()

    def arrange(self) -> None:
        """Give what can be touched its place and its words."""

    def say_again(self) -> None:
        """The language or the size changed."""
        self.arrange()
        self.update()

    def on_it(self) -> tuple[Prompt | Shown, ...]:
        """The announcements that a whole paint shows."""
        said = (self.shows.prompt, self.shows.notice)
        return tuple(one for one in said if one is not None)

    def drawn(self) -> None:
        """It was painted."""
        self.painted.emit(self.on_it())


def instruction(look: Look, prompt: Prompt | None) -> str:
    """The one thing to do now, without what the screen shows elsewhere."""
    if prompt is None:
        return look.say("do.starting")
    short = f"do.{prompt.code.removeprefix('prompt.')}"
    return look.say(short if known(short) else prompt.code, prompt.params)


def beside(look: Look, prompt: Prompt | None) -> str:
    """What helps to do it, a size smaller; "" if there is nothing more to say."""
    more = f"do_more.{prompt.code.removeprefix('prompt.')}" if prompt else ""
    return look.say(more, prompt.params) if prompt and known(more) else ""


def label(claim: Claim | None) -> str:
    """A thing as it stands on its label; "" for none."""
    return on_the_label(claim) if claim else ""


def sentence(look: Look, shown: Shown) -> str:
    """What a result says, why, and what to do now."""
    more = (*shown.reasons, shown.todo) if shown.todo else shown.reasons
    return "\n".join(look.say(code, params) for code, params in ((shown.code, shown.params), *more))


def notice(brush: Brush, shown: Shown, box: QRectF) -> None:
    """A band beside the work with what is to be known of the last scan."""
    look, tone = brush.look, shown.tone if shown.tone in TONES else "info"
    ink, soft = ("ink", "water-soft") if tone == "info" else (tone, f"{tone}-soft")
    brush.fill(box, soft, radius=CORNER_PX["chip"])
    pad, size = look.px(2.5), look.px(8)
    brush.shape(tone, QRectF(box.x() + pad, box.center().y() - size / 2, size, size))
    room = QRectF(box.x() + 2 * pad + size, box.y() + pad / 2, box.width() - 3 * pad - size, box.height() - pad)
    style = STEP if tone == "info" else CAPTION_BOLD
    brush.text(sentence(look, shown), room, style, ink, on=soft, at=(LEFT, MIDDLE))
