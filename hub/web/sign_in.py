"""Signing in and out on the pages: by password, or by a link that was made for it. Every form is protected."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

from anyio import to_thread
from fastapi import FastAPI, Request, Response

from common.errors import BadInput, Denied
from hub.access.accounts import VISIT_S, Caller
from hub.web.answers import body
from hub.web.api import COOKIE, Door

LARGEST_FORM = 256 << 10
Draw = Callable[..., Response]


def add(app: FastAPI, door: Door, draw: Draw, headers: Mapping[str, str]) -> None:
    """Add the addresses. `draw(request, template, status, **values)` makes a page."""

    @app.get("/sign-in", name="sign_in")
    def ask(request: Request, next: str = "/") -> Response:
        return draw(request, "entry.html", next=_local(next), refused=None, who="")

    @app.post("/sign-in", include_in_schema=False)
    async def sign_in(request: Request) -> Response:
        said = await form(request)
        who, password, target = (said.get(name, "") for name in ("who", "password", "next"))
        try:
            cookie = await to_thread.run_sync(door.accounts.sign_in, who.strip(), password)
        except Denied as e:
            return draw(request, "entry.html", 403, next=_local(target), refused=e, who=who[:80])
        return _let_in(request, cookie, _local(target), headers)

    @app.get("/enter", name="enter")
    def enter(request: Request, key: str = "") -> Response:
        try:
            door.caller(request)
        except Denied:
            return _let_in(request, door.accounts.enter(key), "/", headers)
        return _to("/", headers)

    @app.post("/sign-out", include_in_schema=False)
    async def sign_out(request: Request) -> Response:
        caller = await to_thread.run_sync(door.caller, request)
        checked(caller, await form(request))
        await to_thread.run_sync(door.accounts.sign_out, caller.visit)
        answer = _to("/sign-in", headers)
        answer.delete_cookie(COOKIE)
        return answer


async def form(request: Request) -> dict[str, str]:
    """The fields of a form that this site's own page sent. Denied account.form; BadInput http.json, http.oversized."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Denied("account.form")
    raw = await body(request, LARGEST_FORM)
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=64))
    except ValueError as e:
        raise BadInput("http.json", reason=str(e)) from e


def checked(caller: Caller, said: Mapping[str, str]) -> None:
    """Denied account.form unless the form was drawn for this browser."""
    if not caller.form or not hmac.compare_digest(said.get("form", "").encode(), caller.form.encode()):
        raise Denied("account.form")


def _let_in(request: Request, cookie: str, target: str, headers: Mapping[str, str]) -> Response:
    answer = _to(target, headers)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, cookie, max_age=VISIT_S, httponly=True, samesite="strict", secure=secure)
    return answer


def _to(target: str, headers: Mapping[str, str]) -> Response:
    private = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
    return Response(status_code=303, headers={**headers, **private, "location": target})


def _local(target: str) -> str:
    """An address of this site, or the first page."""
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if ours and not parts.netloc and target.isprintable() else "/"
