"""Signed logs: Merkle trees, checkpoint notes, the wire format of batches and pulls, trust. Pure: no I/O, no clock."""
