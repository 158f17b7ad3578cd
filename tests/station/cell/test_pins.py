"""PINs at a workplace: checked without the hub, never written, and slower to guess after each wrong one, for ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import pins
from common.ledger.store import Store
from station.cell.own_log import Files
from station.cell.pins import FREE_TRIES, LONGEST_WAIT_MS, PinCheck, Pins, wait_ms
from station.store import access
from tests.conftest import Clock

PEPPER, SALT = b"p" * 32, b"s" * 16
PIN = "240817"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    made = Files(tmp_path)
    made.keys.mkdir()
    made.save_pepper(PEPPER)
    return made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = access.open_store(tmp_path / "station.db", create=True)
    with made.writing() as conn:
        access.save_pins(conn, [("p-wang", pins.verifier(PEPPER, PIN, SALT))])
    yield made
    made.close()


@pytest.fixture
def desk(store: Store, files: Files, clock: Clock) -> Pins:
    return Pins(store, files, clock.mono_ms)


def test_the_right_pin_is_right_and_no_other(desk: Pins) -> None:
    assert desk.check("p-wang", PIN) == PinCheck("done")
    assert desk.check("p-wang", "240818") == PinCheck("wrong")
    assert desk.check("p-li", PIN) == PinCheck("none")


def test_guessing_waits_longer_each_time_and_the_right_pin_waits_too(desk: Pins, clock: Clock) -> None:
    for _ in range(FREE_TRIES - 1):
        assert desk.check("p-wang", "0000") == PinCheck("wrong")
    assert desk.check("p-wang", "0000") == PinCheck("wrong", 30_000)
    assert desk.check("p-wang", PIN) == PinCheck("locked", 30_000), "not even tried"
    clock.advance(30)
    assert desk.check("p-wang", "0000") == PinCheck("wrong", 60_000)
    clock.advance(60)
    assert desk.check("p-wang", PIN) == PinCheck("done")
    assert desk.check("p-wang", "0000") == PinCheck("wrong"), "counted from the beginning"


def test_a_restart_forgets_no_wrong_pin(desk: Pins, store: Store, files: Files, clock: Clock) -> None:
    for _ in range(FREE_TRIES):
        desk.check("p-wang", "0000")
    clock.advance(29)
    again = Pins(store, files, clock.mono_ms)
    assert again.check("p-wang", PIN) == PinCheck("locked", 30_000)
    clock.advance(30)
    assert again.check("p-wang", PIN) == PinCheck("done")


def test_one_persons_wrong_pins_lock_nobody_else(desk: Pins, store: Store) -> None:
    with store.writing() as conn:
        other = pins.verifier(PEPPER, "1234", b"t" * 16)
        access.save_pins(conn, [("p-wang", pins.verifier(PEPPER, PIN, SALT)), ("p-li", other)])
    for _ in range(FREE_TRIES):
        desk.check("p-wang", "0000")
    assert desk.check("p-li", "1234") == PinCheck("done")


def test_without_the_pepper_nobody_gets_in(desk: Pins, files: Files) -> None:
    (files.keys / "pepper").unlink()
    assert desk.check("p-wang", PIN) == PinCheck("none")
    files.save_pepper(b"q" * 32)
    assert desk.check("p-wang", PIN) == PinCheck("wrong"), "a copied database gives no PIN"


def test_the_pepper_is_for_its_owners_eyes_and_not_in_the_database(store: Store, files: Files, tmp_path: Path) -> None:
    assert (files.keys / "pepper").stat().st_mode & 0o777 == 0o600
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("station.db*"))
    assert b"p-wang" in raw and PEPPER not in raw and PIN.encode() not in raw


@given(count=st.integers(0, 200))
def test_the_wait_grows_and_has_an_end(count: int) -> None:
    assert wait_ms(count) <= wait_ms(count + 1) <= LONGEST_WAIT_MS
    assert (wait_ms(count) > 0) == (count >= FREE_TRIES)


@settings(max_examples=8)
@given(pin=st.text(st.characters(categories=("L", "N", "P")), max_size=14))
def test_only_digits_are_a_pin(pin: str) -> None:
    good = pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 12
    if good:
        assert pins.matches(PEPPER, pin, pins.verifier(PEPPER, pin, SALT))
    else:
        with pytest.raises(ValueError, match="digits"):
            pins.verifier(PEPPER, pin, SALT)


@pytest.mark.parametrize("kept", ["", ".", "x", "AAAA.BBBB", "é.é"])
def test_a_damaged_verifier_lets_nobody_in(kept: str) -> None:
    assert not pins.matches(PEPPER, PIN, kept)
