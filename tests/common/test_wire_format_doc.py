"""docs/wire-format.md is true: its tables are the types, and its example comes out by hand, without our code.

The example is recomputed with nothing but SHA-256, HMAC, base64, JSON and Ed25519, as a stranger would from the page.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import inspect

from common import entries, events, wire_types
from common import event_types as b
from common.ids import Claim
from common.ledger.accept import Verdict
from common.rows import rows_of
from common.signedlog import batch, pull, session
from common.signedlog import note as notes
from common.signedlog.trust import Ticket
from tests.house.tree import ROOT
from tests.support.bodies import EVERY
from tests.support.factory import Author, Node, stamp

DAY = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"
DOC = ROOT / "docs" / "wire-format.md"
NESTED = (b.Quantity, b.Value, b.Head, *get_args(entries.PageEntry))
SESSION = tuple(kind for kind in vars(session).values() if getattr(kind, "__module__", "") == session.__name__)
PULL = (pull.PullHeader, pull.LogState, pull.PersonRecord)


@lru_cache
def sections() -> dict[str, str]:
    """Heading → the text below it, up to the next heading of any level."""
    parts = re.split(r"^#+ (.+)$", DOC.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def table(text: str) -> list[list[str]]:
    """The cells of the rows of the first table in a text."""
    rows = [re.split(r" \| ", row.strip("| ")) for row in re.findall(r"^\|.*\|$", text, re.MULTILINE)]
    return rows[2:]


def block(name: str) -> str:
    """The example's block of this name."""
    found = re.findall(rf"^```text {name}\n(.*?)\n```$", DOC.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(found) == 1, name
    return str(found[0])


# Tables ---------------------------------------------------------------------------------------------------------------
ALIASES = {
    str(inspect.type_info(kind)): name
    for name, kind in {
        "Text": wire_types.ShortText, "Scan": wire_types.ScanText, "Word": wire_types.ShortWord,
        "Decimal": wire_types.DecimalText,
        "Count": wire_types.Millis, "Tag": wire_types.Tag,
        "EventId": wire_types.EventId, "LogId": wire_types.LogId, "Hash": wire_types.Hash, "Key": wire_types.Key,
    }.items()
}  # fmt: skip


def said_of(kind: Any) -> str:
    """What the page calls a type."""
    if str(kind) in ALIASES:
        return ALIASES[str(kind)]
    match kind:
        case inspect.UnionType():
            return " or ".join(said_of(each) for each in kind.types if not isinstance(each, inspect.NoneType))
        case inspect.LiteralType():
            return " ".join(f'`"{value}"`' for value in kind.values)
        case inspect.VarTupleType(min_length=low, max_length=high):
            limits = f", {low or 0} to {high}" if high else f", at least {low}" if low else ""
            return f"list of {said_of(kind.item_type)}{limits}"
        case inspect.TupleType():
            return f"({', '.join(map(said_of, kind.item_types))})"
        case inspect.StructType():
            return kind.cls.__name__
        case inspect.IntType():
            return f"integer {kind.ge} to {kind.le}" if kind.le is not None else "Count" if kind.lt else "integer"
        case inspect.StrType():
            return _string(kind)
    return {inspect.DictType: "object", inspect.BoolType: "bool", inspect.RawType: "any JSON"}[type(kind)]


def _string(kind: inspect.StrType) -> str:
    named = {r"\A[A-Za-z0-9_-]{16}\Z": "Nonce", r"\A[A-Za-z0-9_-]+\Z": "Base64url", DAY: "string", None: ""}
    limits = f", {kind.min_length or 0} to {kind.max_length}" if kind.max_length else ""
    return named[kind.pattern] or f"string{limits}"


def fields_of(struct: type) -> list[tuple[str, str, str]]:
    """(name, type, required) of each field of a struct, as the page says it."""
    found = []
    for field in inspect.type_info(struct).fields:
        default = None if field.required else msgspec.to_builtins(field.default)
        required = "yes" if field.required else "no" if default is None else f"no: `{json.dumps(default)}`"
        found.append((f"`{field.encode_name}`", said_of(field.type), required))
    return found


HEADINGS = {f"`{t}` {v}": body for (t, v), body in b.BODIES.items()}
STRUCTS = (
    HEADINGS
    | {struct.__name__: struct for struct in (*NESTED, *SESSION, *PULL)}
    | {"Envelope": events.Event, "Claims": Claim}
)


@pytest.mark.parametrize("heading", STRUCTS, ids=str)
def test_a_table_has_every_field_with_its_type_and_nothing_else(heading):
    rows = table(sections()[heading])
    assert [tuple(row[:3]) for row in rows] == fields_of(STRUCTS[heading])
    assert all(len(row) == 4 and row[3] for row in rows), "each has a meaning"


def test_every_type_of_event_is_on_the_page_and_no_other():
    assert {heading for heading in sections() if re.fullmatch(r"`\w+` \d+", heading)} == set(HEADINGS)


def test_every_type_name_in_the_tables_is_explained():
    explained = {row[0] for row in table(sections()["Types in the tables"])}
    assert set(ALIASES.values()) | {"Nonce", "Base64url"} == explained


def test_the_page_says_how_many_things_an_event_names():
    for heading, body in HEADINGS.items():
        (least,) = re.findall(r"^`on`, at least (\d+): \w", sections()[heading], re.MULTILINE)
        assert int(least) == b.LEAST_ON.get(body, 0), heading


def test_the_page_says_which_types_hold_what_does_not_know_them():
    assert {body for heading, body in HEADINGS.items() if "**crit**" in sections()[heading]} == {b.Hold, b.Scrap}


def test_the_page_says_which_rows_a_type_makes():
    said = {(kind, row[0]) for row in table(sections()["Rows"]) for kind in re.findall(r"`(\w+)`", row[1])}
    made = set()
    for body, on in EVERY:
        event = events.decode(events.encode(events.Fact(body, on), stamp(1)))
        made |= {(event.t, type(row).__name__.lower()) for row in rows_of(event)}
    assert said == made


def test_every_code_is_on_the_page_and_no_other():
    families = r"\"((?:event|batch|note|pull|trust|aside)\.[a-z_]+|ticket\.(?:malformed|checksum))\""
    folders = (ROOT / "common" / "signedlog", ROOT / "common" / "ledger")
    sources = [ROOT / "common" / "events.py", *(path for folder in folders for path in folder.glob("*.py"))]
    raised = {code for path in sources for code in re.findall(families, path.read_text(encoding="utf-8"))}
    assert {row[0].strip("`") for row in table(sections()["Codes"])} == raised


def test_every_verdict_is_on_the_page():
    said = {row[0] for row in table(sections()["Acceptance"])}
    assert said == set(re.findall(r"(accepted|duplicate|forked|aside|gap|resend)\b", Verdict.__doc__ or ""))


def test_every_request_of_a_station_is_on_the_page():
    said = {re.sub(r"LOGID.*", "LOGID", row[0].strip("`")) for row in table(sections()["Sessions"])}
    source = (ROOT / "hub" / "web" / "stations_api.py").read_text(encoding="utf-8")
    routes = re.findall(r"@app\.(get|post)\(\"([^\"]+)\"\)", source)
    assert {re.sub(r"LOGID.*", "LOGID", f"{m.upper()} {p.replace('{log}', 'LOGID')}") for m, p in routes} == said


@pytest.mark.parametrize(
    ("section", "number"),
    [
        ("Canonical bytes", events.MAX_EVENT),
        ("Canonical bytes", events.MAX_DEPTH),
        ("Claims", 128),
        ("`transform` 1", b.MAX_EDGES),
        ("Batch", batch.MAX_EVENTS),
        ("Batch", batch.MAX_RAW),
        ("Batch", batch.MAX_WINDOW >> 20),
        ("Checkpoint and receipt", notes.MAX_NOTE),
        ("Checkpoint and receipt", notes.MAX_SIGNATURES),
        ("Pull", pull.MAX_PULL >> 20),
        ("Pull", pull.MAX_BODIES),
    ],
)
def test_a_limit_is_the_one_in_the_code(section, number):
    assert re.search(rf"(?<![\d,]){number}(?![\d,])|(?<![\d,]){number:,}(?![\d,])", sections()[section])


def test_paths_on_the_page_exist():
    for path in re.findall(r"`(tests/[^`]+|docs/[^`]+)`", DOC.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), path


# The example, by hand -------------------------------------------------------------------------------------------------
def key(seed: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(seed, seed + 32)))


