"""Publishing another version of a store that a test serves."""

import os
import shutil
from pathlib import Path

import msgspec
from msgspec.structs import replace

from tileserver.store import manifest as m
from tileserver.store.integrity import current_digest
from tileserver.store.writer import set_current


def copied(store: Path, root: Path) -> Path:
    """Copy the current version of a store into `root`, its files by links: they are never written to."""
    version = current_digest(store)
    shutil.copytree(store / version, root / version, copy_function=_link)
    set_current(root, version)
    return root


def publish_another(root: Path) -> str:
    """Publish the current version again, under another digest; its files by links."""
    before = root / current_digest(root)
    after = root / "another"
    shutil.copytree(before, after, copy_function=_link)
    manifest = msgspec.json.decode((before / "manifest.json").read_bytes(), type=m.Manifest)
    data = m.encode(replace(manifest, generator=f"{manifest.generator} again"))
    (after / "manifest.json").unlink()  # a link as well: writing would change that of the version before
    (after / "manifest.json").write_bytes(data)
    after.rename(root / m.digest(data))
    set_current(root, m.digest(data))
    return m.digest(data)


def _link(source: str, target: str) -> str:
    """Link a file, or copy it where the two lie on different disks."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target
