"""`pack check` says every error at once, in words, and what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.definitions.pack import check
from tests.hub.definitions.test_pack import FILES, written


def test_every_error_of_a_pack_is_said_at_once_in_the_order_of_its_lines(tmp_path: Path) -> None:
    text = (
        FILES["a.yaml"].replace("route: motor-route", "route: motor-rout").replace("material: rotor", "material: roto")
    )
    written(tmp_path, a=text, pack=FILES["pack.yaml"].replace("badge: B2", "badge: C2"))
    errors = check(tmp_path).errors
    assert [(e.file, e.line, e.field) for e in errors] == [
        ("a.yaml", 14, "route"), ("a.yaml", 17, "bom[0].material"), ("pack.yaml", 6, "people[1].badge"),
    ]  # fmt: skip
    assert [e.hint.meant for e in errors[:2]] == ["motor-route", "rotor"]
    assert "是不是 motor-route" in errors[0].hint.say("zh") and "did you mean motor-route?" in str(errors[0].hint)


def test_a_definition_that_cannot_be_read_hides_no_error_of_the_others(tmp_path: Path) -> None:
    """Nor is anything said to be missing that the unreadable one may be: here the code rule of the motor."""
    codes = FILES["codes.yaml"].replace("type: unit", "type: unti").replace("example: L-001", "example: L-1")
    route = FILES["b.yaml"].replace("form: press-form", "form: press-frm", 1)
    manifest = FILES["pack.yaml"].replace("badge: B2", "badge: C2")
    text = FILES["a.yaml"].replace("tracked: lot", "tracked: lott")
    errors = check(written(tmp_path, a=text, b=route, codes=codes, pack=manifest)).errors
    assert [(e.file, e.field) for e in errors] == [
        ("a.yaml", "tracked"), ("b.yaml", "operations[0].form"), ("codes.yaml", "type"), ("codes.yaml", "example"),
        ("pack.yaml", "people[1].badge"),
    ]  # fmt: skip


def test_two_faults_of_one_field_are_both_said(tmp_path: Path) -> None:
    errors = check(written(tmp_path, a=FILES["a.yaml"].replace("quantity: 1.0", "quantity: -0.5"))).errors
    assert {e.hint.code for e in errors if e.field == "bom[0].quantity"} == {"hint.above_0", "hint.whole"}


def test_a_file_that_is_no_yaml_hides_no_error_of_the_others(tmp_path: Path) -> None:
    codes = FILES["codes.yaml"].replace("example: M-001", "example: M-1")
    errors = check(written(tmp_path, b=FILES["b.yaml"] + "- [", codes=codes)).errors
    assert [(e.file, e.field) for e in errors] == [("b.yaml", ""), ("codes.yaml", "example")]


@pytest.mark.parametrize(
    ("example", "english", "chinese"),
    [
        ("M-1", r"the example M-1 does not fit the pattern M-\d{3}", r"例子 M-1 不符合规则 M-\d{3}"),
        (
            "]d2010",
            "the example cannot be read: Faulty GS1 code: wrong format (at 01)",
            "例子读不出来：GS1 条码有错：数据格式不对（01）",
        ),
    ],
)
def test_an_example_that_cannot_be_read_says_why_in_words(
    tmp_path: Path, example: str, english: str, chinese: str
) -> None:
    codes = FILES["codes.yaml"].replace("example: M-001", f"example: '{example}'")
    (error,) = check(written(tmp_path, codes=codes)).errors
    assert (error.hint.say("en"), error.hint.say("zh")) == (english, chinese)


def test_of_several_definitions_that_break_their_schema_each_is_said(tmp_path: Path) -> None:
    text = FILES["a.yaml"].replace("origin: made", "orign: made").replace("tracked: lot", "tracked: lott")
    errors = check(written(tmp_path, a=text)).errors
    assert {(e.field, e.hint.meant) for e in errors} == {("orign", "origin"), ("tracked", "lot")}
