"""What the screens beside the work are told, by a work cell on a real store; and that a look writes nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import zxingcpp

from common import event_types as b
from common import pins
from common.definitions import LabelDefinition, Line, Person
from common.ids import b64
from common.labels import render
from common.text import Typed, say
from station import messages as m
from station.cell.own_log import Files
from station.devices.check_code import CHECK
from station.devices.plc_block import AnswerArea
from station.shown import side_screens
from station.side_screens.shift import recount, span_at
from station.store import journal
from tests.support.bench import Bench, Plant, StationClock
from tests.support.factory import unit
from tests.support.shift import PRESS_OK, motor_pack

M1, M2 = "M-250-000001", "M-250-000002"
PARTS = ("HL-2644", "R-88213-0456", "MG-2610-B")
OTHER_PARTS = ("HL-2644", "R-88213-0457", "MG-2610-B")
WORKER, SUPERVISOR = "B10021", "B20005"
PIN, PEPPER = "482915", bytes(range(32))


class Room(Bench):
    """A station, and what its screens beside the work were told."""

    def __init__(self, plant: Plant, folder: Path, clock: StationClock, place: str = "st-10") -> None:
        self.told: list[m.Announcement] = []
        super().__init__(plant, folder, clock, place)

    def look(self, kind: str, **more: object) -> m.Announcement:
        """Open a screen; what it shows."""
        self.told.clear()
        self.cell.handle(m.LookAt(kind, **more))  # type: ignore[arg-type]
        return self.told[-1]

    @property
    def now(self) -> m.Scene:
        """What stands on the screen."""
        assert self.scene is not None
        return self.scene

    def _announce(self, said: m.Announcement) -> None:
        if not isinstance(said, m.Shown | m.Prompt | m.Status | m.Scene):
            self.told.append(said)
        super()._announce(said)


@pytest.fixture(scope="session")
def fresh_plant(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    return Plant(tmp_path_factory.mktemp("plant"))


@pytest.fixture
def plant(fresh_plant: Plant) -> Plant:
    return fresh_plant.anew()


@pytest.fixture
def clock() -> StationClock:
    return StationClock(datetime(2026, 11, 2, 8, tzinfo=UTC), 600_000)


@pytest.fixture
def make(plant: Plant, tmp_path: Path, clock: StationClock) -> Iterator[Callable[[str], Room]]:
    made: list[Room] = []

    def room(place: str) -> Room:
        made.append(Room(plant, tmp_path / place, clock, place))
        return made[-1]

    yield room
    for one in made:
        one.close()


@pytest.fixture
def press(make: Callable[[str], Room]) -> Room:
    """ST-10, a worker signed in."""
    room = make("st-10")
    room.scan(WORKER)
    return room


def make_one(
    press: Bench, serial: str = M1, parts: tuple[str, ...] = PARTS, values: tuple[int, ...] = PRESS_OK
) -> None:
    press.scan(serial, *parts)
    press.measure(values)


def with_pin(press: Bench) -> None:
    """The supervisor has a PIN at this station, and the station the pepper."""
    person = next(p for p in motor_pack().people if p.badge == SUPERVISOR)
    press.cell.handle(m.Peppered(PEPPER))
    people = tuple((p.id, p.name, p.badge) for p in motor_pack().people)
    press.cell.handle(m.Pulled({}, people, 0, ((person.id, pins.verifier(PEPPER, PIN, bytes(16))),)))


# Trace ----------------------------------------------------------------------------------------------------------------
def test_the_trace_shows_what_was_built_in_by_whom_and_what_was_measured(press: Room) -> None:
    make_one(press)
    said = press.look("trace", thing=unit(M1))
    assert isinstance(said, side_screens.TraceLook) and said.trace
    assert [part.thing.value.rpartition("/")[2] for part in said.trace.parts] == list(PARTS)
    assert {part.who for part in said.trace.parts} == {next(p.name for p in motor_pack().people if p.badge == WORKER)}
    assert (said.trace.visits[0].outcome, said.trace.visits[0].ends) == ("pass", 1)
    assert {reading.verdict for reading in said.trace.readings} == {"pass"}
    assert said.trace.origin and said.trace.origin[0] == "look.made"


def test_the_trace_is_of_the_thing_in_hand_and_grows_with_it(press: Room) -> None:
    press.scan(M1)
    said = press.look("trace")
    assert isinstance(said, side_screens.TraceLook) and said.trace
    assert (said.trace.thing, said.trace.parts) == (unit(M1), ())
    press.scan(PARTS[0])
    said = press.told[-1]
    assert isinstance(said, side_screens.TraceLook) and said.trace
    assert len(said.trace.parts) == 1


def test_what_holds_a_thing_and_what_was_found_stands_in_its_trace(press: Room) -> None:
    make_one(press)
    press.plant.site.say(b.Hold("noise"), unit(M1))
    press.hear()
    said = press.look("trace", thing=unit(M1))
    assert isinstance(said, side_screens.TraceLook) and said.trace
    assert (said.trace.state, said.trace.held) == ("hold", (("interlock.hold", {"reason": Typed("noise")}),))


def test_only_in_its_mode_is_a_scan_looked_at_and_badges_are_never(press: Room, clock: StationClock) -> None:
    make_one(press)
    before = press.size
    press.look("trace", scan=True)
    press.scan(M1)
    said = press.told[-1]
    assert isinstance(said, side_screens.TraceLook) and said.trace
    assert (said.scan, said.trace.thing, press.size) == (True, unit(M1), before)
    press.scan("???")
    assert isinstance(press.told[-1], side_screens.TraceLook)
    assert (press.told[-1].why, press.size) == (("barcode.unknown", press.told[-1].why[1]), before)  # type: ignore[index]
    assert press.scan(SUPERVISOR, "HW:SIGNOUT").code == "done.signed_in"
    clock.advance(61)
    assert press.scan(M2).code == "done.started"


def test_after_the_screen_is_left_every_scan_is_work(press: Room) -> None:
    press.look("trace", scan=True)
    press.cell.handle(m.LookAt(""))
    assert press.scan(M1).code == "done.started"


def test_a_thing_of_which_too_much_is_said_is_not_read(press: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    make_one(press)
    monkeypatch.setattr("station.side_screens.answers.MOST_EVENTS", 3)
    said = press.look("trace", thing=unit(M1))
    assert isinstance(said, side_screens.TraceLook) and said.trace
    assert (said.trace.left_out, said.trace.parts) == (-1, ())


# The shift ------------------------------------------------------------------------------------------------------------
def test_the_shift_counts_what_ended_here(press: Room) -> None:
    make_one(press)
    press.scan(M2, "HW:SCRAP:shaft-bent")
    said = press.look("shift")
    assert isinstance(said, side_screens.ShiftSoFar)
    assert said.counts == press.now.counts
    assert [end.thing for end in said.ends] == [unit(M2), unit(M1)]
    assert (said.counts.passed, said.counts.scrapped, said.first_pass) == (1, 1, 50)


def test_an_end_that_was_voided_is_not_counted(press: Room) -> None:
    make_one(press)
    done = next(id for id, body in press.written().items() if isinstance(body, b.OperationCompleted))
    raw = msgspec.json.encode({"t": "void", "at": 0, "b": {"event": done, "reason": "x"}})
    tally = press.cell._looking.counts_at(press.cell._known.definitions)
    tally.add("x", raw)
    assert (tally.counts.passed, tally.ended) == (0, {})


def test_a_restart_counts_the_same_and_a_new_shift_begins_at_nothing(press: Room, clock: StationClock) -> None:
    make_one(press)
    counts = press.now.counts
    press.restart()
    assert press.now.counts == counts
    clock.advance(24 * 3600)
    press.cell.handle(m.Tick(clock.mono_ms()))
    press.scan(M2)
    assert press.now.counts.passed == 0


def test_a_line_may_say_when_its_shifts_begin(press: Room, clock: StationClock) -> None:
    line = next(d for d in motor_pack().definitions if isinstance(d, Line))
    late = clock.now().astimezone()
    raw = msgspec.to_builtins(line) | {
        "shifts": [{"name": {"zh": "夜班", "en": "Night"}, "start": f"{(late.hour - 1) % 24:02}:00"}]
    }
    press.plant.publish(msgspec.convert(raw, Line))
    press.hear()
    said = press.look("shift")
    assert isinstance(said, side_screens.ShiftSoFar)
    assert said.name and said.name.say("en") == "Night"
    assert 3_600_000 <= clock.wall_ms() - said.since < 2 * 3_600_000


# The outbox -----------------------------------------------------------------------------------------------------------
def test_the_outbox_says_what_waits_and_why(press: Room) -> None:
    press.cell.handle(m.LinkChanged(False, "hub.unreachable", {"address": "https://hub"}))
    said = press.look("outbox")
    assert isinstance(said, side_screens.Outbox)
    assert (said.online, said.why) == (False, ("hub.unreachable", {"address": "https://hub"}))
    (log,) = said.logs
    assert (log.entries, log.waiting, log.sent, log.confirmed) == (press.size, press.size, 0, 0)
    assert [entry.said for entry in said.entries] == ["said.log_opened", "said.sign_in"]
    press.cell.handle(m.Receipted(press.log, press.size, "note"))
    said = press.told[-1]
    press.cell.handle(m.Tick(0))
    said = press.told[-1]
    assert isinstance(said, side_screens.Outbox)
    assert (said.logs[0].confirmed, said.entries) == (press.size, ())


@pytest.mark.parametrize("code", m.REFUSED_BY_HUB)
def test_a_hub_that_takes_nothing_is_a_state_until_it_takes_again(press: Room, code: str) -> None:
    press.cell.handle(m.LinkChanged(False, code, {"log": "z43"}))
    press.cell.handle(m.LinkChanged(False, "hub.unreachable", {"address": "https://hub"}))
    assert press.states[-1].refused == code, "an outage does not end it"
    said = press.look("outbox")
    assert isinstance(said, side_screens.Outbox) and said.why == (code, {"log": "z43"})
    press.cell.handle(m.LinkChanged(True))
    assert press.states[-1].refused == ""


def test_the_push_hurries_the_sync(press: Room) -> None:
    before = press.hurries
    press.cell.handle(m.Push())
    assert press.hurries == before + 1


# Devices --------------------------------------------------------------------------------------------------------------
def test_a_scanner_is_tested_with_the_check_code_and_its_scan_is_no_work(press: Room, clock: StationClock) -> None:
    press.cell.handle(m.DeviceReport("scanner-1", True, "", "scanner"))
    press.look("devices")
    before = press.size
    press.cell.handle(m.TryDevice("scanner-1"))
    line = press.told[-1].lines[0]  # type: ignore[union-attr]
    assert line.testing
    press.scan(CHECK.replace(b"\x1d", b"").decode())
    line = press.told[-1].lines[0]  # type: ignore[union-attr]
    assert (line.tested, line.testing, press.size) == ((("check.gs", {}),), False, before)
    press.scan(CHECK.decode())
    assert press.size == before + 1


def test_a_camera_is_tested_and_its_picture_is_on_no_page(press: Room) -> None:
    press.cell.handle(m.DeviceReport("camera", True, "", "camera"))
    press.look("devices")
    before = press.size
    press.cell.handle(m.TryDevice("camera"))
    assert press.sent[-1] == m.PhotoAsk("camera", -1)
    assert _tested(press) == ((), True)
    press.cell.handle(m.PhotoTaken("camera", b"\xff\xd8\xff" + bytes(2_000), 0, -1))
    assert _tested(press) == ((("look.tested_camera", {"kb": 2}),), False)
    press.cell.handle(m.TryDevice("camera"))
    press.cell.handle(m.PhotoTaken("camera", b"", 0, -1, "camera.slow"))
    assert _tested(press) == ((("camera.slow", {}),), False)
    assert (press.size, list((press.folder / "photos").glob("*"))) == (before, [])


def test_a_printer_is_tested_with_a_label_that_is_no_things(make: Callable[[str], Room]) -> None:
    press = make("st-10")
    press.cell.handle(m.DeviceReport("labels", True, "", "printer"))
    press.look("devices")
    before = press.size
    press.cell.handle(m.TryDevice("labels"))
    ask = press.sent[-1]
    assert isinstance(ask, m.LabelPrint) and (ask.device, ask.job) == ("labels", 0)
    drawn = render(msgspec.json.decode(ask.label, type=LabelDefinition), ask.values, 203)
    assert [found.text for found in zxingcpp.read_barcodes(drawn.convert("L"))] == ["labels"]
    press.cell.handle(m.LabelDone("labels", 0, "printed"))
    assert _tested(press) == ((("look.tested_printer", {}),), False)
    press.cell.handle(m.LabelDone("labels", 0, "not_taken", "printer.paper", {"printer": "labels"}))
    assert _tested(press) == ((("printer.paper", {"printer": "labels"}),), False)
    assert press.size == before, "it is in no event"


def test_a_machine_shows_what_it_shows(press: Room) -> None:
    press.cell.handle(m.DeviceReport("press", True, "", "plc"))
    press.look("devices")
    press.cell.handle(m.TryDevice("press"))
    assert _tested(press) == ((("look.silent_plc", {}),), False)
    press.cell.handle(m.PlcRead("press", AnswerArea(7, part_present=True, heartbeat=41).encode(), 0))
    press.cell.handle(m.TryDevice("press"))
    ((code, said),), _ = _tested(press)
    assert say("en", code, said) == "PLC: idle, part present, sequence 7, heartbeat 41"


def _tested(room: Room) -> tuple[tuple[side_screens.CodeWords, ...], bool]:
    found = room.told[-1]
    assert isinstance(found, side_screens.Devices)
    return found.lines[0].tested, found.lines[0].testing


def test_control_characters_of_the_last_scan_can_be_seen_and_a_badge_cannot(press: Room) -> None:
    press.cell.handle(m.DeviceReport("scanner-1", True, "", "scanner"))
    press.scan("]C1010\x1d17")
    press.look("devices")
    scan = press.told[-1].lines[0].scan  # type: ignore[union-attr]
    assert scan.text == "]C1010<GS>17"
    press.scan(SUPERVISOR)
    press.cell.handle(m.Tick(0))
    scan = press.told[-1].lines[0].scan  # type: ignore[union-attr]
    assert (scan.kind, scan.text, scan.size) == ("badge", "", len(SUPERVISOR))


# Maintenance ----------------------------------------------------------------------------------------------------------
def test_maintenance_is_for_its_roles(press: Room) -> None:
    said = press.look("maintenance")
    assert isinstance(said, side_screens.Locked) and said.code == "maintenance.role"
    press.cell.handle(m.Choose("volume", "10"))
    press.cell.handle(m.Export("/tmp"))
    press.scan("HW:SIGNOUT")
    assert press.look("maintenance") == side_screens.Locked(
        "maintenance.sign_in", {"release": ("maintenance", "supervisor")}
    )
    press.scan(SUPERVISOR)
    assert isinstance(press.look("maintenance"), side_screens.Maintenance)
    assert press.cell._looking.preferences.settings == side_screens.Settings()
    assert not [sent for sent in press.sent if isinstance(sent, m.WriteFile)]


def test_a_role_may_be_given_by_a_definition(press: Room) -> None:
    press.plant.publish(Person("p-wang", ["operator", "maintenance"]))
    press.hear()
    assert isinstance(press.look("maintenance"), side_screens.Maintenance)


def test_who_has_a_pin_must_say_it(press: Room, clock: StationClock) -> None:
    with_pin(press)
    press.scan(SUPERVISOR, "HW:CONFIRM")
    assert press.look("maintenance") == side_screens.Locked("maintenance.pin", pin=True)
    press.cell.handle(m.Unlock("000000"))
    assert press.shown[-1].code == "pin.refused"
    assert press.look("maintenance") == side_screens.Locked("maintenance.pin", pin=True)
    press.cell.handle(m.Unlock(PIN))
    assert isinstance(press.told[-1], side_screens.Maintenance)
    clock.advance(301)
    assert press.look("maintenance") == side_screens.Locked("maintenance.pin", pin=True)


def test_settings_and_each_ones_language_survive_a_restart(press: Room) -> None:
    press.scan("HW:SIGNOUT", SUPERVISOR)
    press.cell.handle(m.Choose("volume", "30"))
    press.cell.handle(m.Choose("scale", "999"))
    press.cell.handle(m.Choose("mine", "en"))
    assert press.now.language == "en"
    press.restart()
    assert side_screens.Settings(volume=30) in press.told
    assert press.now.language == "en"
    press.scan("HW:SIGNOUT")
    assert press.now.language == "zh"
    press.scan(SUPERVISOR)
    assert press.now.language == "en"
    press.scan("HW:SIGNOUT", WORKER)
    assert press.now.language == "zh"


def test_the_stations_own_language_is_set_by_maintenance_for_whoever_chose_none(press: Room) -> None:
    press.cell.handle(m.Choose("language", "en"))
    assert press.now.language == "zh", "a worker does not set it"
    press.scan("HW:SIGNOUT", SUPERVISOR)
    press.cell.handle(m.Choose("language", "xx"))
    press.cell.handle(m.Choose("language", "en"))
    press.restart()
    assert (press.now.language, side_screens.Settings(language="en") in press.told) == ("en", True)
    press.scan("HW:SIGNOUT", WORKER)
    assert press.now.language == "en"


def test_to_enrol_it_again_is_for_maintenance(press: Room) -> None:
    press.cell.handle(m.EnrolAnew())
    assert m.EnrolAnew() not in press.sent
    press.scan("HW:SIGNOUT", SUPERVISOR)
    press.cell.handle(m.EnrolAnew())
    assert press.sent[-1] == m.EnrolAnew()


def test_who_is_erased_takes_their_language_along(press: Room) -> None:
    press.cell.handle(m.Choose("mine", "en"))
    press.cell.handle(m.Pulled({}, ()))
    press.pull()
    press.restart()
    assert press.now.language == "zh"


def test_the_diagnostics_hold_no_secret(press: Room, tmp_path: Path) -> None:
    with_pin(press)
    make_one(press)
    press.scan(SUPERVISOR, "HW:CONFIRM")
    press.cell.handle(m.Unlock(PIN))
    around = msgspec.structs.replace(
        press.cell._looking._around,
        folder=str(tmp_path),
        lines=lambda: [f"scan dropped badge={SUPERVISOR}", "all is well"],
    )
    press.cell._looking._around = around
    press.look("maintenance")
    press.cell.handle(m.Export("/elsewhere"))
    press.cell.handle(m.Export(str(tmp_path)))
    (file,) = [sent for sent in press.sent if isinstance(sent, m.WriteFile)]
    with zipfile.ZipFile(io.BytesIO(file.raw)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    key = Files(press.folder).current()
    assert key is not None
    secrets = [PIN.encode(), PEPPER, b64(PEPPER).encode(), PEPPER.hex().encode(), key.private_bytes_raw()]
    secrets += [b64(key.private_bytes_raw()).encode(), pins.verifier(PEPPER, PIN, bytes(16)).encode()]
    secrets += [word.encode() for p in motor_pack().people for word in (p.badge, p.name)]
    assert not [secret for secret in secrets for raw in found.values() if secret in raw]
    assert set(found) == {
        "about.json", "config.json", "devices.json", "outbox.json", "shift.json", "events.jsonl", "recent-log.txt"
    }  # fmt: skip
    assert b"all is well" in found["recent-log.txt"]
    assert found["events.jsonl"].count(b"\n") + 1 == press.size
    assert b'"b":' not in found["events.jsonl"]
    assert b'"who"' not in found["events.jsonl"]


def test_no_look_writes(press: Room) -> None:
    make_one(press)
    press.scan(SUPERVISOR)
    before, draft = press.size, press.cell._work
    press.read_only(True)
    for kind in ("trace", "shift", "notes", "outbox", "devices", "maintenance", ""):
        press.cell.handle(m.LookAt(kind))
        press.cell.handle(m.Tick(0))
    press.read_only(False)
    assert (press.size, press.cell._work) == (before, draft)
    assert not [code for code in press.codes if code.startswith("store.")]


def test_the_counts_are_those_of_the_log(press: Room, clock: StationClock) -> None:
    for n, cards in enumerate([(), ("HW:LEAVE",), ("HW:SCRAP:shaft-bent",), ()]):
        press.scan(f"M-250-00001{n}", *cards)
        if not cards:
            press.scan("HL-2644", f"R-88213-046{n}", "MG-2610-B")
            press.measure(PRESS_OK)
        clock.advance(60)
    with press.store.reading() as conn:
        again = recount(span_at((), clock.wall_ms()), journal.newest(conn))
    kept = press.cell._looking.counts_at(press.cell._known.definitions)
    assert (kept.counts, kept.ended) == (again.counts, again.ended)
    assert kept.counts.passed == 2
    assert kept.counts.left == 1
    assert kept.counts.scrapped == 1


def test_the_pictures_of_the_step_come_larger_than_the_work_screen_has_them(make: Callable[[str], Room]) -> None:
    room = make("st-10")
    room.scan(WORKER, M1, *PARTS)
    shown = room.now.instruction
    assert shown and len(shown.pictures) == 3
    found = room.look("document")
    assert isinstance(found, side_screens.StepPictures)
    assert [one.caption for one in found.pictures] == [one.caption for one in shown.pictures]
    assert [one.media for one in found.pictures] == ["image/svg+xml"] * 3, "a drawing needs no second rendering"


def test_a_step_without_pictures_has_none_to_look_at(make: Callable[[str], Room]) -> None:
    room = make("st-10")
    room.scan(WORKER, M1)
    assert room.look("document") == side_screens.StepPictures()
