"""A filter in words: the conditions that all must hold, with titles in place of names."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from tileserver.store.manifest import Title
from tileserver.tiles.filtering.nodes import Call, Literal, Node, Property
from tileserver.tiles.filters import Filter

_SIGNS: Final[Mapping[str, str]] = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "=", "<>": "≠"}
_TRUTH: Final = {True: Title("oui", "yes"), False: Title("non", "no")}


class Phrase(NamedTuple):
    """A figure, how it is compared, and with what: a number, or words."""

    title: Title
    sign: str
    number: float | None
    words: Title | None
    unit: Title


def phrases(wanted: Filter | None, told: Mapping[str, tuple[Title, Title | None]]) -> list[Phrase] | None:
    """Tell a filter; `told` are titles and units by name. None where it says more than comparisons."""
    if wanted is None:
        return []
    found = [_phrase(node, told) for node in _parts(wanted.tree)]
    return None if None in found else [each for each in found if each is not None]


def _parts(tree: Node) -> list[Node]:
    if isinstance(tree, Call) and tree.op == "and":
        return [part for each in tree.args for part in _parts(each)]
    return [tree]


def _phrase(node: Node, told: Mapping[str, tuple[Title, Title | None]]) -> Phrase | None:
    if not isinstance(node, Call) or node.op not in _SIGNS or len(node.args) != 2:
        return None
    name, value = node.args
    if not isinstance(name, Property) or not isinstance(value, Literal) or name.name not in told:
        return None
    title, unit = told[name.name]
    number, words = None, None
    if isinstance(value.value, bool):
        words = _TRUTH[value.value]
    elif isinstance(value.value, str):
        words = Title(value.value, value.value)
    else:
        number = value.value
    return Phrase(title, _SIGNS[node.op], number, words, unit or Title("", ""))
