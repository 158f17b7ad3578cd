"""The one writer: what is accepted stays, what is judged is what a rebuild gives, and nothing stops the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection

from common import event_types as b
from common.definitions import Definition, Material
from common.definitions.naming import Name
from common.errors import Denied, HeadwaterError, Unavailable
from common.events import Fact
from common.ids import Claim, b64
from common.ledger.append import add_log
from hub.db import access
from tests.support.factory import (
    Author,
    done,
    motor_route,
    operation,
    route,
    unit,
)
from tests.support.hub import Office, definitions_of, judged, together
from tests.support.postgres import BOTH

ENGINES = BOTH
Offices = Callable[..., Office]
Expect = Callable[[str], None]
MOTOR = b.Commission(material="motor")
ROUTE = motor_route()
U, V, W = unit("M-1"), unit("M-2"), unit("M-3")


def material(route_id: str | None = ROUTE.id) -> Definition:
    return Material(id="motor", name=Name(zh="电机", en="Motor"), origin="made", tracked="unit", route=route_id)


def say_nonsense(author: Author, *on: Claim, n: int = 77) -> str:
    """An event of a known type whose body breaks its schema: authentic, and unreadable."""
    on_ = [{"scheme": claim.scheme, "value": claim.value} for claim in on]
    tree = {"at": 1, "b": {"nonsense": True}, "bo": "x", "mo": 1, "n": b64(bytes([n] * 12)), "on": on_, "t": "bind"}
    return author.write(msgspec.json.encode(tree | {"v": 1}, order="sorted"))


def refused(work: Callable[..., object], *arguments: object) -> HeadwaterError:
    """The error of ours that this raises."""
    with pytest.raises(HeadwaterError) as caught:
        work(*arguments)
    return caught.value


def trees() -> list[dict[str, Any]]:
    one_step = route(operation("press", "st-10"))
    return [msgspec.to_builtins(d) | {"kind": kind} for d, kind in ((material(), "material"), (one_step, "route"))]


# Receipts and commits -------------------------------------------------------------------------------------------------
def test_what_has_a_receipt_is_on_the_disk(office: Office, author: Author) -> None:
    office.trust(author)
    author.say(MOTOR, U)
    said = office.ingest.submit(author.batch())
    assert (said.kind, said.size, bool(said.receipt)) == ("accepted", 1, True)
    assert office.size(author) == 1, "another connection sees it as soon as the answer is there"


def test_batches_that_came_together_are_one_commit_and_each_gets_its_own_answer(
    offices: Offices, expect_warning: Expect
) -> None:
    """What is wrong with one is its sender's alone: rubbish, a denied confirmation, a bug stop none of the others."""
    expect_warning("batch_quarantined .*aside.unknown_log")
    expect_warning("attempt_failed .*ZeroDivisionError")
    office = offices(start=False)
    authors = [Author(seed) for seed in range(1, 13)]
    for one in authors:
        one.say(MOTOR, unit(f"M-{one.station}"))
    known, stranger = authors[:-1], authors[-1]
    with office.store.writing() as conn:
        for one in known:
            add_log(conn, one.pub, one.station, one.line, "station")

    def denied(conn: Connection) -> None:
        access.save_people(conn, [("p-1", "written before it failed", "B1")])
        raise Denied("enrol.words", station="st-1")

    def broken(_: Connection) -> float:
        return 1 / 0

    def begin() -> None:
        while office.ingest._jobs.qsize() < len(authors) + 3:
            pass
        office.start()

    uploads = [lambda one=one: office.ingest.submit(one.batch()) for one in authors]
    wrong = [
        lambda: refused(office.ingest.submit, b"rubbish"),
        lambda: refused(office.ingest.do, denied),
        lambda: raised(ZeroDivisionError, office.ingest.do, broken),
    ]
    answers: list[Any] = together(*uploads, *wrong, begin)
    assert [answer.kind for answer in answers[: len(authors)]] == ["accepted"] * 11 + ["aside"]
    assert [answer.code for answer in answers[len(authors) : -2]] == ["batch.compression", "enrol.words"]
    assert [office.size(one) for one in known] == [1] * 11
    assert office.shelf() == [("aside.unknown_log", stranger.log)]
    with office.reading() as conn:
        assert access.people(conn) == [], "what a failed one wrote is not there"


def raised(kind: type[Exception], work: Callable[..., object], *arguments: object) -> Exception:
    with pytest.raises(kind) as caught:
        work(*arguments)
    return caught.value


