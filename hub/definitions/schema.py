"""Plain values → definitions: msgspec's sentence about what does not fit becomes a hint at the field that it means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar, get_args

import msgspec
from msgspec import inspect

from common.definitions import Definition
from hub.definitions.definition_errors import Hint, near

T = TypeVar("T")
_WHERE = re.compile(r" - at `(?:key in )?(\$[^`]*)`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_SAID: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("unknown_field", re.compile(r"contains unknown field `(?P<field>[^`]*)`")),
    ("field_missing", re.compile(r"missing required field `(?P<field>[^`]*)`")),
    ("one_of", re.compile(r"Invalid (?:enum )?value '(?P<value>.*)'")),
    ("in_quotes", re.compile(r"Expected `str`, got `(?P<got>int|bool)`")),
    ("type", re.compile(r"Expected `(?P<wanted>[^`]*)`, got `(?P<got>[^`]*)`")),
    ("id", re.compile(r"matching regex '\\\\A\[a-z0-9\]\[")),
    ("role", re.compile(r"matching regex '\\\\A\[a-z_\]")),
    ("number", re.compile(r"matching regex '\\\\A-\?")),
    ("length", re.compile(r"of length (?P<limit>.*)")),
    ("range", re.compile(r"Expected `int` (?P<limit>.*)")),
)


class SchemaMisfit(Exception):
    """A value that does not fit; `path` begins with $, as plainyaml writes it."""

    def __init__(self, path: str, code: str, hint: Hint) -> None:
        super().__init__(path, code, hint)
        self.path = path
        self.code = code
        self.hint = hint


def convert(value: object, kind: Any, within: str) -> Any:
    """`value` as a `kind`; `within` is its path. Misfit with the first thing that does not fit."""
    try:
        return msgspec.convert(value, kind, strict=True)
    except msgspec.ValidationError as e:
        raise _misfit(str(e), value, kind, within) from e


def _misfit(said: str, value: object, kind: Any, within: str) -> SchemaMisfit:
    found = _WHERE.search(said)
    inner = found[1].removeprefix("$").removesuffix("[...]") if found else ""
    said = said[: found.start()] if found else said
    name, match = next(((name, m) for name, pattern in _SAID if (m := pattern.search(said))), ("misfit", None))
    params: dict[str, object] = match.groupdict() if match else {"reason": said}
    field = params.get("field")
    fields, choices = _allowed(kind, value, inner)
    path = f"{within}{inner}" + (f".{field}" if field else "")
    if name == "unknown_field":
        return SchemaMisfit(path, "definition.schema", Hint("hint.unknown_field", params, near(str(field), fields)))
    if name == "one_of":
        params["allowed"] = sorted(choices)
        return SchemaMisfit(path, "definition.schema", Hint("hint.one_of", params, near(str(params["value"]), choices)))
    return SchemaMisfit(path, "definition.schema", Hint(f"hint.{name}", params))


# Allowed fields ------------------------------------------------------------------------------------------------------
def _allowed(kind: Any, value: object, inner: str) -> tuple[list[str], list[str]]:
    """(fields, words) allowed at a path inside a value of a kind."""
    tags = [str(struct.__struct_config__.tag) for struct in get_args(Definition)]
    types: Sequence[inspect.Type] = [inspect.type_info(kind)]
    at = value
    for name, index in _STEP.findall(inner):
        if name == "kind" and inner == ".kind":
            return ["kind"], tags
        types = list(_inside(types, at, name))
        at = _down(at, name, index)
    types = list(_chosen(types, at))
    fields = [f.encode_name for t in types if isinstance(t, inspect.StructType) for f in t.fields]
    words = [str(v) for t in types if isinstance(t, inspect.LiteralType) for v in t.values]
    return [*fields, "kind"], words


def _inside(types: Iterable[inspect.Type], value: object, name: str) -> Iterator[inspect.Type]:
    for kind in _chosen(types, value):
        if isinstance(kind, inspect.StructType):
            yield from (f.type for f in kind.fields if f.encode_name == name)
        elif isinstance(kind, inspect.ListType | inspect.VarTupleType):
            yield kind.item_type
        elif isinstance(kind, inspect.DictType):
            yield kind.value_type


def _chosen(types: Iterable[inspect.Type], value: object) -> Iterator[inspect.Type]:
    """The types themselves, of a union its members; of definitions the one that `kind` says."""
    for kind in types:
        bare = kind.type if isinstance(kind, inspect.Metadata) else kind
        if not isinstance(bare, inspect.UnionType):
            yield bare
            continue
        tagged = value.get("kind") if isinstance(value, dict) else None
        yield from (t for t in bare.types if not isinstance(t, inspect.StructType) or t.tag in (None, tagged))


def _down(value: object, name: str, index: str) -> object:
    if name and isinstance(value, dict):
        return value.get(name)
    return value[int(index)] if index.isdecimal() and isinstance(value, list) and int(index) < len(value) else None
