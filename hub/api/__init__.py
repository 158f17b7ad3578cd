"""Shapes and errors of the administrators' API: the hub serves them, its clients share them. Pure."""
