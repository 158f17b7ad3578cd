"""Qt without a screen: one application a session, and fonts that have what is written with them."""

from __future__ import annotations

from tests.support.screen import app, show

__all__ = ["app", "show"]
