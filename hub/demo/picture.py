"""Draws a backward and a forward trace as text, from the same JSON that the pages give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from common.text import say


def name_of(name: Any, language: str) -> str:
    """A name in one language; an id that has no name stays."""
    return str(name.get(language, "")) if isinstance(name, dict) else str(name or "")


SHAPES = {"ok": "✓", "ng": "✗", "hold": "‖", "unknown": "?"}


def label_of(claim: dict[str, Any]) -> str:
    """An identity as it is printed on the label: a lot without its material."""
    return str(claim["value"]).rpartition("/")[2]


def unit_lines(page: dict[str, Any], language: str) -> Iterator[str]:
    """Draw the contents of a unit, down to the lots, and its history."""
    state = say(language, f"state.{page['state']}", {})
    yield f"{label_of(page['claim'])}  {name_of(page['material'], language)}  [{state}]"
    yield from _branches(page["tree"]["children"], "", language)
    for node in page["within"]:
        yield f"▲  {name_of(node['material'], language)}  {label_of(node['claim'])}"
    yield ""
    for line in page["history"]:
        yield _happened(line, language)


def _happened(line: dict[str, Any], language: str) -> str:
    """One event: where, shape, what, and with what values or parts."""
    what = say(language, f"said.{line['what']}", line["params"])
    others = [claim["value"].rpartition("/")[2] for claim in line["params"].get("other", [])]
    more = line["params"].get("values") or ", ".join(others)
    where = name_of(line["operation"], language)
    parts = (f"{line['station'].upper():<6} {SHAPES.get(line['tone'], '·')}", where, what, more)
    return "  ".join(part for part in parts if part)


def _branches(nodes: list[dict[str, Any]], indent: str, language: str) -> Iterator[str]:
    for i, node in enumerate(nodes):
        last = i == len(nodes) - 1
        slot = name_of(node["slot"], language) or name_of(node["material"], language)
        ended = "  ✗ " + say(language, "demo.ended", {}) if node["ended"] else ""
        used = f"  ×{node['used_in']}" if node["used_in"] > 1 else ""
        amount = f"  {node['quantity']} {node['uom']}" if node["uom"] not in ("", "pcs") else ""
        yield f"{indent}{'└─' if last else '├─'} {slot}  {label_of(node['claim'])}{amount}{used}{ended}"
        yield from _branches(node["children"], indent + ("   " if last else "│  "), language)


def where_lines(page: dict[str, Any], language: str) -> Iterator[str]:
    """Draw the way of a lot: units by their container, lots and the amounts that went into them, who has it."""
    yield f"{label_of(page['claim'])}  {name_of(page['material'], language)}"
    groups: dict[str, list[str]] = {}
    for line in page["lines"]:
        if line["kind"] == "unit":
            container = line["container"]["value"] if line["container"] else "—"
            groups.setdefault(container, []).append(label_of(line["claim"]))
        else:
            yield from _amount(line, language)
    for container, units in groups.items():
        yield f"├─ {container}  {'  '.join(units)}"
    for one in page["shipped"]:
        yield f"▲  {label_of(one['claim'])} → {name_of(one['partner'], language)}  {one['document']}"


def _amount(line: dict[str, Any], language: str) -> Iterator[str]:
    """A lot or a container of lots, behind it what it has of it; those of units are drawn with the units."""
    if line["via"]["scheme"].partition("@")[0] != "unit" and not line["via"]["scheme"].endswith("sgtin"):
        amount = f"{line['quantity']} {line['uom']} " if line["uom"] else ""
        name = name_of(line["material"], language)
        yield f"├─ {name}  {label_of(line['claim'])}  ← {amount}{label_of(line['via'])}"
