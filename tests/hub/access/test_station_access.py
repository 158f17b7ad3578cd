"""Who may talk to the hub: tickets, the six words, new incarnations, sessions, and when a log counts as up to date."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from common import event_types as b
from common.errors import BadTicket
from common.ids import b64, log_id, six_words
from common.ledger import logs
from common.signedlog import session as s
from common.signedlog.trust import Ticket, enrol_proof, open_trust
from hub.db import enrolments
from tests.conftest import Clock
from tests.support.factory import Author, done, unit
from tests.support.gate import code, is_trusted, rows, say_hello
from tests.support.hub import LINE, Office, carried_on, enrolment, head, hello, together

Expect = Callable[[str], None]
MOTOR = b.Commission(material="motor")
U = unit("M-1")


# Tickets --------------------------------------------------------------------------------------------------------------
def test_a_ticket_carries_what_a_station_needs_to_know_its_hub(office: Office) -> None:
    ticket = office.gate.issue("st-10", LINE, 600)
    again = Ticket.parse(ticket.text())
    assert again == ticket
    assert (again.address, again.station) == ("https://hub.example:8443", "st-10")
    assert again.site_root == office.site.root_public
    assert (again.tls_pin, again.expires_s) == (office.site.tls_pin, office.clock.wall_ms() // 1000 + 600)
    assert office.gate.issue("st-10", LINE, 600).secret != ticket.secret


def test_enrolling_shows_the_same_six_words_on_both_sides_and_trusts_nobody_yet(office: Office, author: Author) -> None:
    ticket = office.gate.issue("st-10", LINE, 600)
    said = office.gate.enrol(enrolment(author, ticket))
    assert (said.state, said.line) == ("waiting", LINE)
    assert said.words == six_words(ticket.site_root, author.pub), "what the station can reckon itself"
    assert open_trust(said.trust, ticket.site_root).site == office.site.id
    (row,) = rows(office)
    assert (row.station, row.line, row.state, row.words) == ("st-10", LINE, "waiting", said.words)
    assert row.log == author.log
    assert not is_trusted(office, author)


def test_a_revoked_key_is_refused_in_words_and_a_new_one_for_its_station_is_not(office: Office, author: Author) -> None:
    asked = office.gate.enrol(enrolment(author, office.gate.issue("st-10", LINE, 600)))
    office.gate.confirm("st-10", asked.words)
    office.publish(b.StationRevoked(log=author.log, at=1, reason="stolen"))
    ticket = office.gate.issue("st-10", LINE, 600)
    assert code(office.gate.enrol, enrolment(author, ticket)) == "enrol.revoked"
    again = office.gate.enrol(enrolment(Author(66), ticket))
    office.gate.confirm("st-10", again.words)
    assert is_trusted(office, Author(66))


def test_a_confirmed_station_is_trusted_on_the_tickets_line(office: Office, author: Author) -> None:
    words = office.gate.enrol(enrolment(author, office.gate.issue("st-10", LINE, 600))).words
    office.gate.confirm("st-10", "  ".join(words.split()))
    (row,) = rows(office)
    assert (row.station, row.line, row.state, row.log) == ("st-10", LINE, "trusted", author.log)
    with office.reading() as conn:
        assert enrolments.candidates(conn) == []
    assert office.gate.enrol(enrolment(author, office.gate.issue("st-10", LINE, 600))).state == "trusted"


def test_asking_twice_with_one_key_changes_nothing(office: Office, author: Author) -> None:
    """The first answer may have been lost on the way."""
    asked = enrolment(author, office.gate.issue("st-10", LINE, 600))
    assert office.gate.enrol(asked) == office.gate.enrol(asked)
    assert len(rows(office)) == 1


def test_a_ticket_enrols_one_key_only(office: Office, author: Author) -> None:
    ticket = office.gate.issue("st-10", LINE, 600)
    office.gate.enrol(enrolment(author, ticket))
    assert code(office.gate.enrol, enrolment(Author(2), ticket)) == "ticket.used"
    assert [row.log for row in rows(office)] == [author.log]


def test_of_two_keys_that_come_at_once_with_one_ticket_one_is_taken(office: Office) -> None:
    ticket = office.gate.issue("st-10", LINE, 600)

    def ask(one: Author) -> str:
        try:
            return office.gate.enrol(enrolment(one, ticket)).state
        except BadTicket as e:
            return e.code

    assert sorted(together(*(lambda n=n: ask(Author(n)) for n in range(1, 6)))) == ["ticket.used"] * 4 + ["waiting"]


def test_a_ticket_is_good_until_its_last_second(office: Office, author: Author, clock: Clock) -> None:
    ticket = office.gate.issue("st-10", LINE, 600)
    late = office.gate.issue("st-10", LINE, 599)
    clock.advance(600)
    assert code(office.gate.enrol, enrolment(author, late)) == "ticket.expired"
    assert office.gate.enrol(enrolment(author, ticket)).state == "waiting"


def test_a_ticket_is_for_one_station(office: Office, author: Author) -> None:
    ticket = office.gate.issue("st-10", LINE, 600)
    office.gate.issue("st-20", LINE, 600)
    other = Author(2, "st-20")
    for station in ("st-20", "st-30"):
        proof = b64(enrol_proof(ticket.secret, other.pub, station))
        assert code(office.gate.enrol, s.Enrol(station, b64(other.pub), proof)) == "ticket.refused"


def changed(text: str) -> str:
    return ("B" if text[0] == "A" else "A") + text[1:]


def test_a_proof_is_tied_to_the_key_and_cannot_be_changed(office: Office, author: Author) -> None:
    ticket = office.gate.issue("st-10", LINE, 600)
    good = enrolment(author, ticket)
    other = b64(Author(2).pub)
    for proof in ("", changed(good.proof), good.proof[:-1], good.proof + "A", "é", "\0", "x" * 5_000):
        assert code(office.gate.enrol, enrolment(author, ticket, proof=proof)) == "ticket.refused"
    assert code(office.gate.enrol, enrolment(author, ticket, pub=other)) == "ticket.refused", "somebody else's key"
    assert rows(office) == []
    assert office.gate.enrol(good).state == "waiting", "and the ticket is not spent by that"


@pytest.mark.parametrize("pub", ["", "AA", "é", "not base64", b64(bytes(31)), b64(bytes(33)), b64(bytes(32)) + "="])
def test_what_is_no_key_is_refused(office: Office, author: Author, pub: str) -> None:
    ticket = office.gate.issue("st-10", LINE, 600)
    assert code(office.gate.enrol, enrolment(author, ticket, pub=pub)) == "ticket.malformed"
    assert code(office.gate.enrol, replace(carried_on(Author(2), author), pub=pub)) == "ticket.malformed"


# The six words --------------------------------------------------------------------------------------------------------
def test_confirming_needs_the_words_of_a_key_that_waits_for_that_station(office: Office, author: Author) -> None:
    one = office.gate.enrol(enrolment(author, office.gate.issue("st-10", LINE, 600))).words
    other = office.gate.enrol(enrolment(Author(2), office.gate.issue("st-20", LINE, 600))).words
    assert code(office.gate.confirm, "st-30", one) == "enrol.nobody"
    for words in ("", one[:-1], " ".join(reversed(one.split())), other, one.upper()):
        assert code(office.gate.confirm, "st-10", words) == "enrol.words"
    assert {row.state for row in rows(office)} == {"waiting"}


def test_somebody_in_between_gets_no_trust_from_the_stations_words(office: Office, author: Author) -> None:
    """Two keys wait for one station; the words choose which."""
    office.gate.enrol(enrolment(Author(66), office.gate.issue("st-10", LINE, 600)))
    words = office.gate.enrol(enrolment(author, office.gate.issue("st-10", LINE, 600))).words
    office.gate.confirm("st-10", words)
    assert is_trusted(office, author)
    assert not is_trusted(office, Author(66))
    assert {row.log: row.state for row in rows(office)} == {author.log: "trusted", Author(66).log: "waiting"}


def test_a_confirmation_is_an_event_of_the_site_log(office: Office, author: Author) -> None:
    """So every station learns it, and it outlives the hub's own tables."""
    words = office.gate.enrol(enrolment(author, office.gate.issue("st-10", LINE, 600))).words
    office.gate.confirm("st-10", words)
    with office.reading() as conn:
        known = logs.by_id(conn, office.site.trust.site_log)
        assert known is not None
        raws = logs.waiting(conn, known.lid, 10)
    assert any(b'"station_enrolled"' in raw and author.log.encode() in raw for raw in raws)


