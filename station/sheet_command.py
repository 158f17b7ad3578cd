"""`headwater station sheet …`: the wall card and the scanner set-up sheet as PDF files for an office printer."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from common.command import reader_language
from common.definitions import Definitions
from common.ledger import reads
from common.text import LANGUAGES, say
from station import config as configuration
from station.clock import SystemClock
from station.config import Config
from station.sheets import pdf, scanner_setup, wall_card
from station.sheets.frame import Sheet
from station.store import access

SHEETS: dict[str, tuple[str, Callable[[Sheet, Definitions], list[Image.Image]]]] = {
    "wall-card": ("sheet.wall_card", wall_card),
    "scanner-setup": ("sheet.scanner_setup", lambda sheet, _: scanner_setup(sheet)),
}


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the action."""
    action = actions.add_parser("sheet", help="print the wall card of commands, or the scanner set-up sheet (PDF)")
    action.add_argument("sheet", choices=tuple(SHEETS), help="which sheet")
    action.add_argument("--config", type=Path, default=Path("station.toml"), help="station.toml")
    action.add_argument("--language", choices=LANGUAGES, help="of its words; that of station.toml")
    action.add_argument("--out", type=Path, help="the file to write; SHEET-STATION-LANGUAGE.pdf")
    action.set_defaults(run=sheet)


def sheet(args: argparse.Namespace) -> int:
    """Write one sheet and say where it is. BadConfig, BadLabel label.font."""
    config = configuration.load(args.config)
    place, language = configuration.enrolment(config).station, args.language or config.language
    known = _known(config)
    workplace = known.workplace(place)
    title, draw = SHEETS[args.sheet]
    day = datetime.fromtimestamp(SystemClock().wall_ms() / 1000, UTC).astimezone().date().isoformat()
    pages = draw(Sheet(language, place, workplace.name if workplace else None, day), known)
    out: Path = args.out or Path(f"{args.sheet}-{place}-{language}.pdf")
    out.write_bytes(pdf(pages, f"{say(language, title, {})} {place.upper()}"))
    print(say(reader_language(), "sheet.written", {"file": str(out), "count": len(pages)}))
    return 0


def _known(config: Config) -> Definitions:
    """The definitions that the station has; it may be running."""
    store = access.open_store(Path(config.data) / "station.db", create=False)
    try:
        with store.reading() as conn:
            return reads.definitions(conn)
    finally:
        store.close()
