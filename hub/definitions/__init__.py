"""Read packs and check definitions; report every error with file, line and remedy."""
