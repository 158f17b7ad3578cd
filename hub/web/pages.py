"""Pages for people (placeholder while they are being drawn)."""

from __future__ import annotations

import time

from fastapi import FastAPI, Response

from common.ids import Claim
from common.ledger.store import Store
from hub.gate import Gate
from hub.trace.thing import thing_page
from hub.trace.where import where_page
from hub.web.answers import json


def add(app: FastAPI, store: Store, gate: Gate) -> None:
    """Add the routes."""

    @app.get("/")
    def home() -> Response:
        return Response("ok")

    @app.get("/thing.json")
    def thing(scheme: str, value: str) -> Response:
        with store.reading() as conn:
            return json(thing_page(conn, Claim(scheme, value), gate.age_ms, int(time.time() * 1000)))

    @app.get("/where.json")
    def where(scheme: str, value: str) -> Response:
        with store.reading() as conn:
            return json(where_page(conn, Claim(scheme, value), gate.age_ms, int(time.time() * 1000)))
