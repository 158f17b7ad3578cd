"""Event bytes have one spelling, every limit is kept before they are believed, and nothing but BadEvent is raised."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec import inspect

from common import event_types as b
from common import events, wire_types
from common.errors import BadEvent
from common.events import Event, Fact
from common.ids import Claim
from common.rows import rows_of
from tests.support.bodies import EVERY
from tests.support.factory import SITE, bind, done, lot, stamp, unit

LEAF = "A" * 43
LOG = "a" * 26
GOOD = {"at": 1, "b": {}, "bo": "boot", "mo": 2, "n": "A" * 16, "t": "later", "v": 1}


def raw(**changed: Any) -> bytes:
    """Canonical bytes of an envelope of a type from a later release."""
    return rfc8785.dumps(GOOD | changed)


def code_of(data: bytes) -> str:
    """The code with which bytes are refused, or "" if they are an event."""
    try:
        events.decode(data)
    except BadEvent as e:
        return e.code
    return ""


# Random bodies of every type, made from the types themselves ----------------------------------------------------------
INTEGERS = st.integers(-wire_types.MAX_INTEGER, wire_types.MAX_INTEGER)
KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def values(kind: inspect.Type) -> st.SearchStrategy[Any]:
    """JSON values of a msgspec type."""
    match kind:
        case inspect.StrType():
            return texts(kind)
        case inspect.IntType():
            return st.integers(kind.ge or 0, wire_types.MAX_INTEGER if kind.le is None else kind.le)
        case inspect.VarTupleType():
            return st.lists(values(kind.item_type), min_size=kind.min_length or 0, max_size=3)
        case inspect.UnionType():
            return st.one_of([values(each) for each in kind.types])
        case inspect.LiteralType():
            return st.sampled_from(kind.values)
        case inspect.DictType():
            return st.dictionaries(KEYS, JSON, max_size=3)
        case inspect.StructType():
            return structs(kind)
    return {inspect.BoolType: st.booleans(), inspect.NoneType: st.none()}[type(kind)]


def texts(kind: inspect.StrType) -> st.SearchStrategy[str]:
    if kind.pattern:
        return st.from_regex(kind.pattern, fullmatch=True).filter(lambda text: len(text) <= (kind.max_length or 1_000))
    return st.text(min_size=kind.min_length or 0, max_size=min(kind.max_length or 99, 20))


def structs(kind: inspect.StructType) -> st.SearchStrategy[dict[str, Any]]:
    required = {field.name: values(field.type) for field in kind.fields if field.required}
    optional = {field.name: values(field.type) for field in kind.fields if not field.required}
    tag = {kind.tag_field: st.just(kind.tag)} if kind.tag_field else {}
    return st.fixed_dictionaries(tag | required, optional=optional)


BODIES = {body: structs(inspect.type_info(body)) for body in b.TYPES}
CLAIMS = st.builds(Claim, st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    body_type = draw(st.sampled_from(list(BODIES)))
    body = msgspec.convert(draw(BODIES[body_type]), body_type)
    least, most = b.things(body)
    assume(least <= min(most, 12))
    return Fact(body, tuple(draw(st.lists(CLAIMS, min_size=least, max_size=min(most, 12)))))


STAMPS = st.builds(
    events.Stamp,
    st.integers(0, wire_types.MAX_INTEGER),
    st.text(min_size=1, max_size=12),
    st.integers(0, wire_types.MAX_INTEGER),
    st.from_regex(r"[A-Za-z0-9_-]{16}", fullmatch=True),
    st.none() | st.text(min_size=1, max_size=12),
    st.none() | st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True),
    st.lists(
        st.integers(1, wire_types.MAX_INTEGER)
        | st.tuples(st.just(LOG), st.integers(0, wire_types.MAX_INTEGER), st.just(LEAF)),
        max_size=3,
    ).map(tuple),
    st.none() | st.text(min_size=1, max_size=12),
)


# One spelling ---------------------------------------------------------------------------------------------------------
@settings(max_examples=400)
@given(facts(), STAMPS)
def test_event_bytes_are_those_of_rfc_8785_and_come_apart_again(fact, said):
    data = events.encode(fact, said)
    assert data == rfc8785.dumps(json.loads(data))
    event = events.decode(data)
    assert events.body(event) == fact.body
    assert (event.on, event.rf, event.via) == (fact.on, said.rf, said.via)
    assert (event.at, event.bo, event.mo, event.n, event.who, event.cfg) == (
        said.at, said.bo, said.mo, said.n, said.who, said.cfg,
    )  # fmt: skip
    assert (event.t, event.v) == b.TYPES[type(fact.body)]
    assert event.crit == fact.body.crit
    if not isinstance(fact.body, b.Readopt):  # what it carries here is noise
        assert all(row.k == k for k, row in enumerate(rows_of(event)))


@given(st.dictionaries(KEYS, JSON, max_size=5))
def test_any_tree_of_the_subset_is_an_event_of_a_type_to_come(tree):
    data = raw(b=tree)
    event = events.decode(data)
    assert json.loads(bytes(event.b)) == tree
    assert not events.known(event)


def test_every_type_has_an_example_with_every_field_and_comes_apart_again():
    assert {type(body) for body, _ in EVERY} == set(b.TYPES)
    for body, on in EVERY:
        data = events.encode(Fact(body, on), stamp(1))
        assert data == rfc8785.dumps(json.loads(data))
        assert events.body(events.decode(data)) == body
        assert set(json.loads(data)["b"]) == {field.name for field in msgspec.structs.fields(body)}, "fill every field"


def test_what_is_absent_is_left_out():
    data = json.loads(events.encode(Fact(b.SignIn(place="p", state="in")), stamp(1)))
    assert sorted(data) == ["at", "b", "bo", "mo", "n", "t", "v"]
    assert sorted(data["b"]) == ["place", "state"]


def test_control_characters_and_astral_ones_are_spelt_as_in_rfc_8785():
    text = "".join(map(chr, range(0x20))) + '"\\/\x7f\u2028\ufeff\U0001f529溯源'
    data = events.encode(Fact(b.Hold(reason=text), (unit(text),)), stamp(1))
    assert data == rfc8785.dumps(json.loads(data))
    assert events.body(events.decode(data)).reason == text


# What is refused ------------------------------------------------------------------------------------------------------
EVENT = raw()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (raw(b=1).replace(b'"b":1', b'"b":1.0'), "event.float"),
        (raw(b=1).replace(b'"b":1', b'"b":1e3'), "event.float"),
        (raw(b=1).replace(b'"b":1', b'"b":-0.0'), "event.float"),
        (raw(b=1).replace(b'"b":1', b'"b":1e9999'), "event.float"),
        (raw(b=1).replace(b'"b":1', b'"b":9007199254740992'), "event.integer"),
        (raw(b=1).replace(b'"b":1', b'"b":-9007199254740992'), "event.integer"),
        (raw(b=1).replace(b'"b":1', b'"b":' + b"9" * 400), "event.integer"),
        (raw(b=1).replace(b'"b":1', b'"b":' + b"9" * 5_000), "event.json"),
        (raw(b=1).replace(b'"b":1', b'"b":-0'), "event.canonical"),
        (raw(b=1).replace(b'"b":1', b'"b":01'), "event.json"),
        (raw(b=1).replace(b'"b":1', b'"b":NaN'), "event.json"),
        (raw(b=1).replace(b'"b":1', b'"b":Infinity'), "event.json"),
        (raw(b={"x": 1}).replace(b'"x"', '"é"'.encode()), "event.key"),
        (raw(b=[{"x": 1}]).replace(b'"x"', '"电"'.encode()), "event.key"),
        (raw(b={"x": 1}).replace(b'"x"', b'"\\u00e9"'), "event.canonical"),
        (raw(b={"x": 1}).replace(b'"x"', b'"\\u0078"'), "event.canonical"),
        (raw(b={"x": 1}).replace(b'"x":1', b'"x":1,"x":1'), "event.canonical"),
        (raw(b={"x": 1, "y": 1}).replace(b'"x":1,"y":1', b'"y":1,"x":1'), "event.canonical"),
        (EVENT.replace(b'"t":"later"', b'"t":"later","t":"later"'), "event.canonical"),
        (EVENT.replace(b":1,", b": 1,"), "event.canonical"),
        (b" " + EVENT, "event.canonical"),
        (EVENT + b"\n", "event.canonical"),
        (EVENT + b"{}", "event.json"),
        (EVENT + b"\x00", "event.json"),
        (EVENT[:-1], "event.json"),
        (b"\xef\xbb\xbf" + EVENT, "event.json"),
        (raw(b="a/b").replace(b"/", b"\\/"), "event.canonical"),
        (raw(b="\n").replace(b"\\n", b"\\u000a"), "event.canonical"),
        (raw(b="\x1f").replace(b"1f", b"1F"), "event.canonical"),
        (raw(b="x").replace(b'"x"', b'"\\ud800"'), "event.json"),
        (raw(b="x").replace(b'"x"', b'"\xed\xa0\x80"'), "event.json"),
        (raw(b="x").replace(b'"x"', b'"\xff"'), "event.json"),
        (raw(b="x").replace(b'"x"', b'"\xc0\xaf"'), "event.json"),
        (raw(b="x").replace(b'"x"', b'"\t"'), "event.json"),
        (b"", "event.json"),
        (b"null", "event.envelope"),
        (b"[]", "event.envelope"),
        (b"{}", "event.envelope"),
    ],
)  # fmt: skip
def test_bytes_that_are_spelt_otherwise_are_refused_with_their_code(data, code):
    assert code_of(EVENT) == ""
    assert code_of(data) == code


@pytest.mark.parametrize(
    "changed",
    [
        {"t": ""}, {"t": "x" * 65}, {"t": 1}, {"v": 0}, {"v": 65_536}, {"v": "1"}, {"v": True},
        {"at": -1}, {"at": None}, {"bo": ""}, {"mo": -1},
        {"n": "A" * 15}, {"n": "A" * 17}, {"n": "A" * 15 + "="}, {"n": "A" * 16 + "\n"}, {"n": "\n" + "A" * 16},
        {"who": ""}, {"who": 7}, {"cfg": "sha256:" + "A" * 64}, {"cfg": "sha256:" + "0" * 64 + "\n"}, {"crit": 1},
        {"via": ""}, {"via": "x" * 65}, {"via": True},
        {"on": {}}, {"on": [{"scheme": "x"}]}, {"on": [{"scheme": "x", "value": 1}]}, {"on": ["x"]},
        {"on": [{"scheme": "", "value": "x"}]}, {"on": [{"scheme": "x", "value": ""}]},
        {"on": [{"scheme": "x" * 65, "value": "x"}]}, {"on": [{"scheme": "x", "value": "x" * 129}]},
        {"on": [{"scheme": "x", "value": str(i)} for i in range(1_025)]},
        {"rf": [True]}, {"rf": ["x"]}, {"rf": [[LOG, 0]]}, {"rf": [[LOG, 0, LEAF, 1]]}, {"rf": [[LOG, "0", LEAF]]},
        {"rf": [None]},
    ],
    ids=str,
)  # fmt: skip
def test_an_envelope_that_breaks_its_schema_is_refused(changed):
    assert code_of(raw(**changed)) == "event.envelope"


@pytest.mark.parametrize("field", ["at", "b", "bo", "mo", "n", "t", "v"])
def test_no_required_field_of_the_envelope_may_be_absent(field):
    assert code_of(rfc8785.dumps({k: v for k, v in GOOD.items() if k != field})) == "event.envelope"


@pytest.mark.parametrize(
    "reference",
    [
        0, -1, -(2**53) + 1,
        ["", 0, LEAF], [LOG.upper(), 0, LEAF], [LOG + "\n", 0, LEAF], [LOG[1:], 0, LEAF], ["0" * 26, 0, LEAF],
        [LOG, -1, LEAF], [LOG, 0, ""], [LOG, 0, LEAF + "\n"], [LOG, 0, LEAF[1:]], [LOG, 0, LEAF + "A"],
        [LOG, 0, "A" * 42 + "B"], [LOG, 0, "A" * 42 + "="], [LOG, 0, "A" * 42 + "+"],
    ],
    ids=str,
)  # fmt: skip
def test_a_reference_that_can_cite_nothing_is_refused(reference):
    """Also a leaf in another of the spellings that its base64 has: it would never be found."""
    assert code_of(raw(rf=[reference])) == "event.reference"
    assert code_of(raw(rf=[1, reference])) == "event.reference"


@pytest.mark.parametrize("number", [1, 2, 127, 255, 65_535, 2**31, 2**32, 2**53 - 1])
def test_references_are_read_as_they_were_written(number):
    """msgspec 0.22 mixed up limits, or crashed, where an integer with limits stood in a union with a tuple."""
    data = raw(rf=[number, [LOG, number, LEAF], 1, [LOG, 0, LEAF]])
    assert events.decode(data).rf == (number, (LOG, number, LEAF), 1, (LOG, 0, LEAF))
    hints = inspect.type_info(Event)
    field = next(each for each in hints.fields if each.name == "rf")
    plain = [inspect.IntType(), inspect.TupleType((inspect.StrType(), inspect.IntType(), inspect.StrType()))]
    assert sorted(map(str, field.type.item_type.types)) == sorted(map(str, plain)), "no limits here, see WORKAROUND"


def test_an_oversized_event_is_refused_before_it_is_read():
    room = events.MAX_EVENT - len(raw(b=""))
    assert len(raw(b="x" * room)) == events.MAX_EVENT == 65_535
    assert code_of(raw(b="x" * room)) == ""
    assert code_of(raw(b="x" * (room + 1))) == "event.oversized"
    assert code_of(b"[" * 1_000_000) == "event.oversized"


def nested(levels: int, tree: Any = "电", *, lists: bool = True) -> bytes:
    """An event of so many levels, the envelope being the first."""
    for _ in range(levels - 1):
        tree = [tree] if lists else {"x": tree}
    return raw(b=tree)


@pytest.mark.parametrize("lists", [True, False])
@pytest.mark.parametrize("leaf", ["电", "x", 1, {}])
def test_nesting_ends_at_a_fixed_depth(leaf, lists):
    levels = events.MAX_DEPTH - (leaf == {})
    assert code_of(nested(levels, leaf, lists=lists)) == ""
    assert code_of(nested(levels + 1, leaf, lists=lists)) == "event.depth"


def test_how_deep_an_event_may_be_does_not_depend_on_who_asks():
    """Else one node would take what another refuses: the interpreter's own limit counts from the caller."""

    def at_depth(frames: int, data: bytes) -> str:
        return at_depth(frames - 1, data) if frames else code_of(data)

    room = sys.getrecursionlimit()
    for levels in (events.MAX_DEPTH + 1, room - 200, room - 60, room - 40, room - 20, room + 500, 8_000):
        data = b'{"at":1,"b":' + b"[" * levels + b'"\xe9\x9b\xbb"' + b"]" * levels + EVENT[len('{"at":1,"b":{}') :]
        for frames in (0, 50, 300):
            assert at_depth(frames, data) == "event.depth"


