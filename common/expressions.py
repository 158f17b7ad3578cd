"""The safe expression language of conditions and computed fields: decimals, comparisons and a few functions.

Built on simpleeval, reduced to the nodes named here: no attribute, subscript, comprehension, assignment or format
string. All numbers are Decimal, literals too. docs/decisions/0017-expressions.md gives the meaning.
"""

from __future__ import annotations

import ast
import operator
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException, InvalidOperation, Overflow, localcontext
from functools import lru_cache
from typing import Any

from msgspec import Struct
from simpleeval import SimpleEval

from common.errors import BadDefinition

ExpressionValue = Decimal | bool | str | tuple[str, ...]

MAX_TEXT, MAX_NODES, MAX_DEPTH, MAX_POWER, MAX_DECIMALS = 500, 120, 24, 9, 6
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?", re.ASCII)
# 28 digits and nothing above 10^28: a result that does not fit is no value rather than a very long one.
_CONTEXT = Context(prec=28, rounding=ROUND_HALF_UP, Emin=-28, Emax=28, traps=[InvalidOperation, Overflow])
_COMPARE = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn)
_ALLOWED = (
    *(ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Call, ast.IfExp),
    *(ast.UnaryOp, ast.USub, ast.UAdd, ast.Not, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow),
    *(ast.BoolOp, ast.And, ast.Or, ast.Compare, *_COMPARE),
)
# Number of arguments that a function takes: least and most.
FUNCTIONS = {
    "min": (1, 99),
    "max": (1, 99),
    "abs": (1, 1),
    "round": (1, 2),
    "sum": (1, 99),
    "avg": (1, 99),
    "count": (1, 99),
    "given": (1, 1),
    "days": (2, 2),
}
_TOLERANT = ("sum", "avg", "count", "given")  # use the values that exist; all others need every one


class Expression(Struct, frozen=True):
    """A parsed expression: its text, its tree and the names that it reads."""

    text: str
    tree: Any
    names: frozenset[str]


class Evaluated(Struct, frozen=True):
    """The result of an expression. If there is no value, `why` is missing, zero (division by it), size or kind."""

    value: ExpressionValue | None = None
    why: str = ""


def usable(name: str) -> str:
    """Return the spelling of a name in expressions; "" if expressions cannot read such a name."""
    spelled = unicodedata.normalize("NFKC", name).replace("-", "_")
    return spelled if spelled.isidentifier() and not _is_reserved(spelled) else ""


@lru_cache(maxsize=512)
def parse(text: str) -> Expression:
    """Parse an expression. BadDefinition definition.expression with `hint` and its parameters."""
    if len(text) > MAX_TEXT or "\\" in text or not text.isprintable():
        raise _bad("expression_size" if len(text) > MAX_TEXT else "expression_syntax", limit=MAX_TEXT)
    tree = _tree(text)
    nodes = list(ast.walk(tree))
    if len(nodes) > MAX_NODES or _depth(tree) > MAX_DEPTH:
        raise _bad("expression_size", limit=MAX_TEXT)
    for node in nodes:
        _allow(node)
        _literal(node, text)
    called = {node.func for node in nodes if isinstance(node, ast.Call)}
    return Expression(text, tree, frozenset(n.id for n in nodes if isinstance(n, ast.Name) and n not in called))


def evaluate(expression: Expression, values: Mapping[str, ExpressionValue | None]) -> Evaluated:
    """Evaluate with these values; a name that is absent or None has no value. Never raises."""
    with localcontext(_CONTEXT):
        try:
            found = _Evaluator(values).eval(expression.text, expression.tree.body)
        except _Gap as gap:
            return Evaluated(None, gap.why)
        except DecimalException:
            return Evaluated(None, "size")
        except (TypeError, AttributeError):
            return Evaluated(None, "kind")
    return Evaluated(found) if isinstance(found, bool | str | tuple | Decimal) else Evaluated(None, "kind")


def rounded(value: Decimal, decimals: int) -> Decimal | None:
    """Round a value to `decimals`, halves away from zero; None if it is too large to have them."""
    with localcontext(_CONTEXT):
        try:
            return value.quantize(Decimal(1).scaleb(-decimals))
        except DecimalException:
            return None


# Reading a text ------------------------------------------------------------------------------------------------------
def _bad(hint: str, **params: object) -> BadDefinition:
    return BadDefinition("definition.expression", hint=hint, params=params)


def _is_reserved(name: str) -> bool:
    try:
        return not isinstance(ast.parse(name, mode="eval").body, ast.Name)
    except SyntaxError:
        return True


