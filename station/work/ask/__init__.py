"""Questions that interrupt the work: command cards, signatures, overrides, undo, calls, ambiguous codes."""
