"""A line that knows only lots: received, dosed, drawn off, merged, filled, packed, shipped and taken back."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from common import event_types as b
from common.definitions import Material
from common.definitions.naming import Name
from common.ids import Claim
from common.judge import Component
from common.text import say
from station.work.state import Portion
from tests.support.factory import SITE, Story, lot
from tests.support.shift import Shift
from tests.support.situations import kettle as cooking

QUALITY = "S30001"
RECEIVED = {
    "broad-bean": "BB-2611-01",
    "chilli": "CH-2611-01",
    "soybean": "SY-2611-01",
    "wheat-flour": "WF-2611-01",
    "salt": "SA-2611-01",
    "rapeseed-oil": "RO-2611-01",
    "sesame": "SE-2611-01",
    "peanut": "PN-2611-01",
    "jar": "GJ-2611-01",
    "lid": "TL-2611-01",
}
PLAIN = (
    ("BB-2611-01", "40.0"),
    ("CH-2611-01", "25.0"),
    ("SY-2611-01", "10.0"),
    ("WF-2611-01", "8.0"),
    ("SA-2611-01", "7.0"),
    ("RO-2611-01", "10.0"),
)
RECORD = ("HW:N:101", "HW:N:4.2", "HW:N:98.5")
CARTON, PALLET = "]C100106141411234567897", "]C100106141411234567903"
OTHER_PALLET = "]C100106141411234567910"


def claim(material: str, number: str) -> Claim:
    return lot(f"{material}/{number}")


def at(place: str, story: Story | None = None) -> Shift:
    """Somebody works at a workplace of the sauce line."""
    return Shift(place, story=story, name="sauce-filling")


@pytest.fixture
def story() -> Story:
    """Everything that the line needs is received."""
    story = Story()
    for material, number in RECEIVED.items():
        body = b.Receive(material, "somebody", "500", "kg", number, expiry="2027-10-31")
        story.say("goods", body, claim(material, number))
    return story


@pytest.fixture
def kettle(story: Story) -> Shift:
    return at("sauce-20", story)


def dose(shift: Shift, *doses: tuple[str, str]) -> None:
    for number, quantity in doses:
        shift.scan(number, f"HW:N:{quantity}")


def cook(shift: Shift, number: str = "KP-2611-01") -> None:
    """A kettle of the plain sauce, without leftover."""
    shift.scan(number)
    dose(shift, *PLAIN)
    shift.scan("HW:CLOSE", *RECORD)


def inside(shift: Shift, thing: Claim) -> dict[str, tuple[str, str]]:
    """The number of each thing that is in a thing → how much of it."""
    below: tuple[Component, ...] = shift.view().standing(thing).components
    return {c.child.value.rpartition("/")[2]: (c.quantity, c.uom) for c in below}


# Goods in -------------------------------------------------------------------------------------------------------------
def test_a_lot_is_received_with_its_quantity_and_its_only_supplier() -> None:
    shift = at("sauce-10")
    assert shift.prompt.code == "prompt.label"
    shift.scan("SA-2611-07")
    assert (shift.prompt.code, shift.prompt.params["uom"]) == ("prompt.number", "kg")
    assert say("en", "do.number", shift.prompt.params).endswith(": how many kg?")
    shift.scan("HW:N:750.5")
    assert shift.codes == ["done.received", "done.passed"]
    assert shift.bodies[-2] == b.Receive("salt", "zigong-salt", "750.5", "kg", "SA-2611-07")
    assert shift.facts[-2].on == (claim("salt", "SA-2611-07"),)
    assert not any(isinstance(body, b.Commission) for body in shift.bodies)


def test_of_several_suppliers_the_card_says_which() -> None:
    shift = at("sauce-10")
    assert shift.scan("CH-2611-07", "HW:N:300").code == "partner.first"
    assert shift.scan("HW:PARTNER:zigong-salt").code == "partner.unknown"
    assert shift.scan("HW:PARTNER:shu-market").code == "partner.unknown"
    assert shift.scan("HW:PARTNER:zunyi-chilli").code == "noted.partner"
    shift.scan("HW:N:300", after_ms=3_000)
    assert shift.codes == ["done.received", "done.passed"]
    body = shift.bodies[-2]
    assert isinstance(body, b.Receive) and body.supplier == "zunyi-chilli"


@pytest.mark.parametrize(
    ("text", "code"),
    [("0", "below"), ("-5", "below"), ("30000.1", "above"), ("5.25", "decimals")],
)
def test_a_number_that_cannot_be_is_refused_and_the_step_stands(text: str, code: str) -> None:
    shift = at("sauce-10")
    shift.scan("SA-2611-07")
    assert shift.scan(f"HW:N:{text}").code == f"quantity.{code}"
    assert isinstance(shift.bodies[-1], b.Refused)
    assert shift.prompt.code == "prompt.number"


def test_a_number_that_nobody_asked_for_is_refused(kettle: Shift) -> None:
    assert kettle.scan("HW:N:5").code == "quantity.not_now"
    kettle.scan("KP-2611-01")
    assert kettle.scan("HW:N:5", after_ms=3_000).code == "quantity.not_now"


def test_a_lot_is_received_once() -> None:
    shift = at("sauce-10")
    shift.scan("SA-2611-07", "HW:N:750", "SA-2611-07")
    assert shift.codes == ["interlock.blocked"]


# The kettle -----------------------------------------------------------------------------------------------------------
def test_a_kettle_is_dosed_lot_by_lot_and_its_record_entered(kettle: Shift) -> None:
    kettle.scan("KP-2611-01")
    assert kettle.codes == ["done.commissioned", "done.started"]
    assert kettle.scan("BB-2611-01").code == "noted.amount"
    assert kettle.scan("HW:N:40.2").code == "done.added"
    body = kettle.bodies[-1]
    assert isinstance(body, b.Bind)
    assert (body.slot, body.material, body.quantity, body.uom) == ("broad-bean", "broad-bean", "40.2", "kg")
    dose(kettle, *PLAIN[1:])
    kettle.scan("HW:CLOSE", *RECORD)
    assert kettle.codes == ["done.measured", "done.passed"]
    measured = kettle.bodies[-2]
    assert isinstance(measured, b.Measured)
    assert [(v.ch, v.value, v.verdict) for v in measured.values] == [
        ("temperature", "101", "pass"), ("acidity", "4.2", "pass"), ("yield", "98.5", "pass"),
    ]  # fmt: skip
    assert kettle.view().standing(claim("sauce-plain", "KP-2611-01")).state == "passed"


def test_more_than_the_recipe_takes_is_refused(kettle: Shift) -> None:
    kettle.scan("KP-2611-01", "BB-2611-01")
    shown = kettle.scan("HW:N:40.5")
    assert (shown.code, shown.params["high"]) == ("quantity.above", "40.4")
    assert kettle.scan("HW:N:40.4").code == "done.added"


def test_a_lot_that_runs_out_is_followed_by_another_in_the_same_slot(kettle: Shift) -> None:
    story = kettle.story
    story.say("goods", b.Receive("chilli", "s", "500", "kg", expiry="2027-10-31"), claim("chilli", "CH-2611-02"))
    kettle.scan("KP-2611-01")
    dose(kettle, PLAIN[0], ("CH-2611-01", "15.5"))
    assert kettle.prompt.params["have"] == "15.5"
    kettle.scan("CH-2611-02")
    assert kettle.scan("HW:N:9.9").code == "quantity.above"
    assert kettle.scan("HW:N:9.5").code == "done.added"
    standing = kettle.view().standing(claim("sauce-plain", "KP-2611-01"))
    assert [c.quantity for c in standing.components if c.slot == "chilli"] == ["15.5", "9.5"]
    assert not [f for f in standing.findings if f.open]
    assert kettle.prompt.params["number"] == 3


def test_a_value_out_of_limits_is_recorded_and_fails_the_lot(kettle: Shift) -> None:
    kettle.scan("KP-2611-01")
    dose(kettle, *PLAIN)
    kettle.scan("HW:CLOSE", "HW:N:101", "HW:N:5.2", "HW:N:98.5")
    assert kettle.codes == ["done.measured", "done.failed"]
    filler = at("sauce-30", kettle.story)
    assert filler.scan("JP-2611-01", "KP-2611-01").code == "component.failed"


def test_dosing_that_was_left_goes_on_with_what_is_missing(kettle: Shift) -> None:
    kettle.scan("KP-2611-01")
    dose(kettle, PLAIN[0], ("CH-2611-01", "15.5"))
    kettle.scan("HW:LEAVE", "KP-2611-01")
    assert kettle.codes == ["done.started", "ignored.full"]
    assert (kettle.prompt.params["number"], kettle.prompt.params["have"]) == (2, "15.5")


def test_a_step_that_is_not_optional_cannot_be_closed(kettle: Shift) -> None:
    assert kettle.scan("KP-2611-01", "HW:CLOSE").code == "command.not_here"


# Expiry ---------------------------------------------------------------------------------------------------------------
def test_an_expired_lot_is_refused_with_its_day(kettle: Shift) -> None:
    kettle.today = date(2027, 11, 1)
    shown = kettle.scan("KP-2611-01", "BB-2611-01")
    assert (shown.code, shown.params["expiry"]) == ("component.expired", "2027-10-31")
    assert kettle.work.hand is not None and not isinstance(kettle.work.hand.progress, Portion)


def test_a_lot_that_expires_too_soon_is_refused(kettle: Shift) -> None:
    kettle.today = date(2027, 10, 2)
    assert kettle.scan("KP-2611-01", "BB-2611-01").code == "component.expires_soon"
    kettle.today = date(2027, 10, 1)
    assert kettle.scan("BB-2611-01").code == "noted.amount"


def test_without_the_hubs_time_the_policy_of_the_operation_decides(kettle: Shift) -> None:
    kettle.sure = False
    assert kettle.scan("KP-2611-01", "BB-2611-01").code == "component.expiry_unknown"
    kettle.sure = True
    cook(kettle, "KP-2611-02")
    filler = at("sauce-30", kettle.story)
    filler.sure = False
    filler.scan("JP-2611-01", "KP-2611-02", "GJ-2611-01", "TL-2611-01", "HW:N:190")
    assert filler.codes == ["done.made", "done.provisional"]
    assert filler.bodies[-1] == b.OperationCompleted("fill", "pass", True, ("expiry",))


def test_a_lot_that_nobody_received_here_is_refused_or_makes_the_pass_provisional(kettle: Shift) -> None:
    shown = kettle.scan("KP-2611-01", "BB-2611-99")
    assert (shown.tone, shown.code) == ("ng", "component.lot_unseen")
    filler = at("sauce-30", kettle.story)
    filler.scan("JP-2611-01", "KP-2611-77", "GJ-2611-01", "TL-2611-01", "HW:N:190")
    assert filler.bodies[-1] == b.OperationCompleted("fill", "pass", True, ("expiry",))


def test_where_the_hub_is_in_reach_it_is_asked_whether_it_saw_the_lot(kettle: Shift) -> None:
    kettle.scan("KP-2611-01")
    kettle.may_ask = True
    bodies = len(kettle.bodies)
    kettle.scan("BB-2611-99")
    assert kettle.turn.wants_newest and len(kettle.bodies) == bodies


def test_what_is_made_here_keeps_for_its_shelf_life(kettle: Shift) -> None:
    cook(kettle)
    filler = at("sauce-30", kettle.story)
    filler.today = date(2026, 11, 8)
    shown = filler.scan("JP-2611-01", "KP-2611-01")
    assert (shown.code, shown.params["expiry"]) == ("component.expired", "2026-11-07")


# Allergens ------------------------------------------------------------------------------------------------------------
def nutty(shift: Shift) -> None:
    """The other product is cooked, as far as its first dose."""
    shift.scan("KN-2611-01", "BB-2611-01", "HW:N:40.0", "HW:LEAVE")


def test_after_an_allergen_a_product_without_it_waits_for_the_cleaning(kettle: Shift) -> None:
    nutty(kettle)
    shown = kettle.scan("KP-2611-01")
    assert (shown.code, shown.params["release"]) == ("interlock.blocked", ["quality"])
    code, why = shown.reasons[0]
    assert (code, why["allergens"]) == ("interlock.not_cleaned", ["peanut", "sesame"])
    assert kettle.scan("HW:CLEANED").code == "person.may_not"
    assert kettle.scan(QUALITY, "HW:CONFIRM", "HW:CLEANED").code == "done.cleaned"
    assert kettle.bodies[-1] == b.Inspected("cleaning", "pass")
    assert kettle.scan("KP-2611-01").code == "done.started"


def test_a_product_that_declares_what_is_left_needs_no_cleaning(kettle: Shift) -> None:
    kettle.scan("KP-2611-01", "HW:LEAVE")
    assert kettle.scan("KN-2611-01").code == "done.started"


def test_a_cleaning_before_the_allergen_does_not_count(kettle: Shift) -> None:
    kettle.scan(QUALITY, "HW:CONFIRM", "HW:CLEANED")
    nutty(kettle)
    assert kettle.scan("KP-2611-01").code == "interlock.blocked"


def test_where_nothing_is_left_behind_no_cleaning_is_asked_for() -> None:
    assert at("sauce-40").scan("HW:CLEANED").code == "command.not_here"


def test_an_alternative_with_an_allergen_that_is_not_declared_is_refused(kettle: Shift) -> None:
    kettle.story.say("goods", b.Receive("sesame-oil", "s", "9", "kg"), claim("sesame-oil", "SO-2611-01"))
    plain = kettle.definitions.get(Material, "sauce-plain")
    assert plain is not None
    shift = Shift("sauce-20", [_with_alternative(plain)], story=kettle.story, name="sauce-filling")
    shift.scan("KP-2611-01")
    dose(shift, *PLAIN[:5])
    shown = shift.scan("SO-2611-01")
    assert (shown.code, shown.params["allergens"]) == ("component.allergen", ["sesame"])


def _with_alternative(made: Material) -> Material:
    bom = [replace(line, alternatives=["sesame-oil"]) if line.slot == "oil" else line for line in made.bom]
    return replace(made, bom=bom)


# Split, merge, fill ---------------------------------------------------------------------------------------------------
def test_a_leftover_is_drawn_off_and_goes_into_a_later_cook(kettle: Shift) -> None:
    cook(kettle)
    kettle.scan("LP-2611-01", "KP-2611-01", "HW:N:6.5")
    assert kettle.codes == ["done.made", "done.passed"]
    body = kettle.bodies[-2]
    assert isinstance(body, b.Transform)
    assert body.quantities == (b.Quantity(0, "6.5", "kg"), b.Quantity(1, "6.5", "kg"))
    kettle.scan("KP-2611-02")
    dose(kettle, *PLAIN)
    kettle.scan("LP-2611-01", "HW:N:6.5", "HW:CLOSE", *RECORD)
    assert kettle.codes == ["done.measured", "done.passed"]
    assert inside(kettle, claim("sauce-plain", "KP-2611-02"))["LP-2611-01"] == ("6.5", "kg")


def test_two_kettles_are_merged_into_a_tank(kettle: Shift) -> None:
    cook(kettle, "KP-2611-01")
    cook(kettle, "KP-2611-02")
    kettle.scan("TP-2611-01", "KP-2611-01", "HW:N:98", "KP-2611-02", "HW:N:97")
    assert kettle.codes == ["done.added", "done.passed"]
    assert inside(kettle, claim("tank-plain", "TP-2611-01")) == {"KP-2611-01": ("98", "kg"), "KP-2611-02": ("97", "kg")}


@pytest.fixture
def filler(kettle: Shift) -> Shift:
    """The filler, with a kettle of sauce that waits."""
    cook(kettle)
    return at("sauce-30", kettle.story)


def test_jars_are_filled_by_count(filler: Shift) -> None:
    filler.scan("JP-2611-01", "KP-2611-01")
    assert filler.codes == ["noted.lot"]
    filler.scan("GJ-2611-01", "TL-2611-01", "HW:N:190")
    assert filler.codes == ["done.made", "done.passed"]
    made = filler.facts[-2]
    things = [("sauce-plain", "KP-2611-01"), ("jar", "GJ-2611-01"), ("lid", "TL-2611-01"), ("jar-plain", "JP-2611-01")]
    assert made.on == tuple(claim(*one) for one in things)
    assert isinstance(made.body, b.Transform)
    amounts = [(q.quantity, q.uom) for q in made.body.quantities]
    assert amounts == [("95", "kg"), ("190", "pcs"), ("190", "pcs"), ("190", "jar")]
    assert filler.view().standing(claim("jar-plain", "JP-2611-01")).state == "passed"


def test_of_two_lots_of_jars_nobody_claims_how_many_came_of_each(filler: Shift) -> None:
    filler.story.say("goods", b.Receive("jar", "s", "500", "pcs"), claim("jar", "GJ-2611-02"))
    filler.scan("JP-2611-01", "KP-2611-01", "GJ-2611-01", "TL-2611-01")
    assert filler.scan("GJ-2611-02").code == "noted.lot"
    assert filler.scan("GJ-2611-02", after_ms=3_000).code == "ignored.taken"
    filler.scan("HW:N:190")
    body = filler.bodies[-2]
    assert isinstance(body, b.Transform)
    assert (body.inputs, [q.i for q in body.quantities]) == (4, [0, 2, 4])


def test_what_was_made_is_not_made_again_after_a_break(filler: Shift) -> None:
    filler.happened(b.OperationStarted("fill"), claim("jar-plain", "JP-2611-01"))
    on = (claim("sauce-plain", "KP-2611-01"), claim("jar-plain", "JP-2611-01"))
    filler.happened(b.Transform(1, (), "jar-plain", "fill"), *on)
    filler.scan("JP-2611-01")
    assert filler.codes == ["done.started", *["ignored.made"] * 4, "done.passed"]


# Cartons, pallets, customers ------------------------------------------------------------------------------------------
@pytest.fixture
def packer(filler: Shift) -> Shift:
    """The packing table, with 190 jars."""
    filler.scan("JP-2611-01", "KP-2611-01", "GJ-2611-01", "TL-2611-01", "HW:N:190")
    return at("sauce-40", filler.story)


def sscc(label: str) -> Claim:
    return Claim("gs1:sscc", label[5:])


def test_a_carton_holds_a_counted_quantity_of_a_lot(packer: Shift) -> None:
    assert packer.scan(CARTON, "JP-2611-01").code == "noted.amount"
    assert packer.scan("HW:N:13").code == "quantity.above"
    packer.scan("HW:N:12")
    assert packer.codes == ["done.added", "done.passed"]
    assert packer.bodies[-2] == b.AggregateCounted((b.Quantity(1, "12", "jar"),), "pack-carton")
    assert inside(packer, sscc(CARTON)) == {"JP-2611-01": ("12", "jar")}


def test_a_carton_that_is_not_full_is_closed(packer: Shift) -> None:
    assert packer.scan(CARTON, "HW:CLOSE").code == "command.not_here"
    packer.scan("JP-2611-01", "HW:N:5", "HW:CLOSE")
    assert packer.codes == ["done.closed", "done.passed"]


@pytest.fixture
def dock(packer: Shift) -> Shift:
    packer.scan(CARTON, "JP-2611-01", "HW:N:12")
    return at("sauce-50", packer.story)


def test_a_pallet_of_cartons_is_shipped_to_a_customer_and_comes_back(dock: Shift) -> None:
    dock.scan(PALLET, CARTON)
    assert dock.codes == ["done.added"]
    dock.scan("HW:CLOSE")
    assert dock.codes == ["done.closed", "done.passed"]
    assert dock.scan(PALLET, "DN-2611-001").code == "partner.first"
    dock.scan("HW:PARTNER:shu-market")
    assert dock.prompt.code == "prompt.document"
    dock.scan("DN-2611-001", after_ms=3_000)
    assert dock.codes == ["done.shipped", "done.passed"]
    assert dock.bodies[-2] == b.Ship("shu-market", "DN-2611-001")
    assert dock.view().standing(sscc(PALLET)).state == "passed"
    dock.scan(PALLET, "HW:PARTNER:shu-market", "RN-2611-001", after_ms=3_000)
    assert dock.bodies[-2] == b.Return("shu-market", "RN-2611-001")


@pytest.mark.parametrize(
    ("news", "on", "why"),
    [
        (b.Hold("glass in it"), (CARTON,), "ship.hold"),
        (b.Aggregate(), (OTHER_PALLET, CARTON), "ship.component_contested"),
    ],
)
def test_what_is_held_or_in_two_places_does_not_leave(dock: Shift, news: b.Body, on: tuple[str, ...], why: str) -> None:
    dock.scan(PALLET, CARTON, "HW:CLOSE")
    dock.happened(news, *map(sscc, on))
    dock.scan(PALLET, "HW:PARTNER:shu-market", "DN-2611-001", after_ms=3_000)
    assert dock.codes[-1] == "ship.blocked"
    assert isinstance(dock.bodies[-1], b.Refused)
    assert why in dock.bodies[-1].reasons


def test_a_carton_is_on_one_pallet(dock: Shift) -> None:
    dock.scan(PALLET, CARTON, "HW:CLOSE")
    assert dock.scan(OTHER_PALLET, CARTON).code == "component.used"


def test_a_held_lot_goes_nowhere(packer: Shift) -> None:
    packer.happened(b.Hold("异物投诉"), claim("jar-plain", "JP-2611-01"))
    assert packer.scan(CARTON, "JP-2611-01").code == "component.held"


def test_a_code_of_another_kind_is_not_worked_on(packer: Shift) -> None:
    assert packer.scan("JP-2611-01").code == "unit.not_a_unit"


def test_the_names_of_what_is_asked_for_are_in_both_languages(kettle: Shift) -> None:
    kettle.scan("KP-2611-01")
    assert kettle.prompt.params["material"] == Name("蚕豆瓣", "Broad bean paste")
    assert Claim(f"place@{SITE}", "sauce-20") in kettle.facts[-1].on


def test_the_number_pad_shows_what_was_entered_for_it_last() -> None:
    shift = cooking(False, "BB-2611-01")
    assert (wanted := shift.scene.wanted) and wanted.last is None
    assert wanted.amount, "how much goes in is never below 0"
    shift.happened(b.Receive("broad-bean", "s", "500", "kg", expiry="2027-10-31"), claim("broad-bean", "BB-2611-02"))
    shift.scan("HW:N:10.0", "BB-2611-02")
    assert (wanted := shift.scene.wanted) and wanted.last == "10.0"
    shift.scan("HW:N:999999")
    assert (wanted := shift.scene.wanted) and wanted.last == "10.0"


# What goes wrong ------------------------------------------------------------------------------------------------------
def test_a_lot_is_reported_and_somebody_is_called_for_the_reasons_on_the_screen(kettle: Shift) -> None:
    kettle.scan("KP-2611-01")
    tiles = {tile.command: [one.command for one in tile.more] for tile in kettle.scene.tiles}
    raised = next(one for one in tiles["CALL"] if one.startswith("CALL:"))
    assert kettle.scan(f"HW:{raised}").code == "done.called_kept"
    assert kettle.scan(f"HW:{tiles['NCR'][0]}").code == "done.nonconforming"
    assert kettle.scan("KP-2611-01").code == "interlock.on_hold"