@pytest.mark.parametrize("wide", [{"x": []}, {"x": {}}, []])
def test_many_small_parts_are_not_deep(wide):
    assert code_of(raw(b=[wide] * 200)) == ""


@settings(max_examples=300)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_arbitrary_bytes_raise_nothing_but_bad_event(data):
    code = code_of(data)
    assert code == "" or code.startswith("event.")


@settings(max_examples=500)
@given(facts(), st.data())
def test_events_with_bytes_changed_are_refused_or_are_events_in_their_own_right(fact, data):
    """Whatever comes in is canonical, whatever was done to it on the way."""
    good = events.encode(fact, stamp(1))
    at = data.draw(st.integers(0, len(good) - 1))
    patch = data.draw(st.binary(max_size=3) | st.sampled_from([b'"', b"{", b"}", b"[", b"]", b",", b"0", b"\\u0000"]))
    cut = data.draw(st.integers(0, 3))
    changed = good[:at] + patch + good[at + cut :]
    if code_of(changed) == "":
        assert rfc8785.dumps(json.loads(changed)) == changed
        event = events.decode(changed)
        try:
            rows_of(event)
        except BadEvent as e:
            assert e.code in ("event.body", "event.on")


# Bodies ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("bind", {}),
        ("bind", []),
        ("bind", None),
        ("commission", {"material": ""}),
        ("commission", {"material": "m", "extra": 1}),
        ("commission", {"material": "x" * 65}),
        ("operation_completed", {"operation": "o", "outcome": "maybe"}),
        ("release", {"tags": [], "reason": "r", "meaning": "m"}),
        ("release", {"tags": ["x"], "reason": "r", "meaning": "m"}),
        ("release", {"tags": [f"{LOG}.{LEAF}#00"], "reason": "r", "meaning": "m"}),
        ("release", {"tags": [f"{LOG}.{LEAF}#0\n"], "reason": "r", "meaning": "m"}),
        ("void", {"event": f"{LOG}.{LEAF}\n", "reason": "r"}),
        ("void", {"event": f"{LOG}.{'A' * 42}B", "reason": "r"}),
        ("measured", {"operation": "o", "step": "s", "device": "d", "values": []}),
        ("station_revoked", {"log": LOG + "\n", "at": 1, "reason": "r"}),
        ("station_revoked", {"log": LOG, "at": -1, "reason": "r"}),
        ("readopt", {"log": LOG, "index": 0, "event": "not base64url!"}),
        ("hold", {"reason": "x" * 513}),
    ],
)
def test_a_malformed_body_passes_the_envelope_and_is_refused_by_its_schema(kind, body):
    """What is authentic is stored and relayed by nodes that do not know its type; those that do, say what is wrong."""
    event = events.decode(raw(t=kind, b=body, on=[{"scheme": "x", "value": "y"}]))
    with pytest.raises(BadEvent) as caught:
        events.body(event)
    assert caught.value.code == "event.body"


