"""Announces the hub on the local network (mDNS, DNS-SD), for stations whose written address no longer holds.

What it says is a hint: stations trust the pinned key alone. Registering takes some two seconds: it has its own thread.
"""

from __future__ import annotations

import socket
import threading

import structlog
from zeroconf import InterfaceChoice, NonUniqueNameException, ServiceInfo, Zeroconf

from common.signedlog.session import HUB_SERVICE

ANYWHERE = ("0.0.0.0", "::", "")
log = structlog.get_logger(__name__)


class MdnsAnnouncement:
    """Says that the hub with this TLS key (`pin`, base64url) listens at `host`:`port`."""

    def __init__(self, site: str, pin: str, host: str, port: int) -> None:
        self._site = site
        self._pin = pin
        self._host = host
        self._port = port
        self._stopped = threading.Event()
        self.registered = threading.Event()

    def run(self) -> None:
        """Announce until `stop()`, and say goodbye. Without a network that takes multicast it says so once."""
        try:
            voice = Zeroconf(interfaces=InterfaceChoice.All if self._host in ANYWHERE else [self._host])
        except OSError as error:
            log.warning("announcement_off", reason=str(error))
            self._stopped.wait()
            return
        try:
            voice.register_service(self._info(), allow_name_change=True)
            self.registered.set()
            self._stopped.wait()
        except (OSError, NonUniqueNameException) as error:
            log.warning("announcement_off", reason=str(error))
            self._stopped.wait()
        finally:
            voice.close()  # which says goodbye

    def stop(self) -> None:
        """End `run()`."""
        self._stopped.set()

    def _info(self) -> ServiceInfo:
        name = f"headwater-{self._site}"
        address = _way_out() if self._host in ANYWHERE else self._host
        properties = {"pin": self._pin, "site": self._site}
        return ServiceInfo(
            HUB_SERVICE,
            f"{name}.{HUB_SERVICE}",
            port=self._port,
            properties=properties,
            server=f"{name}.local.",
            parsed_addresses=[address],
        )


def _way_out() -> str:
    """The address that this computer would send from; nothing is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
