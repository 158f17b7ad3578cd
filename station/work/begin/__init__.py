"""Begin work on a scanned thing: find the due operation, check the interlock, say where the thing goes next."""
