"""One scan means one thing, or it is refused with the reason; nothing is chosen in silence."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from common import barcode_router
from common.barcode_router import Ambiguous, Code, route
from common.definitions import CodeRule, Material
from common.definitions.naming import Name
from common.errors import BadBarcode, BadDefinition
from common.ids import Claim
from tests.support.gs1 import GSRN, GTIN, OTHER_GTIN, SSCC, every_way, gtins, serials

SITE = "k3f9x2ma"


def rule(id: str, type: str, pattern: str, material: str | None = None) -> CodeRule:
    return CodeRule(id, Name(id, id), type, pattern, "x", material)  # type: ignore[arg-type]


MOTOR = rule("motor", "unit", r"M-250-\d{6}", "motor")
MAGNET = rule("magnet", "lot", r"MG-\d{4}-[A-Z]", "magnet")
CARTON = rule("carton", "container", r"CT\d{4}")
ORDER = rule("order", "order", r"WO-\d{4}-\d{4}")
BADGE = rule("badge", "badge", r"B\d{5}")
RULES = [MOTOR, MAGNET, CARTON, ORDER, BADGE]


def refusal(raw: bytes, rules: list[CodeRule] = RULES) -> BadBarcode:
    with pytest.raises(BadBarcode) as raised:
        route(raw, rules, SITE)
    return raised.value


# Each kind ------------------------------------------------------------------------------------------------------------
def test_a_unit_claims_its_serial_at_this_site() -> None:
    raw = b"M-250-004217"
    claim = Claim("unit@k3f9x2ma", "M-250-004217")
    assert route(raw, RULES, SITE) == Code("unit", claim, "M-250-004217", "motor", "motor", raw)


def test_a_lot_is_told_apart_by_its_material() -> None:
    """Two suppliers may use the same lot number."""
    code = route(b"MG-2610-B", RULES, SITE)
    assert (code.kind, code.claim, code.value) == ("lot", Claim("lot@k3f9x2ma", "magnet/MG-2610-B"), "MG-2610-B")
    bare = route(b"L7", [rule("any", "lot", r"L\d")], SITE)
    assert bare.claim == Claim("lot@k3f9x2ma", "L7")


def test_a_container_and_an_order_have_their_own_schemes() -> None:
    assert route(b"CT0007", RULES, SITE).claim == Claim("container@k3f9x2ma", "CT0007")
    assert route(b"WO-2611-0087", RULES, SITE).claim == Claim("order@k3f9x2ma", "WO-2611-0087")


def test_a_badge_is_never_a_claim() -> None:
    assert route(b"B10021", RULES, SITE) == Code("badge", None, "B10021", None, "badge", b"B10021")


def test_the_group_named_value_is_the_value() -> None:
    code = route("序列号:0042;R2".encode(), [rule("qr", "unit", r"序列号:(?P<value>\d{4});(?:R\d)?")], SITE)
    assert code.claim == Claim("unit@k3f9x2ma", "0042")


@pytest.mark.parametrize(
    ("text", "kind", "claim"),
    [
        (f"]d201{GTIN}21A7\x1d10L7", "unit", Claim("gs1:sgtin", f"{GTIN}.A7")),
        (f"]Q301{GTIN}10L7", "lot", Claim("gs1:lgtin", f"{GTIN}.L7")),
        (f"]C100{SSCC}", "container", Claim("gs1:sscc", SSCC)),
    ],
)
def test_a_gs1_code_needs_no_rule(text: str, kind: str, claim: Claim) -> None:
    assert route(text.encode(), [], SITE) == Code(kind, claim, claim.value, None, None, text.encode())  # type: ignore[arg-type]


def test_a_gs1_code_that_names_no_single_thing_is_refused() -> None:
    assert refusal(f"]C101{GTIN}".encode()).details["reason"] == "no_identity"
    assert refusal(f"https://id.gs1.org/01/{GTIN}".encode()).details["reason"] == "no_identity"


def test_a_gs1_code_is_never_tried_on_the_sites_rules() -> None:
    lenient = rule("lenient", "badge", r"[0-9A-Z]{1,20}")
    assert refusal(b"]C1B10021", [BADGE, lenient]).code == "barcode.gs1"


def made(id: str, *gtins: str) -> Material:
    return Material(id, Name(id, id), "made", "unit", gtin=gtins)


def test_a_gtin_says_which_material_it_is() -> None:
    materials = [made("motor", GTIN, OTHER_GTIN), made("pump", "04012345123456")]
    for text in every_way([("01", OTHER_GTIN), ("21", "A7")]):
        assert route(text.encode(), [], SITE, materials).material == "motor"
    assert route(f"]C101{GTIN}21A7".encode(), [], SITE, []).material is None


def test_a_gtin_of_two_materials_is_asked_about() -> None:
    """The hub publishes no such thing; if it happens all the same, nothing is chosen."""
    assert readings(f"]C101{GTIN}21A7".encode(), [], [made("b", GTIN), made("a", GTIN)]) == [
        ("unit", "a"),
        ("unit", "b"),
    ]


RFID = rule("rfid", "unit", r"EPC:(?P<gtin>\d{13,14}):(?P<serial>[0-9A-Z\-\/]{1,20})")


@pytest.mark.parametrize(
    ("read_by", "text", "claim"),
    [
        (RFID, f"EPC:{GTIN}:A/7", Claim("gs1:sgtin", f"{GTIN}.A/7")),
        (RFID, f"EPC:{GTIN[1:]}:A/7", Claim("gs1:sgtin", f"{GTIN}.A/7")),
        (rule("l", "lot", r"L(?P<lot>\d{4})G(?P<gtin>\d{14})"), f"L2610G{GTIN}", Claim("gs1:lgtin", f"{GTIN}.2610")),
        (rule("s", "container", r"SSCC(?P<sscc>\d{18})"), f"SSCC{SSCC}", Claim("gs1:sscc", SSCC)),
        (rule("g", "equipment", r"EQ(?P<giai>[0-9A-Z]{5,30})"), "EQ9506000G7", Claim("gs1:giai", "9506000G7")),
    ],
)
def test_a_private_code_that_carries_the_numbers_of_gs1_is_the_same_thing(
    read_by: CodeRule, text: str, claim: Claim
) -> None:
    barcode_router.check_rule(read_by)
    code = route(text.encode(), [read_by], SITE, [made("motor", GTIN)])
    assert (code.kind, code.claim, code.value, code.rule) == (read_by.type, claim, claim.value, read_by.id)
    assert code.material == ("motor" if GTIN in claim.value else None)


def test_a_private_code_with_a_wrong_number_of_gs1_is_refused_unless_another_rule_reads_it() -> None:
    text = f"EPC:{GTIN[:-1]}3:A7".encode()
    assert refusal(text, [RFID]).details["reason"] == "check_digit"
    assert route(text, [RFID, rule("any", "order", r"EPC:\d{14}:A7")], SITE).kind == "order"


def test_a_persons_number_is_a_badge_only_by_a_rule_for_badges() -> None:
    raw = f"]d28018{GSRN}".encode()
    assert refusal(raw).details["reason"] == "person"
    assert refusal(raw, [rule("any", "unit", r"\(8018\)\d{18}")]).details["reason"] == "person"
    badge = rule("gsrn", "badge", r"\(8018\)(?P<value>\d{18})")
    for text in every_way([("8018", GSRN)])[:-3]:
        assert route(text.encode(), [badge], SITE) == Code("badge", None, GSRN, None, "gsrn", text.encode())


ANY_PART = rule(
    "part", "unit", r"EPC:(?P<gtin>\d{14}):(?P<serial>[0-9A-Za-z_ ./:+#\-\!\"\%\&\'\(\)\*\,\;\<\=\>\?]{1,20})"
)


@given(gtins, serials, serials)
def test_one_code_read_any_way_is_one_thing(gtin: str, serial: str, lot: str) -> None:
    """All 82 characters, in every symbology, as a link, and as text of an RFID reader by the site's rule."""
    materials = [made("motor", gtin)]
    texts = [*every_way([("01", gtin), ("10", lot), ("21", serial)]), f"EPC:{gtin}:{serial}"]
    read = {
        (c.kind, c.claim, c.value, c.material) for c in (route(t.encode(), [ANY_PART], SITE, materials) for t in texts)
    }
    assert read == {("unit", Claim("gs1:sgtin", f"{gtin}.{serial}"), f"{gtin}.{serial}", "motor")}


