"""The station: the computer of one workplace, which works without the network."""
