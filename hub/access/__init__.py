"""Who may talk to the hub: stations and their sessions, accounts and tokens, the site's keys."""
