"""The sheets of a workplace: every command has its card, every code reads back, in both languages, on A4."""

from __future__ import annotations

from argparse import Namespace
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image

from common import barcode_router
from common.barcode_router import COMMAND_PREFIX, Code
from common.definitions import CodeRule, Definitions, Material, Partner, Reason
from common.definitions.naming import Name
from common.text import LANGUAGES
from station.devices.check_code import CHECK
from station.sheets import pdf, scanner_setup, wall_card
from station.sheets.command import sheet
from station.sheets.deck import deck
from station.sheets.frame import SheetHead
from station.work.ask.cards import CARDS
from tests.support.plant import Desk
from tests.support.shift import load_pack

PACKS = ("motor-assembly", "sauce-filling")


def known(name: str) -> Definitions:
    return Definitions.of(load_pack(name).definitions)


def of(language: str) -> SheetHead:
    return SheetHead(language, "st-10", Name("压装", "Pressing"), "2026-11-22")


def read(page: Image.Image) -> list[str]:
    return [one.bytes.decode() for one in zxingcpp.read_barcodes(page)]


def rendered(raw: bytes, dpi: int = 200) -> list[Image.Image]:
    document: Any = pypdfium2.PdfDocument(BytesIO(raw))
    assert [[round(side * 25.4 / 72) for side in page.get_size()] for page in document] == [[210, 297]] * len(document)
    return [page.render(scale=dpi / 72).to_pil() for page in document]


USES = sorted({paper.use for card in CARDS.values() for paper in card.paper if paper.use})


# The deck -------------------------------------------------------------------------------------------------------------
def test_every_command_is_on_a_card_or_has_its_reason_not_to_be() -> None:
    reasons = [Reason(f"r-{use}", Name("甲", "A"), use) for use in USES]  # type: ignore[arg-type]
    motor = next(m for m in load_pack("motor-assembly").definitions if m.id == "motor")
    partner = Partner("p", Name("乙", "B"), "supplier")
    groups = deck(Definitions.of([*reasons, partner, *_issuing(motor)]))
    on_cards = {card.command.partition(":")[0] for group in groups for card in group.cards}
    off_paper = {card.verb for card in CARDS.values() if card.off_paper}
    assert on_cards | off_paper == set(CARDS)
    assert not off_paper & on_cards


def _issuing(motor: Any) -> list[Material]:
    """Two materials whose serials are given at workplaces."""
    assert motor.issues
    return [motor, replace(motor, id="motor-2")]


def test_each_of_several_materials_has_a_card_to_begin_one() -> None:
    motor = next(m for m in load_pack("motor-assembly").definitions if m.id == "motor")
    commands = [c.command for group in deck(Definitions.of(_issuing(motor))) for c in group.cards]
    assert {"NEW:motor", "NEW:motor-2"} <= set(commands)
    assert "NEW" not in commands


@pytest.mark.parametrize("name", PACKS)
def test_every_coded_reason_and_partner_is_on_a_card(name: str) -> None:
    definitions = known(name)
    ids = [card.command.partition(":")[2] for group in deck(definitions) for card in group.cards]
    reasons = {reason.id for reason in definitions.all(Reason) if reason.use in USES}
    assert reasons | {partner.id for partner in definitions.all(Partner)} <= set(ids)
    assert not [group.code for group in deck(definitions) if not group.cards]


def test_where_a_site_has_no_reasons_for_reprints_the_bare_cards_do() -> None:
    commands = [card.command for group in deck(Definitions.of([])) for card in group.cards]
    assert {"REPRINT", "VOIDLABEL"} <= set(commands)
    assert len(set(commands)) == len(commands)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_has_its_words(language: str) -> None:
    said = [card.say(language) for group in deck(known("motor-assembly")) for card in group.cards]
    assert not [text for text in said if not text or "…?" in text or "card." in text]


# The wall card --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PACKS)
def test_every_code_on_the_printed_card_is_read_as_its_command(name: str, language: str) -> None:
    definitions = known(name)
    found = [text for page in rendered(pdf(wall_card(of(language), definitions), "x")) for text in read(page)]
    wanted = [card.content for group in deck(definitions) for card in group.cards]
    assert sorted(found) == sorted(wanted)
    for text in found:
        code = barcode_router.route(text.encode(), definitions.all(CodeRule), "site", definitions.all(Material))
        assert isinstance(code, Code)
        assert (code.kind, COMMAND_PREFIX + code.value) == ("command", text)
        verb = code.value.partition(":")[0]
        assert verb in CARDS


def test_a_long_group_goes_on_on_the_next_page_and_nothing_is_lost() -> None:
    reasons = [Reason(f"reason-{n}", Name(f"原因 {n}", f"Reason {n}"), "fail") for n in range(60)]
    definitions = Definitions.of(reasons)
    pages = wall_card(of("en"), definitions)
    found = [text for page in pages for text in read(page)]
    assert len(pages) >= 4
    assert sorted(found) == sorted(card.content for group in deck(definitions) for card in group.cards)


def test_a_code_is_large_enough_for_an_arm_away() -> None:
    """Modules of at least half a millimetre, the longest reason included."""
    longest = Reason("a" * 24, Name("原因", "Reason"), "reprint")
    page = wall_card(of("zh"), Definitions.of([longest]))
    sizes = []
    for one in (code for image in page for code in zxingcpp.read_barcodes(image)):
        corner = one.position
        sizes.append((corner.top_right.x - corner.top_left.x) * 25.4 / 300)
    assert min(sizes) >= 17


# The scanner sheet ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_check_code_stands_on_the_scanner_sheet_twice(language: str) -> None:
    pages = rendered(pdf(scanner_setup(of(language)), "x"))
    found = zxingcpp.read_barcodes(pages[0])
    assert [one.bytes for one in found] == [CHECK, CHECK]
    assert {one.symbology_identifier[:2] for one in found} == {"]Q", "]d"}


# The command ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("which", ["wall-card", "scanner-setup"])
def test_a_station_writes_its_sheets(desk: Desk, tmp_path: Path, which: str, capsys: Any) -> None:
    out = tmp_path / "sheet.pdf"
    assert sheet(Namespace(sheet=which, config=desk.toml, language="zh", out=out)) == 0
    assert str(out) in capsys.readouterr().out
    found = [text for page in rendered(out.read_bytes()) for text in read(page)]
    wanted = "HW:NG:noise" if which == "wall-card" else CHECK.decode()
    assert wanted in found
