"""Judging knows no order of arrival: any permutation, any duplication, any numbering of branches gives the same."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Definitions, Material, Route
from common.definitions.naming import Name
from common.ids import Claim, tag, tag_event
from common.judge import History, Past, TimeSpan, judge, part
from common.rows import Correction, Mark
from tests.support.factory import (
    START_MS,
    Story,
    bind,
    container,
    definitions_of,
    done,
    lot,
    motor_route,
    operation,
    unit,
)

U, V = unit("M-1"), unit("M-2")
THINGS = (U, V, unit("R-1"), lot(), container())


def bodies(named: tuple[str, ...], at: int) -> dict[str, b.Body]:
    """A body of each kind, naming tags that there are."""
    motor = "motor" if at % 2 else "pump"
    return {
        "commission": b.Commission(material=motor, order=f"WO-{at}"),
        "bind": bind(),
        "bind_again": bind("magnet", quantity=str(at)),
        "unbind": b.Unbind(operation="rework"),
        "unbind_tag": b.Unbind(operation="rework", tags=named),
        "replace": b.Replace("rotor", "rotor", "1", "pcs", "rework", named),
        "pass": done("test" if at % 2 else "wire"),
        "fail": done("test" if at % 3 else "wire", "fail"),
        "rework": done("rework"),
        "provisional": done("test", provisional=True, unknown=("press", "wire")),
        "part_unseen": done("press", provisional=True, unknown=("component", "expiry")[: 1 + at % 2]),
        "settle_pass": b.Settle(finding=("provisional", "component_expired")[at % 2], keep=named),
        "start": b.OperationStarted(operation="press"),
        "hold": b.Hold(reason=f"crack {at}"),
        "release": b.Release(tags=named, reason="seen", meaning="ok"),
        "scrap": b.Scrap(reason="broken"),
        "unscrap": b.Unscrap(tags=named, reason="not broken"),
        "aggregate": b.Aggregate(),
        "disaggregate": b.Disaggregate(),
        "transform": b.Transform(inputs=1),
        "refused": b.Refused(operation="wire", code="component.wrong"),
        "receive": b.Receive(material=motor, supplier="s", quantity="1", uom="pcs"),
        "blind": b.Hold(reason="?"),
        "one_of": b.BindOneOf(slot="magnet", material="magnet", quantity="8", uom="pcs", operation="press"),
        "void": b.Void(event=tag_event(named[0]), reason="mistyped"),
        "amend": b.Amend(event=tag_event(named[0]), body=AMENDED[at % len(AMENDED)], reason="mistyped"),
        "keep": b.Settle(finding="disputed", keep=named),
        "drop": b.Settle(finding="component_contested", keep=named[1:], drop=named[:1]),
    }


NOBODY = ("a" * 26 + "." + "A" * 43 + "#0",)
AMENDED: tuple[dict[str, str], ...] = (
    {"operation": "test", "outcome": "pass"},
    {"operation": "test", "outcome": "fail"},
    {"slot": "left", "material": "rotor", "quantity": "2", "uom": "pcs", "operation": "press"},
    {"nothing": "like it"},
)
KINDS = sorted([*bodies(NOBODY, 0), "readopt"])
CORRECTIONS = ("void", "amend", "keep", "drop", "readopt", "settle_pass")
ANY = Name(zh="名", en="name")
ROTORS = Route(id="rotor-route", name=ANY, operations=[operation("wire", "st-20")])
PARTS = [
    Material(id="rotor", name=ANY, origin="made", tracked="unit", route="rotor-route"),
    Material(id="magnet", name=ANY, origin="bought", tracked="lot", shelf_life_days=30),
]


def known(tests: int = 2) -> Definitions:
    """A motor, and what goes into it: with a route of its own, and with a last day of use."""
    motors = definitions_of(motor_route(tests=tests))
    return Definitions.of([*motors.all(Material), *motors.all(Route), *PARTS, ROTORS])


@st.composite
def stories(draw: st.DrawFn, *, honest: bool = False) -> Story:
    """Up to twenty events of three logs on five things, with references, a fork, incarnations and disputes.

    Honest authors cite all they know of, and learn whole what another knows; others cite what they like.
    """
    story = Story()
    ids: list[str] = []
    knows: dict[str, list[str]] = {name: [] for name in "abc"}
    fork = draw(st.integers(1, 12))
    if draw(st.booleans()) and not honest:
        story.branches[1] = (0, draw(st.integers(0, 3)))
    if draw(st.booleans()) and not honest:
        story.follows[Story.log("b")] = (Story.log("a"), draw(st.integers(0, 4)))
    for at in range(draw(st.integers(2, 20))):
        kind = draw(st.sampled_from(KINDS))
        on = tuple(draw(st.lists(st.sampled_from(THINGS), min_size=3, max_size=3)))
        known = draw(st.lists(st.sampled_from(ids), max_size=2)) if ids else []
        named = tuple(tag(id, 0) for id in known) or NOBODY
        name = draw(st.sampled_from("abc"))
        if honest:
            knows[name] = known = sorted({*knows[name], *knows[draw(st.sampled_from("abc"))]})
        branch = 1 if name == "a" and at > fork and 1 in story.branches else 0
        more = {"rows": (), "blind": True} if kind == "blind" else {}
        disputed = draw(st.integers(0, 4)) == 0
        more |= {"branch": branch, "disputed": disputed, "distrusted": disputed and at % 2 == 0}
        told = story.past_of(named[0])
        if kind in CORRECTIONS and told and draw(st.booleans()):
            on = tuple(dict.fromkeys((*told.on, *on)))  # who corrects mostly names all that is concerned
        if kind == "readopt" and told and told.t != "readopt" and not told.blind:  # who cannot read it reads no copy
            ids.append(story.readopt(name, told.id, after=known, **more))
        else:
            said = bodies(named, at)["pass" if kind == "readopt" else kind]
            ids.append(story.say(name, said, *on, after=known, **more))
        knows[name] = [*knows[name], ids[-1]]
    return story


def renumbered(story: Story, thing: Claim, step: int) -> History:
    """The same history from a database that gave its branches other numbers."""
    history = story.history(thing)
    return replace(
        history,
        events=tuple(replace(past, branch=past.branch * step + 5) for past in history.events),
        branches={
            bid * step + 5: (None if parent is None else parent * step + 5, at)
            for bid, (parent, at) in story.branches.items()
        },
    )


@given(stories(), st.data(), st.integers(0, 60))
def test_any_order_and_any_number_of_copies_is_judged_alike(story, data, days):
    definitions = known()
    for thing in THINGS:
        history = story.history(thing)
        expected = judge(history, definitions)
        shuffled = data.draw(st.permutations(history.events + history.events[: data.draw(st.integers(0, 20))]))
        assert judge(replace(history, events=tuple(shuffled)), definitions) == expected
        assert judge(renumbered(story, thing, 3), definitions) == expected
        assert judge(renumbered(story, thing, -1), definitions) == expected
        for component in expected.waits_for:
            child, span = story.history(component.child), TimeSpan(START_MS, START_MS + days * 86_400_000)
            other = replace(child, events=tuple(data.draw(st.permutations(child.events))))
            assert part(component, other, span, definitions) == part(component, child, span, definitions)


@given(stories(), st.integers(0, 60))
def test_a_provisional_pass_is_cleared_or_held_by_nothing_but_what_is_known_of_its_parts(story, days):
    """Without that it waits; with it nothing else of the thing changes than what the pass says."""
    definitions = known()
    for thing in THINGS:
        without = judge(story.history(thing), definitions)
        standing = story.judge(thing, definitions, TimeSpan(START_MS, START_MS + days * 86_400_000))
        assert standing.waits_for == without.waits_for
        assert set(without.held_because) <= set(standing.held_because)
        assert {c.tag for c in standing.components} == {c.tag for c in without.components}
        assert {id for id, one in standing.operations.items() if one.provisional} <= {
            id for id, one in without.operations.items() if one.provisional
        }
        assert standing.waits_for or standing == without


@given(stories(honest=True))
def test_parents_and_children_agree_on_the_edges_between_them(story):
    """Each is judged by its own history alone, so both histories must tell whether an edge stands."""
    standings = {thing: story.judge(thing) for thing in THINGS}
    for thing, standing in standings.items():
        for edge in standing.components:
            seen = [c for c in standings[edge.child].within if c.tag == edge.tag]
            # which of several candidates it was, a later bind says to their parent alone
            assert seen == [c for c in standing.components if c.tag == edge.tag] or edge.kind == "candidate", thing


SNAPSHOT = msgspec.json.Decoder(tuple[Past, ...])


@given(stories(), st.data())
def test_a_snapshot_of_some_and_the_rest_are_judged_as_all(story, data):
    """A snapshot is the rows of some events, as they are kept; what comes later may say anything of them."""
    definitions = known()
    for thing in THINGS:
        history = story.history(thing)
        cut = data.draw(st.integers(0, len(history.events)))
        first, rest = history.events[:cut], history.events[cut:]
        kept = SNAPSHOT.decode(msgspec.json.encode(first))
        assert kept == first
        again = data.draw(st.integers(0, len(kept)))
        assert judge(replace(history, events=(*rest, *kept, *kept[:again])), definitions) == judge(history, definitions)


@given(stories())
def test_a_definition_that_is_missing_is_unknown_and_may_come_later(story):
    """Nothing is kept of what was judged without it."""
    full = [one for kind in (Material, Route) for one in definitions_of(motor_route(tests=2)).all(kind)]
    for thing in THINGS:
        history = story.history(thing)
        for some in ([], full[:1], full[1:]):
            without = judge(history, Definitions.of(some))
            assert without.outcome("nothing") == "none"
            assert {c.tag for c in without.components} == {c.tag for c in story.judge(thing).components}
        assert judge(history, Definitions.of(full)) == judge(history, Definitions.of(full[::-1]))


def names(row: object) -> tuple[str, ...]:
    """The assertions that a row may end."""
    if isinstance(row, Correction):
        return tuple(tag(row.event, k) for k in range(9))
    return (*getattr(row, "tags", ()), *getattr(row, "drop", ()))


@given(stories())
def test_bad_news_is_never_lost(story):
    """Whatever else was said, a hold or scrap that nobody named in a lift of the same thing stands."""
    for thing in THINGS:
        history = story.history(thing)
        named = {t for p in history.events for row in p.rows for t in names(row)}
        standing = story.judge(thing)
        for past in history.events:
            for row in past.rows:
                if isinstance(row, Mark) and row.thing == thing and tag(past.id, row.k) not in named:
                    assert row.kind != "scrap" or standing.state == "scrapped"
                    assert row.kind != "hold" or row.text in standing.held_because
