"""Types that every definition uses: an id, a name and a sentence in both languages, a decimal as text."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

# \Z, not $: in Python $ also matches before a final line break, and one id would have two spellings.
Id = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9_-]{0,62}\Z")]
Decimal = Annotated[str, Meta(pattern=r"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?\Z", max_length=32)]
Role = Annotated[str, Meta(pattern=r"\A[a-z_]{1,32}\Z")]


class Name(Struct, frozen=True, forbid_unknown_fields=True):
    """A name for people, in each language of the product."""

    zh: Annotated[str, Meta(min_length=1, max_length=80)]
    en: Annotated[str, Meta(min_length=1, max_length=80)]

    def say(self, language: str) -> str:
        """Return the name in `language`: zh or en."""
        return self.zh if language == "zh" else self.en


class Sentence(Struct, frozen=True, forbid_unknown_fields=True):
    """A few lines for a person to read, in each language of the product."""

    zh: Annotated[str, Meta(min_length=1, max_length=400)]
    en: Annotated[str, Meta(min_length=1, max_length=400)]

    def say(self, language: str) -> str:
        """Return the sentence in `language`: zh or en."""
        return self.zh if language == "zh" else self.en
