"""The promises of a workplace at any moment: it asks one thing, takes every answer that it offers; CANCEL leads back.

Each check yields the promises that are broken. Every answer is tried in a turn of its own, which changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from common.barcode_router import COMMAND_PREFIX, Code
from common.definitions import Person
from common.ids import Claim
from station import messages as m
from station.cell.known import read_code
from station.messages import Prompt
from station.shown.work_screen import Scene, Tile
from station.work import transition
from station.work.ask import cards
from station.work.awaiting import awaiting
from station.work.case import Case
from station.work.drafts import freeze, thaw
from station.work.state import HelperBadge, Idle, PreviousScan, Signature, WhichCode, Work
from station.work.turn import Turn

# An answer that is offered or expected is never refused by one of these: they say that something else is asked.
NOT_ASKED = frozenset(
    {
        "barcode.command",
        "choice.first",
        "choice.operation",
        "choice.second_badge",
        "command.finish_first",
        "command.no_unit",
        "command.not_here",
        "command.reason",
        "component.not_now",
        "component.wrong",
        "field.no_scan",
        "field.not_here",
        "field.not_now",
        "field.option",
        "gauge.not_now",
        "override.not_this",
        "override.nothing",
        "partner.first",
        "partner.unknown",
        "quantity.not_now",
        "rework.not_failed",
        "sign.role",
        "sign_in.first",
        "sign_in.unknown",
        "undo.nothing",
        "unit.changed",
        "unit.not_a_unit",
    }
)
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
OTHER_PROMPTS = {"at_step", "fill_page", "fill_report"}
CHOOSING = ("choose_reading", "pick_operation", "join_or_take_over")
QUESTIONS = (*CHOOSING, "call_badge", "sign", "sign_page", "show_badge")
SAMPLES = {cards.NUMBER: ":1", cards.DAY: ":2026-11-02", cards.MAYBE_ID: "", "": ""}
Answer = tuple[str, Code]  # in words, and as it is scanned


def broken(turn: Turn, scene: Scene, pick: Callable[[list[Answer]], list[Answer]] = list) -> Iterator[str]:
    """Everything that is wrong with a moment and the scene that shows it. `pick`: the answers to try, of all."""
    case = awaiting(turn)
    yield from not_one_case(turn, case, scene)
    yield from not_taken(turn, case, pick([*on_tiles(turn, scene), *expected(turn, case, scene)]))
    yield from no_way_back(turn)


# One case ------------------------------------------------------------------------------------------------------------
def not_one_case(turn: Turn, case: Case, scene: Scene) -> Iterator[str]:
    """Prompt, expected codes, tiles and screen that are of different cases."""
    prompt: Prompt = case.prompt(turn)
    if case.name not in PROMPTS.get(prompt.code, OTHER_PROMPTS):
        yield f"{case.name} asks {prompt}"
    if scene.awaiting != case.name:
        yield f"{case.name} is awaited, and the screen shows {scene.awaiting}"
    if bool(scene.choices) != (case.name in CHOOSING):
        yield f"{case.name} has the choices {scene.choices}"
    if (scene.signing is None) != (turn.work.asked(Signature) is None):
        yield f"{case.name} shows the signature {scene.signing}, and {turn.work.asked(Signature)} is wanted"
    if case.name in QUESTIONS and not {tile.command for tile in scene.tiles} <= {"CALL", "CANCEL"}:
        yield f"{case.name} asks, and offers {[tile.command for tile in scene.tiles]}"
    if bool(scene.person) != bool(turn.work.person) or len(scene.also) != len(turn.work.also):
        yield f"{turn.work.people} are here, and the screen names {scene.person} and {scene.also}"
    words = case.expects(turn).words
    if not words.say("en") or "…" in words.say("zh"):
        yield f"{case.name} expects {words} without words"
    if (bool(scene.person), len(scene.also)) != (turn.work.person is not None, len(turn.work.also)):
        yield f"{case.name} shows {scene.person} and {scene.also}, and {turn.work.people} are signed in"
    if thaw(freeze(turn.work)) != turn.work:
        yield f"the draft of {case.name} is read as another"


# Answers -------------------------------------------------------------------------------------------------------------
def opened(tiles: tuple[Tile, ...]) -> Iterator[str]:
    """The commands behind tiles, and behind those that they open."""
    for tile in tiles:
        yield from opened(tile.more) if tile.more else (tile.command,)


def offered(scene: Scene) -> list[str]:
    """Every command that a finger can give."""
    return [command for command in opened((*scene.tiles, *scene.choices)) if command]


def on_tiles(turn: Turn, scene: Scene) -> Iterator[Answer]:
    """The command behind each tile."""
    for command in offered(scene):
        yield f"the tile {command}", _read(turn, COMMAND_PREFIX + command)


def not_taken(turn: Turn, case: Case, answers: Iterable[Answer]) -> Iterator[str]:
    """Answers that are refused as if something else were asked, or that do nothing."""
    for what, code in answers:
        after = _answered(turn, code)
        if after.work.asked(WhichCode) is None and turn.work.asked(WhichCode) and code.value != "CANCEL":
            continue  # the reading that was picked is a scan like any other
        answer = after.said[-1].shown.code if after.said else ""
        if answer in NOT_ASKED:
            yield f"{case.name}: {what} is answered {answer}"
        if not after.said and after.work.questions == turn.work.questions and after.work.bench == turn.work.bench:
            yield f"{case.name}: {what} does nothing"


def expected(turn: Turn, case: Case, scene: Scene) -> Iterator[Answer]:
    """A code of each kind that is expected."""
    for code in _expected(turn, case, scene):
        yield f"the expected {code.kind} {code.value}", code


def _expected(turn: Turn, case: Case, scene: Scene) -> Iterator[Code]:
    wanted = case.expects(turn)
    for kind in wanted.kinds:
        if kind in cards.CARDS:
            yield from (_read(turn, COMMAND_PREFIX + command) for command in _commands(turn, kind, scene))
        elif kind == "badge":
            yield from _badges(turn)
        else:
            material = wanted.materials[0] if wanted.materials else None
            yield Code(kind, Claim(f"{kind}@{_site(turn)}", "new"), "new", material, None, b"new")  # type: ignore[arg-type]


def _commands(turn: Turn, verb: str, scene: Scene) -> Iterable[str]:
    rest = cards.CARDS[verb].rest
    if rest in SAMPLES:
        return [verb + SAMPLES[rest]]
    now = next((field for field in scene.page.fields if field.now), None) if scene.page else None
    options = [f"OPTION:{answer.id}" for answer in now.choices] if now else []
    return [command for command in (*offered(scene), *options) if cards.verb_of(command) == verb][:1]


def _badges(turn: Turn) -> Iterator[Code]:
    """The badge of somebody who may answer, if anybody may."""
    signature, helper = turn.work.asked(Signature), turn.work.asked(HelperBadge)
    callers = [call.raised.who for call in turn.view.calls()] if helper else []
    for badge, (id, _) in turn.view.people.items():
        person = turn.view.definitions.get(Person, id)
        roles = set(person.roles) if person else set()
        able = not signature or not signature.roles or id in signature.people or bool(roles & set(signature.roles))
        if able and id not in callers:
            yield Code("badge", None, badge, None, None, badge.encode())
            return


def _read(turn: Turn, text: str) -> Code:
    code = read_code(m.Scanned("screen", text.encode(), turn.view.now_ms), turn.view.definitions, _site(turn))
    if not isinstance(code, Code):
        raise AssertionError(f"offered, and no code: {text}: {code}")
    return code


def _site(turn: Turn) -> str:
    return turn.view.here.scheme.partition("@")[2]


def _answered(turn: Turn, code: Code) -> Turn:
    said = transition.CodeScanned("screen", code.raw, code, turn.view.now_ms)
    return transition.step(replace(turn.work, last_scan=PreviousScan()), said, turn.view, turn)


# Back ----------------------------------------------------------------------------------------------------------------
def no_way_back(turn: Turn) -> Iterator[str]:
    """States out of which neither CANCEL leads, one question at a time and then to an empty bench, nor a badge."""
    if not turn.view.people:
        return
    now = turn
    if now.work.person is None:
        now = next((_answered(now, badge) for badge in _badges(now)), now)
        if now.work.person is None and not turn.work.questions:
            yield f"no badge signs in over {_state(turn.work)}"
            return
    cancel = _read(turn, f"{COMMAND_PREFIX}CANCEL")
    while now.work.questions or not isinstance(now.work.bench, Idle):
        after = _answered(Turn(now.work, turn.view, now), cancel)
        if not _one_back(now.work, after.work):
            yield f"CANCEL leads from {_state(now.work)} to {_state(after.work)}"
            return
        now = after


def _one_back(before: Work, after: Work) -> bool:
    if before.questions:
        return after.questions == before.questions[:-1] and after.thing == before.thing
    return isinstance(after.bench, Idle) and not after.questions


def _state(work: Work) -> Sequence[object]:
    return [type(work.bench).__name__, *(type(one).__name__ for one in work.questions), work.person]
