"""Bytes that must never change: what a station signed in year one opens in year twenty.

The files were written once by `PYTHONPATH=. python tests/common/signedlog/test_golden.py` in the repository's root,
with keys from the seeds 0…31 (station), 32…63 (hub), 64…95 (site root). It adds missing files, overwrites none.
"""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common import ids
from common.signedlog import batch as wire
from common.signedlog import merkle, note, trust
from common.signedlog.batch import Batch
from common.signedlog.note import Checkpoint
from common.signedlog.trust import Ticket, Trust

EVENTS = (
    b'{"b":{"serial":"M-250-004217"},"t":"commission","v":1}',
    '{"b":{"text":"溯源"},"t":"hold","v":1}'.encode(),
    b"{}",
)
HUB_NAME = "hub.example/a"
TIME_S = 1_790_000_000


def key(first: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(first, first + 32)))


STATION, HUB, ROOT = key(0), key(32), key(64)
PUBS = {"station": STATION, "hub": HUB, "root": ROOT}


def pub(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes_raw()


def made() -> dict[str, dict[str, object]]:
    """What the code of today makes of the fixed keys and events, one entry a file."""
    head = Checkpoint(ids.log_id(pub(STATION)), 3, merkle.root(map(merkle.leaf_hash, EVENTS)))
    signed = note.sign(head, STATION)
    batch = Batch(1, EVENTS[1:], signed)
    ticket = Ticket("https://hub.example:8443", "装配-3", pub(ROOT), bytes(32), bytes(range(16)), TIME_S)
    statement = Trust(ids.site_id(pub(ROOT)), 7, HUB_NAME, pub(HUB), pub(STATION))
    return {
        "keys": {name: {"pub": pub(private).hex(), "log": ids.log_id(pub(private))} for name, private in PUBS.items()},
        "note": {"events": [event.hex() for event in EVENTS], "root": head.root.hex(), "note": signed},
        "receipt": {"name": HUB_NAME, "time_s": TIME_S, "receipt": note.cosign(signed, HUB_NAME, HUB, TIME_S)},
        "batch": {"from": 1, "to": 3, "frontier": merkle.EMPTY.extend([merkle.leaf_hash(EVENTS[0])]).pack().hex()}
        | {"raw": wire.pack(batch).hex()},
        "ticket": {"address": ticket.address, "station": ticket.station, "text": ticket.text()},
        "trust": {"site": statement.site, "version": 7, "note": trust.sign_trust(statement, ROOT)},
        "messages": {
            "enrol_proof": trust.enrol_proof(bytes(range(16)), pub(STATION), "装配-3").hex(),
            "hello": trust.hello_message(head.log, bytes(range(32)), bytes(32)).hex(),
            "incarnation": trust.incarnation_message(pub(HUB), head.log, 3, head.root).hex(),
        },
    }


def read(golden: Path, name: str) -> dict[str, object]:
    return json.loads((golden / f"{name}.json").read_text())


@pytest.mark.parametrize("name", ["keys", "note", "receipt", "batch", "ticket", "trust", "messages"])
def test_the_code_of_today_makes_the_bytes_of_then(golden, name):
    assert made()[name] == read(golden, name)


def test_there_is_no_vector_that_nothing_checks(golden):
    assert {path.stem for path in golden.glob("*.json")} == set(made())


def test_the_note_of_then_opens(golden):
    held = read(golden, "note")
    head = note.open_note(held["note"], pub(STATION))
    assert (
        head.root.hex() == held["root"] == merkle.root(map(merkle.leaf_hash, map(bytes.fromhex, held["events"]))).hex()
    )


def test_the_receipt_of_then_opens(golden):
    held = read(golden, "receipt")
    head, time_s = note.open_receipt(held["receipt"], pub(STATION), held["name"], pub(HUB))
    assert (head.size, time_s) == (3, held["time_s"])


def test_the_batch_of_then_is_accepted(golden):
    held = read(golden, "batch")
    batch = wire.unpack(bytes.fromhex(held["raw"]))
    frontier = merkle.unpack(batch.start, bytes.fromhex(held["frontier"]))
    assert (batch.start, batch.stop) == (held["from"], held["to"])
    head = note.open_note(batch.note, pub(STATION))
    assert frontier.extend(map(merkle.leaf_hash, batch.events)).root() == head.root


def test_the_ticket_of_then_parses(golden):
    held = read(golden, "ticket")
    ticket = Ticket.parse(held["text"])
    assert (ticket.address, ticket.station, ticket.expires_s) == (held["address"], held["station"], TIME_S)


def test_the_trust_of_then_opens(golden):
    statement = trust.open_trust(read(golden, "trust")["note"], pub(ROOT))
    assert (statement.hub_name, statement.hub_key, statement.site_log_key) == (HUB_NAME, pub(HUB), pub(STATION))


def write(folder: Path) -> None:
    """Write vectors that are not there yet; one that exists is never overwritten."""
    for name, held in made().items():
        path = folder / f"{name}.json"
        if not path.exists():
            path.write_text(json.dumps(held, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    write(Path("tests/golden/signedlog"))
