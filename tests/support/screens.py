"""Pictures of every page, in both languages and two widths, into build/screens: `python -m tests.support.screens`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from common.ids import Claim
from hub.web.words import thing_url
from tests.support.browser import Browser
from tests.support.motors import CARTONS, HELD, PROVISIONAL, REWORKED, Line, add_strangers, fill, go_silent, served

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"1440": (1440, 1000), "390": (390, 844)}


def addresses(line: Line) -> dict[str, str]:
    """Name of a picture → address of its page."""
    unit = {n: line.unit(f"M-250-{n:06d}") for n in (REWORKED, PROVISIONAL, HELD)}
    magnet = line.lot("magnet", "MG-2610-B")
    return {
        "home": "/",
        "unit": thing_url(unit[REWORKED]),
        "unit-provisional": thing_url(unit[PROVISIONAL]),
        "unit-held": thing_url(unit[HELD]),
        "lot": thing_url(magnet),
        "carton": thing_url(CARTONS[0]),
        "where": thing_url(magnet, "where"),
        "search-which": "/search?q=M-250-00421",
        "search-none": "/search?q=M-250-999999",
        "findings": "/findings",
        "calls": "/calls",
        "stations": "/stations",
        "about": "/about",
        "unknown": thing_url(Claim("unit@nowhere1", "X-1")),
    }


def take(line: Line, site: str, browser: Browser, to: Path, only: tuple[str, ...] = ()) -> Iterator[Path]:
    """Take the pictures."""
    for name, address in addresses(line).items():
        if only and name not in only:
            continue
        for language in ("zh", "en"):
            for size, (width, height) in SIZES.items():
                browser.open(site + address, width, height, "zh-CN" if language == "zh" else "en-GB")
                yield browser.picture(to / f"web-{name}-{language}-{size}.png")
    browser.dark()
    browser.open(site + addresses(line)["unit"])
    yield browser.picture(to / "web-unit-zh-1440-dark.png")
    browser.dark(False)


def main(only: list[str]) -> None:
    """Fill a hub, serve it, look at it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="headwater-screens-")))
        line = stack.enter_context(closing(Line(folder / "hub")))
        browser = stack.enter_context(closing(Browser(folder / "browser")))
        fill(line)
        add_strangers(line)
        go_silent(line, "st-20", 31)
        site = stack.enter_context(served(line))
        for path in take(line, site, browser, ROOT / "build" / "screens", tuple(only)):
            print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
