"""Discovery of hubs that announce themselves on the local network (mDNS, DNS-SD).

The library's own threads call back with hints and nothing more. Must not decide, connect, or trust.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable, Sequence

import structlog
from zeroconf import InterfaceChoice, ServiceBrowser, ServiceStateChange, Zeroconf

from common.signedlog.session import HUB_SERVICE

RESOLVE_MS = 3_000
log = structlog.get_logger(__name__)


class Discovery:
    """Listens for hubs whose TLS key is `pin` (base64url), and passes all their present addresses to `hear`."""

    def __init__(
        self,
        pin: str,
        hear: Callable[[Sequence[str]], None],
        interfaces: list[str] | InterfaceChoice = InterfaceChoice.All,
    ) -> None:
        self._pin = pin
        self._hear = hear
        self._interfaces = interfaces
        self._found: dict[str, tuple[str, ...]] = {}
        self._stopped = threading.Event()

    def run(self) -> None:
        """Listen until `stop()`. Without multicast it logs that once and hears nothing."""
        try:
            heard = Zeroconf(interfaces=self._interfaces)
        except OSError as error:
            log.warning("discovery_off", reason=str(error))
            self._stopped.wait()
            return
        try:
            ServiceBrowser(heard, HUB_SERVICE, handlers=[self._changed])
            self._stopped.wait()
        finally:
            heard.close()

    def stop(self) -> None:
        """End `run()`."""
        self._stopped.set()

    def _changed(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is ServiceStateChange.Removed:
            self._found.pop(name, None)
        else:
            info = zeroconf.get_service_info(service_type, name, RESOLVE_MS)
            told = (info.properties.get(b"pin") or b"") if info else b""
            if info is None or told.decode("ascii", "replace") != self._pin or not info.port:
                return
            self._found[name] = tuple(_url(one, info.port) for one in info.parsed_addresses())
        self._hear([url for urls in self._found.values() for url in urls])


def _url(address: str, port: int) -> str:
    literal = f"[{address}]" if ipaddress.ip_address(address).version == 6 else address
    return f"https://{literal}:{port}"
