"""Configuration of a hub: its data folder and the addresses it listens on. Unknown keys are errors."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from common.errors import BadConfig
from common.wire_types import HttpsUrl

ListenPort = Annotated[int, Meta(ge=0, le=65_535)]


class HubConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """hub.toml. Stations speak TLS with the hub's own key at `host`:`port`; `address` is how they reach it.

    `database`: the URL of a PostgreSQL database; without it SQLite keeps a file in `data`. People's browsers use
    `pages_host`:`pages_port`, plain HTTP, on this computer only unless IT puts a proxy before it.
    `announce`: tell the local network (mDNS) where the stations' listener is.
    """

    data: str
    address: HttpsUrl
    database: Annotated[str, Meta(pattern=r"\Apostgres(ql)?://")] | None = None
    host: str = "0.0.0.0"
    port: ListenPort = 8443
    pages_host: str = "127.0.0.1"
    pages_port: ListenPort = 8080
    announce: bool = False

    @property
    def store(self) -> Path | str:
        """Where the database is."""
        return self.database or Path(self.data) / "hub.db"

    @property
    def local_host(self) -> str:
        """The address at which this computer reaches its own hub."""
        return _local(self.host)

    @property
    def local_pages(self) -> str:
        """The pages' URL for a browser on this computer."""
        return f"http://{_local(self.pages_host)}:{self.pages_port}"


def _local(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "", "::") else host


def load(path: Path) -> HubConfig:
    """Read hub.toml. BadConfig config.missing, config.toml, config.value, each with the file."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), HubConfig)
    except OSError as e:
        raise BadConfig("config.missing", file=str(path), reason=e.strerror) from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise BadConfig("config.toml", file=str(path), reason=str(e)) from e
    except msgspec.ValidationError as e:
        raise BadConfig("config.value", file=str(path), reason=str(e)) from e
