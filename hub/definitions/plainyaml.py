"""YAML reduced to what people write by hand: mappings, lists, text, whole numbers, true and false; each with its line.

Must not resolve anything: no anchors, no tags, no null, no second document, no guessing of types. So 12.0 stays the
text "12.0", and `no`, 1e3, 0o17 and 2026-11-02 are text too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from msgspec import Struct

from common.barcode_router import invisible
from common.errors import BadDefinition
from hub.definitions.definition_errors import Hint

MAX_FILE = 262_144
MAX_DEPTH = 12

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
_NOTHING = ("", "~", "null")
# Patterns of code rules may hold the separators of ISO/IEC 15434.
_ALLOWED = frozenset("\x1d\x1e\x04")


class Document(Struct, frozen=True):
    """Content of a file. `lines`: the line, from 1, of each path as msgspec writes it: "$[2].steps[0].slot"."""

    file: str
    value: object
    lines: dict[str, int]

    def line(self, path: str) -> int:
        """The line of a path, or of the nearest thing around it that is in the file."""
        while path not in self.lines and path:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 1)


def read(path: Path) -> Document:
    """The file's one document. BadDefinition: definition.missing, .oversized, .yaml, .duplicate (of a key)."""
    builder = _Builder(path.name, _text(path))
    return Document(path.name, builder.document(), builder.lines)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE + 1)
    except OSError as e:
        raise _bad("definition.missing", path.name, 1, Hint("hint.unreadable", {"reason": e.strerror})) from e
    if len(raw) > MAX_FILE:
        raise _bad("definition.oversized", path.name, 1, Hint("hint.oversized", {"limit": MAX_FILE}))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise _bad("definition.yaml", path.name, raw[: e.start].count(b"\n") + 1, Hint("hint.not_utf8")) from e


def _bad(code: str, file: str, line: int, hint: Hint, field: str = "") -> BadDefinition:
    return BadDefinition(code, file=file, line=line, field=field, hint=hint)


class _Builder:
    """Builds one document from YAML's events, and notes the line of every path."""

    def __init__(self, file: str, text: str) -> None:
        self.lines: dict[str, int] = {}
        self._file = file
        self._events = _events(file, text)

    def document(self) -> object:
        first = self._next()
        if isinstance(first, yaml.StreamEndEvent):
            raise self._bad(first, "$", Hint("hint.empty_file"))
        value = self._value(self._next(), "$", 0)
        self._next()
        last = self._next()
        if not isinstance(last, yaml.StreamEndEvent):
            raise self._bad(last, "$", Hint("hint.second_document"))
        return value

    def _next(self) -> yaml.Event:
        return next(self._events)

    def _bad(self, event: yaml.Event, path: str, hint: Hint, code: str = "definition.yaml") -> BadDefinition:
        return _bad(code, self._file, _line(event), hint, path.removeprefix("$").lstrip("."))

    def _value(self, event: yaml.Event, path: str, depth: int) -> object:
        self.lines.setdefault(path, _line(event))
        if why := _forbidden(event, depth):
            raise self._bad(event, path, why)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path, depth)
        return self._scalar(event, path)

    def _mapping(self, path: str, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event, path)
            inner = f"{path}.{key}"
            if key in found:
                raise self._bad(event, inner, Hint("hint.twice", {"id": key}), code="definition.duplicate")
            self.lines[inner] = _line(event)
            found[key] = self._value(self._next(), inner, depth + 1)
        return found

    def _sequence(self, path: str, depth: int) -> list[object]:
        found: list[object] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            found.append(self._value(event, f"{path}[{len(found)}]", depth + 1))
        return found

    def _key(self, event: yaml.Event, path: str) -> str:
        text = getattr(event, "value", None)
        if _forbidden(event, 0) or not isinstance(text, str) or invisible(text):
            raise self._bad(event, path, Hint("hint.plain_key"))
        return text

    def _scalar(self, event: yaml.Event, path: str) -> str | int | bool:
        if not isinstance(event, yaml.ScalarEvent):
            raise self._bad(event, path, Hint("hint.misfit", {"reason": "?"}))
        text = str(event.value)
        if invisible(text, _ALLOWED):
            raise self._bad(event, path, Hint("hint.invisible"))
        if event.style is not None:
            return text
        if text in _NOTHING:
            raise self._bad(event, path, Hint("hint.empty_value"))
        if text in ("true", "false"):
            return text == "true"
        return int(text) if _INTEGER.fullmatch(text) else text


def _forbidden(event: yaml.Event, depth: int) -> Hint | None:
    """Parts of YAML that are refused: they let a small file be a huge value, or a word be a program's object."""
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        return Hint("hint.anchors")
    if getattr(event, "tag", None) is not None:
        return Hint("hint.tags")
    return Hint("hint.deep", {"limit": MAX_DEPTH}) if depth > MAX_DEPTH else None


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _events(file: str, text: str) -> Iterator[yaml.Event]:
    """YAML's events after the start of the stream; every way in which PyYAML refuses a text becomes one error."""
    try:
        events = yaml.parse(text, Loader=yaml.SafeLoader)
        next(events)
        yield from events
    except yaml.reader.ReaderError as e:
        raise _bad("definition.yaml", file, text[: e.position].count("\n") + 1, Hint("hint.invisible")) from e
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        hint = Hint("hint.not_yaml", {"reason": e.problem})
        raise _bad("definition.yaml", file, mark.line + 1 if mark else 1, hint) from e
    # PyYAML lets chr() speak of an escape such as "\UFFFFFFFF".
    except (yaml.YAMLError, ValueError, OverflowError) as e:
        raise _bad("definition.yaml", file, 1, Hint("hint.not_yaml", {"reason": None})) from e
