"""What is printed once and hangs at a workplace: the wall card of commands, and how to set up its scanners. A4, PDF.

Pure but for the fonts of `common.labels`. Must not know what goes on at the workplace.
"""

from station.sheets.paper import pdf
from station.sheets.scanner_setup import scanner_setup
from station.sheets.wall_card import wall_card

__all__ = ["pdf", "scanner_setup", "wall_card"]
