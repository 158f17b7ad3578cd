"""State that the work cell keeps beside the work: its log, print queue, PINs, device health, disk reserve."""