# A new incarnation ----------------------------------------------------------------------------------------------------
def test_a_new_incarnation_asks_by_its_parents_key_and_waits_for_somebody(
    office: Office, old: Author, expect_warning: Expect
) -> None:
    """What it writes in the meantime is kept aside, and taken when somebody says yes."""
    expect_warning("batch_quarantined .*aside.unknown_log")
    new = Author(2, "st-10")
    new.say(done("wire"), U)
    said = office.gate.enrol(carried_on(new, old))
    assert (said.state, said.line, said.words) == ("waiting", LINE, six_words(office.site.root_public, new.pub))
    assert office.take(new).kind == "aside"
    assert (office.size(new), office.shelf()) == (0, [("aside.unknown_log", new.log)])
    assert code(say_hello, office, hello(new)) == "hello.unknown"
    office.gate.confirm("st-10", said.words)
    office.settle()
    assert (office.size(new), office.shelf()) == (1, [])
    states = {row.log: row.state for row in rows(office)}
    assert states == {old.log: "replaced", new.log: "trusted"}
    with office.reading() as conn:
        known = logs.by_id(conn, new.log)
        assert known is not None and (known.follows, known.follows_size) == (old.log, 2)


def test_a_new_incarnation_may_follow_one_that_still_waits_and_is_confirmed_with_it(
    office: Office, old: Author
) -> None:
    """A station that was restored twice before anybody came shows the newest words only."""
    middle, new = Author(2, "st-10"), Author(3, "st-10")
    middle.say(done("wire"), U)
    assert code(office.gate.enrol, carried_on(new, middle)) == "enrol.parent", "nobody vouched for it so far"
    office.gate.enrol(carried_on(middle, old))
    said = office.gate.enrol(carried_on(new, middle))
    office.gate.confirm("st-10", said.words)
    states = {row.log: row.state for row in rows(office)}
    assert states == {old.log: "replaced", middle.log: "replaced", new.log: "trusted"}


