"""The subcommands of `headwater hub` that ask the running hub: people, tokens, holds, findings, stations, orders."""
