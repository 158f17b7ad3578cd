"""The hub's clock: what happens at a time happens in the writer's thread, by clocks that are passed in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import select

from hub.db import access, accounts
from hub.db import tables as h
from hub.writer.agenda import Agenda, TimedJob
from hub.writer.ingest import Ingest
from tests.support.hub import make_hub

WALL_S = 1_800_000_000


def job(every_s: float) -> TimedJob:
    return TimedJob(every_s, lambda conn, now_ms: None)


def test_every_job_is_due_at_the_start_and_then_each_at_its_own_time() -> None:
    often, seldom = job(10.0), job(60.0)
    agenda = Agenda(5.0, [often, seldom])
    assert (agenda.wait_s(5.0), agenda.take_due(5.0)) == (0.0, [often, seldom])
    assert (agenda.wait_s(6.0), agenda.take_due(14.9)) == (9.0, [])
    assert (agenda.take_due(15.0), agenda.wait_s(15.0)) == ([often], 10.0)
    assert agenda.take_due(65.0) == [often, seldom]


def test_a_job_that_was_slept_through_runs_once() -> None:
    often = job(10.0)
    agenda = Agenda(0.0, [often])
    agenda.take_due(0.0)
    assert agenda.take_due(3_600.0) == [often]
    assert (agenda.take_due(3_600.0), agenda.wait_s(3_601.0)) == ([], 9.0)


def test_browsers_and_links_whose_time_is_over_are_forgotten_within_a_minute(tmp_path: Path) -> None:
    """Without anybody who asks for anything; before they are due the writer does not come to it."""
    passed_s = 0.0
    site = make_hub(tmp_path)
    store = access.open_store(tmp_path / "hub.db", create=False)
    ingest = Ingest(store, site, wall_s=lambda: WALL_S + passed_s, mono_s=lambda: passed_s)
    ingest.begin()

    def kept() -> list[str]:
        with store.reading() as conn:
            return [*conn.execute(select(h.visit.c.id)).scalars(), *conn.execute(select(h.link.c.id)).scalars()]

    with ThreadPoolExecutor(1) as pool:
        for expires_s in (WALL_S + 30, WALL_S + 3_600):
            visit = accounts.BrowserSession(f"visit-{expires_s - WALL_S}", None, "read", "form", expires_s)
            link = accounts.Link(f"link-{expires_s - WALL_S}", "read", 1, expires_s)
            asked = [
                pool.submit(ingest.do, lambda conn, one=visit: accounts.add_visit(conn, one)),
                pool.submit(ingest.do, lambda conn, one=link: accounts.add_link(conn, one)),
            ]
            while not all(one.done() for one in asked):
                ingest.turn()
        passed_s = 59.0
        asked = [pool.submit(ingest.do, lambda conn: None)]
        ingest.turn()
        assert len(kept()) == 4, "a minute has not passed"
        passed_s = 60.0
        ingest.turn()
        assert sorted(kept()) == ["link-3600", "visit-3600"]
    store.close()
