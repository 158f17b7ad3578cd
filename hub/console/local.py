"""Builds the client of the hub on this computer: address from hub.toml, token and TLS key from the site's folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from hub import config as configuration
from hub.client import HubClient
from hub.config import HubConfig
from hub.site import Site


def hub_of(args: argparse.Namespace) -> HubClient:
    """The client of the hub that --config names. BadConfig config.*; Unavailable hub.not_initialised, hub.keys."""
    return local_hub(configuration.load(args.config))


def local_hub(config: HubConfig) -> HubClient:
    """The administrator's client of the hub that runs here. Unavailable hub.not_initialised, hub.keys."""
    site = Site(Path(config.data))
    return HubClient(f"https://{config.local_host}:{config.port}", site.admin_token, site.tls_pin)
