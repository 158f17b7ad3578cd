"""Blocks of serial numbers that were leased to one log: how a number is written, and how many are left. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct


class Block(Struct, frozen=True):
    """The numbers `first` to `last` for things of `material`, for `log` alone. `id`: of the event that says so."""

    id: str
    log: str
    material: str
    prefix: str
    digits: int
    first: int
    last: int

    def text(self, number: int) -> str:
        """The serial of a number."""
        return f"{self.prefix}{number:0{self.digits}}"

    def following(self, used: Mapping[str, int]) -> int:
        """The number after the last one of this block that was `used` (block id → number)."""
        return max(used.get(self.id, 0) + 1, self.first)

    def left(self, used: Mapping[str, int]) -> int:
        """How many of its numbers were never used."""
        return max(self.last - self.following(used) + 1, 0)


def left(blocks: Sequence[Block], used: Mapping[str, int]) -> int:
    """How many numbers of all these were never used."""
    return sum(block.left(used) for block in blocks)
