"""Device ports: one thread per device, all into one inbox; opened before anything else is loaded.

Must not import a driver unless one is configured: the S7 and label libraries take 0.1 s to load.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

from station import messages as m
from station.config import Camera, GaugeConfig, PlcConfig, Printer, Scanner, SignalConfig, StationConfig
from station.devices.worker import Driver, Worker
from station.threads import Threads, join

FIRST_LOOK_S = 1.0
HALF_SCAN_MS = 300  # a scanner sends without pauses; a longer silence is a broken scan


class Ports:
    """The configured devices, open inside a `with`; `scanners`: only those."""

    def __init__(self, config: StationConfig, threads: Threads, *, scanners: bool = False) -> None:
        self.inbox: Queue[m.Message] = Queue()
        self.threads = threads
        found = ((name, driver) for name, driver in drivers(config) if driver.kind == "scanner" or not scanners)
        self._workers = {name: Worker(driver, name, self._heard) for name, driver in found}
        self._channels = {f"{g.name}-{channel}": g.name for g in config.gauge for channel in g.channels}
        self._tried = {name: threading.Event() for name, worker in self._workers.items() if worker.kind == "scanner"}
        self._running: list[threading.Thread] = []

    def __enter__(self) -> Ports:
        """Open all devices; a missing one is retried by its worker."""
        self._running = [self.threads.spawn(f"device:{name}", worker.run) for name, worker in self._workers.items()]
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def settle(self) -> None:
        """Wait a short time until each scanner was tried: scans before its port is open are lost."""
        until_s = time.monotonic() + FIRST_LOOK_S
        for tried in self._tried.values():
            tried.wait(max(until_s - time.monotonic(), 0))

    def send(self, command: m.ToDevice) -> None:
        """Hand a command to its device; commands for devices that are not configured are dropped."""
        name = self._channels.get(command.device, command.device)
        if name in self._workers:
            self._workers[name].send(command)

    def close(self) -> None:
        """Close all devices."""
        for worker in self._workers.values():
            worker.stop()
        join(self._running)

    def _heard(self, message: m.Message) -> None:
        """Pass on a device's message; its first one reports whether it is connected."""
        self.inbox.put(message)
        if isinstance(message, m.DeviceReport) and message.device in self._tried:
            self._tried[message.device].set()


def drivers(config: StationConfig) -> Iterator[tuple[str, Driver]]:
    """Yield every configured device; names are unique."""
    for scanner in config.scanner:
        yield scanner.name, _scanner(scanner)
    for plc in config.plc:
        yield plc.name, _plc(plc)
    for camera in config.camera:
        yield camera.name, _camera(camera)
    for gauge in config.gauge:
        yield gauge.name, _gauge(gauge)
    for printer in config.printer:
        yield printer.name, _printer(printer)
    for signal in config.signal:
        yield signal.name, _signal(signal)


def _scanner(s: Scanner) -> Driver:
    if s.kind == "hid":
        from station.devices.hid_keys import HidKeys
        from station.devices.scanner_hid import HidScanner

        return HidScanner(s.name, s.port, HidKeys(s.end, HALF_SCAN_MS))
    from station.devices.scanner_serial import SerialScanner

    return SerialScanner(s.name, s.port, s.baud, HALF_SCAN_MS)


def _plc(p: PlcConfig) -> Driver:
    from station.devices.plc_s7 import PlcAddress, PlcS7

    return PlcS7(p.name, PlcAddress(p.host, p.db, p.port, p.rack, p.slot))


def _camera(c: Camera) -> Driver:
    from station.devices.camera import CommandCamera, FolderCamera

    return CommandCamera(c.name, c.command) if c.command else FolderCamera(c.name, Path(c.folder))


def _gauge(g: GaugeConfig) -> Driver:
    from station.devices.gauge_lines import PROTOCOLS
    from station.devices.gauge_serial import GaugeSettings, SerialGauge

    settings = GaugeSettings(g.mode, g.pattern or PROTOCOLS[g.protocol], g.unit, g.trigger.encode(), g.channels)
    return SerialGauge(g.name, g.port, g.baud, settings)


def _printer(p: Printer) -> Driver:
    from station.devices.printer import LabelPrinter
    from station.devices.printer_connections import CupsQueue, PdfFolder, TcpConnection

    if p.kind == "tcp":
        return LabelPrinter(p.name, TcpConnection(p.host, p.port, p.status), p.dpi)
    return LabelPrinter(p.name, CupsQueue(p.queue) if p.kind == "lp" else PdfFolder(Path(p.folder)), p.dpi)


def _signal(s: SignalConfig) -> Driver:
    from station.devices.signal_relay import SignalRelay

    wired = {"green": s.green, "yellow": s.yellow, "red": s.red} | ({"horn": s.horn} if s.horn_s else {})
    switches = {channel: (bytes.fromhex(one.on), bytes.fromhex(one.off)) for channel, one in wired.items()}
    return SignalRelay(s.port, s.baud, switches, round(s.horn_s * 1000))
