"""The pages for people, and the JSON of the traces: drawn on the server, nothing from other hosts, for who may read."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from common.errors import HeadwaterError
from common.ids import Claim
from common.ledger.store import Connection, Store
from common.signedlog.session import Refusal
from common.text import LANGUAGES, say
from hub.accounts import Accounts, Caller
from hub.db import access
from hub.gate import Gate
from hub.trace.findings import findings_page
from hub.trace.overview import overview, stations_page
from hub.trace.search import search_page
from hub.trace.thing import thing_page
from hub.trace.where import where_page
from hub.web import look, sign_in
from hub.web.answers import json, status_of
from hub.web.api import Door
from hub.web.words import Reader, thing_url

MOST_LINES = 500
YEAR_S = 365 * 86_400
# Nothing from elsewhere, no script at all, no style but our own files.
HEADERS = {
    "content-security-policy": "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "private, no-cache",
    "vary": "Cookie, Accept-Language",
}
T = TypeVar("T")


def add(app: FastAPI, store: Store, gate: Gate, accounts: Accounts) -> None:
    """Add every page."""
    pages = Pages(app, store, gate, Door(store, accounts))
    may_read = [Depends(pages.admit)]
    for path, name, page in (
        ("/", "home", pages.home),
        ("/search", "search", pages.search),
        ("/thing", "thing", pages.thing),
        ("/where", "where", pages.where),
        ("/thing.json", "thing_json", pages.thing_json),
        ("/where.json", "where_json", pages.where_json),
        ("/findings", "findings", pages.findings),
        ("/stations", "stations", pages.stations),
        ("/about", "about", pages.about),
    ):
        app.get(path, name=name, dependencies=may_read)(page)
    sign_in.add(app, pages.door, pages.draw, HEADERS)
    look.add(app)
    app.add_exception_handler(HeadwaterError, pages.refuse)
    app.add_exception_handler(HTTPException, pages.refuse)
    app.add_exception_handler(Exception, pages.refuse)


class Pages:
    """The handlers; each reads one snapshot of the store and answers with what it saw and what it did not."""

    def __init__(self, app: FastAPI, store: Store, gate: Gate, door: Door) -> None:
        self._app = app
        self._store = store
        self._gate = gate
        self.door = door
        self._templates = look.templates()

    def admit(self, request: Request) -> None:
        """Let those in who may read. Denied account.sign_in, token.refused, account.scope."""
        caller = self.door.caller(request)
        caller.need("read")
        request.state.caller = caller

    # Pages -----------------------------------------------------------------------------------------------------------
    def home(self, request: Request) -> Response:
        """The search box, and what moved last."""
        found = self._read(lambda conn, now: overview(conn, self._gate.age_ms, now))
        return self.draw(request, "home.html", page=found, seen=found.seen)

    def search(self, request: Request, q: str = "") -> Response:
        """One thing: its page. Several: a list that asks. None: what codes look like here."""
        found = self._read(lambda conn, now: search_page(conn, q, self._gate.age_ms, now))
        if found.exact and len(found.matches) == 1:
            return Response(status_code=303, headers=HEADERS | {"location": thing_url(found.matches[0].claim)})
        status = 200 if found.matches or not q else 404
        return self.draw(request, "search.html", status, page=found, seen=found.seen)

    def thing(self, request: Request, scheme: str = "", value: str = "") -> Response:
        """What is in a thing and what happened to it."""
        claim = Claim(scheme, value)
        found = self._read(lambda conn, now: thing_page(conn, claim, self._gate.age_ms, now))
        if found is None:
            return self._unknown(request, claim)
        return self.draw(request, "thing.html", page=found, seen=found.seen)

    def where(self, request: Request, scheme: str = "", value: str = "") -> Response:
        """What a thing went into."""
        claim = Claim(scheme, value)
        found = self._read(lambda conn, now: where_page(conn, claim, self._gate.age_ms, now))
        if found is None:
            return self._unknown(request, claim)
        return self.draw(request, "where.html", page=found, seen=found.seen, most=MOST_LINES)

    def findings(self, request: Request) -> Response:
        """Everything that does not fit, open ones first."""
        found = self._read(lambda conn, now: findings_page(conn, self._gate.age_ms, now))
        return self.draw(request, "findings.html", page=found, seen=found.seen)

    def stations(self, request: Request) -> Response:
        """Which stations there are, how fresh, and what is kept aside."""
        found = self._read(lambda conn, now: stations_page(conn, self._gate.age_ms, now))
        return self.draw(request, "stations.html", page=found, seen=found.seen)

    def about(self, request: Request) -> Response:
        """Every address of this site."""
        served = [route for route in self._app.routes if isinstance(route, APIRoute) and route.include_in_schema]
        routes = [(min(route.methods or ()), route.path, route.name) for route in served]
        return self.draw(request, "about.html", routes=routes)

    # JSON ------------------------------------------------------------------------------------------------------------
    def thing_json(self, request: Request, scheme: str = "", value: str = "") -> Response:
        """The same as JSON."""
        claim = Claim(scheme, value)
        found = self._read(lambda conn, now: thing_page(conn, claim, self._gate.age_ms, now))
        return json(found) if found else self._unknown(request, claim)

    def where_json(self, request: Request, scheme: str = "", value: str = "") -> Response:
        """The same as JSON, every line of it."""
        claim = Claim(scheme, value)
        found = self._read(lambda conn, now: where_page(conn, claim, self._gate.age_ms, now))
        return json(found) if found else self._unknown(request, claim)

    # Errors ----------------------------------------------------------------------------------------------------------
    def refuse(self, request: Request, error: Exception) -> Response:
        """Any error as its code and a sentence. A bug is a page too; the server logs it as what it is."""
        if isinstance(error, HeadwaterError) and error.code == "account.sign_in" and not _wants_data(request):
            return self._ask_to_sign_in(request)
        if isinstance(error, HeadwaterError):
            details = {name: str(value)[:500] for name, value in error.details.items()}
            return self._trouble(request, status_of(error), error.code, details)
        if isinstance(error, HTTPException):
            code = "page.no_such_page" if error.status_code in (404, 405) else "page.bad_request"
            return self._trouble(request, error.status_code, code, {"path": request.url.path[:200]})
        return self._trouble(request, 500, "page.bug", {})

    def _unknown(self, request: Request, claim: Claim) -> Response:
        details = {"scheme": claim.scheme[:64], "value": claim.value[:128]}
        return self._trouble(request, 404, "page.unknown_thing", details)

    def _trouble(self, request: Request, status: int, code: str, details: dict[str, str]) -> Response:
        if _wants_data(request):
            return json(Refusal(code, dict(details), say(language_of(request), code, details)), status)
        return self.draw(request, "trouble.html", status, code=code, details=details)

    # Drawing ---------------------------------------------------------------------------------------------------------
    def _read(self, work: Callable[[Connection, int], T]) -> T:
        with self._store.reading() as conn:
            return work(conn, _now_ms())

    def _ask_to_sign_in(self, request: Request) -> Response:
        """They come back to where they wanted to go."""
        query = f"?{request.url.query}" if request.url.query else ""
        target = {} if request.url.path == "/" else {"next": request.url.path + query}
        location = f"/sign-in?{urlencode(target)}" if target else "/sign-in"
        return Response(status_code=303, headers=HEADERS | {"location": location})

    def draw(self, request: Request, template: str, status: int = 200, **values: object) -> Response:
        """A page in the reader's language; no cache keeps what only some may read."""
        language = language_of(request)
        caller: Caller | None = getattr(request.state, "caller", None)
        reader = Reader(language, _now_ms())
        q = request.query_params.get("q", "")[:512]
        others = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
        switch = f"{request.url.path}?{urlencode([*others, ('lang', reader.other)])}"
        common = {"r": reader, "t": reader.t, "q": q, "path": request.url.path, "switch": switch}
        common |= {"caller": caller, "open": self._open(template) if caller else 0, "seen": None}
        text = self._templates.get_template(template).render(common | values)
        response = Response(text, status, HEADERS, "text/html; charset=utf-8")
        if request.query_params.get("lang") == language:
            response.set_cookie("lang", language, max_age=YEAR_S, samesite="lax", httponly=True)
        return response

    def _open(self, template: str) -> int:
        """How many findings wait; an error page asks nothing of a store that may be the error."""
        if template == "trouble.html":
            return 0
        with self._store.reading() as conn:
            return access.count_open(conn)


def _wants_data(request: Request) -> bool:
    """Whether a program asks and not a browser."""
    return request.url.path.endswith((".json", ".csv")) or request.url.path.startswith("/v1/")


def language_of(request: Request) -> str:
    """What the address asks, else the cookie, else the browser's first choice that we have, else Chinese."""
    accepted = request.headers.get("accept-language", "").split(",")
    ranked = sorted(accepted, key=lambda one: -_weight(one))
    chosen = [request.query_params.get("lang"), request.cookies.get("lang")]
    return next((one for one in (*chosen, *(one.strip()[:2].lower() for one in ranked)) if one in LANGUAGES), "zh")


def _weight(one: str) -> float:
    """The q of a language in Accept-Language."""
    text = one.partition(";q=")[2].strip()
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
