"""A page through the work cell on a real store: a picture is on disk before its name is, PIN and draft survive."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image
from structlog.testing import capture_logs

from common import pins
from common.definitions import Form
from common.entries import PhotoEntry, SignatureEntry
from common.errors import StoreUnavailable
from common.event_types import MeasuredPage
from common.form_page import FormPage
from station import messages as m
from station.cell import pictures
from station.shown.work_screen import Tile
from station.store import photos
from tests.support import scenes
from tests.support.bench import Bench, Plant, StationClock
from tests.support.shift import motor_pack

JPEG = scenes.picture("JPEG")
NAME = "sha256:" + hashlib.sha256(JPEG).hexdigest()
PEPPER = b"p" * 32


@pytest.fixture(scope="session")
def fresh_plant(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    return Plant(tmp_path_factory.mktemp("plant"))


@pytest.fixture
def bench(fresh_plant: Plant, tmp_path: Path) -> Iterator[Bench]:
    """ST-10 with the audit's page in place of its form, and a scratched motor whose photo is asked for."""
    plant = fresh_plant.anew()
    forms = {d.id: d for d in motor_pack().definitions if isinstance(d, Form)}
    step = forms["audit-form"].steps[0]
    asks = [f for f in step.asks if f.id in ("surface", "photo", "seen")]
    asks = [replace(f, visible_when=None) for f in asks]
    plant.publish(replace(forms["press-form"], steps=[replace(step, fields=asks)]))
    made = Bench(plant, tmp_path / "st-10", StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000), "st-10")
    people = (("p-zhou", "周敏", "B30002"), ("p-wang", "王强", "B10021"))
    made.cell.handle(m.Peppered(PEPPER))
    made.cell.handle(m.Pulled({}, people, 0, (("p-zhou", pins.verifier(PEPPER, "240817", b"s" * 16)),)))
    made.scan("B10021", "M-250-000001")
    made.cell.handle(m.Filled("surface", ("scratched",)))
    yield made
    made.close()


def _kept(data: Path) -> Path:
    return data / photos.FOLDER / NAME.removeprefix("sha256:")


def page_of(bench: Bench) -> MeasuredPage:
    (found,) = [body for body in bench.written().values() if isinstance(body, MeasuredPage)]
    return found


def page_shown(bench: Bench) -> FormPage:
    assert bench.scene is not None and bench.scene.page is not None
    return bench.scene.page


def test_a_page_is_filled_photographed_and_signed_across_restarts(bench: Bench, tmp_path: Path) -> None:
    assert bench.prompt.code == "fill.photo"
    bench.cell.handle(m.PhotoTaken("camera", JPEG, 0))
    assert _kept(tmp_path / "st-10").read_bytes() == JPEG, "before anything names it"
    bench.restart()
    assert bench.prompt.code == "prompt.sign_role"
    bench.scan("B30002")
    bench.restart()
    assert bench.prompt.code == "prompt.sign_pin", "the badge stands in the draft, a PIN never does"
    bench.cell.handle(m.PinEntered("p-zhou", "000000"))
    assert bench.codes[-1] == "pin.refused"
    bench.cell.handle(m.PinEntered("p-zhou", "240817"))
    entries = page_of(bench).entries
    assert entries[1:] == (
        PhotoEntry(ch="photo", verdict="pass", value=NAME, device="camera"),
        SignatureEntry(ch="seen", verdict="pass", value="p-zhou", meaning="checked"),
    )
    assert b"240817" not in bench.batch()


def test_the_photo_stands_small_on_the_page_across_restarts_and_can_be_taken_again(bench: Bench) -> None:
    def shown() -> bytes:
        return next(f.picture for f in page_shown(bench).fields if f.id == "photo")

    assert shown() == b""
    bench.cell.handle(m.PhotoTaken("camera", JPEG, 0))
    with Image.open(io.BytesIO(shown())) as image:
        assert image.format == "JPEG" and max(image.size) <= pictures.SMALL_SIDE_PX
    bench.restart()
    assert shown(), "read from disk again"
    bench.scan("HW:FIELD:photo")
    assert Tile("MEASURE", "tap.photo_again") in (bench.scene.tiles if bench.scene else ())
    bench.cell.handle(m.PhotoTaken("camera", scenes.picture("PNG"), 0))
    assert [f.value for f in page_shown(bench).fields if f.id == "photo"] != [(NAME,)]


def test_a_photo_that_cannot_be_drawn_is_kept_and_said_once(
    bench: Bench, tmp_path: Path, expect_warning: Callable[[str], None]
) -> None:
    torn = JPEG[:200]
    expect_warning("photo_unreadable")
    bench.cell.handle(m.PhotoTaken("camera", torn, 0))
    field = next(f for f in page_shown(bench).fields if f.id == "photo")
    assert field and field.picture == b"" and photos.read(tmp_path / "st-10", field.value[0]) == torn


def test_a_picture_that_nobody_wants_or_that_is_none_is_not_kept(bench: Bench, tmp_path: Path) -> None:
    bench.cell.handle(m.PhotoTaken("other-camera", JPEG, 0))
    assert bench.codes[-1] == "reading.not_wanted"
    bench.cell.handle(m.PhotoTaken("camera", b"", 0, fault="camera.size"))
    assert bench.codes[-1] == "camera.size"
    assert not (tmp_path / "st-10" / photos.FOLDER).exists()
    assert bench.prompt.code == "fill.photo"


def test_a_picture_that_cannot_be_stored_is_not_on_the_page(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "st-10" / photos.FOLDER).write_text("a file where the folder should be")
    with capture_logs(), pytest.raises(StoreUnavailable, match=r"store\.io"):
        bench.cell.handle(m.PhotoTaken("camera", JPEG, 0))
    (tmp_path / "st-10" / photos.FOLDER).unlink()
    bench.restart()
    assert bench.prompt.code == "fill.photo"


def test_the_same_picture_is_kept_once(tmp_path: Path) -> None:
    for _ in range(2):
        photos.keep(tmp_path, JPEG)
    assert list((tmp_path / photos.FOLDER).iterdir()) == [_kept(tmp_path)]
