"""The pictures of the step in hand, large enough to be enlarged at the screen."""

from __future__ import annotations

from common.definitions import Guide, GuidePicture, Picture
from station.cell import pictures
from station.shown.side_screens import StepPictures
from station.shown.work_screen import GuideView
from station.work.turn import Turn

LARGE_SIDE_PX = 3200  # of a page: at twice the usual size a screen of 1600 px has each of its pixels


def document(turn: Turn) -> StepPictures:
    """Each picture of the instruction of the step now; b"" for one that cannot be drawn."""
    guide = turn.step.instruction if turn.step else None
    shows = guide.shows if isinstance(guide, Guide) else ()
    return StepPictures(tuple(_large(turn, one) for one in shows))


def _large(turn: Turn, one: GuidePicture) -> GuideView:
    known = turn.view.definitions.get(Picture, one.picture)
    found = pictures.drawn(known, one.page, LARGE_SIDE_PX) if known else None
    return GuideView(*(found or ("", b"")), one.caption)
