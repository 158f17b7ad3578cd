"""Drawing of pages: templates, the CSS of the theme, and the files under /static, each named by its digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI, HTTPException, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from common import theme
from common.text import Typed
from hub.trace.seen import UP_TO_DATE_MS
from hub.web import words

HERE = Path(__file__).parent
TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
WORDS = ("bar", "blocks", "cap", "finding_tone", "grouped", "limits", "shape", "shown", "thing_url", "tone", "visits")
FOR_A_YEAR = "public, max-age=31536000, immutable"


def templates() -> Environment:
    """The environment of every page: all values are escaped, and a value that is not there is an error."""
    files = _files()
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = {name: f"/static/{name}?v={_digest(raw)}" for name, raw in files.items()}.__getitem__
    made.globals |= {name: getattr(words, name) for name in WORDS}
    made.globals |= {"where_groups": words.where_groups, "order_link": words.order_link, "up_to_date_ms": UP_TO_DATE_MS}
    made.globals["typed"] = Typed
    return made


def add(app: FastAPI) -> None:
    """Add /static."""
    files = _files()

    @app.get("/static/{name}", name="static")
    def static(name: str) -> Response:
        raw = files.get(name)
        if raw is None:
            raise HTTPException(404)
        return Response(raw, media_type=TYPES[Path(name).suffix], headers={"cache-control": FOR_A_YEAR})


def _files() -> Mapping[str, bytes]:
    found = {path.name: path.read_bytes() for path in sorted((HERE / "static").iterdir()) if path.suffix in TYPES}
    return {**found, "tokens.css": tokens().encode()}


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:12]


def tokens() -> str:
    """The theme as CSS variables, light and dark."""
    fixed = {
        "text-fonts": ", ".join(map(_family, theme.TEXT_FONTS)),
        "mono-fonts": ", ".join(map(_family, theme.MONO_FONTS)),
        **{f"px-{name}": f"{size / 16:g}rem" for name, size in theme.WEB_PX.items()},
        **{f"corner-{name}": f"{size}px" for name, size in theme.CORNER_PX.items()},
        "grid": f"{theme.GRID_PX}px",
    }
    light = _variables({**theme.LIGHT, **fixed})
    return f":root {{\n{light}}}\n@media (prefers-color-scheme: dark) {{\n:root {{\n{_variables(theme.DARK)}}}\n}}\n"


def _variables(values: Mapping[str, str]) -> str:
    return "".join(f"  --{name}: {value};\n" for name, value in values.items())


def _family(name: str) -> str:
    return f'"{name}"' if " " in name else name