def test_who_follows_a_revoked_log_vouches_for_nobody_either(office: Office, old: Author) -> None:
    middle = Author(2, "st-10")
    office.gate.enrol(carried_on(middle, old))
    office.publish(b.StationRevoked(log=old.log, at=2, reason="stolen"))
    assert code(office.gate.enrol, carried_on(Author(3, "st-10"), middle)) == "enrol.parent"


def test_a_parents_signature_is_over_this_key_and_this_head(office: Office, old: Author) -> None:
    new, other = Author(2, "st-10"), Author(3, "st-10")
    good = carried_on(new, old)
    assert good.parent is not None
    shorter, fewer = head(old, 1), replace(good.parent, size=1)
    for asked in (
        replace(good, proof=changed(good.proof)),
        replace(good, proof=""),
        replace(good, proof="é"),
        replace(good, pub=b64(other.pub)),
        replace(good, parent=shorter),
        replace(good, parent=fewer),
    ):
        assert code(office.gate.enrol, asked) == "enrol.signature"
    stranger = replace_key(old)
    assert code(office.gate.enrol, carried_on(new, stranger)) == "enrol.parent"
    assert [row.state for row in rows(office)] == ["trusted"]


def replace_key(author: Author) -> Author:
    """A station of the same name whose key the hub does not know."""
    stranger = Author(66, author.station)
    stranger.raws = author.raws
    return stranger


def test_a_log_vouches_for_its_own_station_only(office: Office, old: Author) -> None:
    elsewhere = Author(2, "st-20")
    assert code(office.gate.enrol, carried_on(elsewhere, old)) == "enrol.parent"


def test_a_revoked_key_vouches_for_nobody(office: Office, old: Author) -> None:
    office.publish(b.StationRevoked(log=old.log, at=2, reason="stolen"))
    assert code(office.gate.enrol, carried_on(Author(2, "st-10"), old)) == "enrol.parent"


def test_the_hubs_own_logs_vouch_for_nobody(office: Office) -> None:
    office.publish(b.OrderReceived("motor", "1", "pcs"), on=(unit("order"),), line=LINE)
    key = office.site.line_key(LINE).public_key().public_bytes_raw()
    with office.reading() as conn:
        known = logs.by_id(conn, log_id(key))
        assert known is not None
        at = logs.head(conn, known.lid)
    parent = b.Head(at.log, at.size, b64(at.root))
    asked = s.Enrol("hub", b64(Author(2).pub), b64(bytes(64)), parent)
    assert code(office.gate.enrol, asked) == "enrol.signature"
