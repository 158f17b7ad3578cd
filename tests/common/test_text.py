"""The catalogue: complete in both languages, true to the code, and unable to raise whatever it is given."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from common import text
from common.definitions.naming import Name
from common.event_types import BODIES
from common.ids import Claim
from common.judge.standing import REFUSALS
from common.text import LANGUAGES, Language, brief, codes, places, say
from tests.house.tree import ROOT, calls, nodes, product, short, syntax

CODE = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+")
QUOTED = re.compile(r"""['"]([a-z0-9_]+(?:\.[a-z0-9_]+)+)['"]""")
CHINESE, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]")
FILES = (".crt", ".css", ".db", ".html", ".json", ".key", ".log", ".note", ".pem", ".py", ".svg", ".toml", ".yaml")
# For `headwater station enrol`, which borrows the error enrol.words until then.


@lru_cache
def rooms() -> set[str]:
    return {code.partition(".")[0] for code in codes("en")}


@lru_cache
def spelled_out() -> dict[str, str]:
    """Everything in the product that looks like a code of the catalogue → a place where it stands."""
    found = {code: short(path) for path in templates() for code in QUOTED.findall(path.read_text(encoding="utf-8"))}
    for path in product():
        stored = {arg for name, call in calls(path) if name == "ForeignKey" for arg in call.args}
        divisions = [n for n in nodes(path) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div)]
        stored |= {division.right for division in divisions}
        for node in nodes(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in stored:
                found[node.value] = f"{short(path)}:{node.lineno}"
    return {word: at for word, at in found.items() if CODE.fullmatch(word)}


def families() -> set[str]:
    """The beginnings, dot included, of codes that are put together: "said." of f"said.{t}", and the words in values."""
    found = {f"{family}." for family in text.WORDS.values()}
    for path in templates():
        found |= set(re.findall(r"""['"]([a-z_.]+\.)['"] ~""", path.read_text(encoding="utf-8")))
    for path in product():
        for node in nodes(path):
            if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)):
                first = node.values[0] if isinstance(node, ast.JoinedStr) else node.left
                found.add(str(first.value) if isinstance(first, ast.Constant) else "")
    return {start for start in found if re.fullmatch(r"[a-z_.]+\.", start)}


def templates() -> list[Path]:
    return sorted((ROOT / "hub" / "web").rglob("*.html"))


def listed() -> dict[str, list[str]]:
    """Error code → the other cells of its row in docs/errors.md."""
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:3] == "| `"]
    return {row[0].strip("`"): row[1:] for row in rows}


# Complete -------------------------------------------------------------------------------------------------------------
def test_both_languages_have_the_same_codes() -> None:
    assert codes("zh") == codes("en")


