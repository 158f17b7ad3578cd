"""The pages are shut: who reads them signed in, by password or by a link, and no other site can act for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
import requests

from common.text import LANGUAGES
from hub.access.accounts import SCOPES, Caller
from hub.decisions import people
from hub.web.words import thing_url
from tests.support.browser import Browser
from tests.support.motors import REWORKED, Line, served

PASSWORD = "correct horse"
PAGES = ("/", "/search?q=M", "/thing", "/where", "/findings", "/stations", "/about", "/thing.json", "/where.json")


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with closing(Line(tmp_path_factory.mktemp("line"))) as made:
        made.press(REWORKED)
        made.upload()
        spelled, admin = made.accounts.spell(PASSWORD), Caller(None, frozenset(SCOPES))
        made.ingest.do(lambda conn: people.set_password(conn, admin, "p-zhou", spelled))
        yield made


@pytest.fixture(scope="module")
def site(line: Line) -> Iterator[str]:
    with served(line, admitted=False) as address:
        yield address


@pytest.fixture
def visitor() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Accept-Language"] = "en"
        yield session


def sign_in(visitor: requests.Session, site: str, **more: str) -> requests.Response:
    said = {"who": "p-zhou", "password": PASSWORD, **more}
    return visitor.post(site + "/sign-in", data=said, timeout=60, allow_redirects=False)


def form_of(visitor: requests.Session, site: str) -> str:
    found = re.search(r'name="form" value="([^"]+)"', visitor.get(site + "/about", timeout=60).text)
    assert found
    return found[1]


# Shut -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_read_without_signing_in(line: Line, site: str, visitor: requests.Session, path: str) -> None:
    answer = visitor.get(site + path, timeout=60, allow_redirects=False)
    if ".json" in path:
        assert (answer.status_code, answer.json()["code"]) == (401, "account.sign_in")
    else:
        assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in")
    assert "M-250" not in answer.text


def test_every_address_but_the_door_itself_is_shut(site: str, visitor: requests.Session) -> None:
    listed = requests.Session()
    sign_in(listed, site)
    shown = re.findall(r'<th scope="row"[^>]*>(.*?)</th>', listed.get(site + "/about", timeout=60).text, re.DOTALL)
    open_ones = {"/sign-in", "/enter", "/static/{name}"}
    words = " ".join(re.sub(r"<[^>]+>", " ", text) for text in shown)
    for method, path in re.findall(r"(?:([A-Z]+) )?(/\S*)", " ".join(words.split())):
        if path not in open_ones:
            answer = visitor.request(
                method or "GET",
                site + path.format(station="x", person="x", prefix="x"),
                timeout=60,
                allow_redirects=False,
            )
            assert answer.status_code in (401, 303), (method, path, answer.status_code)


def test_a_read_token_opens_pages_and_data_and_decides_nothing(
    line: Line, site: str, visitor: requests.Session
) -> None:
    admin = Caller(None, frozenset(SCOPES))
    token, _ = line.ingest.do(lambda conn: line.accounts.new_token(conn, admin, "report", ["read"], 1))
    visitor.headers["Authorization"] = f"Bearer {token}"
    assert visitor.get(site + "/stations", timeout=60).status_code == 200
    assert visitor.get(site + "/v1/stations", timeout=60).status_code == 200
    body = {"things": ["M-250-004217"], "reason": "x"}
    answer = visitor.post(site + "/v1/holds", json=body, timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (403, "account.scope")


# Open -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_signs_in_comes_to_where_they_wanted_and_signs_out(
    line: Line, site: str, tmp_path_factory: pytest.TempPathFactory, language: str
) -> None:
    wanted = thing_url(line.unit(f"M-250-{REWORKED:06d}"))
    with closing(Browser(tmp_path_factory.mktemp("browser"))) as browser:
        page = browser.open(site + wanted, language=language)
        assert page.text("h1") == {"zh": "登录", "en": "Sign in"}[language]
        assert not page.faults() and "M-250" not in page.text()
        page.fill("[name=who]", "B30002" if language == "zh" else "p-zhou").fill("[name=password]", PASSWORD).press(
            ".entry button"
        )
        assert page.text("h1") == f"M-250-{REWORKED:06d}"
        page.press("nav form button")
        assert page.text("h1") == {"zh": "登录", "en": "Sign in"}[language]
        assert "/sign-in" in page.open(site + wanted).value("location.pathname")


def test_a_wrong_password_is_said_and_nothing_is_open(
    site: str, visitor: requests.Session, expect_warning: object
) -> None:
    expect_warning("sign_in_refused")  # type: ignore[operator]
    answer = sign_in(visitor, site, password="wrong horse")
    assert answer.status_code == 403 and "Wrong id" in answer.text and not visitor.cookies.get("headwater")
    assert 'value="p-zhou"' in answer.text and "wrong horse" not in answer.text


def test_the_cookie_is_for_this_site_and_for_no_script(site: str, visitor: requests.Session) -> None:
    kept = sign_in(visitor, site).headers["set-cookie"].lower()
    assert "httponly" in kept and "samesite=strict" in kept and "path=/" in kept


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "evil", "/\x00"])
def test_signing_in_never_leads_away(site: str, visitor: requests.Session, target: str) -> None:
    assert sign_in(visitor, site, next=target).headers["location"] == "/"


def test_a_link_signs_in_once_and_leaves_no_secret_in_the_address(
    line: Line, site: str, visitor: requests.Session
) -> None:
    key = line.accounts.new_link(["read"], 1, 60)
    answer = visitor.get(f"{site}/enter?key={key}", timeout=60, allow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers["cache-control"] == "no-store" and answer.headers["referrer-policy"] == "no-referrer"
    assert visitor.get(site + "/", timeout=60).url == site + "/"
    assert visitor.get(f"{site}/enter?key={key}", timeout=60).url == site + "/", "who is in already just goes on"
    with requests.Session() as other:
        answer = other.get(f"{site}/enter?key={key}", timeout=60)
        assert answer.status_code == 403 and not other.cookies


# Other sites ----------------------------------------------------------------------------------------------------------
def test_no_form_of_another_site_signs_out(site: str, visitor: requests.Session) -> None:
    sign_in(visitor, site)
    form = form_of(visitor, site)
    for said, headers in (({}, {}), ({"form": "x"}, {}), ({"form": form}, {"Sec-Fetch-Site": "cross-site"})):
        answer = visitor.post(site + "/sign-out", data=said, headers=headers, timeout=60)
        assert (answer.status_code, "account.form" in answer.text) == (403, True)
    assert visitor.get(site + "/", timeout=60).url == site + "/"
    visitor.post(site + "/sign-out", data={"form": form}, timeout=60)
    assert visitor.get(site + "/", timeout=60).url == site + "/sign-in"


def test_a_browsers_cookie_alone_changes_nothing_by_the_api(site: str, visitor: requests.Session) -> None:
    sign_in(visitor, site)
    assert visitor.get(site + "/v1/stations", timeout=60).status_code == 200
    answer = visitor.post(site + "/v1/holds", json={"things": ["M-250-004217"], "reason": "x"}, timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (401, "token.refused")
