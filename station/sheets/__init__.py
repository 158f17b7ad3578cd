"""Printed sheets for a workplace: the wall card of commands, and the scanner set-up sheet. A4, PDF.

Pure except for the fonts of `common.labels`. Must not know the work in progress.
"""

from station.sheets.paper import pdf
from station.sheets.scanner_setup import scanner_setup
from station.sheets.wall_card import wall_card

__all__ = ["pdf", "scanner_setup", "wall_card"]
