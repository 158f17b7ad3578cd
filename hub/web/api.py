"""The API for people's programs: each address with the scope it needs and the shapes it takes and gives, as a table.

The table is what is served and what the OpenAPI document is made of, so neither knows what the other lacks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from anyio import to_thread
from fastapi import FastAPI, Request, Response
from msgspec import Struct

from common.errors import BadInput
from common.ledger.store import Connection, Store
from hub.access.accounts import Accounts, Caller
from hub.web.answers import ask, json

COOKIE = "headwater"
T = TypeVar("T")


class Endpoint(Struct, frozen=True):
    """One address of the API. `asks`: the shape of its body, of a GET that of its query; `gives`: of its answer."""

    method: str
    path: str
    scope: str
    work: Callable[..., Any]
    asks: Any = None
    gives: Any = None

    @property
    def name(self) -> str:
        """What it is called, e.g. in the OpenAPI document."""
        return f"api_{self.work.__name__}"


class Door:
    """Lets a request in: by the token it shows, or by the cookie of a browser that is signed in."""

    def __init__(self, store: Store, accounts: Accounts) -> None:
        self._store = store
        self.accounts = accounts

    def caller(self, request: Request, *, cookie: bool = True) -> Caller:
        """Caller of a request. Denied token.refused, account.sign_in."""
        authorization = request.headers.get("authorization", "")
        with self._store.reading() as conn:
            if authorization or not cookie:
                return self.accounts.by_token(conn, authorization)
            return self.accounts.by_cookie(conn, request.cookies.get(COOKIE, ""))


class Api:
    """Adds addresses to an application, each behind the door."""

    def __init__(self, app: FastAPI, store: Store, door: Door) -> None:
        self._app = app
        self._store = store
        self._door = door
        self.addresses: list[Endpoint] = []

    def add(self, *addresses: Endpoint) -> None:
        """Serve these."""
        for one in addresses:
            self.addresses.append(one)
            self._app.add_api_route(one.path, self._answering(one), methods=[one.method], name=one.name)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Look at one snapshot of the store."""
        with self._store.reading() as conn:
            return work(conn)

    def _answering(self, one: Endpoint) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            # A browser brings its cookie wherever somebody sends it; what changes something needs a token.
            get = one.method == "GET"
            by_cookie = get and COOKIE in request.cookies
            caller = await to_thread.run_sync(lambda: self._door.caller(request, cookie=by_cookie))
            caller.need(one.scope)
            asked: tuple[Any, ...] = ()
            if one.asks is not None:
                asked = (_query(request, one.asks) if get else await ask(request, one.asks),)
            given = await to_thread.run_sync(lambda: one.work(caller, *asked, **request.path_params))
            return json(given)

        return answer


def _query(request: Request, shape: Any) -> Any:
    try:
        return msgspec.convert(dict(request.query_params), shape, strict=False)
    except msgspec.ValidationError as e:
        raise BadInput("http.json", reason=str(e)) from e
