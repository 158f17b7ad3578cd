"""Runs one `headwater` command that ends with whoever started it, even if that was killed.

Standard input is a pipe that nobody writes to: its end is the end of the process that holds the other side.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from common import command


def _end_with_starter() -> None:
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_with_starter, name="starter", daemon=True).start()
    sys.exit(command.main())
