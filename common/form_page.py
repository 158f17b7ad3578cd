"""A page of a form at one moment, as plain values to draw on a screen or as HTML."""

from __future__ import annotations

from msgspec import Struct

from common.ids import Claim
from common.text import Named, Params


class Choice(Struct, frozen=True):
    """One option of a choice. `verdict`: pass, warn, fail."""

    id: str
    name: Named
    verdict: str = "pass"


class FormField(Struct, frozen=True):
    """One visible field of the page. `i`: its column, from 1; 0 if it has none.

    `value`: text, of choices their ids; `shown`: as people read it. verdict: missing, pass, warn, fail,
    or invalid for what cannot be computed; `code` and `params` say what is wrong. `now`: it is the one to fill now.
    `last`: the number that was entered here the last time. `picture`: a photo, small, as the bytes of a file; b"" if it
    cannot be shown. `signing`: a signature that is wanted now, of one of `roles` if there are any; `signer`: the name
    of whose badge was scanned for it and whose PIN is next.
    """

    id: str
    i: int
    name: Named
    type: str
    required: bool
    now: bool
    verdict: str
    value: tuple[str, ...] = ()
    shown: object = None
    code: str = ""
    params: Params = {}
    uom: str = ""
    decimals: int = 0
    low: str | None = None
    high: str | None = None
    warn_low: str | None = None
    warn_high: str | None = None
    choices: tuple[Choice, ...] = ()
    length: int = 0
    meaning: str = ""
    device: Named | str = ""
    last: str | None = None
    picture: bytes = b""
    signing: bool = False
    signer: str = ""
    roles: tuple[str, ...] = ()


class FormPage(Struct, frozen=True):
    """A page to fill. The kiosk sends `Filled` for a field, FIELD:<id> to go to one, MEASURE for a device's reading,
    and CONFIRM for the whole page once it is `complete`.

    `columns`: the units of a panel. `verdict`: the worst so far: pass, warn, fail. `today`: YYYY-MM-DD.
    """

    fields: tuple[FormField, ...]
    columns: tuple[Claim, ...]
    complete: bool
    verdict: str
    today: str
