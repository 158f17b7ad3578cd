"""The pages for people, each also as JSON and CSV: drawn on the server, nothing from other hosts, scope read."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from common.errors import HeadwaterError
from common.ids import Claim
from common.ledger import calls as kept_calls
from common.ledger.store import Connection, Store
from common.signedlog.session import Refusal
from common.text import LANGUAGES, say
from hub.access.accounts import Accounts, Caller
from hub.access.station_access import StationAccess
from hub.api.errors import details_of, status_of
from hub.db import access
from hub.decisions import holds
from hub.trace.calls import calls_page
from hub.trace.contained import contained_page
from hub.trace.findings import findings_page
from hub.trace.orders import orders_page
from hub.trace.overview import overview, stations_page
from hub.trace.search import search_page
from hub.trace.seen import Seen
from hub.trace.thing import thing_page
from hub.trace.where import where_page
from hub.web import admin_api, decide, decisions_api, export, look, openapi, sheets, sign_in
from hub.web.answers import json
from hub.web.api import Api, Door
from hub.web.export import ExportTable
from hub.web.words import Reader, thing_url
from hub.writer.ingest import Ingest

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
KINDS = {".json": "application/json", ".csv": "text/csv"}
T = TypeVar("T")


class Seeing(Protocol):
    """A page that says what it has not seen."""

    @property
    def seen(self) -> Seen:
        """How complete it is."""


P = TypeVar("P", bound=Seeing)


def add(app: FastAPI, store: Store, ingest: Ingest, gate: StationAccess, accounts: Accounts) -> None:
    """Add every page, and the API."""
    pages = Pages(app, store, gate, Door(store, accounts), ingest.site_id)
    may_read = [Depends(pages.admit)]
    api = Api(app, store, pages.door)
    admin_api.add(api, ingest, gate)
    decisions_api.add(api, ingest, accounts)
    for path, page in (
        ("/", pages.home),
        ("/search", pages.search),
        ("/thing", pages.thing),
        ("/where", pages.where),
        ("/orders", pages.orders),
        ("/findings", pages.findings),
        ("/calls", pages.calls),
        ("/containment", pages.containment),
        ("/stations", pages.stations),
    ):
        for kind in ("", *KINDS):
            served = f"{'/home' if kind and path == '/' else path}{kind}"
            app.get(served, name=page.__name__, dependencies=may_read, include_in_schema=not kind)(page)
    app.get("/about", name="about", dependencies=may_read)(pages.about)
    decide.add(app, ingest, pages.door, HEADERS)
    openapi.add(app, api.addresses, pages.admit, HEADERS)
    sign_in.add(app, pages.door, pages.draw, HEADERS)
    look.add(app)
    app.add_exception_handler(HeadwaterError, pages.refuse)
    app.add_exception_handler(HTTPException, pages.refuse)
    app.add_exception_handler(Exception, pages.refuse)


class Pages:
    """The handlers; each reads one snapshot of the store and answers with what it saw and what it did not."""

    def __init__(self, app: FastAPI, store: Store, gate: StationAccess, door: Door, site: str) -> None:
        self._app = app
        self._store = store
        self._gate = gate
        self._site = site
        self.door = door
        self._templates = look.templates()

    def admit(self, request: Request) -> None:
        """Require the scope read. Denied account.sign_in, token.refused, account.scope."""
        caller = self.door.caller(request)
        caller.need("read")
        request.state.caller = caller

    # Pages -----------------------------------------------------------------------------------------------------------
    def home(self, request: Request) -> Response:
        """The search box, and what moved last."""
        found = self._read(lambda conn, now: overview(conn, self._gate.age_ms, now))
        return self._answer(request, "home.html", found, sheets.overview)

    def search(self, request: Request, q: str = "") -> Response:
        """One thing: its page. Several: a list that asks. None: what codes look like here."""
        found = self._read(lambda conn, now: search_page(conn, q, self._site, self._gate.age_ms, now))
        if not _wants_data(request) and found.exact and len(found.matches) == 1:
            return Response(status_code=303, headers=HEADERS | {"location": thing_url(found.matches[0].claim)})
        status = 200 if found.matches or not q else 404
        return self._answer(request, "search.html", found, sheets.search, status)

    def thing(self, request: Request, scheme: str = "", value: str = "", rows: str = "") -> Response:
        """Page of a thing: its parts and its history."""
        claim = Claim(scheme, value)
        found = self._read(lambda conn, now: thing_page(conn, claim, self._gate.age_ms, now))
        if found is None:
            return self._unknown(request, claim)
        held = self._read(lambda conn, _: holds.holds(conn, claim)) if _may(request, "quality") else []
        return self._answer(request, "thing.html", found, lambda page: sheets.thing(page, rows), holds=held)

    def where(self, request: Request, scheme: str = "", value: str = "") -> Response:
        """Page of the things that a thing went into."""
        claim = Claim(scheme, value)
        found = self._read(lambda conn, now: where_page(conn, claim, self._gate.age_ms, now))
        if found is None:
            return self._unknown(request, claim)
        return self._answer(request, "where.html", found, sheets.where, most=MOST_LINES)

    def orders(self, request: Request) -> Response:
        """The orders, and how far each is."""
        found = self._read(lambda conn, now: orders_page(conn, self._site, self._gate.age_ms, now))
        return self._answer(request, "ordered.html", found, sheets.orders)

    def calls(self, request: Request) -> Response:
        """Page of the calls."""
        found = self._read(lambda conn, now: calls_page(conn, self._gate.age_ms, now))
        return self._answer(request, "calls.html", found, sheets.calls)

    def findings(self, request: Request) -> Response:
        """Everything that does not fit, open ones first; as data all of it."""
        most = None if _wants_data(request) else MOST_LINES
        found = self._read(lambda conn, now: findings_page(conn, self._gate.age_ms, now, most))
        return self._answer(request, "findings.html", found, sheets.findings)

    def containment(self, request: Request) -> Response:
        """Bad news that came late, and how long it took to hold what it reached."""
        found = self._read(lambda conn, now: contained_page(conn, self._gate.age_ms, now))
        return self._answer(request, "contained.html", found, sheets.contained)

    def stations(self, request: Request) -> Response:
        """Page of the stations, how fresh each is, and the quarantine."""
        found = self._read(lambda conn, now: stations_page(conn, self._site, self._gate.age_ms, now))
        return self._answer(request, "stations.html", found, sheets.stations)

    def about(self, request: Request) -> Response:
        """Every address of this site."""
        served = [route for route in self._app.routes if isinstance(route, APIRoute) and route.include_in_schema]
        routes = [(min(route.methods or ()), route.path, route.name) for route in served]
        kinds = {
            path
            for path in (r.path for r in self._app.routes if isinstance(r, APIRoute))
            if path.endswith(tuple(KINDS))
        }
        return self.draw(request, "about.html", routes=routes, data_paths=kinds)

    # As people or programs want it -----------------------------------------------------------------------------------
    def _answer(
        self,
        request: Request,
        template: str,
        page: P,
        sheet: Callable[[P], ExportTable],
        status: int = 200,
        **values: object,
    ) -> Response:
        """The page, or the same as JSON or CSV: by the address, else by what the request accepts."""
        kind = _kind(request)
        if kind == ".json":
            answer = json(page, status)
            answer.headers.update(HEADERS)
            return answer
        if kind == ".csv":
            return export.answer(sheet(page), page.seen, Path(template).stem, HEADERS)
        return self.draw(request, template, status, page=page, seen=page.seen, data=_data_urls(request), **values)

    # Errors ----------------------------------------------------------------------------------------------------------
    def refuse(self, request: Request, error: Exception) -> Response:
        """Any error as its code and a sentence. A bug is a page too; the server logs it as what it is."""
        if isinstance(error, HeadwaterError) and error.code == "account.sign_in" and not _wants_data(request):
            return self._ask_to_sign_in(request)
        if isinstance(error, HeadwaterError):
            return self._trouble(request, status_of(error), error.code, details_of(error, language_of(request)))
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
        waiting, calling = self._open(template) if caller else (0, 0)
        common |= {"visitor": caller, "open": waiting, "calling": calling, "seen": None, "data": {}}
        text = self._templates.get_template(template).render(common | values)
        response = Response(text, status, HEADERS, "text/html; charset=utf-8")
        if request.query_params.get("lang") == language:
            response.set_cookie("lang", language, max_age=YEAR_S, samesite="lax", httponly=True)
        return response

    def _open(self, template: str) -> tuple[int, int]:
        """Count open findings and calls; an error page does not read a store that may be the error."""
        if template == "trouble.html":
            return 0, 0
        with self._store.reading() as conn:
            return access.count_open(conn), kept_calls.count_open(conn)


def _kind(request: Request) -> str:
    """.json, .csv, or "" for a page."""
    found = next((kind for kind in KINDS if request.url.path.endswith(kind)), "")
    accepted = request.headers.get("accept", "")
    if found or "text/html" in accepted:
        return found
    return next((kind for kind, media in KINDS.items() if media in accepted), "")


def _wants_data(request: Request) -> bool:
    """Tell if a program asks and not a browser."""
    return bool(_kind(request)) or request.url.path.startswith("/v1/")


def _data_urls(request: Request) -> dict[str, str]:
    """The addresses of the same page as data."""
    path = "/home" if request.url.path == "/" else request.url.path
    query = urlencode([(k, v) for k, v in request.query_params.multi_items() if k != "lang"])
    return {kind: f"{path}{kind}?{query}" if query else f"{path}{kind}" for kind in KINDS}


def _may(request: Request, scope: str) -> bool:
    """Tell if the reader may use a form of this scope, for which their browser must be signed in."""
    caller: Caller = request.state.caller
    return bool(caller.form) and caller.may(scope)


def language_of(request: Request) -> str:
    """Language of the address, else of the cookie, else the browser's first choice that we have, else Chinese."""
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
