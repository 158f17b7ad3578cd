"""Every text that people read keeps the style of the house: words that nobody says, heads, lengths, punctuation."""

from __future__ import annotations

import re
from functools import lru_cache

import pytest

from common.text import LANGUAGES, MISSING, NOTHING, brief, codes, places, say
from tests.house.tree import ROOT

# Pieces of the catalogue by their readers: a worker at arm's length, and IT.
WORKERS = (
    "tap card kiosk word pad form do do_more prompt fill done ignored noted reading replace order mark interlock todo"
    " deed status figure tone expect scan sign_in pin sign typed field panel person unit changeover component quantity"
    " partner machine pack command override rework serial choice barcode undo"
)
WORKER = set(WORKERS.split())
IT = {"batch", "note", "pull", "event", "aside", "trust", "log", "http"}

# (what nobody says, what is said instead).
NEVER = {
    "en": (
        (r"by (it|them)sel(f|ves)", "automatically"),
        ("for ever", "permanently"),
        (r"\b[Ss]tands?\b(?! for)", "is"),
        ("who signs", "signer"),
        (r"who came|[Ww]hoever", "helper"),
        (r"\b[Bb]eg(in|ins|un)\b", "start"),
        (r"\bsigns\b(?! in)", "characters"),
        ("tak(e|en|es) back", "undo"),
        (r"comes? out|goes? on\b|\b(is|are) in\b(?! (use|the|a|two|order|it\b))", "removed, continues, contains"),
        ("in hand", "current"),
        (r"(?<!here )\bis no\b", "is not"),
        (r"\bbrings?\b", "contains"),
        ("past its day", "expired"),
        ("refusal is recorded", "nothing: it is on the wall card"),
        (r"\b[Bb]atch", "lot, or upload"),
        (r"\b[Mm]akes? (a|an|new)\b", "create"),
        (r"\b[Ww]anted\b|\b(is|are) there\b", "needed, exists"),
        (r"!(?!=)|\b(don|can|won|isn|doesn)['’]t\b", "no exclamation mark, no contraction"),
    ),
    "zh": (
        ("工件|单件", "产品"),
        ("纸箱", "箱"),
        ("质量员", "质检员"),
        ("班组长|组长", "班长"),
        ("放下", "暂放"),
        ("信息部门", "IT"),
        ("本站(?!点)", "本机"),
        ("工艺(?!员|路线)", "工艺员"),
        ("收料", "收货"),
        ("作业内容", "表单"),
        ("不良", "不合格"),
        ("发现", "异常"),
        ("坏消息", "异常信息"),
        ("搁置|另存", "隔离"),
        ("整批", "整包"),
        ("(错误)?代号|错误编号", "错误代码"),
        ("已记录此次拒绝", "不说，在命令卡上"),
        ("进行|对于|被.*所", "动词在前的短句"),
        ("[「」]", "“”"),
        (r"[(),;:!?]", "全角标点"),
        ("(?<=[，。；：、“”（）]) (?! )|(?<! ) (?=[，。；：、“”（）])", "全角标点旁边没有空格"),
        (r"\d ?[~到] ?\d|… ?[~到] ?…", "至"),
    ),
}
# What is said all the same, and why.
ALLOWED = {
    ("zh", "help.thing"): "scheme:value is typed as it is written",
    ("zh", "hint.expression_syntax"): "an expression is written with these brackets",
    ("zh", "hint.no_list"): "YAML is written with this colon",
    ("zh", "hub.port_in_use"): "host:port is one address",
    ("zh", "materials.yaml"): "纸箱 is the name of goods: what the supplier delivers is cardboard",
}


@lru_cache
def spoken(language: str) -> dict[str, str]:
    """Every text in the language, with … for what fills it: by its code, or by the place in a pack."""
    said = {code: say(language, code, {}).replace(MISSING, "…") for code in codes(language)}
    pattern = re.compile(r"\bzh: ([^,}\n]+)" if language == "zh" else r"\ben: ([^}\n]+)")
    for path in sorted((ROOT / "hub" / "packs").rglob("*.yaml")):
        found = pattern.finditer(path.read_text(encoding="utf-8"))
        said |= {f"{path.name}:{n}": one[1] for n, one in enumerate(found)}
    return said


def of(pieces: set[str]) -> list[str]:
    """The codes of these pieces of the catalogue."""
    return [code for code in codes("en") if code.partition(".")[0] in pieces]


# Words ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_the_ban_lists_are_not_said(language: str) -> None:
    said = {at: text for at, text in spoken(language).items() if (language, at.partition(":")[0]) not in ALLOWED}
    for banned, instead in NEVER[language]:
        assert not {at: text for at, text in said.items() if re.search(banned, text)}, f"say: {instead}"


def test_what_is_allowed_all_the_same_is_still_said() -> None:
    """An exception that nobody needs any more goes."""
    for language, code in ALLOWED:
        texts = [text for at, text in spoken(language).items() if at.partition(":")[0] == code]
        assert any(re.search(banned, text) for banned, _ in NEVER[language] for text in texts), code


def test_a_batch_of_material_is_no_upload() -> None:
    assert not [code for code in of(IT) if "批次" in say("zh", code, {})]


def test_a_worker_is_asked_once_and_never_addressed() -> None:
    said = {code: say("zh", code, {}) for code in of(WORKER)}
    assert not {code: text for code, text in said.items() if text.count("请") > 1 or re.search("[您你]", text)}
    assert not [code for code in of(WORKER) if re.search(r"\b[Pp]lease\b", say("en", code, {}))]
    assert not [code for code in of({"do"}) if say("zh", code, {}).startswith("请")]


