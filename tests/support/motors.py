"""A hub as people find it: a real site, store, writer and gate, filled by the motor line's signed batches; its pages.

The stations are authors in memory whose events relied on what they would have known.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from fastapi import FastAPI
from sqlalchemy import insert

from common import event_types as b
from common import events
from common.definitions import DEFINITION, Definitions, Form, Material, canonical, definition_hash
from common.events import Fact, Stamp
from common.ids import Claim, b64, six_words, unb64
from common.ledger import logs
from common.signedlog import session
from common.signedlog.trust import hello_message
from hub.access.accounts import Accounts
from hub.access.station_access import StationAccess
from hub.db import access, tables
from hub.definitions import pack
from hub.site import initialise
from hub.web import answers, pages
from hub.writer.ingest import Ingest
from tests.support.factory import Author

GTIN = "06901234567892"
TORQUES = ("2.41", "2.57", "2.38", "2.44")
PRESSED, TESTED = ("12.84", "18.02"), ("3004", "0.61", "51.2", "41.7")
WORKERS = {"st-10": "p-wang", "st-20": "p-li", "st-30": "p-liu"}


class Line:
    """The motor line and its hub in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.site = initialise(folder)
        self.store = access.open_store(folder / "hub.db", create=True)
        self.ingest = Ingest(self.store, self.site)
        self.passed_s = 0.0  # on the monotonic clock of the hub, which stands still but for this
        self.gate = StationAccess(self.ingest, self.site, "127.0.0.1:8443", mono_s=lambda: self.passed_s)
        self.accounts = Accounts(self.ingest, self.site, mono_s=lambda: self.passed_s)
        self._thread = threading.Thread(target=self.ingest.run, name="ingest")
        self._thread.start()
        self.pack = pack.load(pack.PACKS / "motor-assembly")
        self.known = Definitions.of(self.pack.definitions)
        self.authors = {name: Author(20 + i, name) for i, name in enumerate(WORKERS)}
        self._tips: dict[Claim, set[tuple[str, int]]] = {}
        self._sent = dict.fromkeys(self.authors, 0)
        self._nonce = count(1)
        self.now_ms = time.time_ns() // 1_000_000 - 42 * 60_000
        self._publish()

    def _publish(self) -> None:
        def work(conn: Any) -> None:
            trees = [DEFINITION.decode(canonical(one)) for one in self.pack.definitions]
            facts = [Fact(b.DefinitionPublished(msgspec.json.decode(canonical(one)))) for one in trees]
            self.ingest.publish(conn, facts)
            self.ingest.publish(conn, [Fact(author.enrolment()) for author in self.authors.values()])
            access.save_people(conn, [(p.id, p.name, p.badge) for p in self.pack.people])
            order = Fact(b.OrderReceived("motor", "24", "pcs"), (self.order,))
            self.ingest.publish(conn, [order], "line-1")

        self.ingest.do(work)
        for author in self.authors.values():
            self._hello(author)

    def _hello(self, author: Author) -> None:
        """A station opens its session, as it does when it starts."""
        with self.store.reading() as conn:
            challenge = self.gate.hello(conn, session.Hello(author.log, "", ())).challenge
            signed = author.key.sign(hello_message(author.log, unb64(challenge), self.site.tls_pin))
            self.gate.answer(conn, session.HelloAnswer(author.log, challenge, b64(signed)))

    @property
    def order(self) -> Claim:
        return Claim(f"order@{self.site.id}", "WO-2611-0087")

    def unit(self, value: str) -> Claim:
        return Claim(f"unit@{self.site.id}", value)

    def lot(self, material: str, value: str) -> Claim:
        return Claim(f"lot@{self.site.id}", f"{material}/{value}")

    @staticmethod
    def fact(body: b.Body, *on: Claim) -> Fact:
        return Fact(body, on)

    # Writing ---------------------------------------------------------------------------------------------------------
    def say(
        self, station: str, body: b.Body, *on: Claim, form: str = "", via: str | None = None, seconds: int = 4
    ) -> str:
        """A station writes an event, some seconds after the one before; it relied on all that was said before."""
        author = self.authors[station]
        self.now_ms += seconds * 1_000
        tips = sorted(set().union(*(self._tips.get(claim, set()) for claim in on)))
        own = [author.size - index for name, index in tips if name == station]
        others = [self.authors[name].ref(index) for name, index in tips if name != station]
        found = self.known.get(Form, form)
        stamp = Stamp(
            at=self.now_ms,
            bo="boot-1",
            mo=self.now_ms % 10**9,
            n=b64(next(self._nonce).to_bytes(12, "big")),
            who=WORKERS[station],
            cfg=definition_hash(found) if found else None,
            rf=(*sorted(own), *sorted(others)),
            via=via,
        )
        id = author.write(events.encode(Fact(body, on), stamp))
        for claim in on:
            self._tips[claim] = {(station, author.size - 1)}
        return id

    def measure(self, station: str, unit: Claim, operation: str, values: tuple[str, ...]) -> bool:
        """The machine's values with the form's limits; whether all are within."""
        form = self.known.get(Form, f"{operation}-form")
        assert form is not None
        step = next(s for s in form.steps if s.kind == "machine")
        found = []
        for c, value in zip(step.characteristics, values, strict=True):
            good = (c.low is None or float(value) >= float(c.low)) and (c.high is None or float(value) <= float(c.high))
            found.append(b.Value(c.id, value, c.uom, "pass" if good else "fail", c.low, c.high))
        body = b.Measured(operation, step.id, step.device or "-", tuple(found), sequence=7)
        self.say(station, body, unit, form=form.id)
        return all(value.verdict == "pass" for value in found)

    def bind(self, station: str, unit: Claim, slot: str, part: Claim, operation: str) -> None:
        line = self.known.bom_line("motor", slot)
        assert line is not None
        body = b.Bind(slot, line.material, line.quantity, line.uom, operation)
        self.say(station, body, unit, part, form=f"{operation}-form")

    def done(self, station: str, unit: Claim, operation: str, *, passed: bool = True, **more: Any) -> None:
        body = b.OperationCompleted(operation, "pass" if passed else "fail", **more)
        self.say(station, body, unit, form=f"{operation}-form")

    # The way of a motor ----------------------------------------------------------------------------------------------
    def press(self, n: int, magnet: str = "MG-2610-B") -> Claim:
        unit = self.unit(f"M-250-{n:06d}")
        self.say("st-10", b.Commission("motor", self.order.value), unit, form="press-form", seconds=20)
        self.say("st-10", b.OperationStarted("press"), unit, form="press-form", seconds=0)
        self.bind("st-10", unit, "housing", self.lot("housing", "HL-2644"), "press")
        self.bind("st-10", unit, "rotor", self.unit(f"R-88213-{n % 10_000:04d}"), "press")
        self.bind("st-10", unit, "magnet", self.lot("magnet", magnet), "press")
        self.measure("st-10", unit, "press", PRESSED)
        self.done("st-10", unit, "press")
        return unit

    def wire(self, unit: Claim) -> None:
        self.say("st-20", b.OperationStarted("wire"), unit, form="wire-form", seconds=9)
        self.bind("st-20", unit, "controller", self.controller(unit), "wire")
        self.bind("st-20", unit, "screws", self.lot("screw", "SC-2638"), "wire")
        self.measure("st-20", unit, "wire", TORQUES)
        self.done("st-20", unit, "wire")

    def controller(self, unit: Claim) -> Claim:
        return self.unit(f"C25-{int(unit.value[-4:]):05d}")

    def test(self, unit: Claim, values: tuple[str, ...] = TESTED, unknown: tuple[str, ...] = ()) -> bool:
        self.say("st-30", b.OperationStarted("test", unknown), unit, form="test-form", seconds=11)
        passed = self.measure("st-30", unit, "test", values)
        more: dict[str, Any] = {"provisional": True, "unknown": unknown} if unknown else {}
        more |= {} if passed else {"reasons": ("out_of_limits",)}
        self.done("st-30", unit, "test", passed=passed, **more)
        return passed

    def rework(self, unit: Claim, new: Claim) -> None:
        self.say("st-20", b.OperationStarted("rework"), unit, form="rework-form", seconds=40)
        line = self.known.bom_line("motor", "controller")
        assert line is not None
        body = b.Replace("controller", line.material, line.quantity, line.uom, "rework")
        self.say("st-20", body, unit, new, self.controller(unit), form="rework-form")
        self.measure("st-20", unit, "rework", TORQUES)
        self.done("st-20", unit, "rework")

    def pack_into(self, carton: Claim, *units: Claim) -> None:
        if carton not in self._tips:
            material = next(m.id for m in self.known.all(Material) if m.tracked == "container")
            self.say("st-30", b.Commission(material), carton)
        for unit in units:
            self.say("st-30", b.Aggregate("test"), carton, unit, form="test-form")

    # Delivery --------------------------------------------------------------------------------------------------------
    def upload(self, *stations: str) -> None:
        """Send what the hub lacks, and say that it is all; the hub has it sorted in when this returns."""
        for name in stations or tuple(self.authors):
            author = self.authors[name]
            if author.size > self._sent[name]:
                self.ingest.submit(author.batch(self._sent[name]))
            self._sent[name] = author.size
            self.confirm(name)
        self.settle()

    def confirm(self, station: str) -> None:
        """A station says what its newest entry is."""
        head = self.authors[station].head()
        with self.store.reading() as conn:
            self.gate.saw(conn, head.log, b.Head(head.log, head.size, b64(head.root)))

    def settle(self) -> None:
        """Wait until everything is sorted in and judged."""
        for _ in range(200):
            self.ingest.do(lambda conn: None)
            with self.store.reading() as conn:
                trunks = [logs.trunk(conn, one.lid) for one in logs.all_logs(conn)]
            if all(trunk.projected == trunk.size for trunk in trunks):
                break
        self.ingest.do(lambda conn: None)
        self.ingest.do(lambda conn: None)

    def close(self) -> None:
        self.ingest.stop()
        self._thread.join()
        self.store.close()


