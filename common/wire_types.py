"""Types of values on the wire, for bodies, entries and envelopes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

MAX_INTEGER = 2**53 - 1
MAX_ON = 1_024

ShortText = Annotated[str, Meta(max_length=512)]
ScanText = Annotated[str, Meta(max_length=2048)]
ShortWord = Annotated[str, Meta(min_length=1, max_length=64)]
DecimalText = Annotated[str, Meta(pattern=r"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?\Z", max_length=32)]
Millis = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
# 32 bytes have one spelling in base64url: the last of the 43 letters carries four bits.
_32_BYTES = r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
EVENT_ID = rf"[a-z2-7]{{26}}\.{_32_BYTES}"
Key = Annotated[str, Meta(pattern=rf"\A{_32_BYTES}\Z")]
Tag = Annotated[str, Meta(pattern=rf"\A{EVENT_ID}#(0|[1-9][0-9]{{0,4}})\Z")]
EventId = Annotated[str, Meta(pattern=rf"\A{EVENT_ID}\Z")]
HttpsUrl = Annotated[str, Meta(pattern=r"\Ahttps://[^\s/]+(/\S*)?\Z")]
LogId = Annotated[str, Meta(pattern=r"\A[a-z2-7]{26}\Z")]
Hash = Annotated[str, Meta(pattern=r"\Asha256:[0-9a-f]{64}\Z")]
