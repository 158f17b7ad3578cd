"""Siemens S7 PLCs with the exchange block of docs/plc.md, over classic S7 (PUT/GET).

Always reads the whole answer area and writes the whole request area. Must not retry, log, judge an answer, or be called
by two threads: python-snap7's client loses its connection then (research/devices.md, section 2).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from msgspec import Struct
from snap7 import Client
from snap7.connection import ISOTCPConnection
from snap7.error import S7AuthenticationError, S7Error, S7PacketLostError, S7ProtocolError, S7TimeoutError

from common.errors import BadAnswer, DeviceUnavailable
from station.devices.clock import boot_ms
from station.devices.plc_block import (
    ANSWER_AT,
    ANSWER_SIZE,
    REQUEST_AT,
    decode_answer,
    essence,
    heartbeat_of,
    is_sound,
    steady,
)
from station.messages import PlcRead, PlcWrite

LIVE_MS = 250
READ_OVERHEAD = 18  # bytes of a PDU that a read's answer needs beside its data


class PlcAddress(Struct, frozen=True):
    """The address of the exchange block: `slot` is 1 for S7-1200/1500; `db` the data block's number."""

    host: str
    db: int
    port: int = 102
    rack: int = 0
    slot: int = 1


class PlcTiming(Struct, frozen=True):
    """Timing: `poll_s` between reads, `timeout_s` per call and for a first heartbeat, `stale_s` without heartbeat."""

    poll_s: float = 0.05
    timeout_s: float = 1.0
    stale_s: float = 3.0


USUAL = PlcTiming()


