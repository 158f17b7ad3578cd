"""Pictures of instructions are what they say, fit one event and can do nothing but be looked at."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import msgspec
import pytest

from common import event_types as b
from common import events
from common.definitions import DEFINITION, Form, Guide, GuidePicture, Material, Picture, Step, canonical
from common.definitions.naming import Name, Sentence
from common.definitions.picture import MOST_BYTES
from common.events import Fact
from hub.definitions import pack, picture_checks
from hub.definitions.checks import faults
from tests.support.factory import stamp
from tests.support.pictures import BROKEN, JPEG, LOCKED, PNG, pdf
from tests.support.shift import motor_pack

NAME = Name("图", "Picture")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="url(#g)"/></svg>'


def picture(raw: bytes, media: str = "image/svg+xml") -> Picture:
    return Picture("p", NAME, media, base64.b64encode(raw).decode())  # type: ignore[arg-type]


def codes(drawn: Picture) -> list[str]:
    return [flaw.hint.code for flaw in picture_checks.picture(drawn)]


@pytest.mark.parametrize(
    ("raw", "media"),
    [
        (SVG, "image/svg+xml"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (pdf(), "application/pdf"),
    ],
)
def test_a_picture_that_is_what_it_says_is_taken(raw: bytes, media: str) -> None:
    assert codes(picture(raw, media)) == []


@pytest.mark.parametrize("media", ["image/png", "image/jpeg", "image/svg+xml", "application/pdf"])
def test_a_file_of_another_kind_is_refused(media: str) -> None:
    assert codes(picture(b"GIF89a not at all", media)) == ["hint.picture_media"]


@pytest.mark.parametrize(("media", "raw", "code"), BROKEN.values(), ids=BROKEN)
def test_a_picture_that_no_screen_can_show_is_refused_before_it_is_published(media: str, raw: bytes, code: str) -> None:
    assert codes(picture(raw, media)) == [code]


@pytest.mark.parametrize(
    "inside",
    [
        b"<script>alert(1)</script>",
        b'<rect onload="x()"/>',
        b'<a xlink:href="http://elsewhere"/>',
        b'<image width="1"/>',
        b"<foreignObject/>",
        b'<rect fill="url(http://elsewhere)"/>',
    ],
)
def test_a_drawing_that_could_do_more_than_draw_is_refused(inside: bytes) -> None:
    assert codes(picture(SVG.replace(b"<rect", inside + b"<rect", 1))) == ["hint.picture_active"]


def test_entities_that_grow_are_refused() -> None:
    assert codes(picture(b'<!DOCTYPE svg [<!ENTITY a "aa">]>' + SVG)) == ["hint.picture_active"]


def test_the_largest_picture_fits_one_event_and_a_larger_one_is_refused() -> None:
    most = picture(PNG.ljust(MOST_BYTES, b"\0"), "image/png")
    assert [f.code for f in faults([most])] == []
    tree = msgspec.json.decode(canonical(most))
    assert events.decode(events.encode(Fact(b.DefinitionPublished(tree)), stamp(1)))
    assert "definition.oversized" in {f.code for f in faults([picture(PNG.ljust(MOST_BYTES + 1, b"\0"), "image/png")])}


def test_what_is_no_base64_is_refused() -> None:
    assert codes(Picture("p", NAME, "image/png", "AAAAA")) == ["hint.picture_spelling"]


# Beside a pack's YAML -------------------------------------------------------------------------------------------------
def checked(folder: Path, file: str) -> list[str]:
    (folder / "pictures.yaml").write_text(f"- {{kind: picture, id: p, name: {{zh: 图, en: P}}, file: {file}}}\n")
    return [problem.hint.code for problem in pack.check(folder).problems if problem.file == "pictures.yaml"]


def test_a_file_beside_the_yaml_becomes_the_picture(tmp_path: Path) -> None:
    (tmp_path / "one.svg").write_bytes(SVG)
    made, flaws = picture_checks.from_file({"kind": "picture", "file": "one.svg"}, tmp_path)
    assert flaws == [] and base64.b64decode(str(made["data"])) == SVG and made["media"] == "image/svg+xml"


@pytest.mark.parametrize("file", ["gone.png", "../outside.svg", "/etc/hostname", "."])
def test_a_file_that_is_not_in_the_pack_is_refused_at_its_line(tmp_path: Path, file: str) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "outside.svg").write_bytes(SVG)
    assert checked(tmp_path / "pack", file) == ["hint.no_file"]


def test_a_file_of_no_known_kind_or_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.gif").write_bytes(b"GIF89a")
    (tmp_path / "big.png").write_bytes(PNG.ljust(MOST_BYTES + 1, b"\0"))
    assert checked(tmp_path, "one.gif") == ["hint.file_kind"]
    assert checked(tmp_path, "big.png") == ["hint.picture_large"]


def test_a_file_that_cannot_be_read_is_refused_at_its_line(tmp_path: Path) -> None:
    assert checked(tmp_path, "a" * 300 + ".png") == ["hint.unreadable"]  # longer than a name can be
    shut = tmp_path / "shut.svg"
    shut.write_bytes(SVG)
    shut.chmod(0)
    assert checked(tmp_path, "shut.svg") == ([] if os.access(shut, os.R_OK) else ["hint.unreadable"])


def test_a_file_that_leads_to_itself_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "loop.png").symlink_to("loop.png")
    assert checked(tmp_path, "loop.png") == ["hint.no_file"]


# Instructions ---------------------------------------------------------------------------------------------------------
TEXT = Sentence("按图", "As shown")


def guided(guide: Guide, shown: Picture) -> list[str]:
    form = Form("f", NAME, [Step("s", NAME, "scan", "slot", instruction=guide)])
    return [fault.hint.code for fault in faults([form, shown]) if "instruction" in fault.field]


@pytest.mark.parametrize(
    ("guide", "hints"),
    [
        (Guide(TEXT), []),
        (Guide(TEXT, "p"), []),
        (Guide(), ["hint.empty_guide"]),
        (Guide(TEXT, "gone"), ["hint.absent"]),
        (Guide(TEXT, "p", 2), ["hint.no_pages"]),
        (Guide(TEXT, page=2), ["hint.no_pages"]),
        (Guide(pictures=[GuidePicture("p", caption=TEXT), GuidePicture("p")]), []),
        (Guide(pictures=[GuidePicture("p"), GuidePicture("gone")]), ["hint.absent"]),
        (Guide(pictures=[GuidePicture("p", 2), GuidePicture("p")]), ["hint.no_pages"]),
        (Guide(TEXT, "p", pictures=[GuidePicture("p"), GuidePicture("p")]), ["hint.picture_twice"]),
    ],
)
def test_an_instruction_shows_something_that_is_there(guide: Guide, hints: list[str]) -> None:
    assert guided(guide, picture(SVG)) == hints


@pytest.mark.parametrize(
    ("raw", "page", "hints"),
    [(pdf(), 1, []), (pdf(), 2, ["picture.no_page"]), (LOCKED, 2, [])],
    ids=["there", "not-there", "said-of-the-document-alone"],
)
def test_a_page_that_is_cited_is_in_the_document(raw: bytes, page: int, hints: list[str]) -> None:
    assert guided(Guide(TEXT, "p", page), picture(raw, "application/pdf")) == hints


def test_a_guide_with_one_picture_keeps_its_bytes_and_a_sequence_comes_back() -> None:
    one = Form("f", NAME, [Step("s", NAME, "scan", "slot", instruction=Guide(TEXT, "p"))])
    assert b"pictures" not in canonical(one)
    shows = [GuidePicture("p", 2, TEXT), GuidePicture("q")]
    several = Form("f", NAME, [Step("s", NAME, "scan", "slot", instruction=Guide(pictures=shows))])
    assert DEFINITION.decode(canonical(several)) == several


def test_a_material_names_a_picture_that_is_there() -> None:
    part = Material("rotor", NAME, "bought", "unit", picture="p")
    found = [(fault.field, fault.hint.code) for fault in faults([part]) if fault.field == "picture"]
    assert found == [("picture", "hint.absent")]
    assert not [fault for fault in faults([part, picture(SVG)]) if fault.field == "picture"]
    assert b"picture" not in canonical(Material("rotor", NAME, "bought", "unit")), "it keeps its hash"


def test_a_form_without_instructions_keeps_its_bytes() -> None:
    assert b"instruction" not in canonical(Form("f", NAME, [Step("s", NAME, "scan", "slot")]))


def test_a_picture_comes_back_from_its_canonical_bytes() -> None:
    pictures = [d for d in motor_pack().definitions if isinstance(d, Picture)]
    assert {p.media for p in pictures} == {"image/svg+xml", "application/pdf"}
    assert [DEFINITION.decode(canonical(p)) for p in pictures] == pictures
