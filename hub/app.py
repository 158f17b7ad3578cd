"""The composition root: builds a hub from its configuration, starts every thread, stops them in reverse.

Threads: main (waits), ingest (the one writer), and one for each listener: stations (TLS) and pages. One process may run
on a data folder at a time.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import structlog
import uvicorn

from common.errors import HeadwaterError, StoreUnavailable, Unavailable
from common.ids import b64
from common.ledger.store import translated_files
from hub.access.accounts import Accounts
from hub.access.station_access import StationAccess
from hub.announce import MdnsAnnouncement
from hub.config import HubConfig
from hub.db import access
from hub.site import Site
from hub.web import admin_api, answers, decisions_api, pages, stations_api
from hub.web.api import Api, Door
from hub.writer.ingest import Ingest

log = structlog.get_logger(__name__)


class Hub:
    """A running hub. Ports are taken when it is built: Unavailable hub.port_in_use, hub.already_running.

    The database was made with the keys. Without it a hub must not begin anew: it would write the site log, by the same
    key, a second time from the start.
    """

    def __init__(self, config: HubConfig) -> None:
        data = Path(config.data)
        site = Site(data)
        self._lock = _only_one(data)
        self._sockets = [_listen(config.host, config.port), _listen(config.pages_host, config.pages_port)]
        self._store = access.open_store(config.store, create=False)
        self._ingest = Ingest(self._store, site)
        gate = StationAccess(self._ingest, site, config.address)
        accounts = Accounts(self._ingest, site)
        stations, people = answers.app("Headwater stations"), answers.app("Headwater")
        stations_api.add(stations, self._store, self._ingest, gate, site)
        api = Api(stations, self._store, Door(self._store, accounts))
        admin_api.add(api, self._ingest, gate)
        decisions_api.add(api, self._ingest, accounts)
        pages.add(people, self._store, self._ingest, gate, accounts)
        self._servers = [
            _server(stations, ssl_certfile=str(site.certificate), ssl_keyfile=str(site.tls_key)),
            _server(people),
        ]
        self._announcement = _announcement(config, site, self._sockets[0].getsockname()[1])
        self._end = _End()
        self._stopping = False
        self._failure: BaseException | None = None

    @property
    def pages_url(self) -> str:
        """Where people's browsers find the pages."""
        host, port = self._sockets[1].getsockname()[:2]
        return f"http://{host}:{port}/"

    def run(self, ready: Callable[[], None]) -> int:
        """Serve until SIGTERM, SIGINT or a failure that a restart must mend; the exit code. Raises StoreUnavailable.

        `ready` is called when all is up, and a signal will stop it in order.
        """
        self._end.comes_with(signal.SIGTERM, signal.SIGINT)
        ingest = self._thread("ingest", self._ingest.run)
        (stations, people), (tls, plain) = self._servers, self._sockets
        web = [
            self._thread("web:stations", partial(stations.run, sockets=[tls])),
            self._thread("web:pages", partial(people.run, sockets=[plain])),
        ]
        if self._announcement:
            web.append(self._thread("announce", self._announcement.run))
        log.info("hub_ready", pages=self.pages_url)
        ready()
        self._end.wait()
        self._stopping = True
        for server in self._servers:
            server.should_exit = True
        if self._announcement:
            self._announcement.stop()
        for thread in web:
            thread.join()
        self._ingest.stop()
        ingest.join()
        self._store.close()
        os.close(self._lock)
        log.info("hub_stopped", failed=self._failure is not None)
        if isinstance(self._failure, HeadwaterError):
            raise self._failure
        return 1 if self._failure else 0

    def _thread(self, name: str, target: Callable[[], None]) -> threading.Thread:
        """Start a thread; if it fails, the whole hub stops, and whoever watches it starts it again."""

        def guarded() -> None:
            try:
                target()
            except StoreUnavailable as e:
                self._fail(name, e)
            except BaseException as e:
                self._fail(name, e)
                raise
            if not self._stopping:
                self._fail(name, RuntimeError("ended by itself"))

        thread = threading.Thread(target=guarded, name=name, daemon=True)
        thread.start()
        return thread

    def _fail(self, name: str, error: BaseException) -> None:
        log.error("thread_failed", thread=name, error=str(error))
        self._failure = self._failure or error
        self._end.come()


class _End:
    """Signal to stop: from the system or from a thread that failed.

    A pipe, because the byte of a signal is in it before Python runs a handler. A signal that arrives just before main
    waits for a lock or a queue is not seen until the next one: 6 of 200 hubs did not stop.
    """

    def __init__(self) -> None:
        self._read, self._write = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self._write, False)

    def comes_with(self, *signals: signal.Signals) -> None:
        """Only in the main thread."""
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in signals:
            signal.signal(number, lambda *_: None)

    def come(self) -> None:
        with suppress(BlockingIOError):  # full of ends
            os.write(self._write, b"!")

    def wait(self) -> None:
        os.read(self._read, 1)


def _announcement(config: HubConfig, site: Site, port: int) -> MdnsAnnouncement | None:
    return MdnsAnnouncement(site.id, b64(site.tls_pin), config.host, port) if config.announce else None


def _server(app: answers.App, ssl_certfile: str | None = None, ssl_keyfile: str | None = None) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        ssl_certfile=ssl_certfile,
        ssl_keyfile=ssl_keyfile,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # told, so that asyncio sends at once
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as e:
        listening.close()
        raise Unavailable("hub.port_in_use", host=host, port=port, reason=e.strerror or str(e)) from e
    return listening


def _only_one(data: Path) -> int:
    with translated_files(data):
        descriptor = os.open(data / "hub.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as e:
        os.close(descriptor)
        raise Unavailable("hub.already_running", data=str(data)) from e
    return descriptor
