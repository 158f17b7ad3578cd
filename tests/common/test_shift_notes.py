"""The notes of a workplace from its events: newest first, none that was undone, in whichever order they arrived."""

from __future__ import annotations

from itertools import permutations

from msgspec import Raw
from msgspec.structs import replace

from common import event_types as b
from common import events
from common.ids import Claim, b64
from common.shift_notes import list_of, written
from tests.support.factory import SITE, Author

LIST = list_of(Claim(f"place@{SITE}", "st-10"))


def entries(author: Author) -> list[tuple[int, str, events.Event]]:
    return [(n, author.id(n), events.decode(raw)) for n, raw in enumerate(author.raws)]


def test_the_list_is_named_for_the_workplace() -> None:
    assert Claim(f"notes@{SITE}", "st-10") == LIST


def test_the_newest_note_is_first_and_one_that_was_undone_is_none_whatever_arrived_first() -> None:
    author = Author(1)
    author.say(b.ShiftNote("st-10", "first"), LIST, who="p-1")
    wrong = author.say(b.ShiftNote("st-10", "wrong"), LIST, who="p-1")
    author.say(b.Void(wrong, "undo"), LIST, who="p-1")
    author.say(b.ShiftNote("st-10", "last"), LIST, who="p-2")
    for arrived in permutations(entries(author)):
        found = written((n, id, event) for n, (_, id, event) in enumerate(arrived))
        assert [(note.text, note.who) for note in found] == [("last", "p-2"), ("first", "p-1")]


def test_a_note_that_was_carried_on_counts_once_and_under_its_first_id() -> None:
    old, new = Author(1), Author(2)
    first = old.say(b.ShiftNote("st-10", "seen"), LIST, who="p-1")
    new.say(b.Readopt(old.log, 0, b64(old.raws[0])), LIST)
    for found in (written(entries(new)), written([*entries(old), *entries(new)])):
        assert [(note.id, note.text, note.who) for note in found] == [(first, "seen", "p-1")]
    new.say(b.Void(first, "undo"), LIST)
    assert written([*entries(old), *entries(new)]) == ()


def test_what_breaks_its_schema_or_is_of_a_later_release_is_passed_over() -> None:
    author = Author(1)
    author.say(b.ShiftNote("st-10", "good"), LIST)
    _, id, good = entries(author)[0]
    bad = [replace(good, b=Raw(b"{}")), replace(good, t="readopt", b=Raw(b"{}")), replace(good, v=2)]
    found = written([(0, id, good), *((n, f"{id}{n}", one) for n, one in enumerate(bad, 1))])
    assert [note.text for note in found] == ["good"]
