"""Devices without hardware, on real wires: an S7 server, a faulty network, a pseudo terminal. For tests and demo."""
