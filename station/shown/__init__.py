"""Frozen values that the kiosk draws; nothing here reads or decides."""
