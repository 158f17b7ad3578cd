"""The look can be read: contrast in both themes, and the same roles in both."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from common.judge.standing import Standing
from common.theme import DARK, LIGHT, SHAPES, TONES

READABLE = 4.5
TEXTS = ("ink", "ink-2", "ink-3", "water", "ok", "ng", "hold", "unknown")
PAIRS = [
    *((text, "surface") for text in TEXTS),
    *((text, "ground") for text in ("ink", "ink-2", "water", "ng")),
    *((tone, f"{tone}-soft") for tone in ("water", "ok", "ng", "hold", "unknown")),
    ("ink-2", "sunken"),
    *(("on-fill", tone) for tone in ("water", "ok", "ng", "hold", "unknown")),
]


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_its_ground(theme: Mapping[str, str]) -> None:
    found = {pair: round(contrast(theme[pair[0]], theme[pair[1]]), 2) for pair in PAIRS}
    assert not {pair: ratio for pair, ratio in found.items() if ratio < READABLE}


def test_both_themes_have_the_same_roles() -> None:
    assert set(LIGHT) == set(DARK)


def test_every_state_has_its_tone_and_every_tone_its_shape() -> None:
    told = (Standing.__doc__ or "").partition("state: ")[2].partition(".")[0]
    assert set(TONES) == {word.strip() for word in told.replace(" or ", ", ").split(",")}
    assert set(TONES.values()) == set(SHAPES)
    assert len(set(SHAPES.values())) == len(SHAPES)
