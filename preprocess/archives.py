"""Files within a ``.zip``."""

import io
import zipfile
from pathlib import Path, PurePosixPath

from tileserver.errors import SourceError

MOST_BYTES = 1 << 30
"""A member that unpacks to more is not read: no table here comes near."""


def read_member(path: Path, member: str | None) -> tuple[str, io.BytesIO]:
    """Return the suffix and the content of a file in a ``.zip``: the declared one, or the only one.

    Raises `SourceError` that names those that are there.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            there = {item.filename: item for item in archive.infolist() if not item.is_dir()}
            if member is None and len(there) != 1:
                listed = ", ".join(there) or "nothing"
                raise SourceError(f"{path}: holds {listed}; name the file to read in `member`")
            name = next(iter(there)) if member is None else member
            if name not in there:
                raise SourceError(f"{path}: no file {name!r} among: {', '.join(there) or 'nothing'}")
            if there[name].file_size > MOST_BYTES:
                raise SourceError(
                    f"{path}: {name} unpacks to {there[name].file_size} bytes; at most {MOST_BYTES} are read"
                )
            return PurePosixPath(name).suffix.lower(), io.BytesIO(archive.read(name))
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        raise SourceError(f"{path}: cannot be read as .zip ({error}); fetch it again") from error
