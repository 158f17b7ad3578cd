"""HTTP answers: JSON by msgspec, every error as its code with a sentence, bodies with a limit."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.requests import ClientDisconnect

from common.errors import BadInput, HeadwaterError
from hub.api.errors import refusal_of, status_of

LARGEST_JSON = 4 << 20
T = TypeVar("T")
App = FastAPI


def app(title: str) -> App:
    """An application without routes, whose errors are ours."""
    made = FastAPI(title=title, docs_url=None, redoc_url=None, openapi_url=None)
    refusing(made)
    return made


def json(value: object, status: int = 200) -> Response:
    """A value as JSON."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


async def body(request: Request, limit: int) -> bytes:
    """The whole request body; BadInput http.oversized beyond `limit` bytes, read no further."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise BadInput("http.oversized", limit=limit)
        parts.append(part)
    return b"".join(parts)


async def ask(request: Request, shape: type[T], limit: int = LARGEST_JSON) -> T:
    """The request's JSON as `shape`; BadInput http.json, http.oversized."""
    raw = await body(request, limit)
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as e:
        raise BadInput("http.json", reason=str(e)) from e


def refusing(app: FastAPI) -> None:
    """Let every error of ours answer as a Refusal."""

    async def refuse(_: Request, error: Exception) -> Response:
        if not isinstance(error, HeadwaterError):
            raise error
        return json(refusal_of(error), status_of(error))

    async def refuse_value(request: Request, error: Exception) -> Response:
        return await refuse(request, BadInput("http.json", reason=str(error)[:500]))

    async def gone(_: Request, __: Exception) -> Response:
        """The cable went in the middle of the request: nobody reads this."""
        return Response(status_code=400)

    app.add_exception_handler(HeadwaterError, refuse)
    app.add_exception_handler(RequestValidationError, refuse_value)
    app.add_exception_handler(ClientDisconnect, gone)
