"""A page of a form, with the tiles below it and confirm at its place."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from common.form_page import FormField, FormPage
from common.qt.button import GAP_MM
from common.qt.form_view import FormView, Heading
from common.qt.painted import Brush, Painted
from common.qt.theme import Look
from station.kiosk.places import PadPlace
from station.kiosk.screen import Screen, Shows, label, notice
from station.kiosk.tile_bar import CALL, ROOMS, TileBar, edge, foot
from station.messages import Shown
from station.shown.work_screen import Scene, Tile

NOTICE_MM = 16.0
SHOWN = ("ng", "hold")  # a word about a field is on the page; a refusal is above it
BACK = Tile("", "tap.back")
PICTURES = Tile("", "room.document")
CONFIRMS = ("tap.confirm", "tap.sign")  # tiles that the page has at the place of confirm
TONES = {"fail": "out", "warn": "mark"}


class RefusalBand(Painted):
    """The last scan or tap that was refused, over the page's heading."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.said: tuple[Shown, ...] = ()

    def draw(self, brush: Brush) -> None:
        """The sentences in their band."""
        notice(brush, self.said, brush.room)


class FormScreen(Screen):
    """The page fills the screen but for the tiles; the keyboard leaves call, NG and the way back."""

    filled = Signal(str, int, object)
    signed = Signal(str, str)  # person, PIN

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._typed: tuple[str, int] | None = None
        self.tiles = TileBar(look, self)
        self.tiles.chosen.connect(self._chosen)
        self.view = FormView(look, self)
        self.view.filled.connect(self._fill)
        self.view.gone.connect(lambda field, i: self.tapped.emit(f"FIELD:{field}:{i}" if i else f"FIELD:{field}"))
        self.view.measured.connect(lambda: self.tapped.emit("MEASURE"))
        self.view.signed.connect(self._sign)
        self.view.confirmed.connect(self._confirm)
        self.view.doubted.connect(lambda: self.sounded.emit(TONES["fail"]))
        self.view.spread.connect(self.arrange)
        self.band = RefusalBand(look, self)

    def show_all(self, shows: Shows) -> None:
        """Show this from now on; a value that came out of its limits has its tone."""
        before = self.shows.scene
        super().show_all(shows)
        if before.thing == shows.scene.thing and before.page and shows.scene.page:
            self._sound(before.page, shows.scene.page)

    def arrange(self) -> None:
        """The page, what was refused above it, and the tiles."""
        page = self.shows.scene.page
        if self.width() < 2 or page is None:
            return
        side, gap = edge(self.look), self.look.px(GAP_MM)
        x, y, _, high = foot(self.look, self.width(), self.height())
        said = self.look.px(NOTICE_MM) if self._refused() else 0
        self.view.setGeometry(side, gap, self.width() - 2 * side, self.height() - gap - side)
        confirm = self._confirming()
        offered = self.look.say(confirm.code, confirm.params) if confirm else ""
        self.view.show_page(page, heading(self.look, self.shows.scene), (said, high + gap), offered)
        self.band.said = self._refused()
        self.band.setGeometry(side, gap, self.view.head_wide(), self.look.px(NOTICE_MM))
        self.band.setVisible(bool(said) and not self.view.whole)
        self.band.raise_()
        self.band.update()
        self.tiles.setGeometry(x, y, self.view.foot_wide(), high)
        where: PadPlace = "beside" if self.width() > self.height() else "above"
        if self.view.whole:
            kept = tuple(tile for tile in self.shows.scene.tiles if tile.code == CALL)
            self.tiles.show_tiles((*kept, BACK), (), pad=where)
        else:
            # The page has buttons of its own for a device's value and for its end.
            own = (confirm.command if confirm else "", "MEASURE")
            tiles = [tile for tile in self.shows.scene.tiles if tile.command not in own]
            pictures = self.shows.scene.instruction.pictures if self.shows.scene.instruction else ()
            self.tiles.show_tiles(tiles, (*((PICTURES,) if pictures else ()), *ROOMS), pad=where)
        self.tiles.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place everything again."""
        self.arrange()

    def say_again(self) -> None:
        """Say the words in the language of now."""
        self.view.say_again()
        super().say_again()

    def draw(self, brush: Brush) -> None:
        """Nothing but the ground; the page, the refusal and the tiles paint themselves."""

    def _confirming(self) -> Tile | None:
        """The tile that ends the page, or starts its signature again."""
        tiles = self.shows.scene.tiles
        return next((tile for code in CONFIRMS for tile in tiles if tile.code == code), None)

    def _confirm(self) -> None:
        tile = self._confirming()
        if tile is not None:
            self.tapped.emit(tile.command)

    def _chosen(self, tile: Tile) -> None:
        if tile == BACK:
            self.view.stop_typing()

    def _fill(self, field: str, i: int, value: tuple[str, ...]) -> None:
        self._typed = (field, i)
        self.filled.emit(field, i, value)

    def _sound(self, before: FormPage, now: FormPage) -> None:
        """The tone of the worst value that is new; a value that somebody just typed was asked about already."""
        known = {(field.id, field.i): field.value for field in before.fields}
        new = [f for f in now.fields if (f.id, f.i) in known and f.value and f.value != known[f.id, f.i]]
        found = {field.verdict for field in new if not self._asked_about(field)}
        tone = next((TONES[verdict] for verdict in TONES if verdict in found), "")
        if tone:
            self.sounded.emit(tone)

    def _asked_about(self, field: FormField) -> bool:
        return field.verdict == "fail" and (field.id, field.i) == self._typed

    def _sign(self, pin: str) -> None:
        if self.shows.scene.signing is not None:
            self.signed.emit(self.shows.scene.signing.signer, pin)

    def _refused(self) -> tuple[Shown, ...]:
        return tuple(one for one in self.shows.notices if one.tone in SHOWN)


def heading(look: Look, scene: Scene) -> Heading:
    """The thing in hand, its order, and the step of how many."""
    step = scene.steps[scene.step - 1] if 0 < scene.step <= len(scene.steps) else None
    of = look.say("kiosk.step", {"number": scene.step, "count": len(scene.steps)}) if len(scene.steps) > 1 else ""
    name = look.name(step.name) if step else ""
    about = " · ".join(part for part in (name, of, scene.order) if part)
    return Heading(label(scene.thing), about, (scene.person, scene.operation, scene.step, scene.awaiting))
