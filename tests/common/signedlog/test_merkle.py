import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.signedlog import merkle
from common.signedlog.merkle import EMPTY, Frontier

# The eight leaves of certificate-transparency's reference tests, and the roots over the first one … eight of them.
REFERENCE_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

hashes = st.binary(min_size=32, max_size=32)
sizes = st.integers(1, 200)


def leaves_of(size: int) -> list[bytes]:
    return [merkle.leaf_hash(k.to_bytes(4, "big")) for k in range(size)]


# RFC 6962 section 2.1, word for word; it shares no line with the code under test.


def naive_root(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    k = naive_split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_split(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = naive_split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], known: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if known else [naive_root(leaves)]
    k = naive_split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], known), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


def test_the_reference_roots_of_certificate_transparency_come_out():
    leaves = [merkle.leaf_hash(bytes.fromhex(event)) for event in REFERENCE_LEAVES]
    assert [merkle.root(leaves[:n]).hex() for n in range(1, 9)] == REFERENCE_ROOTS


def test_the_empty_tree_has_the_hash_of_nothing():
    assert EMPTY.root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root([]) == EMPTY.root() == merkle.EMPTY_ROOT


def test_a_leaf_cannot_pass_for_a_node():
    left, right = leaves_of(2)
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)


@given(st.lists(hashes, max_size=70))
def test_roots_are_those_of_the_naive_tree(leaves):
    assert merkle.root(leaves) == naive_root(leaves)


@given(st.lists(hashes, max_size=40), st.lists(hashes, max_size=40))
def test_a_frontier_grows_alike_by_one_and_by_many(first, second):
    by_one = EMPTY
    for leaf in first + second:
        by_one = by_one.append(leaf)
    assert EMPTY.extend(first).extend(second) == EMPTY.extend(first + second) == by_one


def test_a_frontier_is_never_changed_by_growing_it():
    small = EMPTY.extend(leaves_of(3))
    before = small.root()
    small.append(merkle.leaf_hash(b"more"))
    assert (small.size, small.root()) == (3, before)


@given(sizes)
def test_a_packed_frontier_comes_back(size):
    frontier = EMPTY.extend(leaves_of(size))
    assert merkle.unpack(size, frontier.pack()) == frontier


def test_no_bytes_are_the_empty_frontier():
    assert merkle.unpack(0, b"") == EMPTY == Frontier(0, ())


@pytest.mark.parametrize(("size", "length"), [(0, 32), (1, 0), (3, 32), (3, 63), (3, 96), (4, 64), (-1, 0), (-1, 32)])
def test_a_frontier_with_a_wrong_number_of_hashes_is_refused(size, length):
    with pytest.raises(ValueError, match="frontier"):
        merkle.unpack(size, bytes(length))


@given(sizes, st.data())
def test_inclusion_proofs_are_those_of_the_rfc_and_verify(size, data):
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(leaves, index)
    assert proof == naive_path(index, leaves)
    assert merkle.verify_inclusion(leaves[index], index, size, proof, naive_root(leaves))


@given(sizes, st.data())
def test_consistency_proofs_are_those_of_the_rfc_and_verify(size, data):
    leaves = leaves_of(size)
    old = data.draw(st.integers(1, size))
    proof = merkle.consistency_proof(leaves, old)
    assert proof == naive_subproof(old, leaves, True)
    assert merkle.verify_consistency(old, naive_root(leaves[:old]), size, naive_root(leaves), proof)


def test_every_proof_in_small_trees_verifies_at_its_own_place_only():
    for size in range(1, 18):
        leaves, root = leaves_of(size), naive_root(leaves_of(size))
        for index in range(size):
            proof = merkle.inclusion_proof(leaves, index)
            held = [k for k in range(-1, size + 1) if merkle.verify_inclusion(leaves[index], k, size, proof, root)]
            assert held == [index]


def test_every_consistency_proof_in_small_trees_verifies_for_its_own_sizes_only():
    roots = [merkle.root(leaves_of(n)) for n in range(18)]
    for new in range(1, 18):
        for old in range(1, new):
            proof = merkle.consistency_proof(leaves_of(new), old)
            held = [m for m in range(1, 18) if merkle.verify_consistency(m, roots[m], new, roots[new], proof)]
            assert held == [old]


def test_every_tree_extends_itself_and_the_empty_one():
    leaves = leaves_of(5)
    assert merkle.consistency_proof(leaves, 0) == merkle.consistency_proof(leaves, 5) == []
    assert merkle.verify_consistency(0, merkle.EMPTY_ROOT, 5, merkle.root(leaves), [])
    assert merkle.verify_consistency(5, merkle.root(leaves), 5, merkle.root(leaves), [])
    assert merkle.verify_consistency(0, merkle.EMPTY_ROOT, 0, merkle.EMPTY_ROOT, [])


