"""The station's store: the ledger, and tables of the station alone: the draft of its work, people, quarantine."""
