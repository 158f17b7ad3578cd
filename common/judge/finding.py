"""Findings: contradictions, shown until somebody decides; never resolved silently."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from common.ids import Claim


class Finding(Struct, frozen=True):
    """One finding. `cause`: the event (or tag) that shows it. `about`: the thing. `open`: not yet decided."""

    kind: str
    cause: str
    about: Claim
    open: bool
    params: dict[str, object] = {}

    def closed(self) -> Finding:
        """Return the same finding, decided."""
        return replace(self, open=False)
