"""Enrolment: a scanned or typed ticket of the hub → the enrolment that makes this computer a station."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from common.errors import BadConfig, BadTicket
from common.ids import b64, log_id, site_id
from common.ledger import append
from common.signedlog import session as s
from common.signedlog.trust import Ticket, enrol_proof, open_trust
from station.cell.own_log import Files
from station.config import EnrolmentFile, StationConfig, enrolment, make_folders
from station.hublink.http import RefusedByHub, Wire
from station.store.durable import write_whole


class Joined(Struct, frozen=True):
    """An accepted enrolment. `words`: a person must check that the hub's screen shows the same six; `trusted`: somebody
    did so before, and the hub shows them no more."""

    enrolment: EnrolmentFile
    trusted: bool
    words: str
    log: str


def ask(config: StationConfig, text: str) -> Joined:
    """Enrol this station at the hub. BadTicket ticket.* and enrol.*; HubUnavailable; BadBatch hub.answer;
    BadConfig config.unwritable.

    An enrolled computer stays the same station of the same site, because its records are there: ticket.other.
    """
    ticket = Ticket.parse(text)
    before = _before(config)
    if before is not None and (ticket.station, site_id(ticket.site_root)) != (before.station, before.site):
        raise BadTicket("ticket.other", have=before.station, got=ticket.station)
    make_folders(config)
    files = Files(Path(config.data), Path(config.sentinel) if config.sentinel else None)
    pub = append.public(files.current() or files.new_key())
    wire = Wire(ticket.address, ticket.tls_pin)
    asked = s.Enrol(ticket.station, b64(pub), b64(enrol_proof(ticket.secret, pub, ticket.station)))
    try:
        answer = wire.ask("/v1/enrol", asked, s.Enrolled)
    except RefusedByHub as e:
        raise BadTicket(e.code, **e.details) from e
    finally:
        wire.close()
    trust = open_trust(answer.trust, ticket.site_root)
    if trust.site != site_id(ticket.site_root):
        raise BadTicket("ticket.site", have=trust.site)
    joined = EnrolmentFile(
        address=ticket.address,
        tls_pin=b64(ticket.tls_pin),
        site_root=b64(ticket.site_root),
        site=trust.site,
        station=ticket.station,
        line=answer.line,
        trust=answer.trust,
    )
    return Joined(joined, answer.state == "trusted", answer.words, log_id(pub))


def _before(config: StationConfig) -> EnrolmentFile | None:
    """Read the present enrolment; None if there is none or it is unreadable."""
    try:
        return enrolment(config)
    except BadConfig:
        return None


def save(config: StationConfig, enrolment: EnrolmentFile) -> None:
    """Save the enrolment: this computer is that station now. StoreUnavailable: the disk refused; nothing changed."""
    write_whole(Path(config.data) / "enrolment.json", msgspec.json.format(msgspec.json.encode(enrolment)))
