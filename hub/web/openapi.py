"""The OpenAPI 3.1 document of everything that programs may ask, made of the table that is served; and its page.

The page's script and styles come from the installed package fastapi-offline; nothing is fetched from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
from fastapi import Depends, FastAPI, Request, Response

from common.signedlog.session import Refusal
from hub.access.accounts import SCOPES
from hub.trace.calls import CallsPage
from hub.trace.contained import ContainedPage
from hub.trace.findings import FindingsPage
from hub.trace.orders import OrdersPage
from hub.trace.overview import Overview, StationsPage
from hub.trace.search import SearchPage
from hub.trace.thing import ThingPage
from hub.trace.where import WherePage
from hub.web.answers import json
from hub.web.api import COOKIE, Endpoint

VERSION = "1"
REFS = "#/components/schemas/{name}"
STATUSES = {
    "400": "What was sent does not parse, or does not fit what is there.",
    "401": "No token, or one that is not good.",
    "403": "The right for this is missing.",
    "413": "More bytes than are read.",
    "503": "The hub's disk or writer cannot serve just now; try again.",
}
# Page → (what it is, its shape, its query)
PAGES: Mapping[str, tuple[str, Any, tuple[str, ...]]] = {
    "/home": ("The units that moved last, and what waits for somebody.", Overview, ()),
    "/search": ("What a code may mean.", SearchPage, ("q",)),
    "/thing": ("What is in a thing and what happened to it.", ThingPage, ("scheme", "value", "rows")),
    "/where": ("What a thing went into.", WherePage, ("scheme", "value")),
    "/orders": ("The newest orders.", OrdersPage, ()),
    "/calls": ("Open calls, and the newest of those that ended.", CallsPage, ()),
    "/findings": ("Every finding.", FindingsPage, ()),
    "/containment": ("Bad news that came late, and how long holding what it reached took.", ContainedPage, ()),
    "/stations": ("Every station, and what is kept aside.", StationsPage, ()),
}
# The page runs the package's script and no other; it draws with styles of its own making and small pictures in its CSS.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ASSETS = {"swagger-ui-bundle.js": "text/javascript; charset=utf-8", "swagger-ui.css": "text/css; charset=utf-8"}
START = 'SwaggerUIBundle({url: "/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null});\n'


def add(
    app: FastAPI, addresses: Sequence[Endpoint], admit: Callable[[Request], None], headers: Mapping[str, str]
) -> None:
    """Add /openapi.json and /docs."""
    whole = document(addresses)
    folder = _package()
    files = {name: (folder / name).read_bytes() for name in ASSETS} | {"start.js": START.encode()}

    @app.get("/openapi.json", name="openapi", dependencies=[Depends(admit)])
    def openapi() -> Response:
        return json(whole)

    @app.get("/docs", name="docs", dependencies=[Depends(admit)])
    def docs() -> Response:
        return Response(PAGE, 200, {**headers, "content-security-policy": POLICY}, "text/html; charset=utf-8")

    @app.get("/docs/{name}", include_in_schema=False, dependencies=[Depends(admit)])
    def asset(name: str) -> Response:
        media = ASSETS.get(name, "text/javascript; charset=utf-8")
        return Response(files.get(name, b""), 200 if name in files else 404, {**headers}, media)


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Headwater API</title><link rel="icon" href="/static/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="api"></div><script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script></body></html>
"""


def _package() -> Path:
    """Folder in which the package keeps the files of its page."""
    found = find_spec("fastapi_offline")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("fastapi_offline")
    return Path(found.origin).parent / "static"


def document(addresses: Sequence[Endpoint]) -> dict[str, Any]:
    """The whole document."""
    shapes = [one for a in addresses for one in (a.asks, a.gives) if one is not None]
    shapes += [shape for _, shape, _ in PAGES.values()]
    schemas, components = msgspec.json.schema_components([*shapes, Refusal], schema_hook=_anything, ref_template=REFS)
    by_shape = {id(shape): schema for shape, schema in zip([*shapes, Refusal], schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for one in addresses:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, by_shape)
    for path, (summary, shape, query) in PAGES.items():
        for kind, media in ((".json", "application/json"), (".csv", "text/csv")):
            content = by_shape[id(shape)] if kind == ".json" else {"type": "string"}
            paths[path + kind] = {"get": _page(path + kind, summary, query, {media: {"schema": content}})}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Headwater 溯源",
            "version": VERSION,
            "description": "Times are Unix milliseconds, decimals are text. Every answer of a trace says in `seen` "
            "what the hub had not seen.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": f"Scopes: {', '.join(SCOPES)}."},
                "browser": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "To read only."},
            },
        },
        "security": [{"token": []}],
    }


def _anything(_: type) -> dict[str, Any]:
    """Schema of any value, for the values that fill a sentence."""
    return {"description": "Of any kind."}


def _operation(one: Endpoint, schemas: Mapping[int, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": one.work.__name__,
        "summary": (one.work.__doc__ or "").strip(),
        "description": f"Needs the scope `{one.scope}`.",
        "tags": [one.path.split("/")[2]],
        "security": [{"token": []}, {"browser": []}] if one.method == "GET" else [{"token": []}],
        "responses": _responses({"application/json": {"schema": schemas[id(one.gives)]}}),
    }
    places = [_parameter(name, "path") for name in re.findall(r"{(\w+)}", one.path)]
    if one.asks is not None and one.method == "GET":
        places += [_parameter(name, "query") for name in one.asks.__struct_fields__]
    elif one.asks is not None:
        body = {"application/json": {"schema": schemas[id(one.asks)]}}
        made["requestBody"] = {"required": True, "content": body}
    return made | ({"parameters": places} if places else {})


def _page(path: str, summary: str, query: Sequence[str], content: Mapping[str, Any]) -> dict[str, Any]:
    places = [_parameter(name, "query", required=name != "rows") for name in query]
    return {
        "operationId": path.strip("/").replace(".", "_"),
        "summary": summary,
        "description": "Needs the scope `read`.",
        "tags": ["pages"],
        "security": [{"token": []}, {"browser": []}],
        "responses": _responses(content),
    } | ({"parameters": places} if places else {})


def _parameter(name: str, place: str, *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": {"type": "string"}}


def _responses(content: Mapping[str, Any]) -> dict[str, Any]:
    refusal = {"application/json": {"schema": {"$ref": REFS.format(name="Refusal")}}}
    refused = {status: {"description": text, "content": refusal} for status, text in STATUSES.items()}
    return {"200": {"description": "Done.", "content": content}, **refused}