@given(gtins, serials)
def test_one_lot_read_any_way_is_one_lot(gtin: str, lot: str) -> None:
    read = {route(text.encode(), [], SITE).claim for text in every_way([("01", gtin), ("10", lot)])}
    assert read == {Claim("gs1:lgtin", f"{gtin}.{lot}")}


# Commands -------------------------------------------------------------------------------------------------------------
PLAIN = ("1", "9", "CONFIRM", "CANCEL", "UNDO", "REWORK", "SCRAP", "CLOSE", "LEAVE", "SIGNOUT")
WITH_REASON = ("NG:noise", "SCRAP:shaft-bent", "LEAVE:shift-end")


@pytest.mark.parametrize("command", PLAIN + WITH_REASON)
def test_a_command_is_read_as_one(command: str) -> None:
    raw = f"HW:{command}".encode()
    assert route(raw, RULES, SITE) == Code("command", None, command, None, None, raw)
    assert route(b"]Q1" + raw, RULES, SITE).value == command


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ:", max_size=12))
def test_no_serial_can_be_a_command_and_no_command_a_serial(text: str) -> None:
    greedy = [rule("unit", "unit", r"[A-Z:]{1,40}"), rule("hw", "badge", r"HW:[A-Z:]{1,40}")]
    code = route(f"HW:{text}".encode(), greedy, SITE)
    assert isinstance(code, Code)
    assert (code.kind, code.value, code.claim) == ("command", text, None)


