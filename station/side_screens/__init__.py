"""Answers for the screens beside the work: search, trace, shift counts, outbox, devices, maintenance."""
