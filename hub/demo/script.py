"""A script of the demo: people at workplaces, each in a thread, who all stop when one of them fails."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Callable
from functools import partial

from common.ids import Claim
from hub.demo.people import DemoWorker
from hub.demo.plant import Floor, Plant
from hub.demo.processes import DemoError

Tell = Callable[[str, dict[str, object]], None]


class Script:
    """Runs at `floor`. `material`, `units`: the product that comes out of it; `most`: things at one workplace."""

    floor: Floor
    material: str
    units: int
    most: int

    def __init__(self, plant: Plant, tell: Tell) -> None:
        """`tell(code, params)` hears the progress, in the words of the catalogue."""
        self._plant = plant
        self._tell = tell
        self._failed = threading.Event()
        self.errors: list[DemoError] = []
        self.workers = {place: DemoWorker(plant, place, self._failed) for place in self.floor.places}

    @property
    def failed(self) -> bool:
        """True if somebody's part did not come to its end."""
        return self._failed.is_set()

    @staticmethod
    @abstractmethod
    def traces(site: str) -> list[tuple[str, str, Claim]]:
        """(title, page, thing) of the traces at its end."""

    @abstractmethod
    def threads(self) -> list[threading.Thread]:
        """The threads of its parts; not started."""

    def in_thread(self, name: str, part: Callable[[], None]) -> threading.Thread:
        """A thread of one part; not started."""
        return threading.Thread(target=partial(self._play, part), name=name)

    def _play(self, part: Callable[[], None]) -> None:
        ended = False
        try:
            part()
            ended = True
        except DemoError as e:
            self.errors.append(e)
        finally:
            if not ended:
                self._failed.set()