REWORKED, PROVISIONAL, SCRAPPED, HELD, REFUSED = 4217, 4224, 4220, 4222, 4219
CARTONS = tuple(Claim("gs1:sscc", f"10614141123456{n}") for n in (7897, 7903, 7910))


def fill(line: Line) -> None:
    """Nine motors and all that can happen to them; the last two were tested while ST-20 was out of sight."""
    units = [line.press(n) for n in range(4216, 4223)]
    new = line.unit("C25-00411")
    for unit in units:
        line.wire(unit)
        if unit.value.endswith(str(SCRAPPED)):
            line.say("st-20", b.Scrap("housing-cracked", "wire"), unit)
            continue
        if unit.value.endswith(str(REFUSED)):
            line.say("st-30", b.Refused("test", "component.wrong"), unit)
        if unit.value.endswith(str(REWORKED)):
            line.test(unit, ("3011", "0.92", "54.8", "44.0"))
            line.rework(unit, new)
        line.test(unit)
    good = [u for u in units if not u.value.endswith(str(SCRAPPED))]
    line.pack_into(CARTONS[0], *good[:4])
    line.pack_into(CARTONS[1], *good[4:])
    line.say("st-30", b.Hold("噪声复查 / noise to be checked again"), good[-1])
    late = [line.press(n, "MG-2611-A") for n in (4223, PROVISIONAL)]
    line.upload()
    for unit in late:
        line.test(unit, unknown=("wire",))
    line.pack_into(CARTONS[2], *late)
    line.upload("st-10", "st-30")


