"""Pictures of work instructions as a screen can draw them: a page of a document is drawn once, and kept.

The only module that knows pypdfium2. Whoever asks twice gets the same bytes object, so nothing is copied or compared.
"""

from __future__ import annotations

import base64
import io
from functools import lru_cache

import structlog

from common.definitions.picture import Picture

LONG_SIDE_PX = 1600
KEPT = 64
log = structlog.get_logger(__name__)


@lru_cache(maxsize=KEPT)
def drawn(picture: Picture, page: int) -> tuple[str, bytes] | None:
    """(media type, bytes) of a picture; of a document this page as PNG. None if it has no such page, or is damaged."""
    raw = base64.b64decode(picture.data)
    return _page(picture.id, raw, page) if picture.media == "application/pdf" else (picture.media, raw)


def _page(id: str, raw: bytes, page: int) -> tuple[str, bytes] | None:
    import pypdfium2  # type: ignore[import-untyped]  # 0.1 s, for stations that have such a document

    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as e:
        log.warning("picture_unreadable", picture=id, error=str(e))
        return None
    try:
        if page > len(document):
            log.warning("picture_has_no_page", picture=id, page=page, pages=len(document))
            return None
        sheet = document[page - 1]
        out = io.BytesIO()
        scale = (LONG_SIDE_PX - 1) / max(sheet.get_size())  # a part of a pixel becomes a whole one
        sheet.render(scale=scale).to_pil().convert("RGB").save(out, "PNG")
        return "image/png", out.getvalue()
    finally:
        document.close()
