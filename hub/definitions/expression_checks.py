"""Checks that an expression fits the fields of its page: each name is one of them, each value of the kind needed there.

Must not evaluate anything; `common.expressions` does, and stays safe without this.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from common import expressions
from common.definitions import NUMBERS, Field
from common.errors import BadDefinition
from common.expressions import MAX_POWER
from common.text import say
from hub.definitions.definition_errors import Hint, near

WORDED = {"yes_no": "truth", "choice": "text", "choices": "words", "date": "day"}
THINGS = ("photo", "signature")
_LIKE = {"day": "text"}  # a day is compared with a text


class ValueKind(Struct, frozen=True):
    """A kind of value, said in words."""

    id: str

    def say(self, language: str) -> str:
        """The word in `language`."""
        return say(language, f"value_kind.{self.id}", {})


class ExpressionMisfit(Exception):
    """A part of an expression that does not fit, as a hint."""

    def __init__(self, code: str, meant: str = "", **params: object) -> None:
        super().__init__(code)
        self.hint = Hint(f"hint.{code}", params, meant)


def kind_of(field: Field) -> str:
    """Kind of value that an expression reads in a field: number, truth, text, words, day or thing."""
    if field.type in NUMBERS:
        return "number"
    return "thing" if field.type in THINGS else WORDED.get(field.type, "text")


def misfit(text: str, wanted: str, names: Mapping[str, list[Field]], *, shared: bool) -> Hint | None:
    """Flaw of an expression that must give a `wanted`; `names`: how the page's fields may be called.

    `shared`: its field is asked once for a panel, and so cannot read values of single units.
    """
    try:
        expression = expressions.parse(text)
        for name in sorted(expression.names):
            _known(name, names, shared=shared)
        _want(_kind(expression.tree.body, {name: kind_of(found[0]) for name, found in names.items()}), wanted)
    except BadDefinition as e:
        params = e.details["params"]
        return Hint(f"hint.{e.details['hint']}", params if isinstance(params, dict) else {})
    except ExpressionMisfit as e:
        return e.hint
    return None


def _known(name: str, names: Mapping[str, list[Field]], *, shared: bool) -> None:
    found = names.get(name, [])
    if not found:
        raise ExpressionMisfit("expression_name", near(name, names), name=name)
    if len(found) > 1:
        raise ExpressionMisfit("expression_twice", name=name, ids=[field.id for field in found])
    if shared and not found[0].shared:
        raise ExpressionMisfit("expression_column", name=name)


def _want(have: str, want: str) -> None:
    if have != want:
        raise ExpressionMisfit("expression_kind", have=ValueKind(have), want=ValueKind(want))


def _kind(node: Any, kinds: Mapping[str, str]) -> str:
    """Kind of value that a tree gives; Misfit where its parts do not fit together."""
    match node:
        case ast.Constant():
            return "truth" if isinstance(node.value, bool) else "number" if isinstance(node.value, Decimal) else "text"
        case ast.Name():
            return kinds[node.id]
        case ast.UnaryOp():
            return _all([node.operand], "truth" if isinstance(node.op, ast.Not) else "number", kinds)
        case ast.BinOp():
            if isinstance(node.op, ast.Pow):
                _exponent(node.right)
            return _all([node.left, node.right], "number", kinds)
        case ast.BoolOp():
            return _all(node.values, "truth", kinds)
        case ast.IfExp():
            _want(_kind(node.test, kinds), "truth")
            return _same(_kind(node.body, kinds), _kind(node.orelse, kinds))
        case ast.Compare():
            return _compare(node, kinds)
    return _call(node.func.id, node.args, kinds)


def _all(nodes: list[Any], kind: str, kinds: Mapping[str, str]) -> str:
    for node in nodes:
        _want(_kind(node, kinds), kind)
    return kind


def _same(one: str, other: str) -> str:
    _want(_LIKE.get(other, other), _LIKE.get(one, one))
    return one


def _exponent(node: Any) -> None:
    number = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
    value = number.value if isinstance(number, ast.Constant) else None
    if not isinstance(value, Decimal) or value % 1 or value > MAX_POWER:
        raise ExpressionMisfit("expression_power")


def _compare(node: ast.Compare, kinds: Mapping[str, str]) -> str:
    left = _kind(node.left, kinds)
    for sign, right in zip(node.ops, (_kind(one, kinds) for one in node.comparators), strict=True):
        if isinstance(sign, ast.In | ast.NotIn):
            _want(left, "text")
            _want(right, "words")
        elif isinstance(sign, ast.Eq | ast.NotEq) or "day" in (left, right):
            _same(left, right)
        else:
            _want(left, "number")
            _want(right, "number")
        left = right
    return "truth"


def _call(name: str, args: list[Any], kinds: Mapping[str, str]) -> str:
    if name in ("count", "given"):
        for arg in args:
            _kind(arg, kinds)
        return "truth" if name == "given" else "number"
    if name == "days":
        for arg in args:
            _same("day", _kind(arg, kinds))
        return "number"
    return _all(args, "number", kinds)