def add_strangers(line: Line) -> None:
    """A key that waits for its six words, and batches of one that nobody knows and of one that was revoked."""
    st40, stranger, thief = Author(31, "st-40"), Author(32, "st-99"), Author(33, "st-50")
    row = {"log": st40.log, "pub": st40.pub, "station": "st-40", "line": "line-1", "reason": "enrol", "at": line.now_ms}
    row["words"] = six_words(line.site.root_public, st40.pub)
    line.ingest.do(lambda conn: conn.execute(insert(tables.candidate).values(row)))
    facts = [Fact(thief.enrolment()), Fact(b.StationRevoked(thief.log, 0, "stolen"))]
    line.ingest.do(lambda conn: line.ingest.publish(conn, facts))
    for author in (stranger, thief):
        author.say(b.Commission("motor"), line.unit("M-250-000001"))
        line.ingest.submit(author.batch())
    line.settle()


def go_silent(line: Line, station: str, minutes: int) -> None:
    """So many minutes pass in which this station says nothing, and the others go on."""
    line.passed_s += minutes * 60
    for name in line.authors:
        if name != station:
            line.confirm(name)


class Admitted:
    """An application whose every visitor shows the administrator's token, but for those who show something."""

    def __init__(self, app: FastAPI, token: str) -> None:
        self._app = app
        self._header = (b"authorization", f"Bearer {token}".encode())

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        shown = {name for name, _ in scope.get("headers", [])}
        if scope["type"] == "http" and b"authorization" not in shown:
            scope = {**scope, "headers": [*scope["headers"], self._header]}
        await self._app(scope, receive, send)


@contextmanager
def served(line: Line, *, admitted: bool = True) -> Iterator[str]:
    """The pages and the API on a loopback port of this computer; the address. Not `admitted`: visitors must sign in."""
    app = answers.app("Headwater")
    pages.add(app, line.store, line.ingest, line.gate, line.accounts)
    listening = socket.create_server(("127.0.0.1", 0))
    visited: Any = Admitted(app, line.site.admin_token) if admitted else app
    server = uvicorn.Server(uvicorn.Config(visited, log_config=None, access_log=False, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="web")
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
