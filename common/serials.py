"""Blocks of serial numbers leased to one log: their spelling and their remaining numbers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct


class Block(Struct, frozen=True):
    """The numbers `first` to `last` for things of `material`, for `log` alone. `id`: of the leasing event."""

    id: str
    log: str
    material: str
    prefix: str
    digits: int
    first: int
    last: int

    def text(self, number: int) -> str:
        """Format a number as a serial."""
        return f"{self.prefix}{number:0{self.digits}}"

    def following(self, used: Mapping[str, int]) -> int:
        """Return the number after the last one `used` of this block (block id → number)."""
        return max(used.get(self.id, 0) + 1, self.first)

    def left(self, used: Mapping[str, int]) -> int:
        """Count the block's unused numbers."""
        return max(self.last - self.following(used) + 1, 0)


def left(blocks: Sequence[Block], used: Mapping[str, int]) -> int:
    """Count the unused numbers of all these blocks."""
    return sum(block.left(used) for block in blocks)