# What is no code ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b"   ", "empty"),
        (b"\xff\xfe", "utf8"),
        ("批次".encode("gb18030"), "utf8"),
        (b"M-250-004217\r", "control"),
        (b"M-250\x00", "control"),
        (b"\tM-250", "control"),
        ("M-250\u202e".encode(), "control"),
        ("\ufeffM-250".encode(), "control"),
        (b"x" * 513, "oversized"),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_the_bytes(raw: bytes, reason: str) -> None:
    error = refusal(raw)
    assert (error.code, error.details) == ("barcode.bytes", {"reason": reason, "hex": raw[:512].hex()})


def test_the_separators_of_industry_labels_are_part_of_a_code() -> None:
    raw = b"[)>\x1e06\x1d1T2610B\x1e\x04"
    label = rule("label", "lot", "\\[\\)>\x1e06\x1d1T(?P<value>\\d{4}[A-Z])\x1e\x04", "magnet")
    assert route(raw, [label], SITE).value == "2610B"


@pytest.mark.parametrize("raw", [b" M-250-004217", b"M-250-004217  ", b"]C0M-250-004217", b" ]d1 M-250-004217 "])
def test_padding_and_a_symbology_identifier_make_no_second_thing(raw: bytes) -> None:
    code = route(raw, RULES, SITE)
    assert (code.value, code.raw) == ("M-250-004217", raw)


@pytest.mark.parametrize(
    "text", ["M-250-00421", "M-250-0042177", "xM-250-004217", "m-250-004217", "M-250-٠٠٤٢١٧", "10D9T"]
)
def test_a_code_is_matched_whole_and_exactly(text: str) -> None:
    error = refusal(text.encode())
    assert (error.code, error.details["scan"]) == ("barcode.unknown", text)


# Ambiguity ------------------------------------------------------------------------------------------------------------
def readings(
    raw: bytes, rules: list[CodeRule], materials: list[Material] | None = None
) -> list[tuple[str, str | None]]:
    """(kind, rule or else material) of each reading of an ambiguous code."""
    found = route(raw, rules, SITE, materials or [])
    assert isinstance(found, Ambiguous)
    assert found.raw == raw
    return [(code.kind, code.rule or code.material) for code in found.readings]


