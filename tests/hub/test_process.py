"""The hub as a process: it starts or says why not, stops when it is told to, and keeps its secrets."""

from __future__ import annotations

import os
import resource
import signal
import socket
import stat
import subprocess
import sys
from base64 import b32encode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

import pysqlite3
import pytest

from common import event_types as b
from common.signedlog.trust import Ticket
from hub.app import _listen
from hub.site import Site
from tests.support.factory import Author, unit
from tests.support.hub import accept_only, make_hub
from tests.support.hub_process import Ended, HubProcess

MOTOR = b.Commission(material="motor")
ROOT = Path(__file__).resolve().parents[2]


def refusal(hub: HubProcess, *arguments: str) -> str:
    """The code that a command ends with; it exits with 1 and says one sentence, with no traceback."""
    code, said, error = hub.command(*(arguments or ("run",)))
    sentences = [line for line in error.splitlines() if line.startswith("headwater: ")]
    assert (code, said, len(sentences)) == (1, "", 1), error
    assert "Traceback" not in error
    sentence, _, found = sentences[0].rpartition("  [")
    assert len(sentence) > 40 and "…?" not in sentence, "a sentence, with nothing left out"
    return found.removesuffix("]")


# From nothing to a hub ------------------------------------------------------------------------------------------------
def test_from_an_empty_folder_to_a_confirmed_receipt_by_the_commands_that_people_type(tmp_path: Path) -> None:
    """init, run, ticket, confirm: the first three are processes with nothing preloaded, as on anybody's computer."""
    hub = HubProcess(tmp_path / "hub")

    def headwater(*arguments: str) -> str:
        command = [sys.executable, "-m", "common.command", "hub", *arguments, "--config", str(hub.toml)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert str(hub.data / "keys" / "site-root.key") in headwater("init")
    command = [sys.executable, "-m", "common.command", "hub", "run", "--config", str(hub.toml)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as running:
        assert running.stdout and running.stderr
        assert f"http://{hub.host}:8080/" in running.stdout.readline()
        author = Author(1, "st-10")
        caller = hub.caller(author)
        words = caller.enrol(headwater("ticket", "st-10", "line-1")).words
        waiting = hub.command("stations")[1]
        assert words in waiting and author.log in waiting
        assert "motor-assembly" in hub.command("load", "motor-assembly", "--demo")[1]
        assert hub.command("confirm", "st-10", *words.split())[0] == 0
        caller.hello()
        author.say(MOTOR, unit("M-1"))
        assert caller.send().receipt
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
        error = running.stderr.read()
    hub.close()
    assert "hub_stopped" in error and "Traceback" not in error


def test_a_hub_stops_in_order_when_it_is_told_to(hub: HubProcess) -> None:
    hub.run()
    author = Author(1, "st-10")
    caller = hub.join(author)
    author.say(MOTOR, unit("M-1"))
    caller.send()
    assert hub.stop() == 0
    assert "failed=False" in hub.error
    assert hub.raws(author) == author.raws
    assert not list(hub.data.glob("hub.db-wal")), "the database was closed, not dropped"
    hub.run()
    os.kill(hub.running.pid, signal.SIGINT)
    assert hub.running.ended() == 0


def test_a_hub_that_was_told_twice_to_stop_still_stops_once(hub: HubProcess) -> None:
    hub.run()
    for _ in range(3):
        os.kill(hub.running.pid, signal.SIGTERM)
    assert hub.running.ended() == 0


def test_small_answers_are_not_held_back() -> None:
    """asyncio sets TCP_NODELAY only on a socket that says it is TCP; without it each receipt takes 40 ms longer."""
    listening = _listen("127.0.0.1", 0)
    assert listening.proto == socket.IPPROTO_TCP
    listening.close()


# What it will not start on --------------------------------------------------------------------------------------------
def test_a_port_in_use(hub: HubProcess) -> None:
    for port in (8443, 8080):
        with socket.create_server((hub.host, port)):
            assert refusal(hub) == "hub.port_in_use"
    hub.run()


def test_an_address_that_is_not_this_computers(hub: HubProcess) -> None:
    for host in ("192.0.2.1", "no such host"):
        hub.write_config(host=host)
        assert refusal(hub) == "hub.port_in_use"


def test_a_second_hub_on_the_same_folder(hub: HubProcess) -> None:
    hub.run()
    second = HubProcess(hub.folder / "second", data=str(hub.data))
    assert refusal(second) == "hub.already_running"
    second.close()
    author = Author(1, "st-10")
    assert hub.join(author), "the first goes on"
    hub.kill()
    assert hub.run(), "a killed hub leaves no lock behind"


def test_a_folder_in_which_no_site_was_made(tmp_path: Path) -> None:
    hub = HubProcess(tmp_path / "hub")
    assert refusal(hub) == "hub.not_initialised"
    hub.data.mkdir()
    assert refusal(hub) == "hub.not_initialised"
    assert refusal(hub, "stations") == "hub.not_initialised"
    assert list(hub.data.iterdir()) == [], "and it makes nothing"


def test_a_site_is_made_once(hub: HubProcess) -> None:
    before = {path.name: path.read_bytes() for path in (hub.data / "keys").iterdir()}
    assert refusal(hub, "init") == "hub.initialised"
    (hub.data / "hub.db").unlink()
    assert refusal(hub, "init") == "hub.initialised"
    assert not (hub.data / "hub.db").exists(), "nor is its database begun anew"
    assert {path.name: path.read_bytes() for path in (hub.data / "keys").iterdir()} == before


def test_a_site_is_not_made_over_a_database_whose_keys_are_gone(hub: HubProcess) -> None:
    author = Author(1, "st-10")
    author.say(MOTOR, unit("M-1"))
    hub.run().stop()
    (hub.data / "keys").rename(hub.data / "keys-elsewhere")
    assert refusal(hub, "init") == "hub.initialised"


def test_making_a_site_that_was_cut_off_can_be_done_again(tmp_path: Path) -> None:
    """The keys appear all at once; half of them are thrown away."""
    hub = HubProcess(tmp_path / "hub")
    half = hub.data / "keys.new"
    half.mkdir(parents=True)
    (half / "site-root.key").write_bytes(b"half")
    assert hub.command("init")[0] == 0
    assert not half.exists()
    hub.run().stop()


def test_a_config_that_is_not_there_or_says_what_it_should_not(hub: HubProcess) -> None:
    hub.write_config(prot=1)
    assert refusal(hub) == "config.value"
    for wrong in ({"port": -1}, {"port": "8443"}, {"address": "127.0.0.1:8443"}, {"address": "http://x"}, {"data": 7}):
        hub.write_config(**wrong)
        assert refusal(hub) == "config.value", wrong
    for text in ("data = ", "\0", "[[[", 'data = "x"'):
        hub.toml.write_text(text)
        assert refusal(hub) in ("config.toml", "config.value"), text
    hub.toml.write_bytes(b"\xff\xfe")
    assert refusal(hub) == "config.toml"
    hub.toml.unlink()
    assert refusal(hub) == "config.missing"


@pytest.mark.parametrize("name", ["hub.key", "site-log.key", "admin.token", "site-root.pub", "trust.note", "epoch"])
def test_a_site_whose_keys_are_damaged(hub: HubProcess, name: str) -> None:
    path = hub.data / "keys" / name
    whole = path.read_bytes()
    path.unlink()
    assert refusal(hub) == "hub.not_initialised"
    if name not in ("admin.token", "epoch"):
        path.write_bytes(whole[:7])
        assert refusal(hub) == "hub.keys"
    path.write_bytes(whole)
    assert Site(hub.data)


# Its database ---------------------------------------------------------------------------------------------------------
def test_a_database_that_is_gone_is_not_begun_anew(hub: HubProcess) -> None:
    """By the same key the site log would be written a second time from its start: a fork of what every station has."""
    hub.run().stop()
    (hub.data / "hub.db").rename(hub.data / "hub.db.away")
    assert refusal(hub) == "store.missing"
    assert not (hub.data / "hub.db").exists()


def write_text(path: Path) -> None:
    path.write_text("a shopping list, " * 400)


def write_other(path: Path) -> None:
    """Somebody else's SQLite database."""
    other = pysqlite3.connect(str(path))
    other.execute("CREATE TABLE songs (title)")
    other.commit()
    other.close()


@pytest.mark.parametrize("write", [write_text, write_other])
def test_a_database_that_is_not_a_hubs_is_not_touched(hub: HubProcess, write: Callable[[Path], None]) -> None:
    path = hub.data / "hub.db"
    for beside in hub.data.glob("hub.db*"):
        beside.unlink()
    write(path)
    before = path.read_bytes()
    assert refusal(hub) == "store.foreign"
    assert path.read_bytes() == before


def test_a_disk_that_fails_ends_the_hub_with_a_sentence(hub: HubProcess) -> None:
    """What is on the disk nobody knows then; who watches the process starts it again, and it reads what is there."""
    hub.run()
    author = Author(1, "st-10")
    caller = hub.join(author)
    author.say(MOTOR, unit("M-1"))
    assert caller.send().kind == "accepted"
    for n in range(200):
        author.say(MOTOR, unit(f"M-{n}"))
    # No file may grow from here: write(2) fails with EFBIG, which SQLite takes for what it is, an I/O error.
    resource.prlimit(hub.running.pid, resource.RLIMIT_FSIZE, (65_536, resource.RLIM_INFINITY))
    assert caller.tried(author.batch(1)) in ("hub.failed", "hub.unreachable")
    assert hub.running.ended() == 1
    assert "[store.io]" in hub.running.error.splitlines()[-1]
    hub.run()
    assert hub.raws(author) == author.raws[:1]
    assert hub.caller(author).tried() == "accepted"


def test_entries_that_nobody_projected_yet_are_projected_when_it_starts(hub: HubProcess) -> None:
    hub.run()
    author = Author(1, "st-10")
    hub.join(author)
    hub.kill()
    for n in range(50):
        author.say(MOTOR, unit(f"M-{n}"))
    accept_only(hub.data / "hub.db", author.batch())
    hub.run()
    hub.wait_projected(author, 50)


# Secrets --------------------------------------------------------------------------------------------------------------
def modes(folder: Path) -> dict[str, int]:
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    return {name: mode for name, mode in found.items() if mode & 0o077}


def test_only_their_owner_may_read_keys_and_database(hub: HubProcess) -> None:
    hub.run()
    hub.join(Author(1, "st-10", "line-5"))
    hub.ask("POST", "/v1/definitions", {"definitions": [], "orders": [["line-5", "WO-1", "motor", "1"]]})
    assert stat.S_IMODE(hub.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((hub.data / "keys").stat().st_mode) == 0o700
    assert set(modes(hub.data)) == {"site-root.pub", "trust.note", "tls.crt"}, "what everybody may see"
    assert (hub.data / "keys" / "line-line-5.key").exists()


def test_secrets_are_neither_logged_nor_printed(hub: HubProcess) -> None:
    """Of the ticket only the ticket command prints it."""
    hub.run()
    code, ticket, _ = hub.command("ticket", "st-10", "line-1")
    author = Author(1, "st-10")
    caller = hub.caller(author)
    words = caller.enrol(ticket).words
    hub.command("confirm", "st-10", *["babab", "babab", "babab", "babab", "babab", "babab"])
    hub.command("confirm", "st-10", *words.split())
    welcome = caller.hello()
    hub.command("stations")
    author.say(MOTOR, unit("M-1"))
    caller.send()
    caller.tried(b"rubbish")
    hub.command("run")
    hub.stop()
    keys = hub.data / "keys"
    secrets = {path.read_bytes() for path in keys.glob("*.key")} | {(keys / "admin.token").read_bytes()}
    secrets |= {Ticket.parse(ticket).secret, welcome.session.encode(), welcome.token.encode()}
    said = (hub.said.replace(ticket.strip(), "", 1) + hub.error).encode()
    assert ticket.strip().encode() not in said
    assert b"hub_ready" in said and b"station_enrolled" in said
    shown = [form for secret in secrets for form in forms(secret) if form in said]
    assert not shown and code == 0


def forms(secret: bytes) -> list[bytes]:
    """How a secret could show: as it is, in hex, in either base64, in base32."""
    coded = [secret.hex().encode(), b64encode(secret), urlsafe_b64encode(secret), b32encode(secret)]
    return [secret, repr(secret)[2:-1].encode(), *(form.rstrip(b"=") for form in coded)]


# Its administrator's way in -------------------------------------------------------------------------------------------
def test_no_proxy_of_the_environment_gets_between_the_hub_and_its_administrator(
    hub: HubProcess, tmp_path: Path
) -> None:
    """Nor does a .netrc put another password in the place of the token."""
    (tmp_path / ".netrc").write_text(f"machine {hub.host} login somebody password else\n")
    (tmp_path / ".netrc").chmod(0o600)
    around = {"HTTPS_PROXY": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1", "HOME": str(tmp_path)}
    hub.run()
    assert hub.command("stations", environment=around)[0] == 0


def test_without_a_running_hub_its_administrator_is_told_so(hub: HubProcess) -> None:
    assert refusal(hub, "stations") == "hub.down"


def test_a_pack_with_a_fault_is_refused_with_file_line_and_field(hub: HubProcess, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "pack.yaml").write_text('pack: p\nname: {zh: 包, en: Pack}\nversion: "1"\n')
    (folder / "parts.yaml").write_text("- kind: material\n  id: bolt\n  colour: red\n")
    hub.run()
    code, _, error = hub.command("load", str(folder))
    assert code == 1
    assert all(word in error for word in ("parts.yaml", "3", "colour", "[definition.schema]"))
    code, said, error = hub.command("load", "no-such-pack")
    assert (code, said) == (1, "") and "pack.yaml:1: error: " in error and "[definition.missing]" in error


def test_a_hub_that_never_ran_can_be_started_by_another_process_after_it_was_made(tmp_path: Path) -> None:
    """`make_hub`, by which these tests make sites, does what `init` does."""
    made, typed = tmp_path / "made", HubProcess(tmp_path / "typed")
    make_hub(made)
    assert typed.command("init")[0] == 0

    def shape(folder: Path) -> set[tuple[str, int]]:
        return {(path.name, stat.S_IMODE(path.stat().st_mode)) for path in folder.rglob("*")}

    assert shape(made) == shape(typed.data)
    with pytest.raises(Ended):
        HubProcess(tmp_path / "never").run()
