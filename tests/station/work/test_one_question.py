"""A workplace asks one question at a time, and every answer that it offers does what it says.

Somebody who knows nothing scans, taps and types through many reachable states; the promises hold in each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

import pytest

from common.barcode_router import Code
from common.definitions import Field, Form, Reason, Step
from common.definitions.naming import Name
from common.event_types import Hold, Release
from station.messages import Prompt
from station.shown.work_screen import Scene, Tile
from station.work import transition
from station.work.ask.people import MOST
from station.work.awaiting import awaiting
from station.work.drafts import freeze, thaw
from station.work.state import HelperBadge, Signature, WhichCode, WhichOperation
from station.work.turn import Turn
from tests.station.work.ask import test_ambiguity
from tests.station.work.begin.test_due import at, do, operation
from tests.support.factory import unit
from tests.support.shift import TEST_OK, Shift

M1, M2 = "M-250-000001", "M-250-000002"
NAME = Name("外观", "Looks")
OPERATOR, QUALITY, SUPERVISOR = "B10021", "B30002", "B20005"
BADGES = (OPERATOR, QUALITY, SUPERVISOR, "B10034", "B10047", "B99999")
# A card that the screen offers is never answered by one of these.
NOT_NOW = (
    "command.not_here",
    "command.no_unit",
    "command.finish_first",
    "choice.first",
    "choice.operation",
    "choice.second_badge",
)
WITHOUT_NAMES = ("call_badge", "sign", "sign_page", "fill_report")
CHOOSE = ("choose_reading", "pick_operation", "join_or_take_over")
# Prompt → names of the cases that may give it. Other prompts are of a step or of a page.
PROMPTS = {
    "prompt.waiting": {"no_definitions"},
    "prompt.call_badge": {"call_badge"},
    "prompt.ask": {"choose_reading"},
    "prompt.sign_in": {"show_badge"},
    "prompt.sign": {"sign", "sign_page"},
    "prompt.sign_role": {"sign", "sign_page"},
    "prompt.sign_pin": {"sign", "sign_page"},
    "prompt.operation": {"pick_operation"},
    "prompt.second_badge": {"join_or_take_over"},
    "prompt.pack": {"pack_unit"},
    "prompt.pack_into": {"pack_unit"},
    "prompt.unit": {"begin", "stopped_thing", "stop_over"},
    "prompt.label": {"begin", "stopped_thing", "stop_over"},
    "prompt.held": {"halted"},
    "prompt.not_qualified": {"halted"},
    "prompt.leave": {"form_changed"},
}


# The two reproductions of the review ---------------------------------------------------------------------------------
def two_due() -> Shift:
    """ST-10: glue and paint in any order, then look."""
    return at("st-10", operation("glue"), operation("paint"), operation("look", "glue", "paint"))


def test_a_signature_and_a_choice_of_operations_are_never_asked_together() -> None:
    shift = two_due()
    do(shift, M1, "HW:OP:paint")
    shift.scan("HW:UNDO", after_ms=90_000)
    assert shift.prompt.code == "prompt.sign_role"
    shift.scan(M2)
    assert (shift.prompt.code, shift.signature) == ("prompt.operation", None)
    assert [tile.command for tile in shift.scene.choices] == ["OP:glue", "OP:paint", "CANCEL"]
    assert shift.case.expects(shift.now).kinds == ("OP",)
    shift.scan("HW:CANCEL")
    assert (shift.prompt.code, shift.work.questions) == ("prompt.unit", ())


def test_a_helper_who_shows_their_badge_interrupts_a_choice_and_leads_back_to_it() -> None:
    shift = two_due()
    shift.scan(M1, "HW:CALL", "HW:ANSWER")
    assert (shift.prompt.code, shift.scene.choices) == ("prompt.call_badge", ())
    assert [tile.command for tile in shift.scene.tiles] == ["CALL", "CANCEL"]
    assert shift.case.expects(shift.now).kinds == ("badge",)
    shift.scan("HW:CANCEL")
    assert shift.prompt.code == "prompt.operation"
    assert [tile.command for tile in shift.scene.choices] == ["OP:glue", "OP:paint", "CANCEL"]


# Any state -----------------------------------------------------------------------------------------------------------
def opened(tiles: tuple[Tile, ...]) -> Iterator[str]:
    """The commands behind tiles, and behind those that they open."""
    for tile in tiles:
        yield from opened(tile.more) if tile.more else (tile.command,)


def offered(scene: Scene) -> list[str]:
    tiles = (*scene.tiles, *scene.choices, *(scene.stop.tiles if scene.stop else ()))
    return [command for command in opened(tiles) if command]


def pressing() -> Shift:
    """A press whose form has a page with a signature, and reasons that ask for more."""
    fields = [
        Field("gap", NAME, "number", uom="mm", decimals=2, low="0.10", high="0.30"),
        Field("clean", NAME, "yes_no", required=False),
        Field("seen", NAME, "signature", meaning="checked", roles=["quality"]),
    ]
    form = Form(
        "press-form", NAME, [Step("housing", NAME, "scan", slot="housing"), Step("page", NAME, "fill", fields=fields)]
    )
    torn = Reason("torn", Name("撕裂", "Torn"), "scrap", [Field("ok", NAME, "yes_no"), Field("why", NAME, "text")])
    return Shift("st-10", [form, torn])


def unclear() -> Shift:
    return test_ambiguity.at_the_magnet(test_ambiguity.LOOKALIKE)


def packing() -> Shift:
    return Shift("st-30")


MADE: dict[str, Callable[[], Shift]] = {"two": two_due, "page": pressing, "unclear": unclear, "packing": packing}
CODES = {
    "two": (M1, M2, "M-250-000003"),
    "page": (M1, M2, "HL-2644", "R-88213-0456"),
    "unclear": (test_ambiguity.MAGNET, "M-250-000009", "HL-2644", "R-88213-0456"),
    "packing": (M1, "]C100106141411234567897", "]C100106141411234567903", "HW:CLOSE"),
}


class Monkey:
    """Somebody who does anything that can be done at a workplace, the same for the same seed."""

    def __init__(self, kind: str, seed: int) -> None:
        self.shift, self.kind, self.chance = MADE[kind](), kind, Random(seed)

    def step(self) -> None:
        shift, chance = self.shift, self.chance
        if shift.work.person is None and chance.random() < 0.6:
            shift.scan(OPERATOR)
        tiles = offered(shift.scene)
        work = [tile for tile in tiles if not tile.startswith(("CALL", "ANSWER", "CLEAR", "SIGNOUT"))]
        tiles = work if work and chance.random() < 0.95 else tiles
        acts = [
            lambda: shift.scan(f"HW:{chance.choice(tiles)}", device="screen"),
            lambda: shift.scan(chance.choice(CODES[self.kind])),
            lambda: shift.scan(*CODES[self.kind][:3]),
            lambda: shift.scan(chance.choice(BADGES)),
            lambda: shift.scan(chance.choice(BADGES), chance.choice(("HW:CONFIRM", "HW:CONFIRM", "HW:SIGNOUT"))),
            self._fill,
            self._sign,
            self._news,
            self._machine,
            self._wait,
        ]
        chance.choices(acts, weights=(8, 6, 2, 2, 2, 4, 2, 1, 2, 1))[0]()

    def _fill(self) -> None:
        page = self.shift.scene.page
        value = {"number": "0.20", "yes_no": self.chance.choice(("yes", "no")), "text": "loud"}
        fields = [field for field in page.fields if field.type in value] if page else []
        if fields:
            field = self.chance.choice(fields)
            self.shift.fill(field.id, value[field.type])
        else:
            self.shift.scan("HW:N:1")

    def _sign(self) -> None:
        asked = self.shift.signature
        self.shift.sign(asked.signer if asked and asked.signer else "p-zhou")

    def _news(self) -> None:
        thing = self.shift.work.thing or unit(M1)
        held = self.shift.view().standing(thing).holds
        if held:
            self.shift.news(Release(tuple(one.tag for one in held), "checked", "ok"), thing)
        else:
            self.shift.news(Hold("sampled"), thing)

    def _machine(self) -> None:
        if any(machine.open for machine in self.shift.work.machines.values()):
            device = next(name for name, machine in self.shift.work.machines.items() if machine.open)
            self.shift.machine(self.shift.result(TEST_OK, device), device)

    def _wait(self) -> None:
        self.shift.now_ms += 90_000


def check(shift: Shift) -> None:
    """What one moment of a workplace promises."""
    turn = Turn(shift.work, shift.view())
    case = awaiting(turn)
    prompt: Prompt = case.prompt(turn)
    assert case.name in PROMPTS.get(prompt.code, {"at_step", "fill_page", "fill_report"}), prompt
    scene = shift.scene
    assert scene.awaiting == case.name
    assert bool(scene.choices) == (case.name in CHOOSE)
    assert (scene.signing is None) == (shift.work.asked(Signature) is None)
    if case.name in (*CHOOSE, "call_badge", "sign", "sign_page", "show_badge"):
        assert {tile.command for tile in scene.tiles} <= {"CALL", "CANCEL"}, "nothing else is asked"
    wanted = case.expects(turn)
    assert wanted.words.say("en") and "…" not in wanted.words.say("zh")
    assert thaw(freeze(shift.work)) == shift.work
    assert bool(scene.person) == bool(shift.work.person) and len(scene.also) == len(shift.work.also) < MOST
    acting = [tile.more for tile in scene.tiles if tile.command == "PERSON"]
    assert len(acting) == bool(scene.also and case.name not in (*CHOOSE, *WITHOUT_NAMES))


def way_out(shift: Shift) -> None:
    """CANCEL leads back one question at a time, and then to an empty bench."""
    for _ in range(8):
        asked = shift.work.questions
        if shift.work.person is None or (not asked and shift.work.thing is None):
            return
        kept = shift.work
        shift.scan("HW:CANCEL", device="screen")
        if asked and shift.work.hand == kept.hand and shift.work.questions:
            assert shift.work.questions[: len(asked) - 1] == asked[:-1] or isinstance(asked[-1], Signature)
    assert not shift.work.questions and shift.work.thing is None, shift.prompt


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("seed", range(6))
def test_in_every_reachable_state_one_thing_is_asked(kind: str, seed: int) -> None:
    monkey = Monkey(kind, seed)
    for _ in range(60):
        monkey.step()
        check(monkey.shift)
    way_out(monkey.shift)


@pytest.mark.parametrize("kind", MADE)
def test_the_walk_meets_one_two_and_three_people(kind: str) -> None:
    monkey, met = Monkey(kind, 3), set[int]()
    for _ in range(240):
        monkey.step()
        met.add(len(monkey.shift.work.people))
    assert met >= {1, 2, 3}


@pytest.mark.parametrize("kind", MADE)
def test_every_tile_does_what_it_says(kind: str) -> None:
    """From each of many states every tile is tapped; none is answered that it cannot be used now."""
    monkey, tried = Monkey(kind, 99), set[tuple[str, str]]()
    for _ in range(60):
        monkey.step()
        shift = monkey.shift
        name, commands = shift.case.name, offered(shift.scene)
        for command in commands:
            if (name, command) in tried:
                continue
            tried.add((name, command))
            now_ms = shift.now_ms + 5_000
            turn = Turn(shift.work, shift.view())
            assert turn.work == shift.work
            answer = tapped(shift, command, now_ms)
            assert answer not in NOT_NOW, (name, command, answer)
    assert tried


def tapped(shift: Shift, command: str, now_ms: int) -> str:
    """The answer to a tap, without its effect."""
    code = Code("command", None, command, None, None, b"")
    said = transition.CodeScanned("screen", f"HW:{command}".encode(), code, now_ms)
    turn = transition.step(shift.work, said, shift.view())
    return turn.said[-1].shown.code if turn.said else ""


def test_questions_interrupt_each_other_in_one_order_only() -> None:
    shift = Shift("st-10")
    code = unclear()
    code.scan(test_ambiguity.MAGNET)
    asked = code.work.asked(WhichCode)
    assert asked is not None
    work = shift.work.asking(HelperBadge("ANSWER"))
    assert work.asking(asked).questions == (asked,), "a helper's badge is asked for last, so it makes way"
    with pytest.raises(ValueError, match="wrong order"):
        type(work)(questions=(HelperBadge("ANSWER"), asked))
    with pytest.raises(ValueError, match="on the bench"):
        type(work)(bench=code.work.bench, questions=(WhichOperation(asked.code.readings[0]),))
