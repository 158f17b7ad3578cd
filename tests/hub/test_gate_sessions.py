"""Sessions at the gate: hello, one-time tokens, and since when a log is known to be up to date."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from common import event_types as b
from common.ids import b64, unb64
from common.ledger import logs
from common.signedlog import session as s
from common.signedlog.note import open_text
from common.signedlog.trust import hello_message
from tests.conftest import Clock
from tests.support.factory import START_MS, Author, unit
from tests.support.gate import code, give_answer, rows, say_hello
from tests.support.hub import Office, answer, head, hello, welcome

Expect = Callable[[str], None]
MOTOR = b.Commission(material="motor")
U = unit("M-1")


# Hello ----------------------------------------------------------------------------------------------------------------
def test_a_session_is_opened_by_signing_the_hubs_challenge(office: Office, old: Author) -> None:
    said = welcome(office, old)
    assert office.gate.who(f"Bearer {said.session}") == old.log
    assert [(h.log, h.size, h.root) for h in said.heads] == [(old.log, 2, head(old).root)]
    assert (said.trust_version, said.epoch) == (office.site.trust.version, office.site.epoch)
    text = open_text(said.anchor, office.site.trust.hub_name, office.site.trust.hub_key)
    assert text.splitlines()[-1] == str(office.clock.wall_ms())
    assert (said.anchor.count(old.log), len(unb64(said.session))) == (1, 32)


def test_hello_says_no_to_whom_it_does_not_know(office: Office, author: Author) -> None:
    assert code(say_hello, office, hello(author)) == "hello.unknown"
    assert code(say_hello, office, hello(author, log=office.site.trust.site_log)) == "hello.unknown"


def test_hello_says_no_to_a_revoked_key_even_if_it_was_asked_before(office: Office, old: Author) -> None:
    challenge = say_hello(office, hello(old))
    session = welcome(office, old).session
    office.publish(b.StationRevoked(log=old.log, at=1, reason="stolen"))
    assert code(say_hello, office, hello(old)) == "hello.revoked"
    assert code(give_answer, office, answer(old, challenge, office.site.tls_pin)) == "hello.revoked"
    with office.reading() as conn:
        assert code(office.gate.trusted, conn, office.gate.who(f"Bearer {session}")) == "hello.revoked"


def test_the_two_sides_must_share_a_version(office: Office, old: Author) -> None:
    for spoken in ((1, 1), (1, 9), (0, 1)):
        assert say_hello(office, hello(old, proto=spoken))
    for spoken in ((2, 3), (0, 0)):
        assert code(say_hello, office, hello(old, proto=spoken)) == "hello.proto"


def test_a_challenge_is_for_one_answer(office: Office, old: Author) -> None:
    said = answer(old, say_hello(office, hello(old)), office.site.tls_pin)
    give_answer(office, said)
    assert code(give_answer, office, said) == "hello.challenge"


def test_a_challenge_is_for_a_short_while(office: Office, old: Author, clock: Clock) -> None:
    first, second = say_hello(office, hello(old)), say_hello(office, hello(old))
    clock.advance(30)
    assert give_answer(office, answer(old, first, office.site.tls_pin))
    clock.advance(1)
    assert code(give_answer, office, answer(old, second, office.site.tls_pin)) == "hello.challenge"
    say_hello(office, hello(old))
    assert len(office.gate._challenges) == 1, "what nobody answered is forgotten"


def test_a_jump_of_the_wall_clock_makes_no_challenge_old(office: Office, old: Author, clock: Clock) -> None:
    challenge = say_hello(office, hello(old))
    clock.jump(86_400 * 400)
    assert give_answer(office, answer(old, challenge, office.site.tls_pin))


def test_a_challenge_is_for_the_log_that_said_hello(office: Office, old: Author) -> None:
    other = Author(2, "st-20")
    office.trust(other)
    challenge = say_hello(office, hello(old))
    assert code(give_answer, office, answer(other, challenge, office.site.tls_pin)) == "hello.challenge"
    assert code(give_answer, office, answer(old, b64(bytes(32)), office.site.tls_pin)) == "hello.challenge"


def test_only_the_logs_key_can_answer_and_only_to_this_hub(office: Office, old: Author) -> None:
    """A hub in between has another TLS key, and cannot pass the answer on."""

    def signed(make: Callable[[str], s.HelloAnswer]) -> str:
        return code(give_answer, office, make(say_hello(office, hello(old))))

    def forge(challenge: str) -> s.HelloAnswer:
        message = hello_message(old.log, unb64(challenge), office.site.tls_pin)
        return s.HelloAnswer(old.log, challenge, b64(Author(2).key.sign(message)))

    assert signed(forge) == "hello.signature"
    assert signed(lambda challenge: answer(old, challenge, bytes(32))) == "hello.signature"
    for text in ("", "é", "AA", b64(bytes(64))):
        assert signed(lambda c, text=text: s.HelloAnswer(old.log, c, text)) == "hello.signature"  # type: ignore[misc]


def test_a_station_is_told_of_its_own_logs_only(office: Office, old: Author) -> None:
    """Its earlier incarnations are its own; what another has is nothing to it."""
    other, new = Author(2, "st-20"), Author(3, "st-10")
    office.trust(other)
    office.trust(new, parent=old.head())
    other.say(MOTOR, U)
    office.take(other)
    said = welcome(office, new, heads=(head(new), head(old), head(other), head(Author(9))))
    assert {h.log: h.size for h in said.heads} == {new.log: 0, old.log: 2}


# Sessions -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer x", "Basic x", "Bearer " + "A" * 43, "é"])
def test_without_a_session_nobody_is_anybody(office: Office, old: Author, shown: str) -> None:
    welcome(office, old)
    assert code(office.gate.who, shown) == "session.none"


def test_a_new_session_ends_the_one_before(office: Office, old: Author) -> None:
    first = welcome(office, old)
    second = welcome(office, old, first.token)
    assert code(office.gate.who, f"Bearer {first.session}") == "session.none"
    assert office.gate.who(f"Bearer {second.session}") == old.log


def test_sessions_and_ages_do_not_outlive_the_hub(office: Office, old: Author) -> None:
    said = welcome(office, old)
    gate = office.new_gate()
    assert code(gate.who, f"Bearer {said.session}") == "session.none"
    assert gate.age_ms(log_of(office, old), 2) is None
    again = welcome(office, old, said.token, gate)
    assert gate.who(f"Bearer {again.session}") == old.log
    assert [row.suspect for row in rows(office)] == [False], "the token of the last time is known over a restart"


# Two computers with one key -------------------------------------------------------------------------------------------
def suspected(office: Office, author: Author) -> bool:
    return next(row.suspect for row in rows(office) if row.log == author.log)


def test_a_spent_token_marks_the_station(office: Office, old: Author, expect_warning: Expect) -> None:
    """A clone brings the token that the station had when it was copied."""
    expect_warning(f"clone_suspected log={old.log}")
    copied = welcome(office, old).token
    token = welcome(office, old, copied).token
    token = welcome(office, old, token).token
    assert not suspected(office, old)
    welcome(office, old, copied)
    assert suspected(office, old)
    welcome(office, old, token)
    assert suspected(office, old), "until somebody looked"


def test_a_clone_that_comes_at_once_is_found_at_the_stations_next_hello(
    office: Office, old: Author, expect_warning: Expect
) -> None:
    expect_warning("clone_suspected")
    copied = welcome(office, old).token
    mine = welcome(office, old, copied).token
    welcome(office, old, copied)
    assert not suspected(office, old), "it might be a lost answer"
    welcome(office, old, mine)
    assert suspected(office, old)


def test_an_answer_that_was_lost_on_the_way_makes_nobody_suspect(office: Office, old: Author) -> None:
    """The hub gave a new token, the cable was cut; the station brings the one that it has, as often as it takes."""
    token = welcome(office, old).token
    for _ in range(3):
        welcome(office, old, token)
    token = welcome(office, old, token).token
    welcome(office, old, token)
    assert not suspected(office, old)


def test_a_station_that_was_restarted_brings_no_token_and_is_not_suspect(office: Office, old: Author) -> None:
    welcome(office, old)
    token = welcome(office, old, "").token
    welcome(office, old, token)
    assert not suspected(office, old)


# Freshness ------------------------------------------------------------------------------------------------------------
def log_of(office: Office, author: Author) -> logs.Log:
    with office.reading() as conn:
        found = logs.by_id(conn, author.log)
    assert found is not None
    return found


def age(office: Office, author: Author) -> int | None:
    return office.gate.age_ms(log_of(office, author), office.size(author))


def saw(office: Office, author: Author, said: b.Head) -> None:
    with office.reading() as conn:
        office.gate.saw(conn, author.log, said)


def test_a_log_is_up_to_date_from_when_its_author_said_that_it_is_all(
    office: Office, old: Author, clock: Clock
) -> None:
    assert age(office, old) is None, "nobody said so"
    saw(office, old, head(old))
    clock.advance(7)
    assert age(office, old) == 7_000
    saw(office, old, head(old))
    assert age(office, old) == 0


def test_a_head_that_is_not_what_the_hub_has_makes_nothing_fresh(office: Office, old: Author) -> None:
    """Longer: it has more to send. Shorter: it was restored. Another root: a fork. Another's: it cannot know."""
    longer = old.clone(2)
    longer.say(MOTOR, U)
    fork = old.clone(1)
    fork.say(MOTOR, U)
    for said in (head(longer), head(old, 1), head(fork)):
        saw(office, old, said)
        assert age(office, old) is None
    other = Author(2, "st-20")
    office.trust(other)
    saw(office, other, head(old))
    assert age(office, old) is None


