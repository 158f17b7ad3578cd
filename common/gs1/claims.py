"""Which single thing a GS1 code names. Schemes have the names of the EPC Tag Data Standard.

A person's number makes no claim: people are never in events, and only a site's badge rule may read one.
"""

from __future__ import annotations

from collections.abc import Iterator

from common.gs1.reading import Gs1
from common.ids import Claim

# Recipient and provider of a service.
PERSONS = ("8018", "8017")


def claims(gs1: Gs1) -> list[Claim]:
    """What the code may be taken for; [] if it names no single thing, two if it names two.

    A serialised article is a unit, whatever lot it names too. A place is named only where nothing else is.
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
    # Of a returnable asset (behind the 0 that fills it up) and of a document the serial stands behind 13 digits.
    for scheme, value in (("gs1:grai", (gs1.get("8003") or "")[1:]), ("gs1:gdti", gs1.get("253") or "")):
        if value[13:]:
            yield Claim(scheme, f"{value[:13]}.{value[13:]}")


def _joined(gs1: Gs1, scheme: str, key: str, serial: str) -> Claim | None:
    kind, number = gs1.get(key), gs1.get(serial)
    return Claim(scheme, f"{kind}.{number}") if kind and number else None
