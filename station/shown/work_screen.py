"""The screen between two results: the whole state of a workplace, said in words that a person reads.

Frozen values only; `station/screen/build.py` makes them, the kiosk draws them. A `Named` is a name in both languages.
"""

from __future__ import annotations

from msgspec import Struct

from common.form_page import FormPage
from common.ids import Claim
from common.text import Named, Params, say


class Phrase(Struct, frozen=True):
    """Words of the catalogue within a sentence, in the language of whoever reads it."""

    code: str
    params: Params = {}

    def say(self, language: str) -> str:
        """The words in `language`, e.g. "Rotor R-88213-0456"."""
        return say(language, self.code, self.params)


class Tile(Struct, frozen=True):
    """One thing that a finger may choose. A tap is a scan: the kiosk sends `Scanned("screen", b"HW:" + command)`.

    `code` and `params` give its text. Its place on the screen follows from its code alone. With
    `more` a tap opens these instead and sends nothing.
    """

    command: str
    code: str
    params: Params = {}
    more: tuple[Tile, ...] = ()


class StepLine(Struct, frozen=True):
    """One step of the operation. state: done, now, todo. `inside`: the components that it added, as labels read."""

    name: Named
    kind: str
    state: str
    inside: tuple[Claim, ...] = ()


class SlotLine(Struct, frozen=True):
    """One slot of the thing in hand and what is in it, as labels read. state: done, now, todo.

    `allowed`: the materials that it takes, the usual one first.
    """

    name: Named
    state: str
    inside: tuple[Claim, ...] = ()
    allowed: tuple[Named, ...] = ()


class Reading(Struct, frozen=True):
    """One characteristic of the step: its value if there is one, and its limits. verdict: "", pass, fail.

    `live`: the value is what the machine shows at this moment and is no result yet.
    """

    name: Named
    uom: str
    value: str | None = None
    low: str | None = None
    high: str | None = None
    verdict: str = ""
    live: bool = False


class NumberWanted(Struct, frozen=True):
    """A number is asked for; the number pad shows all of this. `last`: the value entered for it last time.

    `amount`: it is how much of something, and never below 0.
    """

    name: Named
    uom: str
    decimals: int
    low: str | None = None
    high: str | None = None
    last: str | None = None
    amount: bool = False


class Stop(Struct, frozen=True):
    """Work may not begin on `thing`: the error's code, why, and who can release it. It stays until the next scan.

    `todo`: what to do now, as a code. `deciders`: (role, the names of the people here who have it), for the roles of
    `release`.
    """

    thing: Claim
    operation: Named | None
    code: str
    params: Params
    reasons: tuple[tuple[str, Params], ...]
    release: tuple[str, ...]
    todo: tuple[str, Params] | None = None
    deciders: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Signing(Struct, frozen=True):
    """A signature is wanted: its meaning, a word of the catalogue (meaning.*), and the roles that may give it.

    `signer`: the person whose badge was scanned, with their name; the kiosk asks for their PIN and sends `PinEntered`.
    """

    meaning: str
    roles: tuple[str, ...] = ()
    signer: str = ""
    name: str = ""


class GuideView(Struct, frozen=True):
    """One picture of an instruction: a file's bytes and its media type, b"" if it cannot be shown; and a caption."""

    media: str = ""
    picture: bytes = b""
    caption: Named | None = None


class Instruction(Struct, frozen=True):
    """The instruction of the step: a text, and pictures that are looked at one after the other."""

    text: Named
    pictures: tuple[GuideView, ...] = ()


class Serials(Struct, frozen=True):
    """Serials that this station gives to new things, and how many it has left."""

    name: Named
    left: int


class CallLine(Struct, frozen=True):
    """An open call of this workplace, and the person who answered it, if somebody did. Names.

    `id`: of the event that raised it. `is_here`: it was answered at the workplace, not from afar at the hub.
    """

    name: Named
    by: str
    answered_by: str = ""
    id: str = ""
    is_here: bool = False


class Counts(Struct, frozen=True):
    """This shift so far at this workplace. `cycle_s`: from one unit's end to the next one's, the median."""

    passed: int = 0
    failed: int = 0
    cycle_s: int | None = None
    scrapped: int = 0
    left: int = 0


class Pace(Struct, frozen=True):
    """The pace of the workplace: the `target` of the shift from `since` to `until`, and the takt of one unit, which was
    started at `started`. Times in wall ms of this station; None is not known. Without shifts there is no `until`."""

    since: int
    until: int | None
    target: int | None = None
    takt_s: int | None = None
    started: int | None = None

    def due(self, wall_ms: int) -> int | None:
        """The share of the target that is due at this time of the shift, in whole units; None without shifts."""
        if self.until is None:
            return None
        passed = min(max(wall_ms - self.since, 0), self.until - self.since)
        return (self.target or 0) * passed // (self.until - self.since)


class LastResult(Struct, frozen=True):
    """The end of work on a thing. outcome: passed, failed, scrapped, left. `at`: wall ms."""

    at: int
    thing: Claim
    outcome: str
    provisional: bool = False


class Plan(Struct, frozen=True):
    """The order that is worked on: how many were passed here, and, if it is known, what of and how many are planned."""

    order: str
    done: int
    material: Named | None = None
    quantity: str = ""
    uom: str = ""
    due: str = ""


class Scene(Struct, frozen=True):
    """The workplace. An absent value is None or empty.

    `awaiting`: the name of the one thing that is awaited (`station/work/awaiting.py`): the screen follows from it.

    `person`: the name of the one who acts; `also`: of the others who are signed in. `place`: the workplace's id.
    `step`: the number of the step now, from 1. `language`: that of the one who acts, zh or en; "" leaves it as it is.
    `choices`: answers to the question in the prompt; while there are any, nothing else is taken. `people`: (person id,
    name) of those who may sign in with a PIN, while nobody is. `last`: the last results, the newest first. `needs`: the
    kind of device without which the prompt cannot be followed, or "". `notes_unread`: the notes of others that came
    since this person last looked at the notes here. `unfit`: the code of what says no to the component scanned
    last, as long as it does. `unlabelled`: the label of the thing in hand, or of the last one that got a label
    here, is still to be printed.
    """

    place: str
    place_name: Named | None = None
    person: str = ""
    order: str = ""
    plan: Plan | None = None
    thing: Claim | None = None
    material: Named | None = None
    attempt: int = 1
    operation: Named | None = None
    step: int = 0
    steps: tuple[StepLine, ...] = ()
    parts: tuple[SlotLine, ...] = ()
    readings: tuple[Reading, ...] = ()
    wanted: NumberWanted | None = None
    signing: Signing | None = None
    page: FormPage | None = None
    instruction: Instruction | None = None
    choices: tuple[Tile, ...] = ()
    tiles: tuple[Tile, ...] = ()
    stop: Stop | None = None
    calls: tuple[CallLine, ...] = ()
    serials: tuple[Serials, ...] = ()
    counts: Counts = Counts()
    pace: Pace | None = None
    language: str = ""
    people: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()
    awaiting: str = "show_badge"
    last: tuple[LastResult, ...] = ()
    needs: str = ""
    notes_unread: int = 0
    unlabelled: bool = False
    unfit: str = ""
