"""A station whose operator looks at a kiosk: a process of its own with a real window that is drawn into memory."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

from tests.support.plant import Kiosk, _run

_spawned = multiprocessing.get_context("spawn")  # a process with Qt begins from nothing


class ScreenKiosk(Kiosk):
    """Its terminal is what the kiosk recorded of its paints."""

    def configure(self, **settings: object) -> None:
        """Write station.toml."""
        super().configure(screen="kiosk", **settings)
        with self.toml.open("a") as file:
            file.write("[kiosk]\nsize = [1280, 800]\ndpi = 151\n")

    def start(self, out: Path | None = None, mounts: str = "") -> Kiosk:
        """Switch it on."""
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        arguments = ("station", "run", "--config", str(self.toml))
        self._process = _spawned.Process(
            target=_run, args=(arguments, str(out or self.terminal), str(self.errors), mounts)
        )
        self._process.start()
        return self
