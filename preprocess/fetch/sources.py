"""The files that a catalogue declares, brought up to date in the sources folder."""

import fcntl
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from layers.refusals import check_known
from layers.spec import Source
from preprocess.fetch.download import Download, Outcome, Wanted
from preprocess.fetch.record import FOLDER, Place
from tileserver.errors import DeclarationError, SourceError


def wanted_files(sources: Path, declared: Mapping[str, Source], only: Collection[str] = ()) -> list[Wanted]:
    """List the declared downloads, those of `only` where it names some.

    Raises `DeclarationError` for a name that is no source, or one without `download`, and where none has one.
    """
    for key in only:
        check_known("--only", key, key, declared, "source")
        if declared[key].download is None:
            raise DeclarationError(f"sources/{key}.toml: no `download`; put the file there by hand")
    chosen = {
        key: source for key, source in declared.items() if source.download and (not only or key in only)
    }
    if not chosen:
        raise DeclarationError("sources/: no source declares `download`, the address of its file")
    return [
        Wanted(key, str(source.download), source.checksum, Place(sources, key, source.path))
        for key, source in chosen.items()
    ]


def fetch_sources(sources: Path, wanted: Collection[Wanted], download: Download) -> Iterator[Outcome]:
    """Bring each file up to date, one after the other; a failed one does not keep the others."""
    with _alone(sources):
        for each in wanted:
            yield download.fetch(each)


@contextmanager
def _alone(sources: Path) -> Iterator[None]:
    """Refuse to work in a folder in which another process downloads."""
    folder = sources / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / "lock").open("w")
    except OSError as error:
        raise SourceError(f"{folder}: can't be written ({error.strerror}); mend its permissions") from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SourceError(
                f"{sources}: another `tileserver fetch` is at work there; wait for it"
            ) from error
        yield
