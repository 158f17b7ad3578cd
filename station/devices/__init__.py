"""Devices: everything that touches a wire at a station; the only room that imports driver libraries."""
