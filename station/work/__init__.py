"""The work of one workplace: its state, one turn of it, the question it waits on. Pure: no disk, clock or network."""
