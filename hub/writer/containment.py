"""Finishes containments: when nothing waits to be judged, every cause has reached all that it holds downstream."""

from __future__ import annotations

import structlog

from hub.db import consequences
from hub.writer.projected import ProjectedSlice

log = structlog.get_logger(__name__)


def finish(done: ProjectedSlice) -> bool:
    """Record and log each containment that is complete."""
    if done.is_settled:
        for one in consequences.finish(done.conn, done.now_ms):
            cause = one.cause
            log.info("contained", rule=cause.rule, thing=str(cause.thing), held=one.held, minutes=one.minutes)
    return False
