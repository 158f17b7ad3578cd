"""Signed logs: Merkle tree, checkpoint notes, the wire format of batches and pulls, and trust. Pure: no I/O, no clock."""
