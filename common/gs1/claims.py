"""Claims of a GS1 code: the single thing that it names. Schemes are named as in the EPC Tag Data Standard.

A person's number makes no claim: people are never in events, and only a site's badge rule may read one.
"""

from __future__ import annotations

from collections.abc import Iterator

from common.gs1.reading import Gs1
from common.ids import Claim

# Recipient and provider of a service.
PERSONS = ("8018", "8017")


def claims(gs1: Gs1) -> list[Claim]:
    """List the claims of a code; [] if it names no single thing, two if it names two.

    A serialised article is a unit, even if the code names its lot too. A place counts only if nothing else is named.
    """
    things = list(_things(gs1))
    lot = _joined(gs1, "gs1:lgtin", "01", "10")
    if lot and not any(claim.scheme in ("gs1:sgtin", "gs1:upui") for claim in things):
        things.append(lot)
    place = gs1.get("414")
    if place and not things:
        extension = gs1.get("254")
        things.append(Claim("gs1:sgln", f"{place}.{extension}" if extension else place))
    return things


def _things(gs1: Gs1) -> Iterator[Claim]:
    serialised = (
        _joined(gs1, "gs1:sgtin", "01", "21"),
        _joined(gs1, "gs1:upui", "01", "235"),
        _joined(gs1, "gs1:itip", "8006", "21"),
        _joined(gs1, "gs1:cpi", "8010", "8011"),
    )
    yield from (claim for claim in serialised if claim)
    for scheme, ai in (("gs1:sscc", "00"), ("gs1:giai", "8004")):
        if value := gs1.get(ai):
            yield Claim(scheme, value)
    # The serial of a returnable asset (after the filler 0) and of a document follows 13 digits.
    for scheme, value in (("gs1:grai", (gs1.get("8003") or "")[1:]), ("gs1:gdti", gs1.get("253") or "")):
        if value[13:]:
            yield Claim(scheme, f"{value[:13]}.{value[13:]}")


def _joined(gs1: Gs1, scheme: str, key: str, serial: str) -> Claim | None:
    kind, number = gs1.get(key), gs1.get(serial)
    return Claim(scheme, f"{kind}.{number}") if kind and number else None
