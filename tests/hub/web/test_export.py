"""Every page as CSV and JSON: the same content, safe in a spreadsheet, and honest about what was not seen."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import closing

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from common import event_types as b
from hub.trace.seen import Missing, Seen
from hub.web.export import ExportTable, cell, write
from hub.web.words import thing_url
from tests.support.motors import HELD, REWORKED, Line, fill, go_silent, served

SEEN = Seen(1_760_000_000_000, (Missing("st-20", "silent", 1_759_999_000_000),), 2, 3)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with closing(Line(tmp_path_factory.mktemp("line"))) as made:
        fill(made)
        made.say("st-30", b.Hold('=HYPERLINK("http://evil.example")'), made.unit("M-250-004299"))
        made.say("st-30", b.Hold("torn"), made.unit("M-250-004298"), via="typed")
        made.upload("st-30")
        go_silent(made, "st-20", 31)
        yield made


@pytest.fixture(scope="module")
def site(line: Line) -> Iterator[str]:
    with served(line) as address:
        yield address


def rows(raw: bytes) -> list[dict[str, str]]:
    assert raw.startswith(b"\xef\xbb\xbf"), "Excel reads it as UTF-8 by this mark only"
    text = raw.decode("utf-8-sig")
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_the_details_of_a_row_hold_no_python(line: Line, site: str) -> None:
    unit = line.unit(f"M-250-{REWORKED:06d}")
    every = [rows(requests.get(f"{site}{thing_url(unit)}", headers={"Accept": "text/csv"}, timeout=60).content)]
    every += [rows(requests.get(f"{site}/findings.csv", timeout=60).content)]
    said = [row["details"] for table in every for row in table if row["details"]]
    assert said
    assert not [text for text in said if re.search(r"\w+\(\w+=|\['|None", text)]


def addresses(line: Line) -> dict[str, str]:
    lot = line.lot("magnet", "MG-2610-B")
    return {
        "/": "/home",
        "/search?q=M-250-00421": "/search",
        thing_url(line.unit(f"M-250-{REWORKED:06d}")): "/thing",
        thing_url(lot, "where"): "/where",
        thing_url(line.order): "/thing",
        "/findings": "/findings",
        "/stations": "/stations",
        "/orders": "/orders",
    }


def test_every_page_leads_to_itself_as_data_and_the_data_say_what_was_not_seen(line: Line, site: str) -> None:
    for page, path in addresses(line).items():
        text = requests.get(site + page, headers={"Accept": "text/html"}, timeout=60).text
        for kind, media in ((".json", "application/json"), (".csv", "text/csv")):
            address = page.replace(page.partition("?")[0], path + kind, 1)
            assert f'href="{address.replace("&", "&amp;")}"' in text, (page, kind)
            asked = requests.get(site + address, timeout=60)
            negotiated = requests.get(site + page, headers={"Accept": media}, timeout=60)
            assert asked.status_code == negotiated.status_code == 200
            assert asked.headers["content-type"].startswith(media) and asked.headers["x-content-type-options"]
            assert negotiated.headers["content-type"].startswith(media)
            if kind == ".json":
                assert [one["station"] for one in asked.json()["seen"]["missing"]] == ["st-20"], page
            else:
                assert asked.headers["content-disposition"].startswith("attachment")
                found = rows(asked.content)
                assert found and all("st-20 silent" in row["not_seen"] and row["as_of"] for row in found), page


def test_a_code_that_was_typed_says_so_on_the_page_and_in_the_data(line: Line, site: str) -> None:
    for value, said in (("M-250-004298", "typed"), ("M-250-004299", "")):
        page = thing_url(line.unit(value))
        text = requests.get(site + page, headers={"Accept": "text/html", "Accept-Language": "en"}, timeout=60).text
        assert ("typed by hand" in text) == bool(said)
        (row,) = rows(requests.get(site + page.replace("/thing", "/thing.csv", 1), timeout=60).content)
        assert row["via"] == said


def test_a_units_tables_are_each_a_sheet(line: Line, site: str) -> None:
    page = thing_url(line.unit(f"M-250-{REWORKED:06d}"), "thing.csv")
    sheets = {
        name: rows(requests.get(f"{site}{page}&rows={name}", timeout=60).content) for name in ("measures", "inside")
    }
    assert ("No-load current", "0.92", "A", "fail") in [
        (row["characteristic_en"], row["value"], row["uom"], row["verdict"]) for row in sheets["measures"]
    ]
    assert "C25-00411" in [row["value"] for row in sheets["inside"]]
    assert requests.get(f"{site}{page}&rows=nonsense", timeout=60).status_code == 400


def test_an_order_lists_its_units_and_counts_them(line: Line, site: str) -> None:
    (row,) = rows(requests.get(site + "/orders.csv", timeout=60).content)
    assert (row["order"], row["quantity"], row["line"]) == ("WO-2611-0087", "24", "line-1")
    units = rows(requests.get(site + thing_url(line.order, "thing.csv") + "&rows=units", timeout=60).content)
    assert len(units) == int(row["begun"]) > 5
    assert [one["state"] for one in units].count("passed") == int(row["passed"]) > 0
    page = requests.get(site + thing_url(line.order), headers={"Accept": "text/html"}, timeout=60).text
    assert all(one["value"][-4:] in page for one in units)


def test_what_somebody_typed_is_no_formula(line: Line, site: str) -> None:
    page = thing_url(line.unit("M-250-004299"), "thing.csv")
    (row,) = rows(requests.get(site + page, timeout=60).content)
    assert not any(value.startswith(("=", "+", "@")) for value in row.values())


def test_the_hold_of_a_unit_is_in_its_data(line: Line, site: str) -> None:
    found = requests.get(site + thing_url(line.unit(f"M-250-{HELD:06d}"), "thing.json"), timeout=60).json()
    assert found["state"] == "hold" and found["held_because"]


# Cells ----------------------------------------------------------------------------------------------------------------
@given(value=st.text())
def test_no_cell_is_a_formula_and_none_is_lost(value: str) -> None:
    shown = cell(value)
    assert shown in (value, f"'{value}")
    if shown[:1] in ("=", "+", "-", "@", "\t", "\r", "\n"):
        assert float(shown) <= 0, "only a number keeps its sign"


@given(table=st.lists(st.lists(st.text(st.characters(exclude_categories=("Cs",))), min_size=2, max_size=2), max_size=5))
def test_a_sheet_reads_back_as_it_was_written(table: list[list[str]]) -> None:
    out = io.BytesIO()
    write(ExportTable(("a", "b"), table), SEEN, out)
    found = [[row["a"], row["b"]] for row in rows(out.getvalue())]
    assert found == [[cell(value) for value in row] for row in table] or (not table and found == [["", ""]])