def test_a_code_that_two_types_read_is_asked_about_in_any_order_of_the_rules() -> None:
    pair = [BADGE, rule("part", "unit", r"[A-Z]\d{5}", "part")]
    assert readings(b"B10021", pair) == readings(b"B10021", pair[::-1]) == [("badge", "badge"), ("unit", "part")]


def test_two_materials_or_two_values_are_asked_about_too() -> None:
    assert len(readings(b"L7", [rule("a", "lot", r"L\d", "x"), rule("b", "lot", r"L\d", "y")])) == 2
    assert len(readings(b"L7", [rule("a", "lot", r"L\d"), rule("b", "lot", r"L(?P<value>\d)")])) == 2


def test_a_gs1_code_that_names_two_things_is_asked_about() -> None:
    assert readings(f"]C100{SSCC}01{GTIN}21A".encode(), RULES) == [("container", None), ("unit", None)]


def test_a_link_that_a_rule_of_the_site_reads_too_is_asked_about() -> None:
    text = f"https://id.gs1.org/01/{GTIN}/21/A7".encode()
    site = rule("qr", "order", r"https:\/\/id\.gs1\.org\/01\/\d{14}\/21\/(?P<value>[A-Z]\d)")
    assert readings(text, [site]) == [("order", "qr"), ("unit", None)]


def test_a_broken_link_is_the_sites_if_a_rule_reads_it() -> None:
    text = b"https://site.example/01/09506000134353"
    site = rule("qr", "order", r"https:\/\/site\.example\/01\/(?P<value>\d{14})")
    assert route(text, [site], SITE).value == "09506000134353"  # type: ignore[union-attr]
    assert refusal(text, []).details["reason"] == "check_digit"


def test_more_readings_than_there_are_cards_are_refused() -> None:
    rules = [rule(f"r{i}", "lot", r"L\d", f"m{i}") for i in range(10)]
    assert len(readings(b"L7", rules[:9])) == 9
    assert refusal(b"L7", rules).code == "barcode.ambiguous"


def test_two_rules_that_mean_the_same_are_no_question_in_either_order() -> None:
    pair = [rule("z", "unit", r"S\d{2}", "m"), rule("a", "unit", r"S\d\d", "m")]
    assert route(b"S42", pair, SITE) == route(b"S42", pair[::-1], SITE)
    assert route(b"S42", pair, SITE).rule == "a"  # type: ignore[union-attr]


TYPES = st.sampled_from(["unit", "lot", "container", "equipment", "tool", "gauge", "location", "document", "order"])


@given(TYPES, st.integers(1, 5), st.integers(0, 5), st.text("0123456789", min_size=1, max_size=8))
def test_a_work_code_is_never_read_as_a_badge(type: str, least: int, more: int, digits: str) -> None:
    """Whatever two rules overlap in, the code is either one rule's alone or a question."""
    work = rule("work", type, rf"\d{{{least},{least + more}}}")
    badge = rule("badge", "badge", r"\d{4,6}")
    is_work, is_badge = least <= len(digits) <= least + more, 4 <= len(digits) <= 6
    assume(is_work or is_badge)
    if is_work and is_badge:
        assert {kind for kind, _ in readings(digits.encode(), [badge, work])} == {"badge", type}
    else:
        assert route(digits.encode(), [badge, work], SITE).kind == (type if is_work else "badge")


