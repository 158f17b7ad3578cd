"""Answers for the side screens: search, trace, shift counts, outbox, devices, maintenance."""