def test_the_empty_tree_must_have_the_empty_root_and_needs_no_proof():
    root = merkle.root(leaves_of(5))
    assert not merkle.verify_consistency(0, root, 5, root, [])
    assert not merkle.verify_consistency(0, merkle.EMPTY_ROOT, 5, root, [root])
    assert not merkle.verify_consistency(5, root, 5, root, [root])
    assert not merkle.verify_consistency(5, merkle.EMPTY_ROOT, 5, root, [])


def test_a_log_that_shrank_or_has_no_size_is_refused():
    root = merkle.root(leaves_of(4))
    assert not merkle.verify_consistency(4, root, 3, root, [])
    assert not merkle.verify_consistency(-1, root, -1, root, [])
    assert not merkle.verify_consistency(-1, root, 4, root, [])
    assert not merkle.verify_inclusion(root, 0, 0, [], root)


def test_a_proof_from_a_taller_or_lower_tree_is_refused():
    leaves = leaves_of(8)
    two, four, eight = (merkle.root(leaves[:n]) for n in (2, 4, 8))
    assert not merkle.verify_inclusion(leaves[1], 0, 1, [leaves[0]], two)
    assert not merkle.verify_inclusion(leaves[0], 0, 8, merkle.inclusion_proof(leaves[:4], 0), four)
    three, seven = merkle.root(leaves[:3]), merkle.root(leaves[:7])
    assert not merkle.verify_consistency(3, seven, 4, eight, merkle.consistency_proof(leaves, 7))
    assert not merkle.verify_consistency(7, three, 8, four, merkle.consistency_proof(leaves[:4], 3))


def test_bytes_moved_between_neighbours_are_refused():
    left, right = leaves_of(2)
    root, moved = merkle.root([left, right]), [left[31:] + right]
    assert not merkle.verify_inclusion(left[:31], 0, 2, moved, root)
    assert not merkle.verify_consistency(1, left[:31], 2, root, moved)


def test_a_consistency_proof_without_nodes_is_refused():
    leaves = leaves_of(7)
    assert not merkle.verify_consistency(3, merkle.root(leaves[:3]), 7, merkle.root(leaves), [])
    assert not merkle.verify_consistency(4, merkle.root(leaves[:4]), 7, merkle.root(leaves), [])


def altered(proof: list[bytes], how: int, at: int) -> list[bytes]:
    """The proof with one node changed, dropped, doubled, shortened, or a foreign one added; never the proof itself."""
    k = at % len(proof)
    changed = bytes([proof[k][0] ^ 1]) + proof[k][1:]
    return [
        [*proof[:k], changed, *proof[k + 1 :]],
        [*proof[:k], *proof[k + 1 :]],
        [*proof[: k + 1], *proof[k:]],
        [*proof[:k], proof[k][:31], *proof[k + 1 :]],
        [*proof, bytes(32)],
        [bytes(32), *proof],
    ][how]


@given(st.integers(2, 100), st.integers(0, 5), st.integers(0, 99), st.data())
def test_an_altered_inclusion_proof_is_refused(size, how, at, data):
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    proof = altered(merkle.inclusion_proof(leaves, index), how, at)
    assert not merkle.verify_inclusion(leaves[index], index, size, proof, merkle.root(leaves))


@given(st.integers(2, 100), st.integers(0, 5), st.integers(0, 99), st.data())
def test_an_altered_consistency_proof_is_refused(size, how, at, data):
    leaves = leaves_of(size)
    old = data.draw(st.integers(1, size - 1))
    proof = altered(merkle.consistency_proof(leaves, old), how, at)
    assert not merkle.verify_consistency(old, merkle.root(leaves[:old]), size, merkle.root(leaves), proof)


@given(st.integers(2, 64), st.data())
def test_rewritten_history_is_never_consistent(size, data):
    leaves = leaves_of(size)
    old = data.draw(st.integers(1, size - 1))
    rewritten = list(leaves)
    rewritten[data.draw(st.integers(0, old - 1))] = bytes(32)
    proof = merkle.consistency_proof(rewritten, old)
    assert not merkle.verify_consistency(old, merkle.root(leaves[:old]), size, merkle.root(rewritten), proof)


@settings(max_examples=300)
@given(
    st.integers(-2, 9),
    st.integers(-2, 9),
    st.lists(st.binary(max_size=40), max_size=6),
    st.binary(max_size=40),
    st.binary(max_size=40),
)
def test_verifiers_raise_nothing_whatever_they_are_given(old, new, proof, one, other):
    assert merkle.verify_inclusion(one, old, new, proof, other) in (True, False)
    assert merkle.verify_consistency(old, one, new, other, proof) in (True, False)


@pytest.mark.parametrize("index", [-1, 5, 6])
def test_a_leaf_that_is_not_there_has_no_proof(index):
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion_proof(leaves_of(5), index)


@pytest.mark.parametrize("old", [-1, 6])
def test_a_tree_that_never_was_has_no_proof(old):
    with pytest.raises(ValueError, match="no tree"):
        merkle.consistency_proof(leaves_of(5), old)