def test_both_languages_have_the_same_places() -> None:
    assert not {c: (places("zh", c), places("en", c)) for c in codes("en") if places("zh", c) != places("en", c)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_stands_twice_and_none_is_empty(language: str) -> None:
    lines = (text.LOCALE / f"{language}.po").read_text(encoding="utf-8").splitlines()
    times = Counter(line for line in lines if line.startswith("msgid ") and line != 'msgid ""')
    assert not [line for line, n in times.items() if n > 1]
    assert len(times) == len(codes(language))
    assert not [code for code in codes(language) if not say(language, code, {}).strip()]


def test_chinese_is_chinese_and_english_is_not() -> None:
    zh, en = ({code: say(language, code, {}) for code in codes(language)} for language in LANGUAGES)
    assert not {code: said for code, said in zh.items() if LATIN.search(said) and not CHINESE.search(said)}
    assert not {code: said for code, said in en.items() if CHINESE.search(said.replace("溯源", ""))}


def test_every_code_that_the_product_says_is_in_the_catalogue() -> None:
    modules = {short(path).removesuffix(".py").replace("/", ".") for path in product()}
    said = {word: at for word, at in spelled_out().items() if not word.endswith(FILES) and word not in modules}
    ours = {code: at for code, at in said.items() if code.partition(".")[0] in rooms()}
    unsaid = {code: at for code, at in ours.items() if code not in codes("en")}
    assert not unsaid


def test_nothing_is_in_the_catalogue_that_nobody_says() -> None:
    made = tuple(families())
    unused = {code for code in codes("en") if not code.startswith(made)} - set(spelled_out())
    assert not unused


def test_every_event_type_has_its_word() -> None:
    assert {t for t, _ in BODIES} <= {code.removeprefix("said.") for code in codes("en") if code.startswith("said.")}


def test_every_standing_has_its_word() -> None:
    """The states that the docstring of Standing lists are those that have a word."""
    tree = syntax(ROOT / "common" / "judge" / "standing.py")
    docs = next(ast.get_docstring(n) or "" for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Standing")
    said = re.search(r"state: ([a-z_, ]+) or ([a-z_]+)", docs)
    assert said
    states = {*said[1].split(", "), said[2]}
    assert {f"state.{state}" for state in states} == {code for code in codes("en") if code.startswith("state.")}


def test_every_finding_has_its_word() -> None:
    made = {
        call.args[0].value
        for path in product()
        for name, call in calls(path)
        if name == "Finding" and call.args and isinstance(call.args[0], ast.Constant)
    }
    kinds = {str(kind) for kind in made} | {*REFUSALS.values(), "refused"}
    assert {f"finding.{kind}" for kind in kinds} == {code for code in codes("en") if code.startswith("finding.")}


# True to the code -----------------------------------------------------------------------------------------------------
def given_places() -> list[tuple[str, str, set[str]]]:
    """(code, place, what fills its sentence) of every call that gives all of it by name."""
    classes = {node.name for node in syntax(ROOT / "common" / "errors.py").body if isinstance(node, ast.ClassDef)}
    found = []
    for path in product():
        for name, call in calls(path):
            last = name.rpartition(".")[2]
            at = 1 if last == "confirm" else 0 if last in classes | {"tell"} else None
            code = call.args[at] if at is not None and len(call.args) > at else None
            names = {keyword.arg for keyword in call.keywords}
            if isinstance(code, ast.Constant) and None not in names:
                found.append((str(code.value), f"{short(path)}:{call.lineno}", {str(n) for n in names}))
            if last == "say" and len(call.args) == 3 and isinstance(call.args[2], ast.Dict):
                keys = call.args[2].keys
                if isinstance(call.args[1], ast.Constant) and all(isinstance(key, ast.Constant) for key in keys):
                    filled = {str(key.value) for key in keys if isinstance(key, ast.Constant)}
                    found.append((str(call.args[1].value), f"{short(path)}:{call.lineno}", filled))
    return found


def test_every_sentence_gets_what_it_asks_for() -> None:
    wanting = {at: (code, places("en", code) - filled) for code, at, filled in given_places()}
    assert not {at: (code, missing) for at, (code, missing) in wanting.items() if missing}


def test_every_listed_error_has_its_sentence_and_its_whole_row() -> None:
    assert set(listed()) <= set(codes("en"))
    assert not {code: row for code, row in listed().items() if len(row) != 3 or not all(row)}


# Saying ---------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_error_points_in_a_direction_for_each_screen_has_its_own_order(language: Language) -> None:
    where = re.compile(r"reasons (below|above)|at the (top|bottom)|上方|下方|下面|上面的")
    assert [code for code in listed() if where.search(say(language, code, {}))] == []


def test_names_are_said_in_the_language() -> None:
    params: dict[str, object] = {"got": Name("转子", "Rotor"), "scanned": "R-1", "expected": Name("壳体", "Housing")}
    assert say("zh", "component.wrong", params).startswith("拿错了：要装壳体，扫到的是转子（R-1）。")
    assert say("en", "component.wrong", params).startswith(
        "Wrong component: Housing goes here, you scanned Rotor (R-1). "
    )


@pytest.mark.parametrize(
    ("device", "said"), [("卡尺", "按卡尺的按钮"), ("G1", "按 G1 的按钮"), ("1 号卡尺", "按 1 号卡尺的按钮")]
)
def test_chinese_has_a_space_between_its_characters_and_others_only(device: str, said: str) -> None:
    assert say("zh", "form.wait.gauge", {"device": device}).startswith(said)


def test_a_unit_of_measure_that_is_a_word_is_said_in_the_language() -> None:
    said = [say(language, "limits.high", {"high": "24", "uom": "pcs"}) for language in ("en", "zh")]
    assert said == ["at most 24 pcs", "不高于 24 件"]
    assert say("zh", "limits.high", {"high": "24", "uom": "kN"}) == "不高于 24 kN"


def test_roles_are_said_in_the_language() -> None:
    release = {"release": ["supervisor", "quality", "night_shift"]}
    assert say("zh", "interlock.release", release) == "可以决定的人：班长、质检员或night_shift"
    assert say("en", "interlock.release", release) == "Can be decided by: supervisor, quality inspector or night_shift"


@pytest.mark.parametrize(
    ("places", "en", "zh"),
    [([], "—", "—"), (["ST-10"], "ST-10", "ST-10"), (["ST-10", "ST-11"], "ST-10 or ST-11", "ST-10或ST-11")],
)
def test_of_what_one_is_enough_is_joined_with_or(places: list[str], en: str, zh: str) -> None:
    said = {"place": places, "operation": "X"}
    assert say("en", "todo.rework", said) == f"Take it to {en} for X"
    assert say("zh", "todo.rework", said) == f"送到 {zh} 做X"
    assert "A, B" in say("en", "form.without", {"names": ["A", "B"]}), "all of them are meant"


def test_a_reason_is_said_in_the_language_if_it_is_a_word_of_ours() -> None:
    assert say("zh", "interlock.hold", {"reason": "late_bad_news"}) == "冻结原因：迟到的异常信息"
    assert say("zh", "interlock.hold", {"reason": "来料裂纹"}) == "冻结原因：来料裂纹"
    assert say("en", "interlock.hold", {"reason": "date"}) == "On hold: date", "somebody typed it"
    assert say("en", "barcode.bytes", {"reason": "date"}).startswith("Unreadable code: no such date.")
    assert "on hold or scrapped: C-1, scrapped." in say(
        "en", "component.held", {"component": "C-1", "reason": ("scrap",)}
    )


@pytest.mark.parametrize(
    ("claim", "label"),
    [
        (Claim("unit@k3f9x2ma", "M-250-000001"), "M-250-000001"),
        (Claim("lot@k3f9x2ma", "housing/HL-2644"), "HL-2644"),
        (Claim("lot@k3f9x2ma", "HL-2644"), "HL-2644"),
        (Claim("lot@k3f9x2ma", "screw/A/7"), "A/7"),
        (Claim("gs1:sscc", "106141411234567897"), "106141411234567897"),
    ],
)
def test_a_thing_is_said_as_it_stands_on_its_label(claim: Claim, label: str) -> None:
    assert say("en", "order.set", {"order": claim}) == f"Order: {label}"


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "0 秒", "0 s"),
        (119, "119 秒", "119 s"),
        (120, "2 分钟", "2 min"),
        (7_199, "1 小时", "1 h"),
        (-3, "-3 秒", "-3 s"),
    ],
)
def test_seconds_are_said_as_a_length_of_time(seconds: int, zh: str, en: str) -> None:
    params: dict[str, object] = {"pending": 1, "oldest_s": seconds}
    assert say("zh", "status.offline", params) == f"离线 · 1 条待传 · 最早 {zh}前"
    assert say("en", "status.offline", params) == f"Offline · 1 to send · oldest {en} ago"


