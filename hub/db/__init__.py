"""The hub's database: the ledger, and the hub's own tables: standings, findings, tickets, stations' confirmations."""
