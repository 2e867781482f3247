"""Whether a store on disk is what was published: its manifest, and every file's size and digest.

Imports little: the check of a large store begins before the server's libraries are loaded, and reads it
while they are (hashing and reading leave the interpreter to others).
"""

from concurrent.futures import Future
from pathlib import Path
from threading import Thread

import msgspec

from tileserver.errors import StoreError
from tileserver.store import digests
from tileserver.store import manifest as manifests
from tileserver.store.manifest import CURRENT, MANIFEST, Manifest

REBUILD = "build the store again with `tileserver build`"


def current_digest(root: Path) -> str:
    """Read which version of the store at `root` is in use."""
    path = root / CURRENT
    try:
        digest = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: no published store here ({error}); {REBUILD}") from error
    if len(digest) != 32 or set(digest) - set("0123456789abcdef"):
        raise StoreError(f"{path}: {digest[:40]!r} is not a store digest; {REBUILD}")
    return digest


def begin_check(root: Path) -> "Future[str]":
    """Check the current version of the store at `root` in a thread; give the digest that is intact.

    The result is that of `check_files`: its `StoreError` is raised where the result is asked for.
    """
    result: Future[str] = Future()

    def work() -> None:
        try:
            directory = root / current_digest(root)
            check_files(directory, read_manifest(directory), verify=True)
            result.set_result(directory.name)
        except Exception as error:  # noqa: BLE001 - whoever asks for the result gets it
            result.set_exception(error)

    Thread(target=work, name="store check", daemon=True).start()
    return result


def read_manifest(directory: Path) -> Manifest:
    """Read the manifest of a version; raise `StoreError` where it is not what was published."""
    path = directory / MANIFEST
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path}: can't be read ({error.strerror}); {REBUILD}") from error
    try:
        head = msgspec.json.decode(data, type=dict[str, object])
    except msgspec.DecodeError as error:
        raise StoreError(f"{path}: not JSON ({error}); {REBUILD}") from error
    if head.get("magic") != manifests.MAGIC:
        raise StoreError(f"{path}: not a manifest of a {manifests.MAGIC}; {REBUILD}")
    if head.get("format") != manifests.FORMAT:
        raise StoreError(
            f"{path}: store format {head.get('format')}, this server reads {manifests.FORMAT}; {REBUILD}"
        )
    if manifests.digest(data) != directory.name:
        raise StoreError(f"{path}: altered since it was published (digest differs); {REBUILD}")
    try:
        return msgspec.json.decode(data, type=Manifest)
    except msgspec.ValidationError as error:
        raise StoreError(f"{path}: {error}; {REBUILD}") from error


def check_files(directory: Path, manifest: Manifest, *, verify: bool) -> None:
    """Check the size of every file, and with `verify` its digest; raise `StoreError` naming the file.

    The digest of exact geometry is checked when it is first read (`tileserver.store.exact`): a start needs
    none of it.
    """
    later = {entry.exact.file for entry in manifest.layers if entry.exact is not None}
    for name, expected in manifest.files.items():
        check_file(directory / name, expected, verify=verify and name not in later)


def check_file(path: Path, expected: manifests.File, *, verify: bool) -> None:
    """Check the size of one file, and with `verify` its digest; raise `StoreError` naming it."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise StoreError(f"{path}: missing from the store ({error.strerror}); {REBUILD}") from error
    if size != expected.bytes:
        raise StoreError(f"{path}: {size} bytes where {expected.bytes} were published; {REBUILD}")
    if not verify:
        return
    if digests.of_file(path) != expected.digest:
        raise StoreError(f"{path}: damaged, its digest is not the published one; {REBUILD}")
