"""Turtle (RDF 1.1) from the same nodes that JSON-LD is written from."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

Node = Mapping[str, Any]


def write_turtle(context: Mapping[str, str], nodes: Sequence[Node]) -> str:
    """Write nodes: dicts with ``@id`` (or none, for a blank node), ``@type``, and compact names.

    A value is a node, a reference (``@id`` alone), a literal (``@value`` with ``@type`` or ``@language``), a
    text, or a list of such.
    """
    lines = [f"@prefix {prefix}: <{iri}> ." for prefix, iri in context.items()]
    return "\n".join([*lines, "", *(f"{_subject(node)}{_body(node, 1)} .\n" for node in nodes)])


def _subject(node: Node) -> str:
    return f"<{node['@id']}>" if "@id" in node else "[]"


def _body(node: Node, depth: int) -> str:
    indent = "\n" + "  " * depth
    parts = [f"{indent}a {node['@type']}"] if "@type" in node else []
    for name, value in node.items():
        if not name.startswith("@"):
            values = value if isinstance(value, list) else [value]
            parts.append(f"{indent}{name} " + ", ".join(_value(each, depth) for each in values))
    return " ;".join(parts)


def _value(value: Any, depth: int) -> str:
    if not isinstance(value, Mapping):
        return _text(str(value))
    if "@value" in value:
        suffix = f"@{value['@language']}" if "@language" in value else f"^^{value['@type']}"
        return _text(str(value["@value"])) + suffix
    if set(value) == {"@id"}:
        return f"<{value['@id']}>"
    end = "\n" + "  " * depth
    return f"[{_body(value, depth + 1)}{end}]"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # the escapes of JSON are among those of Turtle
