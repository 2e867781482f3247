"""The version of the program that a step runs: a digest of its module and of all that this one imports.

A changed line in any of them, or another version of a library that computes, makes what was kept stale. The
modules are found by reading the sources, not by looking at what happens to be loaded.
"""

import ast
import functools
import hashlib
import importlib.metadata
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from preprocess.cache.codec import PACKAGES

LIBRARIES = (
    "exactextract",
    "geopandas",
    "llvmlite",
    "mapclassify",
    "numba",
    "numpy",
    "pandas",
    "pyarrow",
    "pyogrio",
    "pyproj",
    "python-calamine",
    "rasterio",
    "shapely",
)
"""Distributions whose version the results may depend on; their wheels carry GEOS, PROJ and GDAL."""


def code_digest(step: Callable[..., Any]) -> str:
    """Return the BLAKE2b-128 digest, in hex, of the program that the function `step` runs."""
    return _digest(step.__module__)


@functools.cache
def _digest(module: str) -> str:
    state = hashlib.blake2b(f"{sys.version_info[:2]}\n".encode(), digest_size=16)
    for name in LIBRARIES:
        state.update(f"{name} {_version(name)}\n".encode())
    for name in modules_behind(module):
        path = _path(name)
        state.update(f"{name}\n".encode())
        state.update(b"" if path is None else path.read_bytes())
    return state.hexdigest()


def modules_behind(module: str) -> tuple[str, ...]:
    """Return, sorted, the modules of the project that `module` imports, itself and theirs among them."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found and _path(name) is not None:
            found.add(name)
            waiting += [*_imports(name), name.rpartition(".")[0]]  # a package is loaded before its parts
    return tuple(sorted(found))


@functools.cache
def _imports(module: str) -> tuple[str, ...]:
    """List the names that a module may import; of ``from a import b``, both ``a`` and ``a.b``."""
    path = _path(module)
    return () if path is None else tuple(_named(ast.parse(path.read_bytes())))


def _named(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@functools.cache
def _path(module: str) -> Path | None:
    """Return the file of a module of the project, None for anything else."""
    first, *rest = module.split(".")
    if first not in PACKAGES:
        return None
    package = find_spec(first)
    if package is None or package.origin is None:
        return None
    base = Path(package.origin).parent.joinpath(*rest)
    candidates = (base / "__init__.py", base.with_suffix(".py"))
    return next((path for path in candidates if path.is_file()), None)


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "none"