# Sentences ------------------------------------------------------------------------------------------------------------
def listed() -> dict[str, str]:
    """Error code → the chapter of docs/errors.md that lists it."""
    chapters = re.split(r"^## ", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {code: page.splitlines()[0] for page in chapters for code in re.findall(r"^\| `([^`]+)`", page, re.M)}


def for_a_worker() -> set[str]:
    """Refusals, wrong codes, and cameras that took no picture for the field on the screen."""
    worker = ("At the workplace: the operator must do something else", "Scans")
    return {code for code, chapter in listed().items() if chapter in worker} | AT_A_FIELD


def sentences(language: str, code: str) -> int:
    return len([part for part in re.split("。" if language == "zh" else r"\. |\.$", say(language, code, {})) if part])


AT_A_FIELD = {"camera.failed", "camera.slow", "camera.size", "camera.format"}
# Errors that also tell a worker what was kept, for there they would fear for it; or why, for else they would not act.
A_THIRD = {
    "field.missing": "entries are kept",
    "panel.units": "why the panel cannot start",
    "person.not_qualified": "who is qualified",
    "component.expiry_unknown": "why the date cannot be trusted",
    "machine.stopped": "finished steps are kept",
    "command.finish_first": "nobody was signed out",
    "gauge.due_unknown": "why the date cannot be trusted",
    "label.waiting": "when it prints",
    "label.in_doubt": "what does not happen",
    "call.own": "the call stays open",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_tells_a_worker_what_it_is_and_what_to_do_now(language: str) -> None:
    """All else is said once, on the wall card: red means that nothing was taken."""
    assert not {code: n for code in for_a_worker() - set(A_THIRD) if (n := sentences(language, code)) != 2}
    assert not {code: n for code in A_THIRD if (n := sentences(language, code)) != 3}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_tells_everybody_else_what_was_kept_too(language: str) -> None:
    assert not {code: n for code in set(listed()) - for_a_worker() if (n := sentences(language, code)) < 3}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_head_of_an_error_stands_alone(language: str) -> None:
    """Lists and chips show it without its particulars."""
    heads = {code: brief(language, code) for code in listed()}
    assert not {code: head for code, head in heads.items() if "{" in head or head == code or len(head) > 60}


# Lengths --------------------------------------------------------------------------------------------------------------
# What fills a text, as long as it usually is; any other place is a number.
TYPICAL = {
    "en": {
        **dict.fromkeys(("unit", "thing", "container"), "M-250-004217"),
        **dict.fromkeys(("component", "old"), "HL-2644"),
        **dict.fromkeys(("name", "person", "partner", "meaning"), "Chen Wei"),
        **dict.fromkeys(("step", "operation", "rework"), "Press rotor"),
        **dict.fromkeys(("material", "slot", "got", "expected", "label", "order", "what", "call"), "Rotor assembly"),
        **dict.fromkeys(("limits", "values", "names", "choices"), "17.90 to 18.10 mm"),
        **dict.fromkeys(("release", "people", "place", "why"), "supervisor or quality"),
        **dict.fromkeys(("device", "doc"), "Gauge"),
        **dict.fromkeys(("expiry", "due", "today", "document"), "2026-11-30"),
        **dict.fromkeys(("reason", "allergens", "state", "command", "scan"), "sesame, gluten"),
    },
    "zh": {
        **dict.fromkeys(("unit", "thing", "container"), "M-250-004217"),
        **dict.fromkeys(("component", "old"), "HL-2644"),
        **dict.fromkeys(("name", "person", "partner", "meaning"), "陈伟"),
        **dict.fromkeys(("step", "operation", "rework"), "压装转子"),
        **dict.fromkeys(("material", "slot", "got", "expected", "label", "order", "what", "call"), "转子组件"),
        **dict.fromkeys(("limits", "values", "names", "choices"), "17.90 至 18.10"),
        **dict.fromkeys(("release", "people", "place", "why"), "班长或质检员"),
        **dict.fromkeys(("device", "doc"), "量具"),
        **dict.fromkeys(("expiry", "due", "today", "document"), "2026-11-30"),
        **dict.fromkeys(("reason", "allergens", "state", "command", "scan"), "芝麻、麸质"),
    },
}
CHIPS = {"called", "serials", "coming", "labels_unsure", "labels_unsure_count", "device_out"}
# Most characters: English, Chinese.
LONGEST = {
    "instruction": (44, 20),
    "second line": (80, 40),
    "tile": (21, 8),
    "chip": (24, 12),
    "result": (90, 47),
    "refusal": (160, 80),
    "refusal with two dates": (190, 95),
}
TWO_DATES = {"component.expiry_unknown", "component.lot_unseen", "gauge.due_unknown"}


def kinds() -> dict[str, set[str]]:
    """Kind of text → its codes."""
    refusals = for_a_worker()
    return {
        "instruction": set(of({"do"})),
        "second line": set(of({"do_more"})),
        "tile": set(of({"tap"})),
        "chip": {f"kiosk.{chip}" for chip in CHIPS},
        "result": set(of({"done"})),
        "refusal": refusals - TWO_DATES,
        "refusal with two dates": TWO_DATES,
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", LONGEST)
def test_a_text_at_the_kiosk_is_no_longer_than_its_place(kind: str, language: str) -> None:
    """With what usually fills it; a tile without the name on it."""
    most, typical = LONGEST[kind][LANGUAGES.index(language) == 0], TYPICAL[language]
    long = {}
    for code in kinds()[kind]:
        filled = {place: "" if kind == "tile" else typical.get(place, "12") for place in places(language, code)}
        text = say(language, code, filled).replace(NOTHING, "")
        if len(text) > most:
            long[code] = (len(text), text)
    assert kinds()[kind] and not long
