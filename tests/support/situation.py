"""How a situation of the kiosk comes about: the registry, and workplaces at which real turns are made.

Nothing here needs Qt. The situations themselves stand in `situations` and `page_situations`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from common.definitions import Definition
from common.ids import Claim
from station.messages import Announcement, Status
from station.shown.work_screen import LastResult
from tests.support.factory import SITE, Story
from tests.support.shift import Shift, load_pack

T = TypeVar("T", bound=Struct)
SERIAL = "M-250-004217"
STEPS = ("HL-2644", "R-88213-0456", "MG-2610-B")  # what is scanned into it at ST-10
ONLINE = Status(True, 0, 0, 412, 0, devices=(("scanner-1", "scanner", True), ("press", "plc", True)))
OFFLINE = Status(
    False, 37, 0, 375, 1_260, down=("press",), devices=(("scanner-1", "scanner", True), ("press", "plc", False))
)
LONGER = {"zh": "（出口欧洲加长型）", "en": " (long, for export)"}
_ended = (("passed", 16), ("failed", 15), ("passed", 14), ("left", 13), ("passed", 12))
LAST = tuple(
    LastResult(1_793_606_000_000 - n * 61_000, Claim(f"unit@{SITE}", f"M-250-0042{serial}"), outcome)
    for n, (outcome, serial) in enumerate(_ended)
)
EVENT = f"{'a' * 26}.{'A' * 43}"
QUALITY = "B30002"  # the badge of somebody who may sign
PERSON = "Maximilian-Alexander von Hohenstein"


class Situation(Struct, frozen=True):
    """What was announced, in order, and what is tapped then: codes of tiles, or the words of a button.

    `passed`: the time of a result is over. `then`: what is answered to the taps. `last`: what is tapped behind that.
    `pinyin`: letters that are open on the keyboard at the end.
    """

    name: str
    said: tuple[Announcement, ...]
    taps: tuple[str, ...] = ()
    passed: bool = True
    then: tuple[Announcement, ...] = ()
    last: tuple[str, ...] = ()
    pinyin: str = ""


SITUATIONS: dict[str, Callable[[bool], Situation]] = {}


def situation(name: str, *taps: str, status: Status = ONLINE):  # type: ignore[no-untyped-def]
    """Enter the situation that a function of (long names?) → Shift describes; a result before its time is over."""

    def enter(make: Callable[[bool], Shift]) -> Callable[[bool], Shift]:
        def made(long: bool) -> Situation:
            shift = make(long)
            scene = replace(shift.scene, last=LAST)
            said = (one if one.tone == "info" else replace(one, event=EVENT) for one in shift.said)
            return Situation(name, (status, *said, shift.prompt, scene), taps, not name.startswith("result-"))

        SITUATIONS[name] = made
        return make

    return enter


# How they come about --------------------------------------------------------------------------------------------------
@lru_cache
def lengthened(pack: str) -> tuple[Definition, ...]:
    """A pack's definitions with longer names."""
    return tuple(longer(list(load_pack(pack).definitions)))


def longer(some: list[T]) -> list[T]:
    """The same with longer names."""
    return [msgspec.convert(_longer(msgspec.to_builtins(one)), type(one)) for one in some]


def _longer(tree: object) -> object:
    if isinstance(tree, dict):
        if set(tree) == {"zh", "en"}:
            return {language: (text + LONGER[language])[:80] for language, text in tree.items()}
        return {key: _longer(value) for key, value in tree.items()}
    return [_longer(one) for one in tree] if isinstance(tree, list) else tree


def at(
    place: str, long: bool, *rules: Definition, pack: str = "motor-assembly", story: Story | None = None, **more: object
) -> Shift:
    """Somebody works at a place."""
    definitions = (*(lengthened(pack) if long else ()), *rules)
    shift = Shift(place, definitions, story=story, name=pack, **more)  # type: ignore[arg-type]
    if long:
        shift.people = {badge: (id, PERSON) for badge, (id, _) in shift.people.items()}
    return shift


def pressed(long: bool, *steps: str) -> Shift:
    """ST-10 with a motor in hand, so many steps done."""
    shift = at("st-10", long)
    shift.scan("WO-2611-0087", SERIAL, *steps)
    return shift
