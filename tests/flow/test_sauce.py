"""A line that knows only lots, every part of it real: five stations and a hub, from the supplier's lot to the customer
and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests

from common.ids import Claim
from hub.demo.processes import wait_for
from station.clock import SystemClock
from tests.support.hub_process import HubProcess
from tests.support.plant import Desk, at_hub, loaded

DAY_MS = 86_400_000
PLACES = ("sauce-10", "sauce-20", "sauce-30", "sauce-40", "sauce-50")
RECEIVED = ("BB-2611-01", "SY-2611-01", "WF-2611-01", "SA-2611-01", "RO-2611-01", "SE-2611-01", "PN-2611-01")
BAD, GOOD = "CH-2611-01", "CH-2611-02"
CARTONS = ("106141411234567897", "106141411234567903", "106141411234567910")
PALLETS = ("106141411234567927", "106141411234567934")


class SlowClock(SystemClock):
    """The clock of a computer that believes it is more than a year ago."""

    def wall_ms(self) -> int:
        return super().wall_ms() - 400 * DAY_MS


class SauceLine:
    """The stations of the line in the test's thread, somebody signed in at each."""

    def __init__(self, hub: HubProcess, folder: Path, stack: ExitStack) -> None:
        self.hub = hub
        self.desks = {place: stack.enter_context(closing(self._desk(folder, place))) for place in PLACES}
        self.share()
        for desk in self.desks.values():
            assert desk.scan("S10011").code == "done.signed_in"

    def _desk(self, folder: Path, place: str) -> Desk:
        return Desk(self.hub, folder / place, place, "sauce-line")

    def share(self) -> None:
        """What each of them wrote comes to the hub and to the others."""
        for _ in range(2):
            for desk in self.desks.values():
                desk.sync.round()

    def at(self, place: str, *codes: str) -> list[str]:
        """Scan; what the last code was answered."""
        desk = self.desks[place]
        desk.scan(*codes[:-1])
        before = len(desk.shown)
        desk.scan(codes[-1])
        return [shown.code for shown in desk.shown[before:]]

    def receive(self, number: str, quantity: str, supplier: str = "") -> None:
        cards = [f"HW:PARTNER:{supplier}"] if supplier else []
        assert self.at("sauce-10", number, *cards, f"HW:N:{quantity}") == ["done.received", "done.passed"]

    def cook(self, number: str, doses: Sequence[tuple[str, str]], *close: str) -> None:
        """A kettle: lot by lot with its weight, then what was measured."""
        self.at("sauce-20", number)
        for lot, quantity in doses:
            assert self.at("sauce-20", lot, f"HW:N:{quantity}")[0] == "done.added"
        record = ("HW:N:101", "HW:N:4.2", "HW:N:98.5")
        assert self.at("sauce-20", *close, *record) == ["done.measured", "done.passed"]

    def claim(self, thing: str) -> Claim:
        """lot by "material/number", container by its SSCC."""
        return Claim(f"lot@{self.hub.site.id}", thing) if "/" in thing else Claim("gs1:sscc", thing)

    def page(self, page: str, thing: str) -> dict[str, Any]:
        claim = self.claim(thing)
        asked = {"scheme": claim.scheme, "value": claim.value}
        answer = requests.get(f"http://{self.hub.host}:8080/{page}", params=asked, headers=self.hub.shown, timeout=60)
        assert answer.ok, answer.text
        return answer.json() if page.endswith("json") else {"text": answer.text}


