"""The little language of ``expression``: names of indicators, numbers, ``+ - * /``, a few functions.

``friche_area / area_km2 * 100``, ``min(share, 1)``, ``rate - country(rate)``. It is read with Python's own
parser and never run: what is not listed here is refused in one sentence.
"""

import ast
from collections.abc import Iterator
from typing import Final

FUNCTIONS: Final = {"min": (2, 8), "max": (2, 8), "abs": (1, 1), "log": (1, 1), "sqrt": (1, 1)}
"""The functions, and how many arguments each takes at least and at most."""

COUNTRY: Final = "country"
"""``country(x)`` is the figure of the whole country, the same for every territory."""

MAX_LENGTH: Final = 500
MAX_NODES: Final = 100

_OPERATORS: Final = (ast.Add, ast.Sub, ast.Mult, ast.Div)


def parse_expression(text: str) -> ast.expr:
    """Parse an expression; raise `ValueError` with a sentence for what is not one."""
    if len(text) > MAX_LENGTH:
        raise ValueError(f"it has {len(text)} characters; at most {MAX_LENGTH} are read")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        raise ValueError(f"{text!r} cannot be read; write it like friche_area / area_km2 * 100") from error
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        raise ValueError(f"it has more than {MAX_NODES} parts; divide it among several indicators")
    _check(tree)
    if not expression_names(tree):
        raise ValueError("it names no indicator")
    return tree


def expression_names(tree: ast.expr) -> tuple[str, ...]:
    """Return the indicators that an expression names, each once, in order of appearance."""
    return tuple(dict.fromkeys(_names(tree)))


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    children = node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node)
    for child in children:
        yield from _names(child)


def _check(node: ast.AST) -> None:
    """Refuse whatever an expression may not hold."""
    if isinstance(node, ast.Name):
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise _fault(f"{node.value!r} is no number")
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        _check(node.operand)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
        _check(node.left)
        _check(node.right)
    elif isinstance(node, ast.Call):
        _check_call(node)
    else:
        known = f"numbers, indicators, + - * /, parentheses, {', '.join((*FUNCTIONS, COUNTRY))}"
        raise _fault(f"{ast.unparse(node)!r} is not part of an expression; there are {known}")


def _fault(text: str) -> ValueError:
    return ValueError(text)


def _check_call(node: ast.Call) -> None:
    written = ast.unparse(node)
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name == COUNTRY:
        if len(node.args) != 1 or node.keywords or not isinstance(node.args[0], ast.Name):
            raise ValueError(f"{written!r} should be {COUNTRY}() of one indicator")
        return
    if name not in FUNCTIONS:
        raise ValueError(
            f"{written!r}: there is no such function; there are {', '.join(FUNCTIONS)}, {COUNTRY}"
        )
    least, most = FUNCTIONS[name]
    if node.keywords or not least <= len(node.args) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise ValueError(f"{written!r}: {name} takes {wanted} values")
    for child in node.args:
        _check(child)
