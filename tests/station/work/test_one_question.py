"""A workplace asks one question at a time, and every answer that it offers does what it says.

Somebody who knows nothing scans, taps and types through many reachable states; the promises hold in each.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from common.definitions import Field, Form, Option, Reason, Step
from common.definitions.naming import Name
from common.event_types import Hold, Refused, Release
from common.ids import b64
from station.work.state import HelperBadge, WhichCode, WhichOperation
from tests.station.work.ask import test_ambiguity
from tests.station.work.begin.test_due import at, do, operation
from tests.support.factory import unit
from tests.support.one_question import broken, offered
from tests.support.shift import TEST_OK, Shift

M1, M2 = "M-250-000001", "M-250-000002"
NAME = Name("外观", "Looks")
OPERATOR, QUALITY, SUPERVISOR = "B10021", "B30002", "B20005"
BADGES = (OPERATOR, QUALITY, SUPERVISOR, "B10034", "B10047", "B99999")


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
def pressing() -> Shift:
    """A press whose form has a page with a signature, and reasons that ask for more."""
    fields = [
        Field("gap", NAME, "number", uom="mm", decimals=2, low="0.10", high="0.30"),
        Field("clean", NAME, "yes_no", required=False),
        Field("look", NAME, "choice", options=[Option("good", NAME), Option("bad", NAME)]),
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
        value = {"number": "0.20", "choice": "good", "yes_no": self.chance.choice(("yes", "no")), "text": "loud"}
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


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("seed", range(6))
def test_in_every_reachable_state_one_thing_is_asked_every_answer_is_taken_and_cancel_leads_back(
    kind: str, seed: int
) -> None:
    monkey = Monkey(kind, seed)
    for _ in range(60):
        monkey.step()
        shift = monkey.shift
        wrong = list(broken(shift.now, shift.scene))
        assert not wrong, wrong


@pytest.mark.parametrize("kind", MADE)
def test_the_walk_meets_one_two_and_three_people(kind: str) -> None:
    monkey, met = Monkey(kind, 3), set[int]()
    for _ in range(240):
        monkey.step()
        met.add(len(monkey.shift.work.people))
    assert met >= {1, 2, 3}


FOREIGN = "X60001"  # a badge of another site, which nothing here can read
NUMBERS = {text for badge in (*BADGES, FOREIGN) for text in (badge, b64(badge.encode()))}


def test_no_event_of_any_prompt_has_the_number_of_a_badge() -> None:
    prompts = set[str]()
    for monkey in (Monkey(kind, seed) for kind in MADE for seed in range(3)):
        shift = monkey.shift
        for _ in range(80):
            monkey.step()
            if "badge" in shift.case.expects(shift.now).kinds:
                prompts.add(shift.prompt.code)
                shift.scan(FOREIGN)
        for body in shift.bodies:
            assert not [number for number in NUMBERS if number in repr(body)], body
    assert prompts >= {"prompt.sign_in", "prompt.sign_role", "prompt.call_badge"}


def test_a_scan_that_is_unknown_at_work_is_kept_as_evidence() -> None:
    shift = Shift("st-10")
    shift.scan(M1, FOREIGN)
    body = shift.bodies[-1]
    assert isinstance(body, Refused)
    assert body.scan == b64(FOREIGN.encode())


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