def recipe(chilli: str) -> list[tuple[str, str]]:
    return [
        ("BB-2611-01", "40.0"), (chilli, "25.0"), ("SY-2611-01", "10.0"),
        ("WF-2611-01", "8.0"), ("SA-2611-01", "7.0"), ("RO-2611-01", "10.0"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SauceLine]:
    """A shift: a cook whose leftover goes into the next one, a tank, jars, and pallets for two customers."""
    folder = tmp_path_factory.mktemp("sauce")
    hub = loaded(folder / "hub", "sauce-filling")
    with ExitStack() as stack:
        made = SauceLine(hub, folder, stack)
        for number in RECEIVED:
            made.receive(number, "500")
        for number, quantity in (("GJ-2611-01", "2000"), ("TL-2611-01", "2000")):
            made.receive(number, quantity)
        made.receive(BAD, "300", "zunyi-chilli")
        made.receive(GOOD, "300", "shangqiu-chilli")
        made.share()
        make(made)
        made.share()
        wait_for("the hub", lambda: at_hub(hub, made.claim(PALLETS[1])).state == "passed")
        yield made
    assert hub.stop() == 0, hub.error
    assert "Traceback" not in hub.error, hub.error
    hub.close()


def make(line: SauceLine) -> None:
    line.cook("KP-2611-01", recipe(BAD), "HW:CLOSE")
    assert line.at("sauce-20", "LP-2611-01", "KP-2611-01", "HW:N:6.5") == ["done.made", "done.passed"]
    line.cook("KP-2611-02", [*recipe(GOOD), ("LP-2611-01", "6.5")], "HW:CLOSE")
    line.cook("KP-2611-03", recipe(GOOD), "HW:CLOSE")
    assert line.at("sauce-20", "TP-2611-01", "KP-2611-02", "HW:N:97", "KP-2611-03", "HW:N:98")[-1] == "done.passed"
    line.share()
    for lot, sauce, jars in (("JP-2611-01", "KP-2611-01", "180"), ("JP-2611-02", "TP-2611-01", "380")):
        filled = line.at("sauce-30", lot, sauce, "GJ-2611-01", "TL-2611-01", f"HW:N:{jars}")
        assert filled == ["done.made", "done.passed"]
    line.share()
    for carton, lot in zip(CARTONS, ("JP-2611-01", "JP-2611-01", "JP-2611-02"), strict=True):
        assert line.at("sauce-40", f"]C100{carton}", lot, "HW:N:12") == ["done.added", "done.passed"]
    line.share()
    loads = ((PALLETS[0], CARTONS[:2], "shu-market"), (PALLETS[1], CARTONS[2:], "north-trade"))
    for note, (pallet, cartons, customer) in zip(count(1), loads, strict=False):
        label = f"]C100{pallet}"
        line.at("sauce-50", label, *(f"]C100{carton}" for carton in cartons), "HW:CLOSE")
        shipped = line.at("sauce-50", label, f"HW:PARTNER:{customer}", f"DN-2611-{note:03d}")
        assert shipped == ["done.shipped", "done.passed"]


def shipped(page: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(one["claim"]["value"], one["partner"]["en"], one["document"]) for one in page["shipped"]}


# Forward --------------------------------------------------------------------------------------------------------------
def test_a_bad_chilli_lot_leads_to_its_pallets_and_customers_through_split_merge_and_rework(line: SauceLine) -> None:
    page = line.page("where.json", f"chilli/{BAD}")
    reached = {one["claim"]["value"] for one in page["lines"]}
    assert {
        "sauce-plain/KP-2611-01",
        "leftover-plain/LP-2611-01",
        "sauce-plain/KP-2611-02",
        "tank-plain/TP-2611-01",
    } <= reached
    assert "sauce-plain/KP-2611-03" not in reached
    both = {(PALLETS[0], "Shu Market", "DN-2611-001"), (PALLETS[1], "North Trade", "DN-2611-002")}
    assert shipped(page) == both


def test_a_lot_that_only_one_customer_has_leads_to_that_customer(line: SauceLine) -> None:
    assert shipped(line.page("where.json", f"chilli/{GOOD}")) == {(PALLETS[1], "North Trade", "DN-2611-002")}


def test_the_page_says_how_much_went_where(line: SauceLine) -> None:
    lines = line.page("where.json", "jar-plain/JP-2611-01")["lines"]
    cartons = {(one["claim"]["value"], one["quantity"], one["uom"]) for one in lines if one["depth"] == 1}
    assert cartons == {(carton, "12", "jar") for carton in CARTONS[:2]}
    text = line.page("where", f"chilli/{BAD}")["text"]
    assert "25.0 kg" in text and "12 jar" in text and "DN-2611-001" in text


# Backward -------------------------------------------------------------------------------------------------------------
def leaves(node: dict[str, Any]) -> set[str]:
    """The values of what has nothing below it."""
    below = node["children"]
    return {value for child in below for value in leaves(child)} if below else {node["claim"]["value"]}


def test_a_pallet_leads_back_to_every_suppliers_lot(line: SauceLine) -> None:
    tree = line.page("thing.json", PALLETS[1])["tree"]
    bought = {
        "broad-bean/BB-2611-01", f"chilli/{BAD}", f"chilli/{GOOD}", "soybean/SY-2611-01", "wheat-flour/WF-2611-01",
        "salt/SA-2611-01", "rapeseed-oil/RO-2611-01", "jar/GJ-2611-01", "lid/TL-2611-01",
    }  # fmt: skip
    assert leaves(tree) == bought
    carton = tree["children"][0]["children"][0]
    assert (carton["claim"]["value"], carton["quantity"], carton["uom"]) == ("jar-plain/JP-2611-02", "12", "jar")


def test_the_page_of_a_suppliers_lot_says_who_it_came_from(line: SauceLine) -> None:
    history = line.page("thing.json", f"chilli/{BAD}")["history"]
    came = next(one for one in history if one["what"] == "receive")
    assert (came["params"]["partner"]["en"], came["params"]["quantity"]) == ("Zunyi chilli cooperative", "300 kg")
    assert "遵义辣椒合作社" in line.page("thing", f"chilli/{BAD}")["text"]


# Refused on the way ---------------------------------------------------------------------------------------------------
def test_more_than_the_recipe_takes_is_refused_at_the_real_station(line: SauceLine) -> None:
    assert line.at("sauce-20", "KP-2611-07", "BB-2611-01", "HW:N:41.0") == ["quantity.above"]
    assert line.at("sauce-20", "HW:LEAVE") == ["done.left"]


def test_an_allergen_waits_for_the_cleaning_at_the_real_station(line: SauceLine) -> None:
    line.at("sauce-20", "KN-2611-01", "HW:LEAVE")
    assert line.at("sauce-20", "KP-2611-08") == ["interlock.blocked"]
    assert line.at("sauce-20", "S30001", "HW:CLEANED") == ["done.cleaned"]
    assert line.at("sauce-20", "KP-2611-08") == ["done.commissioned", "done.started"]
    assert line.at("sauce-20", "HW:LEAVE") == ["done.left"]


def test_an_expired_lot_is_refused_by_the_hubs_time(line: SauceLine, tmp_path: Path) -> None:
    """A station whose clock is slow received it so long ago that it keeps no longer; the kettle knows the day."""
    with closing(Desk(line.hub, tmp_path / "old", "sauce-10", "sauce-line", SlowClock())) as old:
        old.sync.round()
        old.scan("S10011", "BB-2509-01", "HW:N:100")
        assert old.shown[-1].code == "done.passed"
        old.sync.round()
        line.share()
        answer = line.at("sauce-20", "KP-2611-09", "BB-2509-01")
        assert answer == ["component.expired"]
        assert line.at("sauce-20", "HW:LEAVE") == ["done.left"]
