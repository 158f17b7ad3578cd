"""The station's database: the ledger, and what only this station needs: the draft of its work, people, quarantine."""