@pytest.mark.parametrize("text", ["1", "-1", "0", "0.5", "-0.50", "123456789.123456789"])
def test_decimals_are_plain(text):
    data = events.encode(Fact(bind(quantity=text), (unit(), lot())), stamp(1))
    assert events.body(events.decode(data)).quantity == text


@pytest.mark.parametrize("text", ["", "1.", ".5", "01", "+1", "1e3", "1,5", " 1", "1\n", "\n1", "٣", "1" * 33, "NaN"])
def test_decimals_of_another_spelling_are_refused(text):
    with pytest.raises(BadEvent, match=r"event\.body"):
        events.encode(Fact(bind(quantity=text), (unit(), lot())), stamp(1))


def patterns() -> set[str]:
    """Every pattern in the envelope and in any body."""
    found: set[str] = set()

    def walk(kind: Any) -> None:
        if isinstance(kind, inspect.StrType) and kind.pattern:
            found.add(kind.pattern)
        for name in ("item_type", "types", "fields", "type", "item_types", "key_type", "value_type"):
            inner = getattr(kind, name, ())
            for each in inner if isinstance(inner, tuple | list) else [inner]:
                walk(each)

    for each in (Event, *b.TYPES):
        walk(inspect.type_info(each))
    return found


def test_no_pattern_is_overlooked():
    """Decimal, base64url, 32 bytes, log, event, tag, hash, nonce, day."""
    assert len(patterns()) == 9