STATION, HUB, SITE_ROOT, SITE_LOG = key(0), key(32), key(64), key(96)
HUB_NAME, TIME_S = "hub.example/a", 1_793_606_460
TLS_PIN, SECRET, CHALLENGE = bytes(range(200, 232)), bytes(range(16)), bytes(range(100, 132))


def pub(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes_raw()


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def url64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def short(domain: bytes, raw: bytes, letters: int) -> str:
    return base64.b32encode(sha(domain, b"\n", raw)).decode().lower()[:letters]


def log_id() -> str:
    return short(b"headwater/log/v1", pub(STATION), 26)


def site_id() -> str:
    return short(b"headwater/site/v1", pub(SITE_ROOT), 8)


def line(name: str, kind: bytes, public: bytes, signature: bytes) -> str:
    """A signature line of a note."""
    key_id = sha(name.encode(), b"\n", kind, public)[:4]
    return f"\u2014 {name} {base64.b64encode(key_id + signature).decode()}"


def raws() -> list[bytes]:
    return [text.encode() for text in block("events").split("\n")]


def root() -> bytes:
    one, two, three = (sha(b"\x00", raw) for raw in raws())
    return sha(b"\x01", sha(b"\x01", one, two), three)


def checkpoint() -> str:
    """The text that is signed."""
    return f"headwater.log/{log_id()}\n3\n{base64.b64encode(root()).decode()}\n"


def signed() -> str:
    """The whole note."""
    name = f"headwater.log/{log_id()}"
    return checkpoint() + "\n" + line(name, b"\x01", pub(STATION), STATION.sign(checkpoint().encode())) + "\n"


def words() -> str:
    parts = b"".join(len(each).to_bytes(4, "big") + each for each in (pub(SITE_ROOT), pub(STATION)))
    digest = sha(b"headwater/words/v1\n", parts)
    consonants, vowels, found = "bdfghjklmnprstvz", "aiou", []
    for at in range(0, 12, 2):
        bits = f"{int.from_bytes(digest[at : at + 2], 'big'):016b}"
        cuts = (bits[:4], bits[4:6], bits[6:10], bits[10:12], bits[12:])
        found.append("".join((consonants, vowels)[i % 2][int(cut, 2)] for i, cut in enumerate(cuts)))
    return " ".join(found)


def test_the_example_of_keys_and_ids_comes_out():
    keys = [pub(each).hex() for each in (STATION, HUB, SITE_ROOT, SITE_LOG)]
    assert block("keys").split("\n") == [*keys, log_id(), site_id(), words()]


def test_the_example_of_a_ticket_comes_out():
    address, station = b"https://hub.example:8443", b"st-10"
    body = bytes([len(address)]) + address + bytes([len(station)]) + station + pub(SITE_ROOT) + TLS_PIN + SECRET
    body += (1_793_610_000).to_bytes(5, "big")
    raw = body + sha(b"headwater/ticket/v1\n", body)[:4]
    assert block("ticket") == "HW1." + base64.b32encode(raw).decode().rstrip("=")
    assert Ticket.parse(block("ticket").lower()).secret == SECRET
    proof = hmac.digest(SECRET, b"headwater/enrol/v1\nst-10\n" + pub(STATION), "sha256")
    assert block("enrol-proof") == proof.hex()


def test_the_example_of_a_trust_note_comes_out():
    hub, site_log = (base64.b64encode(pub(each)).decode() for each in (HUB, SITE_LOG))
    text = f"headwater.trust/{site_id()}\n1\nhub {HUB_NAME} {hub}\nsite-log {site_log}\n"
    name = f"headwater.site/{site_id()}"
    assert block("trust") == text + "\n" + line(name, b"\x01", pub(SITE_ROOT), SITE_ROOT.sign(text.encode()))


def test_the_example_events_are_canonical_and_of_their_tables():
    for raw in raws():
        assert rfc8785.dumps(json.loads(raw)) == raw
        event = events.decode(raw)
        assert set(json.loads(bytes(event.b))) <= {field.strip("`") for field, _, _ in fields_of(b.BODIES[event.t, 1])}
        events.body(event)
    assert all(f"unit@{site_id()}" in raw.decode() for raw in raws()[1:])


def test_the_example_of_leaves_ids_and_root_comes_out():
    leaves = [sha(b"\x00", raw) for raw in raws()]
    assert block("leaves").split("\n") == [leaf.hex() for leaf in leaves]
    assert block("ids").split("\n") == [f"{log_id()}.{url64(leaf)}" for leaf in leaves]
    assert block("root") == root().hex()


def test_the_example_of_a_checkpoint_and_its_receipt_comes_out():
    assert block("checkpoint") + "\n" == signed()
    message = f"cosignature/v1\ntime {TIME_S}\n{checkpoint()}".encode()
    signature = TIME_S.to_bytes(8, "big") + HUB.sign(message)
    assert block("receipt") + "\n" == signed() + line(HUB_NAME, b"\x04", pub(HUB), signature) + "\n"


def test_the_example_of_a_batch_comes_out():
    header = b'{"from":0,"proto":1,"to":3}\n'
    framed = b"".join(len(raw).to_bytes(2, "big") + raw for raw in raws())
    assert bytes.fromhex(block("batch")) == header + framed + signed().encode()


def test_the_example_of_a_hello_comes_out():
    message = f"headwater/hello/v1\n{log_id()}\n".encode() + TLS_PIN + CHALLENGE
    assert bytes.fromhex(block("hello")) == message
    assert block("hello-signature") == url64(STATION.sign(message))


def test_a_node_takes_the_example_batch(tmp_path: Path):
    """And what the page calls accepted, with the receipt it shows, is what our code says."""
    author = Author(0)
    node = Node(tmp_path / "node.db", [author])
    sent = batch.unpack(bytes.fromhex(block("batch")))
    verdict = node.take(batch.encode(sent))[0]
    assert (verdict.kind, verdict.checkpoint.root) == ("accepted", root())
    assert notes.cosign(verdict.note, HUB_NAME, HUB, TIME_S) == block("receipt") + "\n"
    assert [raw for _, _, raw in sorted(node.entries(), key=lambda entry: entry[1])] == raws()
    node.close()
