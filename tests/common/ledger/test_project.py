"""Entries become rows, the same whenever and however often it is done; what makes no sense stops nothing else."""

import msgspec
import pytest
from sqlalchemy import insert, select

from common import event_types as b
from common import events, wire_types
from common.definitions import DEFINITION, definition_hash
from common.events import Event, Fact
from common.ids import b64
from common.ledger import accept, reads
from common.ledger import tables as t
from common.ledger.project import project
from tests.support.factory import (
    Author,
    bind,
    container,
    done,
    everything,
    kinds,
    lot,
    materials,
    open_ledger,
    portable_rows,
    stamp,
    tags,
    unit,
)
from tests.support.postgres import BOTH

ENGINES = BOTH

REASON = {"kind": "reason", "id": "noise", "name": {"zh": "异响", "en": "Noise"}, "use": "fail"}


def raw_event(body: object, *on: object, t: str = "bind", n: int = 0, **more: object) -> bytes:
    """Canonical bytes of an event that `events.encode` would not write."""
    said = stamp(n)
    envelope = {"t": t, "v": 1, "b": body, "on": list(on), "at": said.at, "bo": said.bo, "mo": said.mo, "n": said.n}
    return msgspec.json.encode(envelope | more, order="sorted")


def busy() -> list[Author]:
    """Two stations, one of which was cloned, and the site."""
    one, two, site = Author(1), Author(2), Author(200, "site", "")
    one.say(b.Commission(material="motor"), unit())
    bound = one.say(bind("rotor"), unit(), unit("R-1"))
    one.say(bind("screw"), unit(), lot())
    one.say(b.Replace("rotor", "rotor", "1", "pcs", "press", tags(bound)), unit(), unit("R-2"), unit("R-1"))
    clone = one.clone(4)
    clone.say(done("press", "fail"), unit())
    two.say(done("press"), unit(), rf=[one.ref(3)])
    two.say(b.Aggregate(), container(), unit(), unit("M-2"))
    two.say(b.Transform(inputs=1), lot(), lot("L-2"), lot("L-3"))
    called = two.say(b.Call("raised", "st-2", "noise"))
    one.say(b.Call("cleared", "st-2", "noise", called))
    site.say(b.SerialBlockLeased(two.log, "motor", "M-", 6, 1, 9))
    site.say(b.DefinitionPublished(definition=REASON))
    return [one, two, site, clone]


def test_projecting_everything_anew_gives_the_same_rows(make, databases):
    """A rebuild: the entries of a store, copied into an empty one in another order, over portable keys."""
    one, two, site, clone = busy()
    node = make(one, two, site=site)
    for each in (two, one, clone, site):
        for index in range(each.size):
            node.take(each.batch(index, index + 1))
    fresh = open_ledger(databases("fresh", "ledger"))
    with node.store.reading() as old, fresh.writing() as new:
        for table in (t.log, t.branch):
            new.execute(insert(table), [dict(row) for row in old.execute(select(table)).mappings()])
        rows = [dict(row) for row in old.execute(select(t.entry).order_by(t.entry.c.eid.desc())).mappings()]
        new.execute(insert(t.entry), [row | {"eid": 1000 - row["eid"]} for row in rows])
        result = project(new, everything(new))
        assert result.failed == ()
        assert portable_rows(new) == portable_rows(old)
        assert all(found != set() for found in portable_rows(new).values())
        assert reads.definitions(new).by_kind == reads.definitions(old).by_kind
    fresh.close()


def test_projecting_twice_changes_nothing(make):
    one, two, site, clone = busy()
    node = make(one, two, site=site)
    for each in (one, two, site, clone):
        node.take(each.batch())
    before, standings = node.rows(), node.standings()
    with node.store.writing() as conn:
        tips = set(conn.execute(select(t.tip)))
        project(conn, everything(conn))
        project(conn, everything(conn)[:3])
        assert set(conn.execute(select(t.tip))) == tips
    assert (node.rows(), node.standings()) == (before, standings)