class PlcS7:
    """The driver of one PLC. `clock` gives milliseconds since boot."""

    kind = "plc"

    def __init__(
        self,
        name: str,
        address: PlcAddress,
        timing: PlcTiming = USUAL,
        clock: Callable[[], int] = boot_ms,
    ) -> None:
        self._name = name
        self._address = address
        self._timing = timing
        self._clock = clock
        self._client: Client | None = None
        self._shown: bytes | None = None
        self._forget()

    def open(self) -> None:
        """Connect and wait for the PLC's program to count its heartbeat.

        DeviceUnavailable plc.unreachable, plc.refused, plc.timeout, or plc.heartbeat if the CPU answers but its program
        does not count; `answer` then names the fault of its block.
        """
        self._forget()
        self._owner = threading.get_ident()
        where = self._address
        self._client = _TimedClient(self._timing.timeout_s)
        with _errors_of_snap7():
            self._client.connect(where.host, where.rack, where.slot, where.port)
        if self._client.pdu_length < ANSWER_SIZE + READ_OVERHEAD:
            # The library would split the read, and the two halves would be of different moments.
            raise DeviceUnavailable("plc.refused", reason=f"PDU of {self._client.pdu_length} bytes")
        self._see_alive()

    def read(self, timeout_s: float) -> PlcRead | None:
        """Return the answer area if more than its heartbeat changed, else None; always after open and after a write.

        DeviceUnavailable plc.unreachable, plc.refused, plc.timeout, plc.heartbeat.
        """
        deadline_ms = self._clock() + round(timeout_s * 1000)
        while self._wait_for_poll(deadline_ms):
            block = self._read_block()
            self._check_heartbeat(block)
            if self._is_news(block):
                return PlcRead(self._name, block, self._clock())
        return None

    def write(self, command: PlcWrite) -> None:
        """Write the whole request area in one telegram; DeviceUnavailable as `read`."""
        client = self._owned()
        with _errors_of_snap7():
            client.db_write(self._address.db, REQUEST_AT, bytearray(command.block))
        # A request that the PLC does not act on changes nothing; the caller must still see the state that it met.
        self._shown = None

    def close(self) -> None:
        """Close the connection."""
        client, self._client = self._client, None
        if client is None:
            return
        # snap7 3.3 does not close its socket if the disconnect request fails.
        line = client.connection.socket if client.connection else None
        client.disconnect()
        if line is not None:
            with suppress(OSError):
                line.close()

    def _forget(self) -> None:
        self._shown = None
        self._steady, self._told_ms = b"", 0
        self._suspect = False
        self._heartbeat = -1
        self._beat_ms = self._poll_ms = 0

    def _see_alive(self) -> None:
        deadline_ms = self._clock() + round(self._timing.timeout_s * 1000)
        first = block = self._read_block()
        while heartbeat_of(block) == heartbeat_of(first):
            if self._clock() >= deadline_ms:
                raise DeviceUnavailable("plc.heartbeat", answer=_complaint(block))
            time.sleep(self._timing.poll_s)
            block = self._read_block()

    def _wait_for_poll(self, deadline_ms: int) -> bool:
        # Polls keep their rhythm across calls, so that a short timeout does not increase the load on the PLC.
        wake_ms = min(self._poll_ms, deadline_ms)
        time.sleep(max(0, wake_ms - self._clock()) / 1000)
        if wake_ms < self._poll_ms:
            return False
        self._poll_ms = self._clock() + round(self._timing.poll_s * 1000)
        return True

    def _read_block(self) -> bytes:
        client = self._owned()
        with _errors_of_snap7():
            return bytes(client.db_read(self._address.db, ANSWER_AT, ANSWER_SIZE))

    def _check_heartbeat(self, block: bytes) -> None:
        count, now_ms = heartbeat_of(block), self._clock()
        if count != self._heartbeat:
            self._heartbeat, self._beat_ms = count, now_ms
        elif now_ms - self._beat_ms >= self._timing.stale_s * 1000:
            raise DeviceUnavailable("plc.heartbeat", answer=_complaint(block))

    def _is_news(self, block: bytes) -> bool:
        # An S7-1200/1500 serves reads in the middle of its program, so a block may be half written. It is read twice;
        # if it is unsound both times, it is reported once, until a sound one comes.
        suspect, self._suspect = self._suspect, not is_sound(block)
        if self._suspect and not suspect:
            return False
        seen, now_ms = essence(block), self._clock()
        if seen == self._shown:
            return False
        # Live values change all the time; people read them a few times a second. Anything else is reported at once.
        if steady(block) == self._steady and now_ms - self._told_ms < LIVE_MS and self._shown is not None:
            return False
        self._shown, self._steady, self._told_ms = seen, steady(block), now_ms
        return True

    def _owned(self) -> Client:
        if self._client is None:
            raise DeviceUnavailable("plc.unreachable", host=self._address.host)
        if threading.get_ident() != self._owner:
            raise RuntimeError(f"{self._name} is used by a thread that did not open it")
        return self._client


class _TimedClient(Client):
    """snap7's client with a limit on connecting too: 3.3 waits 5 s, whatever its parameters are."""

    def __init__(self, timeout_s: float) -> None:
        super().__init__()
        self._timeout_s = timeout_s

    def _connect(self, address: str, rack: int, slot: int, tcp_port: int) -> Client:
        self.host, self.port, self.rack, self.slot = address, tcp_port, rack, slot
        self.connection = ISOTCPConnection(address, tcp_port, self.local_tsap, self.remote_tsap)
        self.connection.connect(self._timeout_s)
        self._setup_communication()
        self.connected = True
        return self


@contextmanager
def _errors_of_snap7() -> Iterator[None]:
    try:
        yield
    except S7TimeoutError as error:
        raise DeviceUnavailable("plc.timeout", reason=str(error)) from error
    except S7PacketLostError as error:
        raise DeviceUnavailable("plc.unreachable", reason=str(error)) from error
    except (S7ProtocolError, S7AuthenticationError) as error:
        raise DeviceUnavailable("plc.refused", reason=str(error)) from error
    except (S7Error, OSError, RuntimeError, ValueError, LookupError) as error:
        # The last three: the library's errors for bytes that are not S7.
        raise DeviceUnavailable("plc.unreachable", reason=str(error)) from error


def _complaint(block: bytes) -> str:
    try:
        decode_answer(block)
    except BadAnswer as error:
        return error.code
    return ""
