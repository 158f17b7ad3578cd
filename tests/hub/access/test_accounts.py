"""Passwords, tokens and links: only digests are kept, what is over is over, and guessing gets slower."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from common.definitions import Person
from common.errors import BadInput, Denied, HeadwaterError
from hub.access.accounts import FREE_TRIES, ROLES, SCOPES, VISIT_S, Accounts, Caller
from hub.db import access, accounts
from hub.decisions import people
from tests.conftest import Clock
from tests.support.hub import Office

ADMIN = Caller(None, frozenset(SCOPES))
PASSWORD = "correct horse"


@pytest.fixture
def desk(office: Office, clock: Clock) -> Accounts:
    office.define(Person("p-zhou", ["quality"]), Person("p-wang", ["operator"]))
    office.ingest.do(
        lambda conn: access.save_people(conn, [("p-zhou", "周敏", "B20001"), ("p-wang", "王伟", "B10021")])
    )
    return Accounts(office.ingest, office.site, lambda: clock.wall_ms() / 1000, lambda: clock.mono_ms() / 1000)


def give_password(office: Office, desk: Accounts, person: str, password: str = PASSWORD) -> None:
    spelled = desk.spell(password)
    office.ingest.do(lambda conn: people.set_password(conn, ADMIN, person, spelled))


def refused(work: Callable[..., object], *arguments: object) -> HeadwaterError:
    with pytest.raises(HeadwaterError) as caught:
        work(*arguments)
    return caught.value


def caller_of(office: Office, desk: Accounts, cookie: str) -> Caller:
    with office.reading() as conn:
        return desk.by_cookie(conn, cookie)


# Passwords ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["p-zhou", "B20001"])
def test_somebody_signs_in_by_id_or_badge_and_may_do_what_their_roles_give(
    office: Office, desk: Accounts, name: str
) -> None:
    give_password(office, desk, "p-zhou")
    caller = caller_of(office, desk, desk.sign_in(name, PASSWORD))
    assert (caller.person, caller.scopes) == ("p-zhou", {"read", "quality", "calls"})
    assert caller.may("quality") and refused(caller.need, "stations").details["scope"] == "stations"


def test_a_wrong_password_an_unknown_name_and_somebody_without_one_are_refused_alike(
    office: Office, desk: Accounts, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("sign_in_refused")
    give_password(office, desk, "p-zhou")
    for name, password in (("p-zhou", "wrong horse"), ("p-nobody", PASSWORD), ("p-wang", PASSWORD), ("p-zhou", "")):
        error = refused(desk.sign_in, name, password)
        assert (error.code, error.details) == ("account.refused", {})


def test_guessing_gets_slower_and_the_right_password_ends_it(
    office: Office, desk: Accounts, clock: Clock, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("sign_in_refused")
    give_password(office, desk, "p-zhou")
    for _ in range(FREE_TRIES):
        assert refused(desk.sign_in, "p-zhou", "wrong").code == "account.refused"
    assert refused(desk.sign_in, "p-zhou", PASSWORD).code == "account.wait"
    clock.advance(1)
    assert refused(desk.sign_in, "p-zhou", "wrong").code == "account.refused"
    clock.advance(1)
    assert refused(desk.sign_in, "p-zhou", PASSWORD).details["wait_s"] >= 1
    clock.advance(1)
    assert caller_of(office, desk, desk.sign_in("p-zhou", PASSWORD)).person == "p-zhou"
    assert refused(desk.sign_in, "p-zhou", "wrong").code == "account.refused", "counted from the beginning"


@pytest.mark.parametrize("password", ["", "short", "x" * 201])
def test_a_password_that_is_no_password_is_not_taken(desk: Accounts, password: str) -> None:
    assert refused(desk.spell, password).code == "account.password"


def test_nothing_that_lets_in_stands_in_the_database(office: Office, desk: Accounts) -> None:
    give_password(office, desk, "p-zhou")
    token, _ = office.ingest.do(lambda conn: desk.new_token(conn, ADMIN, "erp", ["orders"], 30))
    cookie, key = desk.sign_in("p-zhou", PASSWORD), desk.new_link(["read"], 3, 60)
    raw = b"".join(path.read_bytes() for path in office.data.glob("hub.db*"))
    assert b"p-zhou" in raw
    assert not [secret for secret in (PASSWORD, token, cookie, key) if secret.encode() in raw]


# Browsers -------------------------------------------------------------------------------------------------------------
def test_a_browser_is_signed_in_for_a_shift_and_signs_out(office: Office, desk: Accounts, clock: Clock) -> None:
    give_password(office, desk, "p-zhou")
    first, second = (desk.sign_in("p-zhou", PASSWORD) for _ in range(2))
    desk.sign_out(caller_of(office, desk, first).visit)
    assert refused(caller_of, office, desk, first).code == "account.sign_in"
    clock.advance(VISIT_S - 1)
    assert caller_of(office, desk, second).person == "p-zhou"
    clock.advance(2)
    assert refused(caller_of, office, desk, second).code == "account.sign_in"


def test_a_new_password_and_an_erasure_sign_out_everywhere(office: Office, desk: Accounts) -> None:
    give_password(office, desk, "p-zhou")
    cookie = desk.sign_in("p-zhou", PASSWORD)
    give_password(office, desk, "p-zhou", "another horse")
    assert refused(caller_of, office, desk, cookie).code == "account.sign_in"
    cookie = desk.sign_in("p-zhou", "another horse")
    office.ingest.do(lambda conn: people.erase(conn, office.ingest, ADMIN, "p-zhou"))
    assert refused(caller_of, office, desk, cookie).code == "account.sign_in"


def test_what_a_role_lost_its_holder_may_do_no_more(office: Office, desk: Accounts) -> None:
    give_password(office, desk, "p-zhou")
    cookie = desk.sign_in("p-zhou", PASSWORD)
    office.define(Person("p-zhou", ["reader"]))
    assert caller_of(office, desk, cookie).scopes == {"read"}


def test_a_link_signs_in_as_often_as_it_says_and_no_longer(office: Office, desk: Accounts, clock: Clock) -> None:
    key = desk.new_link(["read"], 2, 60)
    assert [caller_of(office, desk, desk.enter(key)).scopes for _ in range(2)] == [{"read"}] * 2
    late = desk.new_link(["read"], 1, 60)
    clock.advance(61)
    for spent in (key, late, "", "made up"):
        assert refused(desk.enter, spent).code == "account.link"


# Tokens ---------------------------------------------------------------------------------------------------------------
def test_a_token_lets_in_until_it_expires_or_is_revoked(office: Office, desk: Accounts, clock: Clock) -> None:
    short, _ = office.ingest.do(lambda conn: desk.new_token(conn, ADMIN, "erp", ["orders"], 1))
    long, row = office.ingest.do(lambda conn: desk.new_token(conn, ADMIN, "erp", ["orders"], None))

    def scopes(token: str) -> object:
        with office.reading() as conn:
            return desk.by_token(conn, f"Bearer {token}").scopes

    assert scopes(short) == scopes(long) == {"orders"}
    clock.advance(86_401)
    assert refused(scopes, short).code == "token.refused"
    assert office.ingest.do(lambda conn: desk.revoke_token(conn, row.prefix)).name == "erp"
    assert refused(scopes, long).code == "token.refused"
    with pytest.raises(BadInput, match=r"token\.unknown"):
        office.ingest.do(lambda conn: desk.revoke_token(conn, row.prefix))


def test_the_administrators_token_is_needed_whole(office: Office, desk: Accounts) -> None:
    token = office.site.admin_token
    with office.reading() as conn:
        assert desk.by_token(conn, f"Bearer {token}").may("admin")
        for shown in ("", "Bearer ", f"Bearer {token[:-1]}", f"Bearer {token}x", "Bearer é", f"Basic {token}", token):
            assert refused(desk.by_token, conn, shown).code == "token.refused"


# Nobody gives more than they have -------------------------------------------------------------------------------------
def test_nobody_gives_more_than_they_have(office: Office, desk: Accounts) -> None:
    supervisor = Caller("p-chen", frozenset(ROLES["supervisor"]))
    office.define(Person("p-boss", ["admin"]))
    office.ingest.do(lambda conn: access.save_people(conn, [("p-boss", "老板", "B90001")]))
    changes = people.Changes
    for work in (
        lambda conn: people.add(conn, office.ingest, supervisor, None, changes("A", roles=["admin"])),
        lambda conn: people.change(conn, office.ingest, supervisor, "p-wang", changes(roles=["maintenance"])),
        lambda conn: people.change(conn, office.ingest, supervisor, "p-boss", changes(badge="B90002")),
        lambda conn: people.set_password(conn, supervisor, "p-boss", desk.spell(PASSWORD)),
        lambda conn: people.erase(conn, office.ingest, supervisor, "p-boss"),
        lambda conn: desk.new_token(conn, supervisor, "t", ["stations"], None),
    ):
        with pytest.raises(Denied, match=r"account\.scope"):
            office.ingest.do(work)
    person = office.ingest.do(
        lambda conn: people.add(conn, office.ingest, supervisor, None, changes("赵", roles=["quality"]))
    )
    with office.reading() as conn:
        assert next(row for row in people.listed(conn) if row.id == person).roles == ("quality",)
        assert not accounts.tokens(conn)
