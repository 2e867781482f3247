"""Whether what came is what was asked for: not a web page, of the right kind, of the declared checksum."""

import hashlib
from pathlib import Path

MAGIC = {
    ".xlsx": (b"PK\x03\x04",),
    ".zip": (b"PK\x03\x04", b"PK\x05\x06"),
    ".parquet": (b"PAR1",),
    ".gpkg": (b"SQLite format 3\x00",),
    ".tif": (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
    ".geojson": (b"{", b"\xef\xbb\xbf{"),
    ".topojson": (b"{", b"\xef\xbb\xbf{"),
    ".json": (b"{", b"["),
}
PAGES = (b"<!doctype", b"<html", b"<?xml")


def fault(path: Path, suffix: str, checksum: str | None) -> str | None:
    """Return what is wrong with a finished download that is to have `suffix`, None where nothing is."""
    with path.open("rb") as stream:
        head = stream.read(1024)
        if not head:
            return "the server sent nothing"
        start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
        if start[:9].lower().startswith(PAGES):
            return "the server sent a web page in place of the file"
        wanted = MAGIC.get(suffix.lower())
        if wanted is not None and not start.startswith(wanted):
            return f"what the server sent is no {suffix} file"
        if checksum is None:
            return None
        stream.seek(0)
        name, _, digest = checksum.partition(":")
        found = hashlib.file_digest(stream, name).hexdigest()
    if found != digest.lower():
        return f"its {name} is {found}, not {digest} as declared"
    return None
