"""The API describes itself: completely, truly, and without the internet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import requests
from fastapi.routing import APIRoute

from hub.web import answers, pages
from tests.support.browser import Browser
from tests.support.motors import Line, served

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with closing(Line(tmp_path_factory.mktemp("line"))) as made:
        yield made


@pytest.fixture(scope="module")
def site(line: Line) -> Iterator[str]:
    with served(line) as address:
        yield address


@pytest.fixture(scope="module")
def document(site: str) -> dict[str, Any]:
    return dict(requests.get(site + "/openapi.json", timeout=60).json())


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, by_method in document["paths"].items():
        for method in METHODS:
            if method in by_method:
                yield method, path, by_method[method]


def test_every_address_for_programs_is_described_and_no_other(line: Line, document: dict[str, Any]) -> None:
    app = answers.app("Headwater")
    pages.add(app, line.store, line.ingest, line.gate, line.accounts)
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    for_programs = re.compile(r"/v1/|.*\.(json|csv)\Z")
    kept = [route for route in routes if for_programs.match(route.path) and route.path != "/openapi.json"]
    there = {(method.lower(), route.path) for route in kept for method in route.methods or ()}
    assert {(method, path) for method, path, _ in operations(document)} == there


def test_every_operation_says_what_it_takes_gives_refuses_and_needs(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    names = [one["operationId"] for _, _, one in operations(document)]
    assert len(set(names)) == len(names)
    for method, path, one in operations(document):
        assert one["summary"] and "scope" in one["description"], path
        assert {"200", "400", "401", "403", "503"} <= set(one["responses"]), path
        assert all(answer["content"] for answer in one["responses"].values())
        assert {"token": []} in one["security"] and (({"browser": []} in one["security"]) == (method == "get"))
        declared = {place["name"] for place in one.get("parameters", []) if place["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", path))
        assert ("requestBody" in one) == (method in ("post", "put", "patch")), (method, path)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    text = requests.models.complexjson.dumps(document)
    references = set(re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', text))
    assert references and references <= set(document["components"]["schemas"])
    assert {"Refusal", "ThingPage", "Holding"} <= references


def test_the_document_is_for_who_may_read(line: Line) -> None:
    with served(line, admitted=False) as site:
        assert requests.get(site + "/openapi.json", timeout=60).status_code == 401
        for path in ("/docs", "/docs/swagger-ui-bundle.js"):
            assert requests.get(site + path, timeout=60, allow_redirects=False).status_code == 303


def test_its_page_needs_no_internet_and_draws_every_operation(
    site: str, document: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with closing(Browser(tmp_path_factory.mktemp("browser"), scripts=True)) as browser:
        page = browser.open(site + "/docs")
        count = sum(1 for _ in operations(document))
        assert page.comes_true(f"document.querySelectorAll('.opblock').length === {count}")
        assert browser.requested and all(url.startswith((site, "data:")) for url in browser.requested)
        for url in {url for url in browser.requested if url.startswith(site)}:
            answer = requests.get(url, timeout=60)
            assert answer.status_code == 200
            hosts = set(re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(https?://[^"')\s]+)""", answer.text))
            assert "swagger-ui" in url or not hosts, (url, hosts)
        assert "unsafe-eval" not in requests.get(site + "/docs", timeout=60).headers["content-security-policy"]