def test_days_are_counted_after_the_first() -> None:
    assert say("en", "status.offline", {"pending": 1, "oldest_s": 3 * 86_400}).endswith("3 d ago")


@pytest.mark.parametrize("nothing", [None, "", [], ()])
def test_what_is_not_known_is_a_dash(nothing: object) -> None:
    assert say("en", "order.set", {"order": nothing}) == "Order: —"


def test_a_missing_value_shows_as_missing() -> None:
    assert say("en", "order.set", {}) == "Order: …?"


def test_an_unknown_code_is_said_with_all_it_came_with() -> None:
    said = say("zh", "from.tomorrow", {"unit": Claim("unit@x", "M-1"), "name": Name("甲", "A"), "n": 3, "none": None})
    assert said == "from.tomorrow unit=M-1 name=甲 n=3 none=—"
    assert brief("zh", "from.tomorrow") == "from.tomorrow"


def test_what_stands_in_a_value_is_never_filled_in() -> None:
    assert say("en", "order.set", {"order": "{order} {x}"}) == "Order: {order} {x}"


def test_a_language_that_we_do_not_have_reads_as_english() -> None:
    assert say("de", "prompt.unit", {}) == say("en", "prompt.unit", {})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
)
NAMES = st.sampled_from(["release", "reason", "age_s", "unit", "oldest_s", "order", "state"]) | st.text()


@given(st.sampled_from([*codes("en"), "from.tomorrow", "", "…"]), st.dictionaries(NAMES, VALUES))
def test_it_never_raises(code: str, params: dict[str, object]) -> None:
    for language in LANGUAGES:
        assert isinstance(say(language, code, params), str)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_read_as_gettexts_own_tools_read_it(language: Language) -> None:
    with (text.LOCALE / f"{language}.po").open("rb") as file:
        messages = read_po(file, locale=language, abort_invalid=True)
    theirs = {str(message.id): str(message.string) for message in messages if message.id}
    assert dict(text._catalogue(language)) == theirs
