"""GS1 Digital Link URIs → elements. Any host, any path before the key; the domain says nothing about the thing.

Source: GS1 Digital Link Standard, URI Syntax 1.6. Numeric keys only: the names of old releases ("/gtin/") are no longer
part of the standard. Must not resolve anything, and must not read the compressed form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import unquote

from biip.checksums import gs1_standard_check_digit

from common.errors import BadBarcode
from common.gs1.elements import Element, bad, check, padded
from common.ids import unb64

# Capitals are usual where a QR code has to be small.
_URI = re.compile(r"(?:https?|HTTPS?)://[^/?#]+(?P<path>/[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?")
_NOT_OF_URIS = re.compile(r"[^0-9A-Za-z\-._~:/?#\[\]@!$&'()*+,;=%]")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")

# Each primary key and the qualifiers that may follow it, in order; | separates two sequences.
_KEYS = {
    **dict.fromkeys(("00", "253", "255", "401", "402", "8003", "8013"), ""),
    "01": "22 10 21|235",
    "414": "254|7040",
    "415": "8020",
    "417": "7040",
    "8004": "7040",
    "8006": "22 10 21",
    "8010": "8011",
    "8017": "8019",
    "8018": "8019",
}
_QUALIFIERS = frozenset(" ".join(_KEYS.values()).replace("|", " ").split())
# Parts of a key or of label technique, never attributes.
_NOT_IN_QUERY = _QUALIFIERS - {"10"} | {"03", "7041", "8014", "8040", "8041", "8042", "8043", "8200"}
# Key names of releases before 1.3, in place of numbers.
_NAMES = re.compile("gtin|itip|gmn|cpid|gln|payto|partygln|gsrnp?|gcn|sscc|gdti|ginc|gsin|grai|giai", re.IGNORECASE)
# Start of a compressed link: the key's digits, four bits each, then its number in so many bits.
_COMPRESSED = {"01": (14, 47), "00": (18, 60)}


def elements(text: str) -> list[Element] | None:
    """Read the elements of a Digital Link, the key first; None if the text is not one.

    BadBarcode barcode.gs1 with `reason` link, names, compressed, encoding, or one of `elements.check`.
    """
    found = _URI.fullmatch(text)
    if found is None or _NOT_OF_URIS.search(text):
        return None
    segments = found["path"].split("/")[1:]
    at = _key(segments)
    if at is None:
        _no_key(segments)
        return None
    qualifiers = set(_KEYS[segments[at]].replace("|", " ").split())
    return [*_path(segments[at:]), *_query(found["query"] or "", qualifiers | set(segments[at::2]))]


def _key(segments: list[str]) -> int | None:
    """Find the index of the key, from the end past its qualifiers: the path before it may hold anything."""
    for at in range(len(segments) - 2, -1, -2):
        if segments[at] in _KEYS:
            return at if _like_a_key(segments[at], segments[at + 1]) else None
        if segments[at] not in _QUALIFIERS and not segments[at].isdigit():
            return None
    return None


def _like_a_key(ai: str, segment: str) -> bool:
    """Return True if a segment has the format of the key before it, so that a path with a date in it is not a link."""
    try:
        check(ai, padded(ai, _decoded(segment)))
    except BadBarcode as e:
        return e.details["reason"] != "format"
    return True


def _no_key(segments: list[str]) -> None:
    """Raise BadBarcode if a Digital Link was clearly meant."""
    for name, value in pairwise(segments):
        if _NAMES.fullmatch(name) and value[:4].isdigit():
            raise bad("names", name)
        if name in ("00", "01") and _like_a_key(name, value):
            raise bad("compressed" if segments[-2] == value and not segments[-1].isdigit() else "link", name)
    if segments and _is_compressed(segments[-1]):
        raise bad("compressed")


def _path(segments: list[str]) -> Iterator[Element]:
    key, qualifiers = segments[0], segments[2::2]
    if not any(_in_order(qualifiers, allowed.split()) for allowed in _KEYS[key].split("|")):
        raise bad("link", key)
    for ai, segment in zip(segments[::2], segments[1::2], strict=True):
        yield _element(ai, segment)


def _in_order(have: list[str], allowed: list[str]) -> bool:
    places = [allowed.index(ai) if ai in allowed else -1 for ai in have]
    return -1 not in places and all(a < b for a, b in pairwise(places))


def _query(query: str, of_the_path: set[str]) -> Iterator[Element]:
    """Read the attributes; parameters without a numeric name are for the resolver."""
    for part in re.split("[&;]", query):
        ai, _, value = part.partition("=")
        if not ai.isdigit():
            continue
        if ai in _NOT_IN_QUERY | of_the_path:
            raise bad("link", ai)
        yield _element(ai, value)


def _element(ai: str, segment: str) -> Element:
    value = padded(ai, _decoded(segment))
    check(ai, value)
    return ai, value


def _decoded(segment: str) -> str:
    """Decode a segment. A + stays a +: forms send spaces as +, but labels have no spaces."""
    if _ESCAPE.search(segment):
        raise bad("encoding", value=segment)
    return unquote(segment)


def _is_compressed(segment: str) -> bool:
    try:
        raw = unb64(segment)
    except ValueError:
        return False
    bits = f"{int.from_bytes(raw, 'big'):0{8 * len(raw)}b}" if raw else ""
    digits, length = _COMPRESSED.get(f"{raw[0]:02x}" if raw else "", (0, 0))
    number = f"{int(bits[8 : 8 + length], 2):0{digits}d}" if digits and len(bits) >= 8 + length else ""
    return len(number) == digits > 0 and int(number[-1]) == gs1_standard_check_digit(number[:-1])
