"""Answers about the genealogy: what is in a thing, and where it went. Every answer says what the hub has not seen."""
