"""Writes a store version into a hidden directory, then publishes it in one rename.

Nothing of an older version is touched until the new one is complete on disk: files are flushed
(fsync), the directory takes its digest's name, and ``CURRENT`` is replaced atomically.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from tileserver.errors import StoreError
from tileserver.store import digests
from tileserver.store import manifest as manifests
from tileserver.store.manifest import CURRENT, MANIFEST, File, Manifest

MAX_ROWS = 2**31 - 1
BUILDING = ".building-"
ABANDONED_S = 24 * 3600


class StoreWriter:
    """Collects the files of one version; see `new_version`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.files: dict[str, File] = {}

    def write_table(self, name: str, table: pa.Table) -> str:
        """Write `table` as an uncompressed one-batch Arrow IPC file; return `name`."""
        if table.num_rows > MAX_ROWS:
            raise StoreError(f"{name}: {table.num_rows} rows, a store file holds at most {MAX_ROWS}")
        path = self.directory / name
        batches = table.combine_chunks().to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_batch(batches[0])
        self._sign(path)
        return name

    def adopt(self, path: Path, file: File) -> None:
        """Take a finished file, known to be `file`, into the version: as a link where that can be."""
        target = self.directory / path.name
        try:
            target.hardlink_to(path)
        except OSError:  # another file system, or one without links
            shutil.copyfile(path, target)
        with target.open("rb") as stream:
            os.fsync(stream.fileno())
        self.files[path.name] = file

    def _sign(self, path: Path) -> None:
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
        self.files[path.name] = File(bytes=path.stat().st_size, digest=digests.of_file(path))


@contextmanager
def new_version(root: Path) -> Iterator[StoreWriter]:
    """Open a writer in a hidden directory under `root`; it is removed whatever happens.

    What a killed build left there a day ago or earlier is removed, too.
    Raises `StoreError` where `root` can't be created or written.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(root)
        directory = Path(tempfile.mkdtemp(prefix=BUILDING, dir=root))
    except OSError as error:
        raise StoreError(
            f"{root}: the store folder can't be written ({error.strerror}); "
            "choose another --store or mend its permissions"
        ) from error
    try:
        yield StoreWriter(directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def publish(writer: StoreWriter, root: Path, manifest: Manifest) -> str:
    """Name the finished version by its digest and make it the current one; return the digest."""
    data = manifests.encode(manifest)
    digest = manifests.digest(data)
    _write_durably(writer.directory / MANIFEST, data)
    writer.directory.chmod(0o755)
    target = root / digest
    if target.exists():  # the same bytes were published before; a damaged copy is replaced too
        stale = Path(tempfile.mkdtemp(prefix=".stale-", dir=root))
        target.rename(stale / digest)
        writer.directory.rename(target)
        shutil.rmtree(stale, ignore_errors=True)
    else:
        writer.directory.rename(target)
    _sync_directory(root)
    set_current(root, digest)
    return digest


def _remove_abandoned(root: Path) -> None:
    for directory in root.glob(f"{BUILDING}*"):
        if time.time() - directory.stat().st_mtime > ABANDONED_S:
            shutil.rmtree(directory, ignore_errors=True)


def set_current(root: Path, digest: str) -> None:
    """Point ``CURRENT`` at `digest`, atomically."""
    temporary = root / f".{CURRENT}.{os.getpid()}"
    _write_durably(temporary, f"{digest}\n".encode())
    temporary.replace(root / CURRENT)
    _sync_directory(root)


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
