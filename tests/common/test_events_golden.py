"""Event bytes that must never change: one of each type, its leaf and its id in a log with a known key; and one typed.

The files were written once by `PYTHONPATH=. python tests/common/test_events_golden.py` in the repository's root. It
adds missing files and overwrites none; a type that changes gets a new version and a new file.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest
import rfc8785
from msgspec.structs import replace

from common import events
from common.event_types import TYPES
from common.events import Fact, Stamp
from common.ids import b64, event_id, log_id
from tests.support.bodies import EVENT, EVERY, LEAF, LOG
from tests.support.factory import key

GOLDEN = Path(__file__).parents[1] / "golden" / "events"
PUB = key(0).public_key().public_bytes_raw()
STAMP = Stamp(
    at=1_793_606_400_123,
    bo="0d6f3c1a",
    mo=600_123,
    n=b64(bytes(range(12))),
    who="p-017",
    cfg="sha256:" + hashlib.sha256(b"a form").hexdigest(),
    rf=(1, 5, (LOG, 40, b64(LEAF))),
)


def made() -> dict[str, dict[str, object]]:
    """What the code of today makes of the fixed bodies, one entry a file."""
    found = {}
    said = [("-".join(map(str, TYPES[type(body)])), Fact(body, on), STAMP) for body, on in EVERY]
    said += [(f"{name}-typed", fact, replace(stamp, via="typed")) for name, fact, stamp in said if name == "bind-1"]
    for name, fact, stamp in said:
        raw = events.encode(fact, stamp)
        leaf = hashlib.sha256(b"\x00" + raw).digest()
        found[name] = {"bytes": raw.decode(), "leaf": leaf.hex(), "log": log_id(PUB), "id": event_id(log_id(PUB), leaf)}
    return found


def held(name: str) -> dict[str, str]:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(made()))
def test_the_code_of_today_makes_the_bytes_of_then(name):
    assert made()[name] == held(name)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_the_events_of_then_are_read(path):
    """Also those of types and versions that are no longer written."""
    vector = held(path.stem)
    raw = vector["bytes"].encode()
    assert rfc8785.dumps(json.loads(raw)) == raw
    event = events.decode(raw)
    assert f"{event.t}-{event.v}" == path.stem.removesuffix("-typed")
    assert (event.via == "typed") == path.stem.endswith("-typed")
    events.body(event)
    leaf = hashlib.sha256(b"\x00" + raw).digest()
    assert (leaf.hex(), event_id(vector["log"], leaf)) == (vector["leaf"], vector["id"])


def test_every_type_has_a_vector():
    assert {path.stem for path in GOLDEN.glob("*.json")} >= set(made())


def test_an_id_in_a_vector_is_not_an_accident():
    assert (LOG, len(EVENT)) == (log_id(PUB), 26 + 1 + 43)


def write(folder: Path) -> None:
    """Write vectors that are not there yet; one that exists is never overwritten."""
    for name, vector in made().items():
        path = folder / f"{name}.json"
        if not path.exists():
            path.write_text(json.dumps(vector, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path("tests/golden/events"))
    sys.exit(0)
