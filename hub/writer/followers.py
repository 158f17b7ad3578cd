"""The followers of the projector, in their order. A new one is a file with a `Follower`, and a line here.

All of them run in the transaction of the slice: either the hub has projected it and they followed, or nothing was done.
"""

from __future__ import annotations

from hub.writer import containment, judging, line_holds, serial_leases
from hub.writer.projected import Follower

FOLLOWERS: tuple[Follower, ...] = (
    judging.judge_slice,  # first: the others look at what it found
    line_holds.tell_lines,
    containment.finish,
    serial_leases.renew,
)
