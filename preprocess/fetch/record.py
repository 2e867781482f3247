"""What is remembered of a download between two runs, beside the sources in the folder ``.fetch``.

::

    sources/.fetch/
    ├── population_communes.json    of the file in place: address, validators, size, digest
    ├── population_communes.part    what has come of a download that was cut
    └── population_communes.begun   its address and validators
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from preprocess.cache.folder import sign
from tileserver.store.manifest import File

FOLDER = ".fetch"


class Record(Struct, frozen=True, kw_only=True):
    """An answer: its address, the validators that its server gave, and the file that it became."""

    url: str
    etag: str | None = None
    modified: str | None = None
    file: File | None = None

    @property
    def validator(self) -> str | None:
        """What tells that a file is the same to the byte: a strong ETag, else a date; None for neither."""
        strong = self.etag is not None and not self.etag.startswith("W/")
        return self.etag if strong else self.modified


class Place:
    """Where a source lies, and what is remembered of it."""

    def __init__(self, sources: Path, source_id: str, path: str) -> None:
        self.target = sources / path
        self.part = sources / FOLDER / f"{source_id}.part"
        self._record = sources / FOLDER / f"{source_id}.json"
        self._begun = sources / FOLDER / f"{source_id}.begun"

    def prepare(self) -> None:
        """Make the folders that are missing."""
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self.part.parent.mkdir(parents=True, exist_ok=True)

    def in_place(self, url: str) -> Record | None:
        """Return the record of the file in place; None where it is of another address, or was altered."""
        record = _read(self._record)
        if record is None or record.url != url or record.file is None or not self.target.is_file():
            return None
        return record if sign(self.target) == record.file else None

    def cut(self, url: str) -> tuple[int, Record] | None:
        """Return the bytes and the record of a download that can be gone on with."""
        record = _read(self._begun)
        if record is None or record.url != url or record.validator is None or not self.part.is_file():
            return None
        size = self.part.stat().st_size
        return (size, record) if size else None

    def begin(self, record: Record) -> None:
        """Remember what is being downloaded."""
        _write(self._begun, record)

    def forget_part(self) -> None:
        """Throw away what has come of a download."""
        self.part.unlink(missing_ok=True)
        self._begun.unlink(missing_ok=True)

    def accept(self, record: Record) -> File:
        """Put the finished part in place of the file, in one step, and remember it."""
        file = sign(self.part)
        self.part.replace(self.target)
        _write(self._record, msgspec.structs.replace(record, file=file))
        self._begun.unlink(missing_ok=True)
        return file


def _read(path: Path) -> Record | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Record)
    except (OSError, msgspec.MsgspecError):
        return None


def _write(path: Path, record: Record) -> None:
    fresh = path.with_suffix(f"{path.suffix}.new")
    fresh.write_bytes(msgspec.json.encode(record))
    fresh.replace(path)
