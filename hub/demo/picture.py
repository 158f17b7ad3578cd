"""Draws a backward and a forward trace as text, from the same JSON that the pages give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from common.text import say


def name_of(name: Any, language: str) -> str:
    """A name in one language; an id that has no name stays."""
    return str(name.get(language, "")) if isinstance(name, dict) else str(name or "")


def unit_lines(page: dict[str, Any], language: str) -> Iterator[str]:
    """What is in a unit, down to the lots, and what happened to it."""
    claim, state = page["claim"]["value"], say(language, f"state.{page['state']}", {})
    yield f"{claim}  {name_of(page['material'], language)}  [{state}]"
    yield from _branches(page["tree"]["children"], "", language)
    for node in page["within"]:
        yield f"  ▲ {node['claim']['value']}  {name_of(node['material'], language)}"
    yield ""
    for line in page["history"]:
        what = say(language, f"said.{line['what']}", line["params"])
        yield f"  {line['station'].upper():<7}{name_of(line['operation'], language)}  {what}"


def _branches(nodes: list[dict[str, Any]], indent: str, language: str) -> Iterator[str]:
    for i, node in enumerate(nodes):
        last = i == len(nodes) - 1
        slot = name_of(node["slot"], language)
        ended = "  ✗ " + say(language, "demo.ended", {}) if node["ended"] else ""
        used = f"  ×{node['used_in']}" if node["used_in"] > 1 else ""
        yield f"{indent}{'└─' if last else '├─'} {slot}  {node['claim']['value']}{used}{ended}"
        yield from _branches(node["children"], indent + ("   " if last else "│  "), language)


def where_lines(page: dict[str, Any], language: str) -> Iterator[str]:
    """Where a lot went: units by the container they are in."""
    yield f"{page['claim']['value']}  {name_of(page['material'], language)}"
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in page["lines"]:
        if line["kind"] == "unit":
            container = line["container"]["value"] if line["container"] else "—"
            groups.setdefault(container, []).append(line)
    for container, lines in groups.items():
        yield f"  {container}"
        for line in lines:
            state = say(language, f"state.{line['state']}", {})
            yield f"     {line['claim']['value']}  {state}"
