"""The pages, in a real browser without scripts and from a real server: complete, honest, safe, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
import requests

from common import event_types as b
from common.ids import Claim
from common.signedlog.session import Refusal
from common.text import LANGUAGES
from common.theme import LIGHT
from hub.web.words import thing_url
from tests.support.browser import Browser
from tests.support.motors import CARTONS, HELD, PROVISIONAL, REWORKED, Line, add_strangers, fill, go_silent, served
from tests.support.screens import addresses

SPOKEN = {"zh": "zh-CN,zh;q=0.9,en;q=0.5", "en": "en-GB,en;q=0.9"}
TYPED = "M-250-009002"
# A code that nobody put into words, or a place in a sentence that nothing filled.
UNSAID = re.compile(r"…\?|\b(?:page|finding|said|state|kind)\.[a-z_]+")
# A value that a code rule could allow, with every sign that HTML, CSS and addresses give a meaning.
NASTY = "<script>alert('1')</script>\"&amp;?#%2F"


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with closing(Line(tmp_path_factory.mktemp("line"))) as made:
        fill(made)
        nasty = made.unit(NASTY)
        made.say("st-30", b.Bind("rotor", "rotor", "1", "pcs", "press"), nasty, made.lot("screw", "MG-2610-B"))
        made.say("st-30", b.Hold("<b>bold</b>"), nasty)
        made.upload("st-30")
        made.say("st-30", b.Commission("motor", "WO-9001"), made.unit("M-250-009001"))
        made.upload("st-30")
        for body in (b.Hold("scrap"), b.Scrap("scrap")):
            made.say("st-30", body, made.unit(TYPED))
        made.upload("st-30")
        go_silent(made, "st-20", 31)
        yield made


@pytest.fixture(scope="module")
def site(line: Line) -> Iterator[str]:
    with served(line) as address:
        yield address


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with closing(Browser(tmp_path_factory.mktemp("browser"))) as made:
        yield made


@pytest.fixture
def see(browser: Browser, site: str) -> Callable[..., Browser]:
    """see(address, language) → the browser with that page."""
    return lambda address, language="zh", **size: browser.open(site + address, language=SPOKEN[language], **size)


def motor(line: Line, n: int) -> str:
    return thing_url(line.unit(f"M-250-{n:06d}"))


def get(address: str, language: str = "zh") -> requests.Response:
    return requests.get(address, headers={"Accept-Language": SPOKEN[language]}, timeout=60, allow_redirects=False)


NOT_GIVEN = {"zh": "中心没有下达过这张工单", "en": "The hub never gave this order."}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_order_that_only_a_station_names_says_so(line: Line, see: Callable[..., Browser], language: str) -> None:
    page = see("/search?q=WO-9001", language)
    assert page.text("h1") == "WO-9001"
    assert NOT_GIVEN[language] in page.text(".band") and "ST-30" in page.text(".band")
    assert page.texts(".links .id") == ["M-250-009001"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reason_that_somebody_typed_stays_as_typed(line: Line, see: Callable[..., Browser], language: str) -> None:
    """Also where it equals a word of ours: "scrap" is no code here."""
    page = see(thing_url(line.unit(TYPED)), language)
    said = {"zh": ("冻结原因：scrap", "原因：scrap"), "en": ("On hold: scrap", "Reason: scrap")}[language]
    assert page.text(".band.hold").strip() == said[0]
    assert page.texts(".history td").count(said[1]) == 2, "of the hold and of the scrap"


# The unit page --------------------------------------------------------------------------------------------------------
WORDS = {
    "zh": ("合格", "起未同步。这一页可能不完整。", "ST-20 拆下", "因“终检”不合格", "也用于另外 6 件", "空载电流"),
    "en": (
        *("Passed", "This page may be incomplete.", "at ST-20"),
        *("because “End-of-line test” failed", "Also in 6 more", "No-load current"),
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_unit_page_shows_what_it_is_what_is_in_it_and_what_is_not_seen(
    line: Line, see: Callable[..., Browser], language: str
) -> None:
    passed, unseen, out, why, also, current = WORDS[language]
    page = see(motor(line, REWORKED), language)
    assert page.value("document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[language]
    assert page.text("h1") == "M-250-004217" and page.text(".head .chips") == passed
    assert "ST-20" in page.text(".seen.missing") and unseen in page.text(".seen.missing")
    assert page.texts(".facts a")[:2] == ["WO-2611-0087", CARTONS[0].value]
    boxes = page.texts(".tree .box .id")
    assert boxes == ["M-250-004217", "HL-2644", "R-88213-4217", "MG-2610-B", "C25-00411", "C25-04217", "SC-2638"]
    assert also in page.text(".tree li li:nth-child(3)")
    gone = page.text(".box.gone")
    assert "C25-04217" in gone and out in gone and why in gone
    rows = [row for row in page.texts(".measures tbody tr") if row.startswith(current)]
    assert len(rows) == 2 and "0.92" in rows[0] and "≤ 0.75" in rows[0] and "0.61" in rows[1]
    assert "C25-04217" in page.text(".history") and "刘洋" in page.text(".history")


def test_the_bar_shows_where_in_the_tolerance_the_value_is(line: Line, see: Callable[..., Browser]) -> None:
    page = see(motor(line, REWORKED))
    places = page.value("[...document.querySelectorAll('.bar')].map(e => [e.ariaLabel, e.children[2].x.baseVal.value])")
    at = dict(places)["12.84，公差 12.00–14.00"]
    assert at == pytest.approx((0.2 + 0.6 * 0.42) * 120 - 2, abs=0.1)  # the mark is 4 wide
    assert page.value("document.querySelectorAll('.bar.fail').length") == 1


def test_every_box_leads_to_its_thing(line: Line, see: Callable[..., Browser], site: str) -> None:
    page = see(motor(line, REWORKED))
    for address in page.value("[...document.querySelectorAll('.tree a')].map(e => e.href)"):
        assert get(address).status_code == 200


def test_open_findings_stand_above_all_else_and_holds_say_why(line: Line, see: Callable[..., Browser]) -> None:
    order = "[...document.querySelectorAll('main h2')].map(e => e.textContent)"
    assert see(motor(line, PROVISIONAL)).value(order)[0] == "异常"
    assert see(motor(line, REWORKED)).value(order)[-1] == "异常"
    assert "噪声复查" in see(motor(line, HELD)).text(".band.hold")


def test_a_lot_page_says_how_many_use_it_and_leads_there(line: Line, see: Callable[..., Browser]) -> None:
    page = see(thing_url(line.lot("magnet", "MG-2610-B")))
    assert page.text("h1") == "MG-2610-B" and page.text(".huge").endswith(" 7")
    assert "钕铁硼磁钢" in page.text(".kicker")
    assert page.value("document.querySelector('.huge a').pathname") == "/where"


def test_without_gaps_a_quiet_line_says_until_when_all_was_seen(tmp_path: Path, browser: Browser) -> None:
    with closing(Line(tmp_path)) as line:
        line.press(REWORKED)
        line.upload()
        with served(line) as site:
            page = browser.open(site + motor(line, REWORKED), language=SPOKEN["en"])
            assert page.text(".seen").startswith("Complete as of ")
            assert page.value("document.querySelectorAll('.seen.missing').length") == 0


# The where-used page --------------------------------------------------------------------------------------------------
def test_a_where_page_groups_by_container_and_counts(line: Line, see: Callable[..., Browser]) -> None:
    page = see(thing_url(line.lot("magnet", "MG-2610-B"), "where"), "en")
    assert page.texts(".tile")[:2] == ["Containers 2", "Units 7"]
    groups = page.texts(".where tr.group")
    assert [group.endswith(str(n)) for group, n in zip(groups, (4, 2, 1), strict=True)] == [True] * 3
    assert CARTONS[0].value in groups[0] and groups[2].startswith("Not packed")


def test_a_where_page_marks_what_came_out_again(line: Line, see: Callable[..., Browser]) -> None:
    page = see(thing_url(line.unit("C25-04217"), "where"))
    assert page.text(".where tr.gone") == "M-250-004217 合格 已拆下 轮毂电机 M-250 直接装入"


def test_a_long_where_page_says_how_much_it_shows_and_json_has_all(tmp_path: Path, browser: Browser) -> None:
    with closing(Line(tmp_path)) as line:
        lot = line.lot("screw", "SC-2638")
        body = b.Bind("screws", "screw", "4", "pcs", "wire")
        for n in range(520):
            line.say("st-20", body, line.unit(f"M-250-{n:06d}"), lot, seconds=0)
        line.upload()
        with served(line) as site:
            page = browser.open(site + thing_url(lot, "where"), language=SPOKEN["en"])
            assert "Showing 500 of 520." in page.text(".band")
            assert page.value("document.querySelectorAll('.where tbody tr:not(.group)').length") == 500
            assert len(get(site + thing_url(lot, "where.json")).json()["lines"]) == 520
            assert page.open(site + thing_url(lot)).text(".huge").endswith(" 520")


# Search, home, the other pages ----------------------------------------------------------------------------------------
def test_home_has_the_box_in_focus_and_the_latest_units(line: Line, see: Callable[..., Browser]) -> None:
    page = see("/")
    assert page.comes_true("document.activeElement.name === 'q'")
    assert "M-250-004217 合格" in " / ".join(page.texts(".recent a"))
    assert page.texts(".tile") == ["待处理的异常 3", "记录收齐的工位机 2/3"]


def test_one_match_is_shown_at_once(line: Line, see: Callable[..., Browser], site: str) -> None:
    assert see("/search?q=C25-00411").text("h1") == "C25-00411"
    answer = get(f"{site}/search?q={quote(']C100' + CARTONS[0].value)}")
    assert (answer.status_code, answer.headers["location"]) == (303, thing_url(CARTONS[0]))


def test_a_code_that_means_two_things_asks(see: Callable[..., Browser]) -> None:
    page = see("/search?q=MG-2610-B", "en")
    assert page.text("h1") == "This code matches 2 things. Which one?"
    assert [" ".join(choice.split()[:4]) for choice in page.texts(".choices a")] == [
        "MG-2610-B Lot · NdFeB",
        "MG-2610-B Lot · Socket",
    ]


def test_a_code_that_nobody_knows_shows_how_codes_look(see: Callable[..., Browser]) -> None:
    page = see("/search?q=M-250-999999")
    assert page.text(".looked") == "M-250-999999" and "电机序列号" in page.text(".card")
    assert "M-250-004217" in page.texts(".examples .id") and "B00000" not in page.text()
    assert "没同步" in page.text("main")


def test_findings_are_counted_by_kind_with_the_open_ones_first(see: Callable[..., Browser]) -> None:
    page = see("/findings", "en")
    assert page.texts(".kinds .tile")[0] == "2 Passed provisionally 0 closed"
    assert [row.split()[0] for row in page.texts(".found tbody tr")] == [*("Open",) * 3, "Closed", "Closed"]


def test_stations_show_keys_that_wait_and_batches_that_are_kept_aside(
    tmp_path: Path, browser: Browser, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("batch_quarantined")
    with closing(Line(tmp_path)) as line:
        add_strangers(line)
        with served(line) as site:
            page = browser.open(site + "/stations", language=SPOKEN["en"])
            rows = {row.split()[0]: row for row in page.texts(".stations tbody tr")}
            assert len(page.text(".words").split()) == 6 and "Waiting" in rows["ST-40"]
            assert "Revoked" in rows["ST-50"]
            aside = page.text(".aside")
            assert "aside.unknown_log" in aside and "aside.revoked" in aside
            assert "quarantined uploads, not counted: 1" in page.text(".seen.missing")


ALONE = {"/", "/about", "/docs", "/enter", "/openapi.json", "/sign-in", "/static/{name}"}  # no data are behind these


def test_every_address_is_on_one_page(line: Line, see: Callable[..., Browser], site: str) -> None:
    shown = see("/about").texts(".urls tbody th")
    pages = [*ALONE, "/calls", "/containment", "/findings", "/orders", "/search", "/stations", "/thing", "/where"]
    words = {word for one in shown if "/v1/" not in one for word in one.split()}
    data = {f"{path}{kind}" for path in ("/home", *(set(pages) - ALONE)) for kind in (".json", ".csv")}
    assert words == {*pages, *data}
    assert {"POST /v1/holds", "GET /v1/people", "PATCH /v1/people/{person}"} <= set(shown)


# How it looks ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_sticks_out_or_is_cut_off_and_nothing_is_unsaid(
    line: Line, see: Callable[..., Browser], width: int
) -> None:
    faults: dict[str, object] = {}
    for address in [*addresses(line).values(), thing_url(line.unit(NASTY))]:
        for language in LANGUAGES:
            page = see(address, language, width=width, height=844)
            unsaid = UNSAID.findall(page.text().replace("page.unknown_thing", ""))
            if found := page.faults() + unsaid:
                faults[f"{address} {language}"] = found
    assert not faults


def test_chinese_is_drawn_with_its_glyphs(see: Callable[..., Browser]) -> None:
    """Without the font it would be silent tofu."""
    page = see("/")
    fonts = page.fonts("h1")
    assert any("CJK" in font for font in fonts), fonts


def test_the_theme_reaches_the_page(see: Callable[..., Browser], browser: Browser) -> None:
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    red, green, blue = (int(LIGHT["ground"][i : i + 2], 16) for i in (1, 3, 5))
    assert see("/about").value(ground) == f"rgb({red}, {green}, {blue})"
    browser.dark()
    assert see("/about").value(ground) != f"rgb({red}, {green}, {blue})"
    browser.dark(False)


def test_pages_can_be_used_by_keyboard_and_screen_reader(line: Line, see: Callable[..., Browser]) -> None:
    page = see(motor(line, REWORKED), "en")
    assert page.value("document.querySelectorAll('h1').length") == 1
    assert page.value("['header', 'nav', 'main', 'footer'].every(n => document.querySelector(n))")
    assert page.value("[...document.querySelectorAll('table')].every(t => t.tHead.querySelector('th[scope=col]'))")
    assert page.value("[...document.querySelectorAll('input')].every(i => i.ariaLabel)")
    assert page.value("[...document.querySelectorAll('svg')].every(s => s.ariaHidden || s.ariaLabel)")


# Safe -----------------------------------------------------------------------------------------------------------------
def test_what_is_scanned_never_becomes_markup(line: Line, see: Callable[..., Browser]) -> None:
    nasty = line.unit(NASTY)
    for address in (
        thing_url(nasty),
        f"/search?q={quote(NASTY)}&lang=en",
        thing_url(line.lot("screw", "MG-2610-B"), "where"),
        thing_url(Claim("<i>", NASTY)),
        f"/{quote(NASTY)}",
    ):
        page = see(address)
        assert page.value("document.querySelectorAll('script, i, main b b').length") == 0
        assert NASTY in page.value("document.body.textContent") or "%3Cscript" in page.value("location.href")
    assert see(thing_url(nasty)).text("h1") == NASTY and "<b>bold</b>" in see(thing_url(nasty)).text(".band")
    links = page.value("[...document.querySelectorAll('a')].map(a => a.protocol)")
    assert set(links) == {"http:"}


def test_pages_need_nothing_from_elsewhere_and_forbid_scripts(
    line: Line, see: Callable[..., Browser], site: str
) -> None:
    browser = see("/")
    browser.requested.clear()
    for address in addresses(line).values():
        see(address)
    assert browser.requested and all(url.startswith(site) for url in browser.requested)
    for address in addresses(line).values():
        policy = get(site + address).headers["content-security-policy"]
        assert "default-src 'self'" in policy and "script-src 'none'" in policy and "unsafe" not in policy


def test_styles_are_kept_for_a_year_under_a_name_that_changes_with_them(see: Callable[..., Browser]) -> None:
    for address in see("/").value("[...document.querySelectorAll('link')].map(e => e.href)"):
        answer = get(address)
        assert answer.status_code == 200 and "?v=" in address
        assert "max-age=31536000" in answer.headers["cache-control"]


# Languages ------------------------------------------------------------------------------------------------------------
def test_the_language_is_asked_for_remembered_or_the_browsers(site: str) -> None:
    visitor = requests.Session()

    def language(address: str, accepted: str | None = None) -> str:
        text = visitor.get(site + address, headers={"Accept-Language": accepted or ""}, timeout=60).text
        return text.partition('<html lang="')[2].partition('"')[0]

    assert language("/about") == "zh-CN"
    assert language("/about", "fr;q=0.9, en;q=0.8, zh;q=0.2") == "en"
    assert language("/about", "de, xx;q=bad") == "zh-CN"
    assert language("/about?lang=en", "zh") == "en"
    assert language("/about", "zh") == "en"
    assert language("/about?lang=zh") == "zh-CN"
    assert language("/about?lang=tlh", "en") == "zh-CN"
    visitor.close()


def test_the_other_language_is_one_click_away_on_the_same_page(
    line: Line, see: Callable[..., Browser], site: str
) -> None:
    page = see(motor(line, REWORKED))
    there = page.value("document.querySelector('.language').href")
    assert there.startswith(site + motor(line, REWORKED)) and there.endswith("lang=en")
    assert get(there).headers["set-cookie"].startswith("lang=en;")


# JSON and errors ------------------------------------------------------------------------------------------------------
def test_json_says_the_same_and_a_thing_that_is_not_there_is_a_refusal(line: Line, site: str) -> None:
    thing = get(site + motor(line, REWORKED).replace("/thing?", "/thing.json?")).json()
    assert thing["material"] == {"zh": "轮毂电机 M-250", "en": "Hub motor M-250"} and thing["state"] == "passed"
    assert [one["station"] for one in thing["seen"]["missing"]] == ["st-20"]
    for name in ("thing.json", "where.json"):
        answer = get(site + thing_url(line.unit("X"), name), "en")
        refusal = msgspec.json.decode(answer.content, type=Refusal)
        assert (answer.status_code, refusal.code) == (404, "page.unknown_thing")
        assert refusal.text == "No records of “X”."


@pytest.mark.parametrize("address", ["/thing", "/where", "/thing?scheme=unit@x&value=", "/nowhere", "/static/nothing"])
def test_what_is_not_there_is_a_page_that_says_so(site: str, address: str) -> None:
    answer = get(site + address, "en")
    assert answer.status_code == 404 and answer.headers["content-type"].startswith("text/html")
    assert "Search from the home page" in answer.text and "content-security-policy" in answer.headers


def test_a_database_in_trouble_is_said_in_the_readers_language(tmp_path: Path) -> None:
    line = Line(tmp_path)
    line.press(REWORKED)
    line.upload()
    line.close()
    (tmp_path / "hub.db").write_bytes(b"no database at all" * 4096)
    with served(line) as site:
        answer = get(site + motor(line, REWORKED))
        assert answer.status_code == 503 and "store." in answer.text and 'lang="zh-CN"' in answer.text
        raw = get(site + thing_url(line.unit("X"), "thing.json")).content
        refusal = msgspec.json.decode(raw, type=Refusal)
        assert refusal.code.startswith("store.")


def test_a_bug_is_a_page_and_a_log_entry(tmp_path: Path, expect_warning: Callable[[str], None]) -> None:
    expect_warning("Exception in ASGI application")
    with closing(Line(tmp_path)) as line:
        line.upload()
        line.passed_s = float("nan")  # a clock that is none: whoever counts with it fails
        with served(line) as site:
            answer = get(site + "/", "en")
            assert answer.status_code == 500 and "page.bug" in answer.text and "Traceback" not in answer.text
