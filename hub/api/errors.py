"""Errors of the API: the status and the refusal that an error is answered by, and the error that an answer means."""

from __future__ import annotations

import msgspec

from common.errors import BadInput, Denied, HeadwaterError, HubUnavailable, RuleViolation, Unavailable
from common.signedlog.session import Refusal
from common.text import listed, say

STATUSES = {
    "http.oversized": 413,
    "store.full": 507,
    "session.none": 401,
    "token.refused": 401,
    "account.sign_in": 401,
    "account.wait": 429,
}
LONGEST_DETAIL = 500


def status_of(error: HeadwaterError) -> int:
    """The HTTP status of an error of ours."""
    if error.code in STATUSES:
        return STATUSES[error.code]
    for kind, status in ((Denied, 403), (BadInput, 400), (RuleViolation, 409), (Unavailable, 503)):
        if isinstance(error, kind):
            return status
    return 500


def refusal_of(error: HeadwaterError, language: str = "en") -> Refusal:
    """The body of the answer: code, details as text, and the sentence in `language`."""
    return Refusal(error.code, dict(details_of(error, language)), say(language, error.code, error.details))


def details_of(error: HeadwaterError, language: str = "en") -> dict[str, str]:
    """The details of an error as text for people: a list is its words, not Python's spelling of it."""
    said = {
        name: listed(language, map(str, value)) if isinstance(value, list | tuple) else str(value)
        for name, value in error.details.items()
    }
    return {name: text[:LONGEST_DETAIL] for name, text in said.items()}


def error_of(status: int, raw: bytes) -> HeadwaterError:
    """The error that an answer of `status` means to whoever asked; HubUnavailable hub.broken if it is not a refusal."""
    try:
        said = msgspec.json.decode(raw, type=Refusal)
    except msgspec.MsgspecError:
        return HubUnavailable("hub.broken", status=status)
    kinds = {401: Denied, 403: Denied, 409: RuleViolation, 429: Denied, 503: Unavailable, 507: Unavailable}
    return kinds.get(status, BadInput)(said.code, **said.details)
