"""One reader a format: a path and its declaration → a table, codes as text, EPSG:4326.

=============================== ======================================================
``.csv``, ``.xlsx``, ``.json``  every cell as text (``01001`` keeps its zero)
``.zip``                        the only file in it, or the declared ``member``
``.parquet``                    GeoParquet, or plain Parquet where no geometry is asked
``.gpkg .geojson .topojson``    GDAL through pyogrio
=============================== ======================================================

A cell that is empty, or that the declaration lists in ``null``, is null; nothing else is (a commune
may be called *NA*). Every defect of a file is a `SourceError` that names the file and the way out.
"""

import difflib
import io
import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, ParamSpec, TypeVar, cast

import geopandas
import pandas as pd
import pyogrio
from msgspec.structs import replace
from pyarrow import ArrowException
from python_calamine import CalamineError, CalamineWorkbook

from layers.spec import Source, Text
from preprocess import crs
from preprocess.archives import read_member
from preprocess.cache.kept import Kept
from preprocess.positions import read_positions
from tileserver.errors import SourceError
from tileserver.store.digests import of_file

SEPARATORS = (";", ",", "\t", "|")
VECTOR = (".gpkg", ".geojson", ".topojson")

Content = Path | io.BytesIO

KEPT_BYTES = 200_000
"""A smaller table is read again sooner than it is looked up."""

ASKED = -1
"""In place of the number of rows of a source: it was only asked whether it is there."""

P = ParamSpec("P")
T = TypeVar("T")


class Given(NamedTuple):
    """A table that was read before the others, and the file that it came from."""

    path: Path
    table: pd.DataFrame


