"""A finding: something that does not fit, shown until somebody decides it; never silently chosen."""

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
        """The same finding, decided."""
        return replace(self, open=False)