@pytest.mark.parametrize("step", [1, -1])
def test_the_last_event_of_a_log_on_a_thing_is_its_tip_in_whatever_order_its_rows_are_made(make, author, step):
    for i in range(4):
        author.say(done(f"op-{i}"), unit())
    node = make(author)
    with node.store.writing() as conn:
        accept.accept(conn, author.batch(), 0)
        project(conn, everything(conn)[::step])
        tips = conn.execute(select(t.entry.c.idx).join(t.tip, t.tip.c.eid == t.entry.c.eid)).scalars().all()
    assert tips == [3]


# What makes no sense --------------------------------------------------------------------------------------------------
BAD = {
    "no_such_field": ("bind", {"slot": "rotor"}, "event.body"),
    "a_decimal_that_is_none": (
        "bind",
        {"slot": "s", "material": "m", "quantity": "1,5", "uom": "pcs", "operation": "o"},
        "event.body",
    ),
    "too_few_things": ("aggregate", {}, "event.on"),
    "a_key_that_is_no_key": (
        "station_enrolled",
        {"station": "st-1", "log": "a" * 26, "pub": "!" * 43, "line": "line-1"},
        "event.body",
    ),
    "a_key_spelt_in_another_way": (
        "station_enrolled",
        {"station": "st-1", "log": "a" * 26, "pub": b64(bytes(32))[:-1] + "B", "line": "line-1"},
        "event.body",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_body_that_makes_no_sense_is_reported_and_does_not_stop_the_others(make, author, case):
    """Whoever wrote it: one bad event of one station must not stop the projector of all."""
    name, body, code = BAD[case]
    author.say(bind("first"), unit(), lot())
    author.write(raw_event(body, unit("bad"), t=name))
    author.say(bind("second"), unit(), lot())
    node = make(author)
    assert node.take(author.batch())[0].kind == "accepted"
    assert materials(node.standing(unit())) == {"first": "L-1", "second": "L-1"}
    with node.store.writing() as conn:
        ((eid, things, error),) = project(conn, everything(conn)).failed
        told = conn.execute(select(t.thing.c.value).where(t.thing.c.tid.in_(things))).scalars().all()
        assert conn.execute(select(t.entry.c.raw).where(t.entry.c.eid == eid)).scalar() == author.raws[1]
    assert (error.code, told) == (code, ["bad"])


def test_a_thing_with_an_event_that_makes_no_sense_is_held(make, author):
    """It may have been a hold or a scrap; nobody knows, so nobody goes on with it."""
    author.say(b.Commission(material="motor"), unit())
    author.write(raw_event({"because": "cracked"}, unit(), t="scrap", crit=True))
    node = make(author)
    node.take(author.batch())
    assert node.standing(unit()).state == "hold"


def test_a_reference_that_is_spelt_in_another_way_does_not_come_in(make, author):
    """32 bytes have many spellings in base64url and one that counts; the others would never be found again."""
    author.say(bind(), unit(), lot())
    leaf = author.ref(0)[2]
    twin = leaf[:-1] + chr(ord(leaf[-1]) + 1)
    author.write(raw_event({}, unit(), t="later", rf=[["a" * 26, 0, twin]]))
    node = make(author)
    assert node.take(author.batch())[0].code == "event.reference"


def test_an_unknown_type_is_kept_and_relayed_has_no_rows_and_holds_if_it_asks_to(make, author):
    author.say(b.Commission(material="motor"), unit())
    author.write(raw_event({"any": ["thing"]}, unit(), t="annealed", n=1))
    node = make(author)
    node.take(author.batch())
    assert node.standing(unit()).state == "in_process"
    author.write(raw_event({"any": ["thing"]}, unit(), t="irradiated", n=2, crit=True))
    author.write(raw_event({}, unit(), t="scrap", n=3, v=2, crit=True))
    node.take(author.batch(2))
    assert len(node.entries()) == 4
    assert node.standing(unit()).held_because == ("unknown_event", "unknown_event")
    with node.store.writing() as conn:
        assert project(conn, everything(conn)).failed == ()


# What a thing's history is --------------------------------------------------------------------------------------------
def test_a_lots_history_leaves_out_where_it_went(make, author):
    """A lot that went into a million units is a boundary: its standing must not take a million events to tell."""
    author.say(b.Receive(material="screw", supplier="s", quantity="1000", uom="pcs"), lot())
    for i in range(20):
        author.say(bind("screw"), unit(f"M-{i}"), lot())
    author.say(b.Hold(reason="rust"), lot())
    node = make(author)
    node.take(author.batch())
    with node.store.reading() as conn:
        assert [past.t for past in reads.history(conn, lot()).events] == ["receive", "hold"]
    standing = node.standing(lot())
    assert (standing.material, standing.state, standing.within) == ("screw", "hold", ())
    assert materials(node.standing(unit("M-7"))) == {"screw": "L-1"}


def test_a_thing_that_nobody_spoke_of_is_unknown(make):
    assert make().standing(unit()).state == "unknown"


def test_of_a_definition_the_last_one_published_is_in_force_and_a_broken_one_is_none(make, site):
    for name in ("Noise", "Odd noise"):
        site.say(b.DefinitionPublished(definition=REASON | {"name": {"zh": "异响", "en": name}}))
    site.say(b.DefinitionPublished(definition={"kind": "spell", "id": "x"}))
    site.say(b.DefinitionPublished(definition={}))
    node = make(site=site)
    node.take(site.batch())
    with node.store.reading() as conn:
        known = reads.definitions(conn)
    assert [(d.id, d.name.en) for kind in known.by_kind.values() for d in kind.values()] == [("noise", "Odd noise")]


def test_the_hash_of_a_definition_is_that_of_its_canonical_bytes(make, site):
    site.say(b.DefinitionPublished(definition=REASON))
    node = make(site=site)
    node.take(site.batch())
    with node.store.reading() as conn:
        row = conn.execute(select(t.definition)).one()
    assert (row.kind, row.id) == ("reason", "noise")
    assert row.hash == definition_hash(DEFINITION.decode(msgspec.json.encode(REASON)))


def test_an_event_may_name_a_thing_twice_and_many_things(make, author):
    author.say(bind(), unit(), unit())
    author.say(b.Hold(reason="all of them"), *(unit(f"M-{i}") for i in range(wire_types.MAX_ON)))
    node = make(author)
    assert node.take(author.batch())[0].kind == "accepted"
    assert node.standing(unit(f"M-{wire_types.MAX_ON - 1}")).state == "hold"
    assert len(node.standing(unit()).components) == len(node.standing(unit()).within) == 1


@pytest.mark.parametrize(
    "value", ["a\x00b", "'; DROP TABLE thing; --", "%_", "电机-1", "\U0001f529", "\u00c9", "E\u0301"]
)
def test_a_value_is_kept_to_the_byte(make, author, value):
    """A NUL, quotes, wildcards, and the two spellings of an accented letter, which are two values."""
    author.say(b.Commission(material="motor"), unit(value))
    node = make(author)
    node.take(author.batch())
    assert node.standing(unit(value)).material == "motor"
    assert [thing.value for thing in node.standings()] == [value]


def test_the_envelope_reaches_the_judge(make, author):
    rf = (1, ("a" * 26, 2, b64(bytes(32))))
    said = stamp(3, who="p1", cfg="sha256:" + "0" * 64, rf=rf)
    author.write(events.encode(Fact(done("press"), (unit(),)), said))
    node = make(author)
    node.take(author.batch())
    with node.store.reading() as conn:
        (past,) = reads.history(conn, unit()).events
    event = msgspec.json.decode(author.raws[0], type=Event)
    assert (past.t, past.who, past.cfg, past.at) == ("operation_completed", "p1", "sha256:" + "0" * 64, event.at)
    assert past.refs == (f"{'a' * 26}.{b64(bytes(32))}",)
    assert (past.log, past.index, past.disputed, past.blind) == (author.log, 0, False, False)
    assert kinds(node.standing(unit())) == []
