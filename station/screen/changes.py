"""The screen, announced when it changed: the one thing to do now, the scene, the status."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from station import messages as m
from station.cell.device_health import Health
from station.cell.print_queue import Printing
from station.screen import context, prompts
from station.screen.build import stage
from station.shown.work_screen import Scene
from station.side_screens.answers import Looking
from station.side_screens.outbox import Waits
from station.work.state import Work
from station.work.view import View


class Showing:
    """Of one work cell, in its thread."""

    def __init__(
        self, announce: Callable[[m.Announcement], None], looking: Looking, printing: Printing, health: Health
    ) -> None:
        self._announce = announce
        self._looking = looking
        self._printing = printing
        self._health = health
        self._scene: Scene | None = None
        self._status: m.Status | None = None

    def work(self, work: Work, view: View) -> None:
        """The one thing to do now, and what stands around it."""
        self._announce(prompts.resume(work, view))
        self.scene(work, view)

    def scene(self, work: Work, view: View) -> None:
        """What stands around it alone: something moves on the screen and nothing else."""
        tally = self._looking.counts_at(view.definitions)
        language = self._looking.preferences.language(work.person)
        scene = replace(stage(work, view), counts=tally.counts, language=language)
        scene = context.added(scene, work, view, tally.last())
        if scene != self._scene:
            self._scene = scene
            self._announce(scene)

    def status(self, waits: Waits, *, online: bool) -> None:
        """What waits for the hub and for the printers, and which devices are there."""
        labels = self._printing.labels
        status = m.Status(
            online=online,
            pending=waits.pending,
            sent=waits.sent,
            receipted=waits.receipted,
            oldest_s=waits.oldest_s,
            down=self._health.down(),
            serials=self._serials(),
            labels=len(labels.waiting),
            labels_why=self._printing.why,
            labels_unsure=tuple(claim.value for claim in labels.unsure),
            devices=self._health.devices(),
            calls_unsent=waits.calls,
        )
        if status != self._status:
            self._status = status
            self._announce(status)

    def _serials(self) -> int | None:
        """How many serials are left to give; None where none are given."""
        known = self._scene.serials if self._scene else ()
        return sum(one.left for one in known) if known else None