@given(st.sampled_from(sorted(patterns())), st.data())
def test_no_pattern_lets_a_line_break_through(pattern, data):
    """In Python `$` also matches before a last line break."""
    good = data.draw(st.from_regex(pattern, fullmatch=True))
    assert re.search(pattern, good)
    assert not re.search(pattern, good + "\n")
    assert not re.search(pattern, "\n" + good)


@pytest.mark.parametrize(
    ("body", "least"),
    [
        (bind(), 2),
        (b.Commission(material="m"), 1),
        (b.Unbind(operation="o"), 1),
        (b.Unbind(operation="o", tags=(f"{LOG}.{LEAF}#0",)), 2),
        (b.Replace("s", "m", "1", "pcs", "o"), 2),
        (b.Replace("s", "m", "1", "pcs", "o", (f"{LOG}.{LEAF}#0",)), 3),
        (b.Transform(inputs=1), 2),
        (b.Transform(inputs=3), 4),
        (b.Transform(inputs=1, quantities=(b.Quantity(i=4, quantity="1", uom="kg"),)), 5),
        (b.Hold(reason="r"), 1),
        (b.SignIn(place="p", state="in"), 0),
    ],
)
def test_an_event_names_as_many_things_as_its_body_speaks_of(body, least):
    on = tuple(unit(f"M-{i}") for i in range(least))
    assert events.body(events.decode(events.encode(Fact(body, on), stamp(1)))) == body
    if least:
        with pytest.raises(BadEvent) as caught:
            events.encode(Fact(body, on[:-1]), stamp(1))
        assert caught.value.code == "event.on"


