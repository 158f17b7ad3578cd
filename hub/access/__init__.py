"""Access to the hub: stations and their sessions, accounts and tokens."""
