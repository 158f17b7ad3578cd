"""Pictures of work instructions: small files that travel whole in the event that publishes them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from common.definitions.naming import Id, Name, Sentence

# In base64 the file must fit into one event beside its name; larger files travel separately.
MOST_BYTES = 46 << 10
MOST_PIXELS = 40_000_000  # a small file can decode to more than memory holds
Media = Literal["image/png", "image/jpeg", "image/svg+xml", "application/pdf"]


class Picture(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="picture"):
    """A picture or a document of pages. `data`: the file's bytes, base64 with padding."""

    id: Id
    name: Name
    media: Media
    data: Annotated[str, Meta(min_length=4, max_length=64_000, pattern=r"\A[A-Za-z0-9+/]+={0,2}\Z")]


class GuidePicture(Struct, frozen=True, forbid_unknown_fields=True):
    """One picture of a sequence, of a document this `page`, with a sentence about it."""

    picture: Id
    page: Annotated[int, Meta(ge=1, le=999)] = 1
    caption: Sentence | None = None


class Guide(Struct, frozen=True, forbid_unknown_fields=True):
    """Instructions for a step: a text, and a picture, of a document this `page`; or `pictures`, one after the other."""

    text: Sentence | None = None
    picture: Id | None = None
    page: Annotated[int, Meta(ge=1, le=999)] = 1
    # Unset is not encoded: a guide with one picture keeps its bytes, and the hash by which it is cited.
    pictures: Annotated[list[GuidePicture], Meta(min_length=2, max_length=12)] | UnsetType = UNSET

    @property
    def shows(self) -> tuple[GuidePicture, ...]:
        """Its pictures in order."""
        if self.pictures is not UNSET:
            return tuple(self.pictures)
        return (GuidePicture(self.picture, self.page),) if self.picture else ()
