"""Runs the demo from end to end, shows its progress, counts it, and leaves the pages up until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

from common.command import reader_language
from common.errors import BadInput
from common.text import say
from hub.definitions import pack as packs
from hub.demo import picture
from hub.demo.plant import Plant
from hub.demo.processes import PATIENCE_S, DemoError, wait_for
from hub.demo.sauce import Sauce
from hub.demo.script import Script
from hub.demo.story import Story as Motors

CHAPTERS: dict[str, type[Script]] = {chapter.floor.pack: chapter for chapter in (Motors, Sauce)}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `headwater demo`."""
    parser = commands.add_parser("demo", help="a whole small factory on this computer, with everything that goes wrong")
    parser.add_argument("--once", action="store_true", help="end by itself; so it does without a terminal")
    parser.add_argument("--keep", type=Path, help="keep databases, terminals and logs in this new folder")
    parser.add_argument("--pack", choices=sorted(CHAPTERS), default=Motors.floor.pack, help="what is made")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """The demo; 0 if all is as it must be."""
    once = args.once or not sys.stdin.isatty()
    with contextlib.ExitStack() as stack:
        if args.keep:
            folder = _new_folder(args.keep)
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="headwater-demo-")))
        demo = Demo(folder, reader_language(), CHAPTERS[args.pack])
        stack.callback(demo.plant.stop)
        try:
            return demo.play(once)
        except (DemoError, subprocess.TimeoutExpired) as e:
            print(f"DEMO FAILED {e}", flush=True)
            return 1


def _new_folder(path: Path) -> Path:
    """Make the folder to keep everything in. BadInput output.unwritable."""
    try:
        path.mkdir(parents=True)
    except OSError as e:
        raise BadInput("output.unwritable", path=str(path), reason=e.strerror or str(e)) from e
    return path.resolve()


class Demo:
    """One run in `folder`."""

    def __init__(self, folder: Path, language: str, chapter: type[Script]) -> None:
        self.plant = Plant(folder, language, chapter.floor)
        self._folder = folder
        self._language = language
        self._story = chapter(self.plant, self._tell)
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._tty = sys.stdout.isatty()

    def play(self, once: bool) -> int:
        """Build, run the script, let everything arrive, show the traces, count."""
        self._tell("demo.building", {"count": len(self.plant.floor.places)})
        self.plant.build()
        self._tell("demo.ready", {"url": self.plant.entrance()})
        self._run_story()
        wait_for("everything to arrive at the hub", self._arrived)
        self._tell("demo.arrived", {})
        self._show_traces()
        counted, code = self._count()
        if not once:
            self._print(say(self._language, "demo.stays", {"url": self.plant.entrance()}))
        seconds = time.monotonic() - self._began
        self._print(f"DEMO {'OK' if code == 0 else 'FAILED'} {counted} seconds={seconds:.0f}")
        if not once:
            with contextlib.suppress(KeyboardInterrupt):
                threading.Event().wait()
        return code

    def _run_story(self) -> None:
        threads = self._story.threads()
        for thread in threads:
            thread.start()
        shown = ""
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.25)
            line = self._progress()
            if line != shown:
                shown = line
                self._show_progress(line)
        self._show_progress("")
        if self._story.failed:
            raise DemoError(str(next(iter(self._story.errors), "a bug in the script; its traceback is above")))

    def _progress(self) -> str:
        parts = [
            f"{place.upper()} {worker.done:>2}/{self._story.most}" for place, worker in self._story.workers.items()
        ]
        return "   ".join(parts)

    def _show_progress(self, line: str) -> None:
        """On a terminal one line that changes; elsewhere nothing, what happens is told anyway."""
        if self._tty:
            with self._lock:
                print(f"\r\x1b[K{self._clock()}  {line}" if line else "\r\x1b[K", end="", flush=True)

    def _tell(self, code: str, params: dict[str, object]) -> None:
        self._print(f"{self._clock()}  {say(self._language, code, params)}")

    def _print(self, line: str) -> None:
        with self._lock:
            print(f"\r\x1b[K{line}" if self._tty else line, flush=True)

    def _clock(self) -> str:
        return f"{time.monotonic() - self._began:5.1f} s"

    def _arrived(self) -> bool:
        """Every station is online again, has nothing that waits, and the hub has projected all it has."""
        rows = self.plant.rows()
        found = [rows.get(place, {}) for place in self.plant.floor.places]
        return all(
            row.get("age_ms") is not None and row["received"] == row["projected"] and row.get("behind") == 0
            for row in found
        )

    def _show_traces(self) -> None:
        site = self.plant.site_id()
        for title, page, claim in self._story.traces(site):
            asked = partial(self.plant.ask, f"{page}.json", scheme=claim.scheme, value=claim.value)
            found = wait_for(f"the hub's trace of {claim}", asked)
            draw = picture.unit_lines if page == "thing" else picture.where_lines
            self._print("")
            self._print(say(self._language, title, {}))
            for line in draw(found, self._language):
                self._print("  " + line)
        self._print("")

    def _count(self) -> tuple[str, int]:
        """Let a process that knows nothing of the script count."""
        terminals = [str(self.plant.stations[place].output) for place in self.plant.floor.places]
        command = [sys.executable, "-m", "hub.demo.count", "--terminals", *terminals]
        command += [
            "--database",
            str(self._folder / "hub" / "hub.db"),
            "--pack",
            str(packs.PACKS / self.plant.floor.pack),
        ]
        command += ["--material", self._story.material, "--units", str(self._story.units)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        if done.stderr:
            self._print(done.stderr.rstrip())
        return done.stdout.strip(), done.returncode
