"""Accounts: passwords and browsers of people, tokens of programs, links that sign in, and the rights of each caller.

Only a digest of each secret is kept. A person's rights follow from the roles in their signed definition.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from typing import get_args

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct

from common import pins
from common.definitions import Person
from common.errors import BadInput, Denied
from common.ledger import reads
from common.ledger.store import Connection
from hub.api.tokens import Scope
from hub.db import access, accounts
from hub.site import Site
from hub.writer.ingest import Ingest

SCOPES: tuple[str, ...] = get_args(Scope)
ROLES = {
    "operator": (),
    "reader": ("read",),
    "quality": ("read", "quality", "calls"),
    "maintenance": ("read", "stations", "calls"),
    "supervisor": ("read", "quality", "calls", "orders", "people"),
    "admin": SCOPES,
}
TOKEN_PREFIX = "hw_"
SHOWN = len(TOKEN_PREFIX) + 8  # letters of a token by which people know it
VISIT_S = 12 * 3600  # a shift and what it runs over
SHORTEST = 10
LONGEST = 200
FREE_TRIES, LONGEST_WAIT_S, MOST_NAMES = 5, 900, 10_000
NOBODY = PasswordHasher().hash(secrets.token_urlsafe(16))  # so that an unknown name takes as long as a wrong password
log = structlog.get_logger(__name__)


class Caller(Struct, frozen=True):
    """A caller and their rights. `person`: the signer of their events; None for the administrator's token.

    `scopes`: of SCOPES. `visit`, `form`: of a browser that is signed in: its row, and the secret in each of its forms.
    """

    person: str | None
    scopes: frozenset[str]
    visit: str = ""
    form: str = ""

    def may(self, scope: str) -> bool:
        """Tell if they have this scope."""
        return scope in self.scopes or "admin" in self.scopes

    def need(self, scope: str) -> None:
        """Denied account.scope."""
        if not self.may(scope):
            raise Denied("account.scope", scope=scope)

    def need_all(self, scopes: Iterable[str]) -> None:
        """Require every scope: nobody gives or takes a right that they lack. Denied account.scope."""
        for scope in scopes:
            self.need(scope)


class Accounts:
    """Sign-in and tokens of one hub; `wall_s` and `mono_s` are its clocks."""

    def __init__(
        self,
        ingest: Ingest,
        site: Site,
        wall_s: Callable[[], float] = time.time,
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ingest = ingest
        self._site = site
        self._wall_s = wall_s
        self._mono_s = mono_s
        self._argon = PasswordHasher()
        self._one_at_a_time = threading.Lock()  # argon2 takes 64 MiB a try
        self._tries = Tries(mono_s)

    # Who asks --------------------------------------------------------------------------------------------------------
    def by_token(self, conn: Connection, authorization: str) -> Caller:
        """Caller of an Authorization header. Denied token.refused."""
        kind, _, shown = authorization.partition(" ")
        if kind == "Bearer" and hmac.compare_digest(shown.encode(), self._site.admin_token.encode()):
            return Caller(None, frozenset(SCOPES))
        found = accounts.token(conn, _digest(shown)) if kind == "Bearer" else None
        if found is None or (found.expires_s is not None and found.expires_s < self._wall_s()):
            raise Denied("token.refused")
        return Caller(found.person, frozenset(found.scopes.split()))

    def by_cookie(self, conn: Connection, cookie: str) -> Caller:
        """Caller of a browser's cookie. Denied account.sign_in."""
        found = accounts.visit(conn, _digest(cookie)) if cookie else None
        if found is None or found.expires_s < self._wall_s():
            raise Denied("account.sign_in")
        scopes = found.scopes.split() if found.scopes else scopes_of(conn, found.person)
        return Caller(found.person, frozenset(scopes), found.id, found.form)

    # Browsers --------------------------------------------------------------------------------------------------------
    def sign_in(self, name: str, password: str) -> str:
        """Sign in with an id or badge and a password; returns a cookie. Denied account.refused, account.wait."""
        self._tries.check(name)
        person, spelled = self._ingest.do(lambda conn: _known(conn, name))
        with self._one_at_a_time:
            good = self._matches(spelled, password)
        if not good or person is None:
            self._tries.failed(name)
            log.warning("sign_in_refused")
            raise Denied("account.refused")
        self._tries.forget(name)
        return self._visit(person, None)

    def _matches(self, spelled: str, password: str) -> bool:
        try:
            return self._argon.verify(spelled, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False

    def _visit(self, person: str | None, scopes: str | None) -> str:
        cookie, now_s = secrets.token_urlsafe(32), int(self._wall_s())
        visit = accounts.BrowserSession(_digest(cookie), person, scopes, secrets.token_urlsafe(18), now_s + VISIT_S)
        self._ingest.do(lambda conn: accounts.add_visit(conn, visit))
        return cookie

    def sign_out(self, visit: str) -> None:
        """Forget a browser."""
        self._ingest.do(lambda conn: accounts.drop_visit(conn, visit))

    def new_link(self, scopes: Iterable[str], uses: int, valid_s: int) -> str:
        """The key of a link that signs in so many times within `valid_s`."""
        key, now_s = secrets.token_urlsafe(32), int(self._wall_s())
        link = accounts.Link(_digest(key), " ".join(sorted(scopes)), uses, now_s + valid_s)
        self._ingest.do(lambda conn: accounts.add_link(conn, link))
        return key

    def enter(self, key: str) -> str:
        """Sign in with the key of a link; returns a cookie. Denied account.link."""
        used = self._ingest.do(lambda conn: accounts.use_link(conn, _digest(key), int(self._wall_s())))
        if used is None:
            raise Denied("account.link")
        return self._visit(None, used.scopes)

    # Passwords and tokens, inside `Ingest.do` ------------------------------------------------------------------------
    def spell(self, password: str) -> str:
        """A password as it is kept. BadInput account.password: too short, or too long to be one."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise BadInput("account.password", least=SHORTEST)
        with self._one_at_a_time:
            return self._argon.hash(password)

    def spell_pin(self, pin: str) -> str:
        """A PIN as stations check it. BadInput account.pin."""
        try:
            with self._one_at_a_time:
                return pins.verifier(self._site.pepper, pin, secrets.token_bytes(pins.SALT))
        except ValueError as e:
            raise BadInput("account.pin") from e

    def new_token(
        self, conn: Connection, caller: Caller, name: str, scopes: Iterable[str], days: int | None
    ) -> tuple[str, accounts.Token]:
        """The token, shown this once, and what is kept of it. Denied account.scope."""
        caller.need_all(scopes)
        text, now_s = TOKEN_PREFIX + secrets.token_urlsafe(32), int(self._wall_s())
        expires_s = now_s + days * 86_400 if days else None
        row = accounts.Token(
            id=_digest(text),
            prefix=text[:SHOWN],
            name=name,
            scopes=" ".join(sorted(set(scopes))),
            person=caller.person,
            at=now_s * 1000,
            expires_s=expires_s,
        )
        accounts.add_token(conn, row)
        return text, row

    def revoke_token(self, conn: Connection, prefix: str) -> accounts.Token:
        """The token that begins so is good no more. BadInput token.unknown."""
        found = [one for one in accounts.tokens(conn) if one.prefix == prefix]
        if len(found) != 1:
            raise BadInput("token.unknown", prefix=prefix)
        accounts.drop_token(conn, found[0].id)
        return found[0]


class Tries:
    """Wrong tries by name, in memory: after some of them each costs a growing wait. `mono_s`: its clock."""

    def __init__(self, mono_s: Callable[[], float]) -> None:
        self._mono_s = mono_s
        self._lock = threading.Lock()
        self._by_name: dict[str, tuple[int, float]] = {}

    def check(self, name: str) -> None:
        """Denied account.wait."""
        with self._lock:
            wait_s = self._by_name.get(name, (0, 0.0))[1] - self._mono_s()
        if wait_s > 0:
            raise Denied("account.wait", wait_s=int(wait_s) + 1)

    def failed(self, name: str) -> None:
        """One more; the oldest names are forgotten when there are too many."""
        with self._lock:
            count = self._by_name.pop(name, (0, 0.0))[0] + 1
            wait_s = min(2 ** (count - FREE_TRIES), LONGEST_WAIT_S) if count >= FREE_TRIES else 0
            self._by_name[name] = (count, self._mono_s() + wait_s)
            while len(self._by_name) > MOST_NAMES:
                del self._by_name[next(iter(self._by_name))]

    def forget(self, name: str) -> None:
        """The right password came."""
        with self._lock:
            self._by_name.pop(name, None)


def scopes_of(conn: Connection, person: str | None) -> list[str]:
    """Scopes of a person, by their roles."""
    known = reads.definitions(conn).get(Person, person)
    return scopes_of_roles(known.roles if known else ())


def scopes_of_roles(roles: Iterable[str]) -> list[str]:
    """Scopes that these roles give; a role of the site's own gives none."""
    given = {scope for role in roles for scope in ROLES.get(role, ())}
    return [scope for scope in SCOPES if scope in given]


def _known(conn: Connection, name: str) -> tuple[str | None, str]:
    """(person, password as kept) of an id or a badge."""
    found = next((id for id, _, badge in access.people(conn) if name in (id, badge)), None)
    return found, (accounts.password(conn, found) if found else None) or NOBODY


def _digest(secret: str) -> str:
    """Digest a secret of 256 random bits; it needs no slower hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
