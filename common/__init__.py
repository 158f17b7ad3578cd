"""The language every node speaks: identities, events, rows, judging, signed logs and the ledger."""
