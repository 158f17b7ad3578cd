"""The theme as data: colours by role, type, spacing and shapes, defined once for CSS and Qt. Must not draw."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

# Role → colour. Text roles reach 4.5:1 on surface and ground, each state's colour also on its own soft ground.
LIGHT: Final = MappingProxyType(
    {
        "ground": "#ECEFF1",
        "surface": "#FFFFFF",
        "sunken": "#E1E6E9",
        "line": "#C9D2D7",
        "ink": "#14242D",
        "ink-2": "#4A5B65",
        "ink-3": "#5F707A",
        "water": "#0A6A94",
        "water-soft": "#DCEBF2",
        "on-fill": "#FFFFFF",
        "ok": "#16794A",
        "ok-soft": "#DDF0E5",
        "ng": "#B3261E",
        "ng-soft": "#F8E0DE",
        "hold": "#8A5A00",
        "hold-soft": "#FBEBC8",
        "unknown": "#5B4B9A",
        "unknown-soft": "#E8E4F5",
        "andon-red": "#B3261E",
        "andon-yellow": "#B88700",
        "andon-blue": "#1F62C4",
        "andon-green": "#16794A",
    }
)
DARK: Final = MappingProxyType(
    {
        "ground": "#0E161B",
        "surface": "#172229",
        "sunken": "#26343D",
        "line": "#36474F",
        "ink": "#E9F0F3",
        "ink-2": "#B7C5CC",
        "ink-3": "#97A8B1",
        "water": "#6FBFE4",
        "water-soft": "#173747",
        "on-fill": "#0B1A21",
        "ok": "#74D2A0",
        "ok-soft": "#15382A",
        "ng": "#FF9D94",
        "ng-soft": "#471F1C",
        "hold": "#F0C268",
        "hold-soft": "#41310D",
        "unknown": "#BDB1F2",
        "unknown-soft": "#2F2A50",
        "andon-red": "#E5534A",
        "andon-yellow": "#E0B030",
        "andon-blue": "#6A9CF0",
        "andon-green": "#4FBF86",
    }
)

# The first installed family is used; on our computers the package fonts-noto-cjk provides the first of each.
TEXT_FONTS: Final = ("Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "sans-serif")
MONO_FONTS: Final = ("DejaVu Sans Mono", "Menlo", "Consolas", "Noto Sans Mono CJK SC", "monospace")

WEB_PX: Final = MappingProxyType({"caption": 14, "text": 16, "lead": 18, "title": 24, "identity": 34})
GRID_PX: Final = 4
CORNER_PX: Final = MappingProxyType({"chip": 8, "card": 12})

# A state is shown in three ways: a word from the catalogue, this tone's colour, and its shape.
TONES: Final = MappingProxyType(
    {
        "passed": "ok",
        "in_process": "water",
        "provisional": "unknown",
        "contested": "unknown",
        "unknown": "unknown",
        "hold": "hold",
        "failed": "ng",
        "scrapped": "ng",
    }
)
SHAPES: Final = MappingProxyType(
    {"ok": "disc", "ng": "octagon", "hold": "diamond", "unknown": "square", "water": "ring"}
)
