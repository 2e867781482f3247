"""The folder of kept results: one directory an entry, written whole, checked whole, thrown away by age.

::

    cache/
    └── <key>/
        ├── entry.json      which step made it; size and digest of every file
        ├── value           see `preprocess.cache.codec`
        └── files/          files of a store version that the step wrote
"""

import os
import shutil
import tempfile
import time
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from tileserver.store import digests
from tileserver.store.manifest import File

ENTRY, VALUE, FILES = "entry.json", "value", "files"
BEGUN = ".begun-"
ABANDONED_S = 24 * 3600
"""A directory that was begun so long ago belongs to a build that was killed."""


class Entry(Struct, frozen=True, kw_only=True):
    """What ``entry.json`` says."""

    step: str
    value: File
    files: dict[str, File] = {}

    @property
    def bytes(self) -> int:
        """The bytes of all files of the entry."""
        return self.value.bytes + sum(file.bytes for file in self.files.values())


class DamagedError(Exception):
    """An entry is there, and is not what was written."""


class Folder:
    """A folder of entries by key; several builds may use it at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, key: str) -> tuple[bytes, dict[str, File]] | None:
        """Return the value and the files of an entry, all checked; None where there is none.

        Raises `DamagedError` where a file is missing, or is not the one that was written.
        """
        home = self.path / key
        if not home.is_dir():
            return None
        try:
            entry = msgspec.json.decode((home / ENTRY).read_bytes(), type=Entry)
            value = (home / VALUE).read_bytes()
            if signed(value) != entry.value:
                raise DamagedError(f"{home / VALUE} was altered")
            for name, file in entry.files.items():
                if sign(self.file(key, name)) != file:
                    raise DamagedError(f"{self.file(key, name)} was altered")
            os.utime(home)
        except (OSError, msgspec.MsgspecError) as error:
            raise DamagedError(f"{home}: {error}") from error
        return value, entry.files

    def file(self, key: str, name: str) -> Path:
        """Return where a file of an entry is."""
        return self.path / key / FILES / name

    def put(self, key: str, step: str, value: bytes, files: Mapping[str, Path]) -> None:
        """Keep a value, and `files` by name, under `key`, in place of what is there. Raises `OSError`."""
        self.path.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=BEGUN, dir=self.path))
        try:
            (made / FILES).mkdir()
            for name, path in files.items():
                link_or_copy(path, made / FILES / name)
            entry = Entry(
                step=step, value=signed(value), files={name: sign(path) for name, path in files.items()}
            )
            (made / VALUE).write_bytes(value)
            (made / ENTRY).write_bytes(msgspec.json.encode(entry))
            self.drop(key)
            made.rename(self.path / key)
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def drop(self, key: str) -> None:
        """Throw an entry away."""
        shutil.rmtree(self.path / key, ignore_errors=True)

    def trim(self, limit: int, used: Collection[str]) -> None:
        """Throw away the entries that were not `used` for longest, until at most `limit` bytes are kept."""
        if not self.path.is_dir():
            return
        found = []
        for home in self.path.iterdir():
            if home.name.startswith(BEGUN):
                if time.time() - _age(home) > ABANDONED_S:
                    shutil.rmtree(home, ignore_errors=True)
                continue
            found.append((home.name in used, _age(home), home, _size(home)))
        total = sum(size for *_, size in found)
        for needed, _, home, size in sorted(found):
            if total <= limit or needed:
                break
            shutil.rmtree(home, ignore_errors=True)
            total -= size


def sign(path: Path) -> File:
    """Return the size and the digest of a file, which nobody writes any more."""
    return File(bytes=path.stat().st_size, digest=digests.of_file(path))


def signed(data: bytes) -> File:
    """Return the size and the digest of some bytes."""
    return File(bytes=len(data), digest=digests.of_bytes(data))


def link_or_copy(path: Path, target: Path) -> None:
    """Give a file a second name, or copy it where the file system knows no such thing."""
    try:
        target.hardlink_to(path)
    except OSError:
        shutil.copyfile(path, target)


def _age(home: Path) -> float:
    try:
        return home.stat().st_mtime
    except OSError:
        return 0.0


def _size(home: Path) -> int:
    try:
        return msgspec.json.decode((home / ENTRY).read_bytes(), type=Entry).bytes
    except (OSError, msgspec.MsgspecError):
        return 0
