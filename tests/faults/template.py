"""A factory before anything goes wrong: a hub with the motor pack, three stations that were enrolled as people do it.

Made once a process, by the real functions, with keys that come from a number; each run begins with a copy of it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from common.ids import b64, site_id
from common.ledger import append
from common.pins import PEPPER
from common.signedlog import session as s
from common.signedlog.trust import Trust, enrol_proof, sign_trust
from hub.db import access as hub_access
from hub.site import HUB_NAME
from station.cell.own_log import Files
from station.config import EnrolmentFile
from station.store import access as station_access
from tests.faults.disk import Disk
from tests.faults.hub_node import ADDRESS, LINE, HubLife
from tests.faults.plan import PLACES
from tests.faults.timeline import NodeClock, Timeline, dice
from tests.support.shift import motor_pack


@lru_cache
def template() -> tuple[Path, dict[str, EnrolmentFile]]:
    """(folder with hub/ and a folder a station, enrolments)."""
    folder = Path(mkdtemp(prefix="headwater-faults-", dir=_memory()))
    chance = dice(0, "template").randbytes
    _make_site(folder / "made")
    hub = HubLife(Disk(folder / "running", folder / "made"), NodeClock(Timeline(), 0, "hub-0"), chance)
    hub.load(motor_pack())
    enrolments = {place: _enrol(hub, folder / place, place) for place in PLACES}
    while hub.follow():
        pass
    hub.kill()
    hub.close()
    hub.disk.folder.rename(folder / "hub")
    return folder, enrolments


def _memory() -> Path | None:
    """Kills lose no page that was written, so the disk need not be one."""
    shared = Path("/dev/shm")
    return shared if shared.is_dir() else None


def _make_site(data: Path) -> None:
    """What `headwater hub init` makes, with keys that are the same every time."""
    folder = data / "keys"
    folder.mkdir(parents=True)
    hub_access.make_store(data / "hub.db")
    names = ("site-root", "hub", "site-log", f"line-{LINE}")
    keys = {name: Ed25519PrivateKey.from_private_bytes(bytes([i]) * 32) for i, name in enumerate(names, 1)}
    for name, key in keys.items():
        (folder / f"{name}.key").write_bytes(key.private_bytes_raw())
    (folder / "pepper").write_bytes(bytes(range(PEPPER)))
    root = append.public(keys["site-root"])
    (folder / "site-root.pub").write_bytes(root)
    trust = Trust(site_id(root), 1, HUB_NAME, append.public(keys["hub"]), append.public(keys["site-log"]))
    (folder / "trust.note").write_text(sign_trust(trust, keys["site-root"]))
    (folder / "admin.token").write_text("admin")
    (folder / "epoch").write_text("0" * 16)
    (folder / "tls.crt").write_bytes(_certificate())


def _certificate() -> bytes:
    key = ec.derive_private_key(1_000_003, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HUB_NAME)])
    dates = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    return (
        builder.serial_number(1)
        .not_valid_before(dates[0])
        .not_valid_after(dates[1])
        .sign(key, SHA256())
        .public_bytes(Encoding.PEM)
    )


def _enrol(hub: HubLife, data: Path, place: str) -> EnrolmentFile:
    """Ticket, key, six words, confirmed."""
    data.mkdir()
    station_access.open_store(data / "station.db", create=True).close()
    files = Files(data, host="a computer", random_bytes=dice(0, "template", place).randbytes)
    pub = append.public(files.new_key())
    ticket = hub.gate.issue(place, LINE, 3_600)
    asked = s.Enrol(place, b64(pub), b64(enrol_proof(ticket.secret, pub, place)))
    status, raw = hub.serve("POST", ADDRESS + "/v1/enrol", {}, msgspec.json.encode(asked))
    assert status == 200, raw
    answer = msgspec.json.decode(raw, type=s.Enrolled)
    hub.gate.confirm(place, answer.words)
    return EnrolmentFile(
        address=ADDRESS,
        tls_pin=b64(ticket.tls_pin),
        site_root=b64(ticket.site_root),
        site=site_id(ticket.site_root),
        station=place,
        line=answer.line,
        trust=answer.trust,
    )