@given(st.binary(max_size=600) | st.text(max_size=80).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_code_or_a_bad_barcode(raw: bytes) -> None:
    try:
        code = route(raw, [*RULES, rule("any", "unit", r"[0-9A-Za-z]{1,20}")], SITE)
    except BadBarcode as e:
        assert e.code in {"barcode.bytes", "barcode.gs1", "barcode.unknown", "barcode.ambiguous"}
    else:
        assert code.raw == raw
        assert isinstance(code, Code)
        assert (code.claim is None) == (code.kind in ("badge", "command"))


COLLIDING = [rule("hw", t, p) for t, p in (("unit", r"HW:[0-9A-Z:]{1,20}"), ("badge", r"[A-Z:]{3}\d{1,9}"))]


@given(st.text("HW:0123456789NGSCRAPLEV-", max_size=20).map("HW:".__add__), st.sampled_from(["", "]C0", "]Q1", " "]))
def test_what_begins_as_a_command_is_never_a_thing_whatever_the_rules(text: str, before: str) -> None:
    code = route((before + text).encode(), COLLIDING, SITE)
    assert (code.kind, code.claim) == ("command", None)  # type: ignore[union-attr]


@given(gtins, serials)
def test_a_serial_that_looks_like_a_command_is_a_serial(gtin: str, rest: str) -> None:
    serial = f"HW:{rest}"[:20]
    for text in every_way([("01", gtin), ("21", serial)]):
        assert route(text.encode(), COLLIDING, SITE).claim == Claim("gs1:sgtin", f"{gtin}.{serial}")  # type: ignore[union-attr]


def test_no_rule_of_the_site_can_take_a_command_card() -> None:
    """Its example would begin with HW:, and hub/definitions/checks.py publishes no pack with such an example."""
    for command in (*PLAIN, *WITH_REASON):
        assert route(f"HW:{command}".encode(), COLLIDING, SITE).kind == "command"  # type: ignore[union-attr]


# Patterns -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "pattern",
    [
        r"M-250-\d{6}",
        r"[A-HJ-NP-Z0-9]{17}",
        r"电机-\d{4}",
        r"A(?:-\d{1,3})?",
        r"(AB){3}",
        r"SN:(?P<value>\d{4}(?:-[A-Z]{2})?);.*"[:-2],
        r"[\d\-\]]{1,4}\.\d\+",
        "\x1dA",
    ],
)
def test_what_people_need_of_patterns_is_allowed(pattern: str) -> None:
    barcode_router.check_rule(rule("r", "unit", pattern))


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"A*", r"A+", r"A|B", r".", r"^A", r"A$", r"\w", r"\1", r"(A)\1", r"(?=A)A", r"(?i)A", r"[^A]", r"[[]"),
        *(r"[A&&B]", r"[z-a]", r"A{,3}", r"A{", r"A}", r"A??", r"A{2}{3}", r"?A", r"A{3,2}", r"(A", r"A)"),
        *(r"(A{1,3}){2}", r"(A?){9}", r"(?P<x>A)", r"(?P<value>A)?", r"((?P<value>A))", r"(?P<value>A)(?P<value>B)"),
        "",
        r"(?P<value>\d{0,4})X",
        r"\d{65}",
        r"((A{999}){999}){999}",
        r"\d{0,40}" * 4 + "(?P<value>X)",
        "A" * 201,
        "A\u200bB",
        "A\nB",
    ],
)
def test_every_other_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(BadDefinition) as raised:
        barcode_router.check_rule(rule("r", "unit", pattern))
    assert raised.value.code == "definition.pattern"
    assert raised.value.details["hint"]


PARTS = (
    r"A",
    r"\d",
    r"[A-F\d_]",
    r"-",
    r"\.",
    r"电",
    r"{2}",
    r"{1,9}",
    r"{0,30}",
    r"?",
    r"(",
    r"(?:",
    r"(?P<value>",
    r")",
)


@given(st.lists(st.sampled_from(PARTS), max_size=14).map("".join))
def test_a_pattern_that_is_allowed_compiles_and_answers_any_code(pattern: str) -> None:
    try:
        barcode_router.check_rule(rule("r", "unit", pattern))
    except BadDefinition as e:
        assert e.code == "definition.pattern"
        return
    assert re.compile(pattern)
    for text in ("A" * 512, "1" * 512, "A1" * 200 + "-", "A" * 40 + "."):
        barcode_router.read(rule("r", "unit", pattern), text)


def test_a_code_that_almost_matches_the_worst_allowed_pattern_is_answered() -> None:
    """8000 ways to split it; without the limit on ways a scan could stop the line."""
    assert barcode_router.read(rule("worst", "unit", r"(?P<value>\d{0,19}X)\d{0,19}\d{0,19}Y"), "1" * 512) is None
    with pytest.raises(BadDefinition, match="variable length"):
        barcode_router.check_rule(rule("worse", "unit", r"(?P<value>X)\d{0,19}\d{0,19}\d{0,19}\d{0,19}"))