def _tree(text: str) -> ast.Expression:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Python only warns of text like `1or 2`; it is not an expression here
        try:
            return ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError, MemoryError, RecursionError, Warning) as e:
            raise _bad("expression_syntax", limit=MAX_TEXT) from e


def _depth(tree: ast.AST) -> int:
    level, depth = [tree], 0
    while level:
        level, depth = [child for node in level for child in ast.iter_child_nodes(node)], depth + 1
    return depth


def _allow(node: ast.AST) -> None:
    if not isinstance(node, _ALLOWED):
        raise _bad("expression_word", word=type(node).__name__)
    if isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name) or node.keywords or node.func.id not in FUNCTIONS:
            raise _bad("expression_function", known=sorted(FUNCTIONS))
        least, most = FUNCTIONS[node.func.id]
        if not least <= len(node.args) <= most:
            raise _bad("expression_count", function=node.func.id, least=least, most=most)


def _literal(node: ast.AST, text: str) -> None:
    """Replace a number by the decimal written in the text, since a float would already have lost it."""
    if not isinstance(node, ast.Constant) or isinstance(node.value, bool | str):
        return
    written = ast.get_source_segment(text.strip(), node) or ""
    if not _NUMBER.fullmatch(written) or len(written) > 28:
        raise _bad("expression_number", value=written[:40])
    node.value = Decimal(written)  # type: ignore[assignment]


# Evaluating ----------------------------------------------------------------------------------------------------------
class _Gap(Exception):
    """Raised when there is no value; `why` gives the cause."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _divide(above: Any, below: Any) -> Any:
    if not below:
        raise _Gap("zero")
    return above / below


def _power(base: Any, exponent: Any) -> Any:
    if not isinstance(exponent, Decimal) or abs(exponent) > MAX_POWER or exponent % 1:
        raise _Gap("size")
    if not base and exponent <= 0:
        raise _Gap("zero")
    return base**exponent


def _round(value: Any, decimals: Any = Decimal(0)) -> Any:
    if not 0 <= decimals <= MAX_DECIMALS or decimals % 1:
        raise _Gap("size")
    return value.quantize(Decimal(1).scaleb(-int(decimals)))


def _days(first: Any, last: Any) -> Decimal:
    try:
        return Decimal((date.fromisoformat(last) - date.fromisoformat(first)).days)
    except ValueError as e:
        raise _Gap("kind") from e


def _of_some(total: Callable[[tuple[Any, ...]], Any]) -> Callable[..., Any]:
    def act(*given: Any) -> Any:
        if not given:
            raise _Gap("missing")
        return total(given)

    return act


_ACTS: dict[str, Callable[..., Any]] = {
    "min": lambda *given: min(given),
    "max": lambda *given: max(given),
    "abs": abs,
    "round": _round,
    "sum": _of_some(lambda given: sum(given, Decimal(0))),
    "avg": _of_some(lambda given: sum(given, Decimal(0)) / len(given)),
    "count": lambda *given: Decimal(len(given)),
    "given": lambda *given: bool(given),
    "days": _days,
}
_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: _divide,
    ast.Pow: _power,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}


class _Evaluator(SimpleEval):  # type: ignore[misc]
    """simpleeval, limited to `_ALLOWED`, that raises _Gap where a value is missing."""

    def __init__(self, values: Mapping[str, ExpressionValue | None]) -> None:
        super().__init__(operators=_OPERATORS, functions=_ACTS, names=values)
        nodes: dict[type, Any] = vars(self)["nodes"]
        self.nodes = {kind: act for kind, act in nodes.items() if issubclass(kind, _ALLOWED)}

    def _eval_name(self, node: Any) -> ExpressionValue:
        value: ExpressionValue | None = self.names.get(node.id)
        if value is None:
            raise _Gap("missing")
        return value

    def _eval_call(self, node: Any) -> Any:
        name = node.func.id
        args = self._there(node.args) if name in _TOLERANT else (self._eval(arg) for arg in node.args)
        return self.functions[name](*args)

    def _there(self, nodes: list[Any]) -> Iterator[Any]:
        for node in nodes:
            try:
                yield self._eval(node)
            except _Gap as gap:
                if gap.why != "missing":
                    raise

    def _eval_boolop(self, node: Any) -> bool:
        """Decide by any one operand that suffices, on either side; otherwise every value is needed."""
        decides, gap = isinstance(node.op, ast.Or), None
        for each in node.values:
            try:
                if bool(self._eval(each)) is decides:
                    return decides
            except _Gap as e:
                gap = gap or e
        if gap:
            raise gap
        return not decides