def test_what_comes_after_a_confirmed_head_takes_nothing_from_it_and_makes_nothing_fresh(
    office: Office, old: Author, clock: Clock
) -> None:
    """A line that never rests would else look unseen to the next one each time that the hub has a batch of it and not
    yet its word that this is all."""
    saw(office, old, head(old))
    old.say(MOTOR, U)
    clock.advance(2)
    office.take(old, 2)
    assert age(office, old) == 2_000
    assert office.gate.age_ms(log_of(office, old), office.size(old) - 2) is None, "of which the hub had not all yet"
    saw(office, old, head(old))
    assert age(office, old) == 0


def test_a_hello_counts_from_when_it_was_said_not_from_its_answer(office: Office, old: Author, clock: Clock) -> None:
    """What was written since is not known to be here."""
    challenge = say_hello(office, hello(old))
    clock.advance(20)
    give_answer(office, answer(old, challenge, office.site.tls_pin))
    assert age(office, old) == 20_000


def test_the_hubs_own_logs_are_always_up_to_date(office: Office) -> None:
    office.settle()
    with office.reading() as conn:
        site = logs.by_id(conn, office.site.trust.site_log)
        assert site is not None
        assert office.gate.age_ms(site, 1) == 0


def test_a_jump_of_the_wall_clock_makes_nothing_older_or_fresher(office: Office, old: Author, clock: Clock) -> None:
    saw(office, old, head(old))
    clock.jump(-86_400 * 365 * 20)
    assert age(office, old) == 0
    clock.jump(86_400 * 365 * 50)
    assert age(office, old) == 0
    clock.advance(3)
    assert age(office, old) == 3_000


def test_when_a_station_spoke_last_is_kept_for_people(office: Office, old: Author, clock: Clock) -> None:
    welcome(office, old)
    (row,) = rows(office)
    assert row.seen_at == clock.wall_ms() == START_MS