class Sources:
    """The sources folder: each file is read once, digested once, and named in every error.

    `kept` holds what earlier builds made of the same files; `given` are tables that were read before,
    by the id of their source.
    """

    def __init__(
        self,
        root: Path,
        declared: Mapping[str, Source],
        kept: Kept | None = None,
        given: Mapping[str, Given] | None = None,
    ) -> None:
        self._root = root
        self._declared = declared
        self._kept = kept or Kept()
        self._given = given or {}
        self._tables: dict[str, pd.DataFrame] = {key: each.table for key, each in self._given.items()}
        self._digests: dict[str, tuple[str, int, str]] = {}
        self._asked: dict[str, int] = {}
        self._watching: list[dict[str, int]] = [self._asked]
        if not root.is_dir():
            raise SourceError(f"{root}: no such folder; give the folder that holds the source files")

    @property
    def digests(self) -> dict[str, tuple[str, int, str]]:
        """Of each file read so far: its declared path, its bytes, its digest in hex."""
        return {name: self._digest(name) for name, rows in sorted(self._asked.items()) if rows >= 0}

    @property
    def rows(self) -> dict[str, int]:
        """Of each file read so far: how many rows it has, 0 where they were not counted."""
        return {name: rows for name, rows in sorted(self._asked.items()) if rows >= 0}

    def table(self, source_id: str, columns: Sequence[str]) -> pd.DataFrame:
        """Return `columns` of a table as text (dtype ``str``, NaN for null), in file order.

        The RangeIndex is the rank of the row in the file's table, from 0.
        """
        path = self.open(source_id)
        if source_id not in self._tables:
            source = self._declared[source_id]
            kept = self._kept if path.stat().st_size > KEPT_BYTES else Kept()
            self._tables[source_id] = kept.value(self.state(source_id), read_table, path, source)
        table = self._tables[source_id]
        self.notice({source_id: len(table)})
        require_columns(path, table.columns, columns)
        return table[list(dict.fromkeys(columns))].copy()

    def shapes(self, source_id: str, columns: Sequence[str]) -> geopandas.GeoDataFrame:
        """Return `columns` and ``geometry`` of a geographic file in EPSG:4326, in file order."""
        source = self._declared[source_id]
        path = self.open(source_id)
        if source.latlon is not None:
            return read_positions(path, self.table(source_id, [source.latlon, *columns]), source)
        frame = read_shapes(path, source, columns)
        self.notice({source_id: len(frame)})
        return frame

    def open(self, source_id: str) -> Path:
        """Return the path of a source that is going to be read; refuse an empty or missing file."""
        self._digest(source_id)
        self.notice({source_id: 0})
        return self._path(source_id)

    def kept(self, on: object, step: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `step` gives of sources, from an earlier build where these and `on` are the same."""
        return self._kept.reading(self, on, step, *args, **kwargs)

    def place(self, source_id: str) -> str:
        """Return the declared path of a source, for messages."""
        return self._declared[source_id].path

    def has(self, source_id: str) -> bool:
        """Tell whether the file of a source is there, without reading it."""
        self.notice({source_id: ASKED})
        return self._path(source_id).exists()

    def state(self, source_id: str) -> object:
        """Return all that the rows of a source depend on: how it is read, and the digest of its file."""
        source = self._declared[source_id]
        read = replace(
            source,
            title=Text(fr="", en=""),
            producer="",
            licence="",
            url="",
            date="",
            note=None,
            download=None,
            checksum=None,
        )
        if source_id in self._given:
            return read, self._given[source_id].table
        return read, self._digest(source_id) if self._path(source_id).is_file() else None

    @contextmanager
    def watched(self) -> Iterator[dict[str, int]]:
        """Collect the sources that are asked for while the context lasts, and how many rows were read."""
        asked: dict[str, int] = {}
        self._watching.append(asked)
        try:
            yield asked
        finally:
            self._watching.pop()

    def notice(self, asked: Mapping[str, int]) -> None:
        """Count sources as read, with so many rows, or with `ASKED` as asked for only."""
        for watching in self._watching:
            for name, rows in asked.items():
                watching[name] = max(watching.get(name, ASKED), rows)

    def _digest(self, source_id: str) -> tuple[str, int, str]:
        if source_id not in self._digests:
            declared = self._declared[source_id].path
            self._digests[source_id] = (declared, *digest_file(self._path(source_id)))
        return self._digests[source_id]

    def _path(self, source_id: str) -> Path:
        if source_id in self._given:
            return self._given[source_id].path
        return self._root / self._declared[source_id].path


def digest_file(path: Path) -> tuple[int, str]:
    """Return the size in bytes and the digest in hex; refuse an empty or missing file."""
    if not path.is_file():
        raise SourceError(f"{path}: no such file; put it there, or correct `path` in its declaration")
    try:
        digest = of_file(path)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    size = path.stat().st_size
    if size == 0:
        raise SourceError(f"{path}: the file is empty (0 bytes); fetch it again")
    return size, digest


def read_table(path: Path, source: Source) -> pd.DataFrame:
    """Read a table whole, each cell as text or null. Columns keep the names of the file."""
    readers: dict[str, Callable[[Path, Content, Source], pd.DataFrame]] = {
        ".csv": _read_csv,
        ".xlsx": _read_xlsx,
        ".parquet": _read_parquet,
        ".json": _read_json,
    }
    suffix, content = path.suffix.lower(), cast("Content", path)
    if suffix == ".zip":
        suffix, content = read_member(path, source.member)
    reader = readers.get(suffix)
    if reader is None:
        known = ", ".join((*readers, ".zip"))
        raise SourceError(f"{path}: {suffix or 'no suffix'} is no format of a table; use {known}")
    table = reader(path, content, source)
    if table.empty:
        raise SourceError(
            f"{path}: no row under its header (header_row = {source.header_row}); fetch it again, or "
            "correct its declaration"
        )
    return table


def read_shapes(path: Path, source: Source, columns: Sequence[str]) -> geopandas.GeoDataFrame:
    """Read `columns` and the geometry, in EPSG:4326.

    Raises `SourceError` for an unreadable file, a missing column, a coordinate system that is
    unknown or contradicts the declaration, and coordinates that are not degrees.
    """
    suffix = path.suffix.lower()
    try:
        if suffix == ".parquet":
            frame = geopandas.read_parquet(path)
        elif suffix in VECTOR:
            frame = _read_vector(path)
        else:
            known = ", ".join((".parquet", *VECTOR))
            raise SourceError(f"{path}: {suffix or 'no suffix'} holds no geometry; use {known}")
    except (ArrowException, pyogrio.errors.DataSourceError, OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if not isinstance(frame, geopandas.GeoDataFrame) or frame.active_geometry_name is None:
        raise SourceError(f"{path}: the file has no geometry column; a layer needs one")
    require_columns(path, frame.columns, columns)
    if frame.empty:
        raise SourceError(f"{path}: the file has no row; fetch it again")
    frame = frame.rename_geometry("geometry") if frame.geometry.name != "geometry" else frame
    frame = crs.to_lonlat(path, frame, source.crs)
    wanted = [name for name in dict.fromkeys(columns) if name != "geometry"]
    frame = frame[[*wanted, "geometry"]].reset_index(drop=True)
    for name in wanted:
        frame[name] = clean_text(frame[name], source.null)
    return frame


def clean_text(values: pd.Series, null: Sequence[str] = ()) -> pd.Series:
    """Return text (dtype ``str``, NaN for null) from a column of any type.

    Numbers keep their shortest form and whole ones lose their ``.0``; surrounding blanks go; the
    empty cell and the cells listed in `null` become null.
    """
    if pd.api.types.is_float_dtype(values.dtype):
        text = values.map(_number_text, na_action="ignore").astype("str")
    else:
        text = values.astype("str")
    text = text.str.strip()
    return text.mask(text.isin(["", *null]))


def _number_text(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def require_columns(path: Path, present: Sequence[str] | pd.Index, wanted: Sequence[str]) -> None:
    """Refuse a file that lacks a column; name those that it has and the closest."""
    names = [str(name) for name in present]
    for column in wanted:
        if column in names:
            continue
        close = difflib.get_close_matches(column, names, n=1, cutoff=0.5)
        hint = f"; the closest is {close[0]!r}" if close else ""
        if len(names) == 1:
            found = next((mark for mark in SEPARATORS if mark in names[0]), None)
            hint = f"; its columns seem separated by {found!r}: correct `separator`" if found else hint
        listed = ", ".join(names[:40]) + (", …" if len(names) > 40 else "")
        raise SourceError(f"{path}: no column {column!r} among: {listed}{hint}")


def _unreadable(path: Path, error: Exception) -> SourceError:
    reason = " ".join(str(error).split()) or type(error).__name__
    return SourceError(
        f"{path}: cannot be read as {path.suffix} ({reason[:300]}); it may be truncated or of another "
        "format: fetch it again"
    )


def _read_csv(path: Path, content: Content, source: Source) -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            # A row longer than the header is only a warning to pandas, which then cuts it.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table = pd.read_csv(
                content,
                sep=source.separator,
                encoding=source.encoding,
                header=source.header_row - 1,
                skip_blank_lines=False,
                dtype="str",
                keep_default_na=False,
                na_values=["", *source.null],
                index_col=False,
            )
    except pd.errors.EmptyDataError as error:
        raise SourceError(f"{path}: no header on row {source.header_row}; correct `header_row`") from error
    except (UnicodeDecodeError, LookupError) as error:
        raise SourceError(
            f"{path}: the text is not {source.encoding} ({error}); correct `encoding` in its declaration"
        ) from error
    except (pd.errors.ParserError, pd.errors.ParserWarning, OSError, ValueError) as error:
        if str(error).startswith("Passed header="):
            raise SourceError(
                f"{path}: no header on row {source.header_row}; correct `header_row`"
            ) from error
        raise _unreadable(path, error) from error
    return _tidy(table, source)


def _read_xlsx(path: Path, content: Content, source: Source) -> pd.DataFrame:
    try:
        sheets = CalamineWorkbook.from_object(content).sheet_names
    except (CalamineError, OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if source.sheet is not None and source.sheet not in sheets:
        close = difflib.get_close_matches(source.sheet, sheets, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise SourceError(f"{path}: no sheet {source.sheet!r} among: {', '.join(sheets)}{hint}")
    try:
        table = pd.read_excel(
            content,
            sheet_name=0 if source.sheet is None else source.sheet,
            header=source.header_row - 1,
            dtype="str",
            keep_default_na=False,
            na_values=["", *source.null],
            engine="calamine",
        )
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise _unreadable(path, error) from error
    return _tidy(table, source)


def _read_parquet(path: Path, content: Content, source: Source) -> pd.DataFrame:
    try:
        table = pd.read_parquet(content)
    except (ArrowException, OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    table = table.drop(columns=[name for name in table.columns if name == "geometry"])
    return _tidy(table, source)


def _read_json(path: Path, content: Content, source: Source) -> pd.DataFrame:
    """Read a list of objects, a row each; one inside another (``fields`` of a dump) gives columns too."""
    try:
        data = content.read_bytes() if isinstance(content, Path) else content.read()
        records = json.loads(data.decode(source.encoding))
    except (ValueError, OSError) as error:
        raise _unreadable(path, error) from error
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise SourceError(f"{path}: should be a list of objects, a row each; fetch it again")
    rows = []
    for record in records:
        inner = [value for value in record.values() if isinstance(value, dict)]
        plain = {name: value for name, value in record.items() if not isinstance(value, dict)}
        rows.append({name: value for part in (plain, *inner) for name, value in part.items()})
    return _tidy(pd.DataFrame(rows), source)


def _tidy(table: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Give names without blanks, text cells, and no row that is null from end to end.

    A table that ends at a blank row has none of what follows.
    """
    table.columns = [str(name).strip() for name in table.columns]
    for name in table.columns:
        table[name] = clean_text(table[name], source.null)
    if source.ends_at_blank:
        table = table[~table.isna().all(axis=1).cummax()]
    return table.dropna(how="all").reset_index(drop=True)


def _read_vector(path: Path) -> geopandas.GeoDataFrame:
    with warnings.catch_warnings():
        # GDAL warns of fields that it skips and rings that it closes; validation looks at the result.
        warnings.simplefilter("ignore", RuntimeWarning)
        return pyogrio.read_dataframe(path)
