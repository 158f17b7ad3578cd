"""Announce the screen when it changed: the one thing to do now, the scene, the status."""

from __future__ import annotations

from collections.abc import Callable

from station import messages as m
from station.cell.device_health import Health
from station.cell.print_queue import Printing
from station.screen.build import stage
from station.shown.work_screen import Scene
from station.side_screens.answers import SideScreenAnswers
from station.side_screens.outbox import Waits
from station.work.awaiting import awaiting
from station.work.case import Case
from station.work.turn import Turn


class Showing:
    """The screen of one work cell, in its thread."""

    def __init__(
        self, announce: Callable[[m.Announcement], None], looking: SideScreenAnswers, printing: Printing, health: Health
    ) -> None:
        self._announce = announce
        self._looking = looking
        self._printing = printing
        self._health = health
        self._scene: Scene | None = None
        self._status: m.Status | None = None

    def work(self, turn: Turn) -> None:
        """Announce the one thing to do now, and right behind it the scene, so that both are painted at once."""
        case = awaiting(turn)
        prompt, scene = case.prompt(turn), self._staged(turn, case)
        self._announce(prompt)
        self._show(scene)

    def scene(self, turn: Turn) -> None:
        """Announce the scene alone: something moves on the screen and nothing else."""
        self._show(self._staged(turn, awaiting(turn)))

    def _staged(self, turn: Turn, case: Case) -> Scene:
        tally = self._looking.counts_at(turn.view.definitions)
        return stage(turn, case, tally, self._looking.preferences.language(turn.work.person))

    def _show(self, scene: Scene) -> None:
        if scene != self._scene:
            self._scene = scene
            self._announce(scene)

    def status(self, waits: Waits, *, online: bool) -> None:
        """Announce the uploads and labels that wait, and the devices."""
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
            refused=self._looking.refused,
        )
        if status != self._status:
            self._status = status
            self._announce(status)

    def _serials(self) -> int | None:
        """The number of serials that are left; None where none are given."""
        known = self._scene.serials if self._scene else ()
        return sum(one.left for one in known) if known else None
