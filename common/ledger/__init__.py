"""Logs and rows on disk: the same tables, append, accept and project for a station and for the hub."""
