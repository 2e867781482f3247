"""Steps whose result is taken from an earlier build where nothing that it depends on has changed.

A key is a digest of all that a result depends on: what the caller names (`on`), the program
(`preprocess.cache.code`) and, for a step that reads sources, the declarations and the bytes of the files that
it read. Which those are is not declared but noticed, and remembered beside the result::

    folder.kept(on, read_outlines, catalog, folder)       # a step that reads `Sources`
    kept.value(on, overlay, outlines, zoning)             # one that is given everything
    kept.files(on, writer, write_shapes, …, writer, …)    # one that writes files of the store

Equal keys mean equal results, so a step must be a function of what is named. A damaged entry is made again.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, ParamSpec, Protocol, TypeVar

from preprocess.cache import codec
from preprocess.cache.code import code_digest
from preprocess.cache.folder import DamagedError, Folder, signed
from tileserver.store.manifest import File
from tileserver.store.writer import StoreWriter

P = ParamSpec("P")
T = TypeVar("T")

LIMIT_BYTES = 4_000_000_000
"""Most that is kept, but for what the last build used."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a step: ``kept`` from an earlier build, or ``made``; `why` tells of damage."""

    step: str
    state: Literal["kept", "made"]
    why: str = ""


class Readable(Protocol):
    """A folder of sources that notices what is read of it."""

    def state(self, source_id: str) -> object:
        """Return all that the rows of a source depend on: its declaration, and the digest of its file."""
        ...

    def watched(self) -> AbstractContextManager[dict[str, int]]:
        """Collect the sources that are asked for while the context lasts, and how many rows were read."""
        ...

    def notice(self, asked: Mapping[str, int]) -> None:
        """Count the sources that a step read in an earlier build as read."""
        ...


@dataclass(slots=True)
class Kept:
    """Results of earlier builds, in a folder; without one every step is run."""

    folder: Folder | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    _damage: str = ""

    def value(self, on: object, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `step` gives; `on` names all that it depends on."""
        if self.folder is None:
            return step(*args, **kwargs)
        key = _key(step, on)
        found = self._find(key, step.__name__)
        if found is not None:
            return _as(step, found[0])
        result = step(*args, **kwargs)
        self._keep(key, step.__name__, result)
        return result

    def reading(
        self, sources: Readable, on: object, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what `step` gives, which depends on `on` and on the sources that it reads."""
        if self.folder is None:
            return step(*args, **kwargs)
        memory = _key(step, on)
        asked = self._find(memory)
        if asked is not None:
            found = self._find(_with_sources(memory, sources, asked[0]), step.__name__)
            if found is not None:
                sources.notice(found[0][0])
                return _as(step, found[0][1])
        with sources.watched() as noticed:
            result = step(*args, **kwargs)
        self._keep(memory, "", noticed)
        self._keep(_with_sources(memory, sources, noticed), step.__name__, (noticed, result))
        return result

    def files(
        self, on: object, writer: StoreWriter, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Return what `step` gives; the files that it writes with `writer` are kept and written with it."""
        if self.folder is None:
            return step(*args, **kwargs)
        key = _key(step, on)
        found = self._find(key, step.__name__)
        if found is not None:
            for name, file in found[1].items():
                writer.adopt(self.folder.file(key, name), file)
            return _as(step, found[0])
        before = set(writer.files)
        result = step(*args, **kwargs)
        written = {name: writer.directory / name for name in writer.files if name not in before}
        self._keep(key, step.__name__, result, written)
        return result

    def trim(self, limit: int = LIMIT_BYTES) -> None:
        """Throw away the oldest of what this build did not use."""
        if self.folder is not None:
            self.folder.trim(limit, self.used)

    def _find(self, key: str, name: str = "") -> tuple[Any, dict[str, File]] | None:
        """Return an entry, None where its step is to be run; tell of one that is there under its `name`."""
        folder = self.folder
        if folder is None:
            return None
        try:
            found = folder.get(key)
            if found is None:
                return None
            value = codec.decode(found[0])
        except (DamagedError, ValueError) as error:
            folder.drop(key)
            self._damage = str(error)
            return None
        self.used.add(key)
        if name:
            self.outcomes.append(Outcome(name, "kept"))
        return value, found[1]

    def _keep(self, key: str, name: str, value: object, files: dict[str, Path] | None = None) -> None:
        """Keep what a step gave; a folder that can't be written to costs the next build, not this one."""
        if self.folder is None:
            return
        self.used.add(key)
        why, self._damage = self._damage, ""
        try:
            self.folder.put(key, name, codec.encode(value), files or {})
        except OSError as error:
            why = f"{self.folder.path} can't be written: {error.strerror}"
        if name:
            self.outcomes.append(Outcome(name, "made", why))


def digest(*values: object) -> str:
    """Return the BLAKE2b-128 digest, in hex, of values that `preprocess.cache.codec` can write."""
    return signed(codec.encode(list(values))).digest


def _key(step: Callable[..., Any], on: object) -> str:
    return digest(step.__module__, step.__name__, code_digest(step), on)


def _with_sources(memory: str, sources: Readable, asked: Mapping[str, int]) -> str:
    return digest(memory, [(name, sources.state(name)) for name in sorted(asked)])


def _as(step: Callable[..., T], value: Any) -> T:
    """Say that a kept value is of the type that `step` returns: its key says so."""
    del step
    result: T = value
    return result
