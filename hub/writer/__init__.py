"""The hub's only writer: accept uploads, give receipts, project, judge, and follow what was projected."""
