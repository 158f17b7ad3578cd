"""A PostgreSQL cluster of the tests' own: made when first asked for, gone with the tests; a database for each test.

It sorts as English dictionaries do, which is not how Headwater sorts. What its power cut would lose is no matter here.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import psycopg

from hub.db import access
from hub.demo.processes import PATIENCE_S
from tests.support.factory import open_ledger

USER = "headwater"
QUICK = ("fsync=off", "full_page_writes=off", "max_wal_size=256MB", "autovacuum_naptime=600")
ACCESS = f"local all {USER} trust\nlocal all secretive scram-sha-256\nlocal all all reject\n"
PDEATHSIG = 1
BOTH = ("sqlite", "postgresql")


def program(name: str) -> str:
    """A program of the newest PostgreSQL here; Debian keeps them out of PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    where = str(found[-1]) if found else shutil.which(name)
    assert where, "PostgreSQL is not installed: ./run test installs it"
    return where


class Cluster:
    """One server on a socket in a folder of its own, which the user that it runs as may enter."""

    def __init__(self, settings: Sequence[str] = QUICK, beside: Path | None = None) -> None:
        """`beside`: a folder on the disk that it is to use."""
        self._settings = settings
        self._numbers = count(1)
        self._free: dict[str, list[str]] = {}
        self.folder = Path(tempfile.mkdtemp(prefix="hw-pg-", dir=beside))
        self._user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name  # initdb refuses root
        if os.getuid() == 0:
            shutil.chown(self.folder, self._user)
        options = ["--no-sync", "--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en"]
        made = [program("initdb"), "-D", str(self._data), "-U", USER, "--auth=trust", *options]
        subprocess.run(made, user=self._user, cwd=self.folder, stdout=subprocess.DEVNULL, check=True)
        (self._data / "pg_hba.conf").write_text(ACCESS)
        self.start()
        self._make_templates()

    @property
    def pids(self) -> list[int]:
        """Of the server and of all its processes now."""
        server = self._server.pid
        children = Path(f"/proc/{server}/task/{server}/children").read_text()
        return [server, *map(int, children.split())]

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    # Life ------------------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """Returns when it takes connections. It ends with the process that started it."""
        die = ctypes.CDLL(None).prctl
        settings = (*self._settings, "listen_addresses=", f"unix_socket_directories={self.folder}")
        options = [word for setting in settings for word in ("-c", setting)]
        with (self.folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [program("postgres"), "-D", str(self._data), *options],
                user=self._user,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: die(PDEATHSIG, signal.SIGQUIT),
            )
        ready = [program("pg_isready"), "-q", "-h", str(self.folder)]
        while subprocess.run(ready, check=False).returncode:
            assert self._server.poll() is None, (self.folder / "server.log").read_text()

    def stop(self) -> None:
        """At once, as when its computer crashes."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(PATIENCE_S)

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    # Databases -------------------------------------------------------------------------------------------------------
    def url(self, database: str, user: str = USER) -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        """As its administrator."""
        with psycopg.connect(self.url(database), autocommit=True) as conn:
            for statement in statements:
                conn.execute(statement)  # type: ignore[call-overload]

    def borrow(self, template: str) -> str:
        """The URL of a database as `database` makes it; a used one that was emptied is had much sooner."""
        free = self._free.get(template)
        return free.pop() if free else self.database(template)

    def give_back(self, template: str, url: str) -> None:
        """Nobody uses it any more."""
        with psycopg.connect(url, autocommit=True) as conn:
            found = conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            tables = ", ".join(f'"{name}"' for (name,) in found if name != "alembic_version")
            conn.execute(f"TRUNCATE {tables} RESTART IDENTITY")  # type: ignore[arg-type]
        self._free.setdefault(template, []).append(url)

    def database(self, template: str = "hub") -> str:
        """The URL of a new database: empty (`template0`), with a ledger's tables, or with a hub's."""
        name = f"db{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self.url(name)

    def _make_templates(self) -> None:
        self.run("CREATE DATABASE ledger TEMPLATE template0", "CREATE DATABASE hub TEMPLATE template0")
        self.run("CREATE ROLE secretive LOGIN PASSWORD 'x'", "CREATE ROLE refused LOGIN")
        open_ledger(self.url("ledger")).close()
        access.make_store(self.url("hub"))