def test_many_threads_may_upload_and_nothing_is_lost_or_mixed_up(office: Office) -> None:
    authors = [Author(seed) for seed in range(1, 5)]
    office.trust(*authors)
    for one in authors:
        for n in range(25):
            one.say(MOTOR, unit(f"M-{one.station}-{n}"))

    def upload(one: Author) -> list[int]:
        return [office.ingest.submit(one.batch(n, n + 1)).size for n in range(25)]

    assert together(*(lambda one=one: upload(one) for one in authors)) == [list(range(1, 26))] * 4
    office.settle()
    with office.reading() as conn:
        states = judged(conn)["state"]
    assert sum(state == ("in_process", "motor") for state in states.values()) == 100


def test_a_batch_must_be_of_the_log_that_its_address_names(office: Office, author: Author) -> None:
    other = Author(2)
    office.trust(author, other)
    author.say(MOTOR, U)
    assert refused(office.ingest.submit, author.batch(), other.log).code == "batch.log"
    assert (office.size(author), office.shelf()) == (0, [])


def test_a_job_that_fails_publishes_nothing_and_changes_no_judgement(office: Office, author: Author) -> None:
    office.trust(author)
    author.say(MOTOR, U)
    author.say(done("press", "fail"), U)
    office.take(author)

    def publish_and_fail(conn: Connection) -> None:
        office.ingest.publish(conn, [Fact(b.DefinitionPublished(trees()[0]))])
        raise Denied("enrol.nobody", station="x")

    assert refused(office.ingest.do, publish_and_fail).code == "enrol.nobody"
    office.publish(b.Hold(reason="still works"), on=(U,))
    office.settle()
    assert definitions_of(office).get(Material, "motor") is None
    assert office.state(U) == "hold"


def test_who_asks_a_writer_that_has_ended_is_told_so(offices: Offices, author: Author) -> None:
    """A thread that waited for ever would keep the process from ending."""
    office = offices()
    author.say(MOTOR, U)
    office.ingest.stop()
    office.join()
    error = refused(office.ingest.submit, author.batch())
    assert (type(error), error.code) == (Unavailable, "hub.stopping")


def test_what_was_asked_before_the_stop_is_still_done(offices: Offices, author: Author) -> None:
    office = offices(start=False)
    author.say(MOTOR, U)

    def begin() -> None:
        while office.ingest._jobs.qsize() < 2:
            pass
        office.ingest.stop()
        office.start()

    answers = together(lambda: office.trust(author), lambda: office.trust(author), begin)
    assert answers == [None] * 3
    office.join()


# Trust ----------------------------------------------------------------------------------------------------------------
def test_what_a_stranger_sent_waits_and_counts_when_the_key_is_trusted(
    office: Office, author: Author, expect_warning: Expect
) -> None:
    expect_warning("batch_quarantined .*aside.unknown_log")
    author.say(MOTOR, U)
    author.say(done("press"), U)
    assert office.take(author, 1).kind == "aside"
    assert office.take(author, 0, 1).kind == "aside"
    assert office.size(author) == 0
    office.trust(author)
    office.settle()
    assert (office.size(author), office.shelf(), office.state(U)) == (2, [], "in_process")


def test_a_revocation_disputes_what_was_judged_already(office: Office, author: Author, expect_warning: Expect) -> None:
    """What stands from its index on no longer passes anything, and what comes now is kept aside."""
    expect_warning("batch_quarantined .*aside.revoked")
    office.define(material(), route(operation("press", "st-10")))
    office.trust(author)
    author.say(MOTOR, U)
    author.say(done("press"), U)
    author.say(MOTOR, V)
    office.define(ROUTE)
    office.define(route(operation("press", "st-10")))
    office.take(author)
    assert (office.state(U), office.findings(U)) == ("passed", [])
    office.publish(b.StationRevoked(log=author.log, at=1, reason="stolen"))
    office.settle()
    assert (office.state(U), office.findings(U)) == ("in_process", [("distrusted", True)])
    assert office.findings(V) == [("distrusted", True)]
    author.say(done("press"), V)
    assert (office.take(author, 3).kind, office.size(author)) == ("aside", 3)


def test_a_fork_disputes_what_was_judged_already(office: Office, author: Author, expect_warning: Expect) -> None:
    expect_warning("batch_forked")
    office.define(material(), route(operation("press", "st-10")))
    office.trust(author)
    author.say(MOTOR, U)
    author.say(done("press"), U)
    office.take(author)
    clone = author.clone(1)
    clone.say(MOTOR, V)
    assert office.state(U) == "passed"
    assert office.take(clone).kind == "forked"
    assert (office.state(U), office.findings(U)) == ("in_process", [("disputed", True)]), "no new event speaks of it"
    assert office.findings(V) == [("disputed", True)]
