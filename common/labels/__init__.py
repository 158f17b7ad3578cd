"""Labels: a definition and values → one 1-bit image at a printer's dpi; preview, ZPL and PDF all show it.

Pure except for the fonts, system files that are read at first use (`fonts.py`).
"""

from common.labels.drawing import render
from common.labels.filling import NAMES, fill, names
from common.labels.formats import pdf, png, zpl

__all__ = ["NAMES", "fill", "names", "pdf", "png", "render", "zpl"]
