"""Merkle trees by RFC 6962: growing frontiers, roots, and proofs with their verifiers.

A leaf here is always a leaf *hash* of 32 bytes (`leaf_hash` of an event), never the event itself. The verifiers return
False for any wrong proof and raise nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import reduce

from msgspec import Struct

HASH_LENGTH = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(event: bytes) -> bytes:
    """Hash event bytes to their leaf: SHA-256(0x00 || event), 32 bytes (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + event).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two nodes to their parent: SHA-256(0x01 || left || right), 32 bytes (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier(Struct, frozen=True):
    """The part of a tree of `size` leaves needed to append to it and to compute its root.

    `hashes` are the roots of its perfect subtrees, the largest (leftmost) first: one for each 1 bit of `size`.
    """

    size: int
    hashes: tuple[bytes, ...]

    def append(self, leaf: bytes) -> Frontier:
        """Return the frontier with one more leaf."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """Return the frontier with these leaves appended."""
        size, stack = self.size, list(self.hashes)
        for leaf in leaves:
            node, carry = leaf, size
            while carry & 1:
                node = node_hash(stack.pop(), node)
                carry >>= 1
            stack.append(node)
            size += 1
        return Frontier(size, tuple(stack))

    def root(self) -> bytes:
        """Compute the tree's root, 32 bytes; that of the empty tree is SHA-256 of nothing."""
        if not self.hashes:
            return EMPTY_ROOT
        return reduce(lambda right, left: node_hash(left, right), reversed(self.hashes))

    def pack(self) -> bytes:
        """Concatenate the hashes; together with `size` they are the whole frontier."""
        return b"".join(self.hashes)


EMPTY = Frontier(0, ())


def unpack(size: int, raw: bytes) -> Frontier:
    """Rebuild the frontier of `size` leaves from `raw`; ValueError unless there is one hash per 1 bit of size."""
    if size < 0 or len(raw) != HASH_LENGTH * size.bit_count():
        raise ValueError(f"{len(raw)} bytes are no frontier of {size} leaves")
    return Frontier(size, tuple(raw[i : i + HASH_LENGTH] for i in range(0, len(raw), HASH_LENGTH)))


def root(leaves: Iterable[bytes]) -> bytes:
    """Compute the root of the tree over these leaves."""
    return EMPTY.extend(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Compute PATH(index, leaves) of RFC 6962 section 2.1.1, lowest sibling first; ValueError if out of range."""
    if not 0 <= index < len(leaves):
        raise ValueError(f"no leaf {index} among {len(leaves)}")
    low, high, path = 0, len(leaves), list[bytes]()
    while high - low > 1:
        middle = low + _left_width(high - low)
        if index < middle:
            path.append(root(leaves[middle:high]))
            high = middle
        else:
            path.append(root(leaves[low:middle]))
            low = middle
    return path[::-1]


def consistency_proof(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """Compute PROOF(old, leaves) of RFC 6962 section 2.1.2: the tree over all leaves extends that over the first `old`.

    Empty for old == 0 and old == len(leaves), where nothing needs proof. ValueError beyond those.
    """
    if not 0 <= old <= len(leaves):
        raise ValueError(f"no tree of {old} among {len(leaves)} leaves")
    low, high, path = 0, len(leaves), list[bytes]()
    while 0 < old < high:
        middle = low + _left_width(high - low)
        if old <= middle:
            path.append(root(leaves[middle:high]))
            high = middle
        else:
            path.append(root(leaves[low:middle]))
            low = middle
    if low:  # the verifier knows the old tree's root, but not that of a part of it
        path.append(root(leaves[low:high]))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Verify that `proof` shows `leaf` at `index` of the tree (size, root), by RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size or not _all_hashes(proof):
        return False
    first, last, node = index, size - 1, leaf
    for sibling in proof:
        if not last:
            return False
        if first & 1 or first == last:
            node = node_hash(sibling, node)
            first, last = _climb(first, last)
        else:
            node = node_hash(node, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Verify that `proof` shows that the tree (new, new_root) extends (old, old_root), sizes in leaves.

    RFC 9162 section 2.1.4.2. Every tree extends the empty one, which needs an empty proof and the empty tree's root.
    """
    if old == new:
        return old >= 0 and not proof and old_root == new_root
    if old == 0:
        return new > 0 and not proof and old_root == EMPTY_ROOT
    return 0 < old < new and _all_hashes(proof) and _extends(old, old_root, new, new_root, proof)


def _extends(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    path = [old_root, *proof] if old.bit_count() == 1 else list(proof)
    if not path:
        return False
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old_node = new_node = path[0]
    for sibling in path[1:]:
        if not last:
            return False
        if first & 1 or first == last:
            old_node, new_node = node_hash(sibling, old_node), node_hash(sibling, new_node)
            first, last = _climb(first, last)
        else:
            new_node = node_hash(new_node, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and old_node == old_root and new_node == new_root


def _climb(first: int, last: int) -> tuple[int, int]:
    """Raise both positions over the levels where `first` is the last node and has no sibling."""
    while first and not first & 1:
        first, last = first >> 1, last >> 1
    return first, last


def _left_width(width: int) -> int:
    """Return the largest power of two below `width` (at least 2): the number of leaves of the left subtree."""
    return 1 << (width - 1).bit_length() - 1


def _all_hashes(proof: Sequence[bytes]) -> bool:
    return all(len(node) == HASH_LENGTH for node in proof)
