"""`headwater station sheet …`: the wall card and the scanner set-up sheet as PDF files for an office printer.

Drawing code is loaded only when a sheet is made, so that other actions of `headwater station` start without it.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from common.command import reader_language, write_output
from common.text import LANGUAGES, say
from station import config as configuration
from station.clock import SystemClock
from station.config import StationConfig

if TYPE_CHECKING:
    from common.definitions import Definitions

TITLES = {"wall-card": "sheet.wall_card", "scanner-setup": "sheet.scanner_setup"}


def add(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the action."""
    action = actions.add_parser("sheet", help="print the wall card of commands, or the scanner set-up sheet (PDF)")
    action.add_argument("sheet", choices=tuple(TITLES), help="which sheet")
    action.add_argument("--config", type=Path, default=Path("station.toml"), help="station.toml")
    action.add_argument("--language", choices=LANGUAGES, help="of its words; that of station.toml")
    action.add_argument("--out", type=Path, help="the file to write; SHEET-STATION-LANGUAGE.pdf")
    action.set_defaults(run=sheet)


def sheet(args: argparse.Namespace) -> int:
    """Write one sheet and print its path. BadConfig, BadLabel label.font, BadInput output.unwritable."""
    from station import sheets
    from station.sheets.frame import SheetHead

    config = configuration.load(args.config)
    place, language = configuration.enrolment(config).station, args.language or config.language
    known = _known(config)
    workplace = known.workplace(place)
    day = datetime.fromtimestamp(SystemClock().wall_ms() / 1000, UTC).astimezone().date().isoformat()
    made = SheetHead(language, place, workplace.name if workplace else None, day)
    pages = sheets.wall_card(made, known) if args.sheet == "wall-card" else sheets.scanner_setup(made)
    out: Path = args.out or Path(f"{args.sheet}-{place}-{language}.pdf")
    write_output(out, sheets.pdf(pages, f"{say(language, TITLES[args.sheet], {})} {place.upper()}"))
    print(say(reader_language(), "sheet.written", {"file": str(out), "count": len(pages)}))
    return 0


def _known(config: StationConfig) -> Definitions:
    """Read the station's definitions; the station may be running."""
    from common.ledger import reads
    from station.store import access

    store = access.open_store(Path(config.data) / "station.db", create=False)
    try:
        with store.reading() as conn:
            return reads.definitions(conn)
    finally:
        store.close()