def test_a_transform_makes_a_bounded_number_of_edges():
    """One event of 64 kB could else make a million rows on every node."""
    many = tuple(unit(f"M-{i}") for i in range(128))
    events.encode(Fact(b.Transform(inputs=64), many), stamp(1))
    with pytest.raises(BadEvent, match=r"event\.on"):
        events.encode(Fact(b.Transform(inputs=64), (*many, unit())), stamp(1))


# Writing --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (Fact(b.Hold(reason="\ud800"), (unit(),)), stamp(1)),
        (Fact(b.Hold(reason="r"), (unit("\udcff"),)), stamp(1)),
        (Fact(b.DefinitionPublished(definition={"kind": 1.5})), stamp(1)),
        (Fact(b.DefinitionPublished(definition={"kind": 2**70})), stamp(1)),
        (Fact(b.DefinitionPublished(definition={"é": 1})), stamp(1)),
        (Fact(b.DefinitionPublished(definition={"x": "y" * 66_000})), stamp(1)),
        (Fact(done("o"), (unit(),)), stamp(1, who="")),
        (Fact(done("o"), (unit(),)), stamp(1, rf=(0,))),
        (Fact(done("o"), (unit(""),)), stamp(1)),
    ],
)
def test_nothing_is_written_that_would_not_be_read(fact, said):
    with pytest.raises(BadEvent):
        events.encode(fact, said)


def test_a_longest_code_of_a_site_fits_its_claim():
    """63 letters of a material, a slash, and 64 of a lot number (common/barcode_router.py)."""
    claim = Claim(f"lot@{SITE}", "m" * 63 + "/" + "v" * 64)
    assert events.decode(events.encode(Fact(done("o"), (claim,)), stamp(1))).on == (claim,)


def test_fields_of_the_envelope_that_a_later_release_adds_are_kept_in_the_bytes_and_ignored():
    assert code_of(raw(zz=["anything"])) == ""


def test_holds_and_scraps_ask_who_does_not_know_them_to_hold():
    assert {body for body in b.TYPES if body.crit} == {b.Hold, b.Scrap}
