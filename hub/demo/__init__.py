"""`headwater demo`: a hub, three stations, simulated devices, each a process, and people who follow a script."""

from hub.demo.command import add

__all__ = ["add"]
