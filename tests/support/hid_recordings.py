"""Made the recordings in tests/golden/hid, once. `python -m tests.support.hid_recordings FOLDER` makes others."""

from __future__ import annotations

import sys
from pathlib import Path

from station.devices.simulated.keyboard import ENTER, LEFT_SHIFT, TAB, Typist

CAPS_LOCK, ALT_GR, KEY_A, KEY_Q = 58, 100, 30, 16
GS1 = "]d20104601234567893\x1d10LOT-Ab_9\x1d21SN/00:42"


def recordings() -> dict[str, bytes]:
    """Name → bytes."""
    t = Typist()
    caps = t.stroke(CAPS_LOCK)
    return {
        "gs1-ctrl": t.scan(GS1),
        "printable": t.scan("".join(chr(n) for n in range(0x20, 0x7F))),
        "two-codes-tab": t.scan("M-250-004217", TAB) + t.scan("MG-2609-A", TAB),
        "german-at": t.text("a") + t.stroke(KEY_Q, ALT_GR) + t.scan("b"),
        "overrun": t.text("M-250")
        + t.change(LEFT_SHIFT, 1)
        + t.dropped()
        + t.change(KEY_A, 0)
        + t.scan("4217")
        + t.scan("M-250-004218"),
        "caps-around": caps + t.text("LOT") + caps + t.scan("-AB"),
        "held-key": t.change(KEY_A, 1) + t.change(KEY_A, 2) * 3 + t.change(KEY_A, 0) + t.text("a") + t.scan("b", ENTER),
    }


if __name__ == "__main__":
    for name, raw in recordings().items():
        (Path(sys.argv[1]) / f"{name}.bin").write_bytes(raw)
