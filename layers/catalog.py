"""The catalogue: every declaration of a folder, read strictly and checked against the others.

A folder holds ``sources/*.toml``, ``layers/*.toml`` and ``indicators/*.toml``; the name of a file
without its suffix is the id of what it declares. It may hold ``labour.toml``, the survey of recruitment
projects. Every mistake is a `DeclarationError` that names the file, the key, and what would be right.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

import msgspec

from layers import checks
from layers.indicator_spec import Indicator
from layers.labour_checks import FILE as LABOUR
from layers.labour_checks import check_labour
from layers.labour_spec import Labour
from layers.spec import Declaration, Layer, Source
from tileserver.errors import DeclarationError

SLUG = re.compile(r"^[a-z][a-z0-9_]{0,62}$")
UNKNOWN_FIELD = re.compile(r"unknown field `(?P<name>[^`]*)`")


T = TypeVar("T", bound=Declaration)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All declarations by id: layers and indicators in their declared order, sources by id.

    ``labour`` is the survey of recruitment projects, None where there is none.
    """

    sources: dict[str, Source]
    layers: dict[str, Layer]
    indicators: dict[str, Indicator]
    labour: Labour | None = None


def load_catalog(directory: Path | None = None) -> Catalog:
    """Read the declarations of `directory`, or those of the package, and check them together.

    Raises `DeclarationError` at the first file that says something impossible.
    """
    packaged: Traversable = files("layers") / "definitions"
    root = packaged if directory is None else directory
    if not root.is_dir():
        raise DeclarationError(f"{root}: no such folder; it should hold sources/, layers/ and indicators/")
    layers = _read_folder(root, "layers", Layer)
    indicators = _read_folder(root, "indicators", Indicator)
    catalog = Catalog(
        sources=_read_folder(root, "sources", Source),
        layers={key: layers[key] for key in _ordered((v.order, k) for k, v in layers.items())},
        indicators={key: indicators[key] for key in _ordered((v.order, k) for k, v in indicators.items())},
        labour=read_declaration(root / LABOUR, LABOUR, Labour) if (root / LABOUR).is_file() else None,
    )
    checks.check_catalog(catalog.sources, catalog.layers, catalog.indicators)
    if catalog.labour is not None:
        check_labour(catalog.labour, catalog.sources, catalog.layers, catalog.indicators)
    return catalog


def _ordered(ranked: Iterable[tuple[int, str]]) -> list[str]:
    return [key for _, key in sorted(ranked)]


def _read_folder(root: Traversable, name: str, kind: type[T]) -> dict[str, T]:
    folder = root / name
    if not folder.is_dir():
        raise DeclarationError(f"{folder}: no such folder; it should hold one TOML file a {name[:-1]}")
    entries = sorted((e for e in folder.iterdir() if e.name.endswith(".toml")), key=lambda e: e.name)
    found = {}
    for entry in entries:
        file, key = f"{name}/{entry.name}", entry.name.removesuffix(".toml")
        if not SLUG.match(key):
            raise DeclarationError(
                f"{file}: the file name is the id; use small letters, figures and _, a letter first"
            )
        found[key] = read_declaration(entry, file, kind)
    return found


def read_declaration(entry: Traversable, file: str, kind: type[T]) -> T:
    """Read one TOML strictly; raise `DeclarationError` that names it as `file`."""
    try:
        return msgspec.convert(tomllib.loads(entry.read_text(encoding="utf-8")), kind)
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(f"{file}: not valid TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise DeclarationError(f"{file}: not UTF-8 text: {error}") from error
    except OSError as error:
        raise DeclarationError(f"{file}: cannot be read: {error.strerror}") from error
    except msgspec.ValidationError as error:
        raise DeclarationError(f"{file}: {error}{_hint(str(error), kind)}") from error


def _hint(message: str, kind: type[Declaration]) -> str:
    """Return the keys that were probably meant in place of an unknown one."""
    found = UNKNOWN_FIELD.search(message)
    if found is None:
        return ""
    known = sorted(_keys(msgspec.inspect.type_info(kind)))
    close = difflib.get_close_matches(found["name"], known, n=1)
    return f"; did you mean `{close[0]}`?" if close else f"; known keys: {', '.join(known)}"


def _keys(node: object) -> set[str]:
    """Return the names of all keys that a struct and the structs inside it can have."""
    if isinstance(node, msgspec.inspect.StructType):
        inner: set[str] = set()
        for field in node.fields:
            inner |= {field.encode_name} | _keys(field.type)
        return inner
    if isinstance(node, msgspec.inspect.UnionType):
        return set().union(*(_keys(item) for item in node.types))
    if isinstance(node, msgspec.inspect.VarTupleType):
        return _keys(node.item_type)
    if isinstance(node, msgspec.inspect.DictType):
        return _keys(node.value_type)
    return set()
