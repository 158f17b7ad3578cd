"""`headwater station …`: enrol, run, check-scanner, outbox, and the printed sheets for the workplace.

A subcommand imports its needs when it runs: the kiosk appears on the screen while the station still loads behind it.
"""

from __future__ import annotations

import argparse
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from common.command import reader_language
from common.errors import BadConfig, DeviceUnavailable
from common.text import brief, say
from station import config as configuration
from station.config import StationConfig
from station.devices.ports import Ports, drivers
from station.logbook import Logbook
from station.sheets import command
from station.terminal import Recording, Terminal
from station.threads import Threads

if TYPE_CHECKING:
    from station.devices.worker import Driver
    from station.kiosk.application import Application
    from station.messages import Scanned

CHECK_S = 30


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the station's subcommands."""
    parser = commands.add_parser("station", help="one workplace: enrol it, run it, read its outbox")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    for name, run, text in (
        ("enrol", enrol, "give a new station its ticket from the hub"),
        ("run", serve, "run the station with a terminal for its operator"),
        ("check-scanner", check_scanner, "scan the check code and list the wrong settings of a scanner"),
        ("outbox", outbox, "show the entries that wait for the hub, were sent, or are confirmed"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("--config", type=Path, default=Path("station.toml"), help="station.toml")
        action.set_defaults(run=run)
        if name == "enrol":
            action.add_argument("ticket", help="the line that `headwater hub ticket` printed")
        if name == "check-scanner":
            action.add_argument("name", help="its name in station.toml")
    command.add(actions)


def enrol(args: argparse.Namespace) -> int:
    """Enrol this station at the hub; prints six words to compare with the hub's, unless it is trusted already."""
    from station.hublink import enrolment

    config = configuration.load(args.config)
    joined = enrolment.ask(config, args.ticket)
    enrolment.save(config, joined.enrolment)
    said = {"station": joined.enrolment.station, "log": joined.log}
    if joined.trusted:
        print(say(reader_language(), "enrol.trusted", said))
        return 0
    print(say(reader_language(), "enrol.compare", said))
    print(joined.words)
    return 0


def serve(args: argparse.Namespace) -> int:
    """Run until told to stop; prints the operator's messages to standard output, and to the kiosk if there is one."""
    config = configuration.load(args.config)
    configuration.make_folders(config)
    if config.screen == "kiosk":
        return _serve_kiosk(config)
    enrolled = configuration.enrolment(config)
    from station.app import Station
    from station.clock import SystemClock

    logbook = _logbook()
    terminal = Terminal(config.language, _line, SystemClock(), colour=sys.stdout.isatty())
    with Ports(config, Threads()) as ports:
        return Station(config, enrolled, terminal.show, ports, logbook.lines).run()


def _serve_kiosk(config: StationConfig) -> int:
    """Start devices and screen first, then the station; a station without a kiosk needs no Qt.

    Starts with enrolment if there is none, and returns to it if maintenance asks to enrol again.
    """
    enrolled = configuration.enrolment(config) if configuration.is_enrolled(config) else None
    before, shown = None, None
    while True:
        with Ports(config, Threads(), scanners=enrolled is None) as ports:
            kiosk, logbook = shown = shown or _begin(config, ports)
            if enrolled is None:
                from station.app import Newcomer

                newcomer = Newcomer(config, kiosk.announce, ports, before)
                enrolled = newcomer.run(partial(kiosk.serve, hear=newcomer.hear))
                if enrolled is None:
                    return 0
                continue
            from station.app import Station

            station = Station(config, enrolled, kiosk.announce, ports, logbook.lines)
            code = station.run(partial(kiosk.serve, hear=station.hear))
            if not station.enrols:
                return code
            enrolled, before = None, enrolled


def _begin(config: StationConfig, ports: Ports) -> tuple[Application, Logbook]:
    from station.clock import SystemClock
    from station.kiosk.application import Application

    clock = SystemClock()
    recorder = Terminal(config.language, Recording().line, clock)
    kiosk = Application(config.kiosk, config.language, recorder.show, (clock.mono_ms, clock.wall_ms))
    ports.settle()
    kiosk.begin()
    return kiosk, _logbook()


def _logbook() -> Logbook:
    """Start keeping log lines for the diagnostics."""
    logbook = Logbook()
    logbook.listen()
    return logbook


def check_scanner(args: argparse.Namespace) -> int:
    """Wait for the check code from one scanner, while the station is not running; 0 if it came as printed."""
    from station.devices.check_code import CHECK, flaws

    config, language = configuration.load(args.config), reader_language()
    found = [driver for name, driver in drivers(config) if name == args.name and driver.kind == "scanner"]
    if not found:
        raise BadConfig("config.no_scanner", file=str(args.config), name=args.name)
    print(say(language, "check.wait", {"name": args.name, "code": CHECK.decode().replace("\x1d", "<GS>")}), flush=True)
    try:
        scanned = _first_scan(found[0])
    except DeviceUnavailable as e:
        raise BadConfig(
            "config.scanner_closed", error=brief(language, e.code), path=e.details.get("path", args.name)
        ) from e
    if scanned is None:
        said = [("check.nothing", {"seconds": CHECK_S})]
    elif scanned.fault:
        said = [(scanned.fault, {})]
    else:
        said = [(code, {}) for code in flaws(scanned.raw)]
    for code, params in said or [("check.right", {"name": args.name})]:
        print(say(language, code, params))
    return 1 if said else 0


def _first_scan(scanner: Driver) -> Scanned | None:
    """Return the first scan within CHECK_S. DeviceUnavailable scanner.*."""
    from station.messages import Scanned

    try:
        scanner.open()
        ends_s = time.monotonic() + CHECK_S
        while time.monotonic() < ends_s:
            message = scanner.read(0.1)
            if isinstance(message, Scanned):
                return message
        return None
    finally:
        scanner.close()


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def outbox(args: argparse.Namespace) -> int:
    """Print each own log: entries, confirmed, waiting, and the age of the oldest waiting entry."""
    from common.events import decode as decode_event
    from common.ledger import logs
    from station.store import access

    config, language = configuration.load(args.config), reader_language()
    database = Path(config.data) / "station.db"
    if configuration.is_enrolled(config) and not database.exists():
        print(say(language, "outbox.none", {}))
        return 0
    store = access.open_store(database, create=False)
    with store.reading() as conn:
        for log in (known for known in logs.all_logs(conn) if known.own):
            head = logs.head(conn, log.lid)
            confirmed, raws = logs.receipted(conn, log.lid), logs.waiting(conn, log.lid, 10)
            age_s = int(time.time()) - decode_event(raws[0]).at // 1000 if raws else 0
            said = {"log": log.log, "size": head.size, "confirmed": confirmed}
            print(say(language, "outbox.log", {**said, "pending": head.size - confirmed, "age_s": age_s}))
            for raw in raws:
                event = decode_event(raw)
                about = ", ".join(claim.value for claim in event.on)
                print(f"    {say(language, 'said.' + event.t, {})}  {about}")
    store.close()
    return 0
