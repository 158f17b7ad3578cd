"""However batches come (split, doubled, shuffled, damaged, before their key is known), in the end all nodes agree."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from common import event_types as b
from common.definitions import Material, Route, canonical
from common.definitions.naming import Name
from common.errors import BadBatch
from common.ids import Claim, b64, tag
from common.ledger import reads
from common.ledger import tables as t
from common.ledger.evidence import judged
from common.ledger.project import project
from common.ledger.sqlite import open_sqlite
from common.signedlog import batch as wire
from tests.support.factory import (
    APPLICATION,
    MIGRATIONS,
    START_MS,
    Author,
    Node,
    bind,
    container,
    done,
    everything,
    lot,
    operation,
    portable_rows,
    site_author,
    unit,
)

ANY = Name(zh="名", en="name")
PARTS = (
    Route(id="rotor-route", name=ANY, operations=[operation("press", "st-10")]),
    Material(id="rotor", name=ANY, origin="made", tracked="unit", route="rotor-route"),
    Material(id="magnet", name=ANY, origin="bought", tracked="lot", shelf_life_days=1),
)
UNITS = (unit("M-1"), unit("M-2"), unit("R-1"))
Write = Callable[["World", Author, Claim, Claim], tuple[b.Body, tuple[Claim, ...]]]


class World:
    """What all authors said, and which assertions anybody could name."""

    def __init__(self) -> None:
        self.site = site_author()
        self.stations = [Author(1, "st-10"), Author(2, "st-20"), Author(3, "st-30")]
        for author in self.stations[1:]:
            self.site.say(author.enrolment())
        for one in PARTS:
            self.site.say(b.DefinitionPublished(msgspec.json.decode(canonical(one))))
        self.tags: dict[str, list[str]] = {}
        self.refs: list[tuple[Author, int]] = []
        self.said: list[tuple[str, tuple[Claim, ...]]] = []

    def say(self, author: Author, write: Write, one: Claim, other: Claim, knows: int) -> None:
        body, on = write(self, author, one, other)
        cited = [each.ref(index) for each, index in self.refs[-3:][:knows] if each.log != author.log]
        id = author.say(body, *on, rf=cited)
        kind = "hold" if isinstance(body, b.Hold) else "scrap" if isinstance(body, b.Scrap) else "bind"
        self.tags.setdefault(kind, []).append(tag(id, 0))
        self.refs.append((author, author.size - 1))
        self.said.append((id, on))

    def correct(self, body: Callable[[str], b.Body], *more: Claim) -> tuple[b.Body, tuple[Claim, ...]]:
        """Something about one of the last events, naming all that it named."""
        id, on = self.said[-min(len(self.said), 3)] if self.said else ("a" * 26 + "." + "A" * 43, ())
        return body(id), tuple(dict.fromkeys((*on, *more)))

    def readopt(self, one: Claim) -> tuple[b.Body, tuple[Claim, ...]]:
        """One of the last events, carried on."""
        if not self.said:
            return done("press"), (one,)
        author, index = self.refs[-min(len(self.refs), 3)]
        body = b.Readopt(log=author.log, index=index, event=b64(author.raws[index]))
        return body, self.said[-min(len(self.refs), 3)][1]

    def last(self, kind: str) -> tuple[str, ...]:
        return tuple(self.tags.get(kind, ["a" * 26 + "." + "A" * 43 + "#0"])[-2:])


WRITES: list[Write] = [
    lambda w, a, one, other: (b.Commission(material="motor" if a.log < "m" else "pump"), (one,)),
    lambda w, a, one, other: (bind(), (one, other)),
    lambda w, a, one, other: (bind("magnet"), (one, lot())),
    lambda w, a, one, other: (b.Unbind(operation="rework"), (one, other)),
    lambda w, a, one, other: (b.Unbind(operation="rework", tags=w.last("bind")), (one, other)),
    lambda w, a, one, other: (b.Replace("rotor", "rotor", "1", "pcs", "rework"), (one, other, UNITS[2])),
    lambda w, a, one, other: (done("press"), (one,)),
    lambda w, a, one, other: (done("press", "fail"), (one,)),
    lambda w, a, one, other: (done("test", provisional=True, unknown=("press",)), (one,)),
    lambda w, a, one, other: (done("press", provisional=True, unknown=("component", "expiry")), (one,)),
    lambda w, a, one, other: (b.Anchor(f"anchor\n\n\n{START_MS + len(w.said) * 9_000_000}\n", 40), ()),
    lambda w, a, one, other: (b.Hold(reason="crack"), (one, other)),
    lambda w, a, one, other: (b.Release(tags=w.last("hold"), reason="seen", meaning="ok"), (one,)),
    lambda w, a, one, other: (b.Scrap(reason="broken"), (one,)),
    lambda w, a, one, other: (b.Unscrap(tags=w.last("scrap"), reason="not broken"), (one,)),
    lambda w, a, one, other: (b.Aggregate(), (container(), one)),
    lambda w, a, one, other: (b.Transform(inputs=1), (lot(), lot("L-2"))),
    lambda w, a, one, other: (b.Receive("screw", f"s-{len(w.said) % 2}", "1", "pcs"), (lot(),)),
    lambda w, a, one, other: (b.BindOneOf("magnet", "magnet", "8", "pcs", "press"), (one, lot(), lot("L-2"))),
    lambda w, a, one, other: w.correct(lambda id: b.Void(event=id, reason="mistyped"), one),
    lambda w, a, one, other: w.correct(
        lambda id: b.Amend(event=id, body={"operation": "press", "outcome": "fail"}, reason="mistyped"), one
    ),
    lambda w, a, one, other: w.correct(lambda id: b.Settle(finding="disputed", keep=(tag(id, 0),)), one),
    lambda w, a, one, other: w.correct(lambda id: b.Settle(finding="disputed", drop=(tag(id, 0),)), one),
    lambda w, a, one, other: w.readopt(one),
]

scripts = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(WRITES), st.sampled_from(UNITS), st.sampled_from(UNITS), st.integers(0, 3)
    ),
    min_size=4,
    max_size=24,
)


@st.composite
def told(draw: st.DrawFn) -> list[Author]:
    """Three stations, the site and maybe a clone of the first station, each with what it said."""
    world = World()
    clone: Author | None = None
    cloned_at = draw(st.integers(0, 30))
    for step, (who, write, one, other, knows) in enumerate(draw(scripts)):
        world.say(world.stations[who], write, one, other, knows)
        if step == cloned_at:
            clone = world.stations[0].clone(world.stations[0].size)
        elif clone and who == 0:
            world.say(clone, write, other, one, knows)
    return [each for each in [*world.stations, world.site, clone] if each and each.size]


def damaged(body: bytes, at: int) -> bytes:
    """The batch with one bit of one event turned over, packed anew."""
    sent = wire.decode(body)
    which = at % len(sent.events)
    raw = sent.events[which]
    spot = at % len(raw)
    bad = raw[:spot] + bytes([raw[spot] ^ 1]) + raw[spot + 1 :]
    return wire.encode(wire.Batch(sent.start, (*sent.events[:which], bad, *sent.events[which + 1 :]), sent.note))


@st.composite
def deliveries(draw: st.DrawFn, authors: list[Author]) -> list[bytes]:
    """Pieces of all logs, some doubled, some overlapping, some damaged, in any order; not all need to be there."""
    pieces: list[bytes] = []
    for author in authors:
        for _ in range(draw(st.integers(0, 4))):
            start = draw(st.integers(0, author.size - 1))
            stop = draw(st.integers(start + 1, author.size))
            body = author.batch(start, stop)
            match draw(st.sampled_from(["whole", "whole", "twice", "bit", "cut", "noise"])):
                case "twice":
                    pieces += [body, body]
                case "bit":
                    pieces.append(damaged(body, draw(st.integers(0, 10_000))))
                case "cut":
                    pieces.append(body[: draw(st.integers(0, len(body) - 1))])
                case "noise":
                    at = draw(st.integers(0, len(body) - 1))
                    pieces.append(body[:at] + bytes([body[at] ^ 0x40]) + body[at + 1 :])
                case _:
                    pieces.append(body)
    return draw(st.permutations(pieces))


def deliver(node: Node, pieces: list[bytes]) -> None:
    for body in pieces:
        try:
            node.take(body)
        except BadBatch:
            continue


def heal(node: Node, authors: list[Author]) -> None:
    """The cable is in again: every log is sent whole, and nothing of it is refused."""
    for author in authors:
        kinds = [verdict.kind for verdict in node.take(author.batch())]
        assert kinds[0] in ("accepted", "duplicate", "forked", "aside")


@settings(max_examples=20)
@given(st.data())
def test_all_nodes_end_with_the_same_entries_rows_and_standings(data: st.DataObject) -> None:
    """Two nodes get the same logs by different ways; a third gets them whole. And a rebuild gives the same again."""
    authors = data.draw(told())
    ways = [data.draw(deliveries(authors)), data.draw(deliveries(authors)), []]
    orders = [data.draw(st.permutations(authors)) for _ in ways]
    with tempfile.TemporaryDirectory() as folder:
        nodes = [Node(Path(folder) / f"{i}.db", authors[:1], site_author()) for i in range(len(ways))]
        for node, pieces, order in zip(nodes, ways, orders, strict=True):
            deliver(node, pieces)
            heal(node, order)
        first, *others = nodes
        everybody = {(author.log, i, raw) for author in authors for i, raw in enumerate(author.raws)}
        assert first.entries() == everybody
        for other in others:
            assert other.entries() == everybody
            assert other.rows() == first.rows()
            assert other.standings() == first.standings()
        _rebuild(first, Path(folder) / "rebuilt.db")
        for node in nodes:
            node.close()


def _rebuild(node: Node, path: Path) -> None:
    fresh = open_sqlite(path, APPLICATION, MIGRATIONS, create=True)
    with node.store.reading() as old, fresh.writing() as new:
        for table in (t.log, t.branch, t.entry):
            new.execute(insert(table), [dict(row) for row in old.execute(select(table)).mappings()])
        project(new, everything(new)[::-1])
        assert portable_rows(new) == node.rows()
        known = reads.definitions(new)
        for thing, standing in node.standings().items():
            assert judged(new, reads.history(new, thing), known) == standing
    fresh.close()


@settings(max_examples=15)
@given(st.data())
def test_accept_is_idempotent_and_commutes_across_logs(data: st.DataObject) -> None:
    """Honest logs in whole batches: swapping the logs, or sending each again at any time, makes no difference."""
    authors = [author for author in data.draw(told()) if author.log != Author(1).log][:3] or [Author(1)]
    batches = [author.batch(i, i + 1) for author in authors for i in range(author.size)]
    with tempfile.TemporaryDirectory() as folder:
        one = Node(Path(folder) / "one.db", authors, site_author())
        two = Node(Path(folder) / "two.db", authors, site_author())
        deliver(one, batches)
        turns = data.draw(st.permutations([i for i, author in enumerate(authors) for _ in range(author.size)]))
        sizes = dict.fromkeys(range(len(authors)), 0)
        for who in turns:
            body = authors[who].batch(sizes[who], sizes[who] + 1)
            assert two.take(body)[0].kind == "accepted"
            assert two.take(body)[0].kind == "duplicate"
            sizes[who] += 1
        assert (one.entries(), one.rows(), one.standings()) == (two.entries(), two.rows(), two.standings())
        assert [one.head(author) for author in authors] == [two.head(author) for author in authors]
        one.close()
        two.close()
