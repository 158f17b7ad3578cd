"""The vocabulary is true: each name is in the file it gives, and each word is there once, in both languages."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from common.text import LANGUAGES, MISSING, codes, say
from tests.house.tree import ROOT, syntax

PAGE = (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| English |")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names(path: str) -> set[str]:
    """Collect the names that a module defines at its top."""
    found: set[str] = set()
    for node in syntax(ROOT / path).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def test_every_row_is_whole_and_says_it_in_both_languages() -> None:
    assert rows()
    assert not [row for row in rows() if len(row) != 5 or not all(row) or not CHINESE.search(row[1])]


def test_every_name_is_where_the_page_says() -> None:
    wrong = []
    for row in rows():
        path = ""
        for name in re.findall(r"`([^`]+)`", row[4]):
            if name.endswith(".py"):
                path = name
            elif not (ROOT / path).is_file() or name not in names(path):
                wrong.append((row[0], path, name))
        if not path:
            wrong.append((row[0], path, row[4]))
    assert not wrong


def test_every_word_has_one_row() -> None:
    words = Counter(word.strip() for row in rows() for word in row[0].split(","))
    assert not [word for word, count in words.items() if count > 1]


def test_every_event_type_of_a_thing_is_in_the_vocabulary() -> None:
    """Those that a person meets; the station's own bookkeeping is in docs/wire-format.md."""
    of_things = {"Commission", "Bind", "Unbind", "Replace", "Transform", "Aggregate", "Disaggregate", "Measured"}
    of_things |= {"Inspected", "Refused", "Hold", "Release", "Scrap", "Ship", "Receive", "Return", "Settle", "Approval"}
    assert not {name for name in of_things if f"`{name}`" not in PAGE}


# One term each --------------------------------------------------------------------------------------------------------
# (banned words, the term to use): in every text of the language.
ONE_TERM = {
    "zh": (
        ("工卡|胸卡", "工牌"),
        ("返修", "返工"),
        ("登记票|注册票|入网码", "入网票"),
        ("离开|先放一边|放到一边|放下", "暂放"),
        ("签退|登出|^退出$", "退出登录"),
        ("签名放行|签字放行|班长放行", "签字准做"),
        (r"PIN(?! 码)", "PIN 码"),
        ("口令", "密码"),
    ),
    "en": (
        (r"LEAVE\b|Leave work|\b[Pp]ut (it )?aside|SET DOWN|^[Ll]e(ft|ave)$", "Set aside"),
        (r"[Ww]ork pass|ID card", "badge"),
        (r"[Ll]og (out|off)\b", "Sign out"),
        ("[Dd]one here", "End step"),
        ("[Ss]et aside.*upload|[Kk]ept aside", "quarantined"),
    ),
}
# Sections of the catalogue for the hub's pages and commands, which have passwords and signatures made with keys.
OF_THE_HUB = {"account", "ask", "column", "desk", "help", "page"}
OF_KEYS = {"store", "batch", "note", "enrol", "hello", "page", "trust"}


def spoken(language: str) -> dict[str, str]:
    """Collect every text in the language for people: by its code, by its place in a pack, or by the row of the page."""
    said = {code: say(language, code, {}) for code in codes(language)}
    pattern = re.compile(r"\bzh: ([^,}\n]+)" if language == "zh" else r"\ben: ([^}\n]+)")
    for path in sorted((ROOT / "hub" / "packs").rglob("*.yaml")):
        found = pattern.finditer(path.read_text(encoding="utf-8"))
        said |= {f"{path.name}:{n}": one[1] for n, one in enumerate(found)}
    return said | ({f"vocabulary:{row[0]}": row[1] for row in rows()} if language == "zh" else {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_has_one_term_is_not_said_otherwise(language: str) -> None:
    said, missing = spoken(language), []
    for banned, term in ONE_TERM[language]:
        assert not {at: text for at, text in said.items() if re.search(banned, text)}, f"say {term}"
        missing += [] if any(term in text for text in said.values()) else [term]
    assert not missing


def test_a_pin_is_no_password_and_people_sign_by_hand() -> None:
    """密码 opens the hub's pages; at a station it is PIN 码. 签名 is made with a key; a person's is 签字."""
    said = {code: say("zh", code, {}) for code in codes("zh")}
    rooms = {code: code.partition(".")[0] for code in said}
    assert not [code for code, text in said.items() if "密码" in text and rooms[code] not in OF_THE_HUB]
    assert not [code for code, text in said.items() if "签名" in text and rooms[code] not in OF_KEYS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_tiles_say_the_same(language: str) -> None:
    """A tile that is only a placeholder (a name) cannot be compared."""
    said = {code: say(language, code, {}) for code in codes(language) if code.startswith("tap.")}
    words = Counter(text for text in said.values() if text != MISSING)
    assert not {code: text for code, text in said.items() if words[text] > 1}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_release_is_of_a_hold(language: str) -> None:
    """Work started by an override is not released, on its tile, card or sheet."""
    for code in ("tap.override", "sheet.override", "todo.override", "override.nothing"):
        assert not re.search("放行|[Rr]elease", say(language, code, {}))
