"""Values of the preprocess as bytes, and back: what a kept entry holds, and what keys are digests of.

Nothing but data is read: numbers, texts, lists, arrays, tables, geometries, and the structs and data classes
of the project. The bytes of an entry can't run a program, as those of a pickle can.
"""

import dataclasses
import importlib
from enum import Enum
from typing import Any

import geopandas
import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pandas.api.extensions import ExtensionArray

PACKAGES = ("layers", "preprocess", "styles", "tileserver")
"""Packages whose structs and data classes are made again."""


def encode(value: object) -> bytes:
    """Write `value` as MessagePack; equal values give equal bytes. Raises `TypeError` for any other kind."""
    return msgspec.msgpack.encode(_plain(value))


def decode(data: bytes) -> Any:
    """Return the value that `encode` wrote; raise `ValueError` for bytes that it can't have written."""
    try:
        return _value(msgspec.msgpack.decode(data))
    except (msgspec.MsgspecError, pa.ArrowException, shapely.GEOSException, ValueError) as error:
        raise ValueError(f"no kept value: {error}") from error
    except (AttributeError, ImportError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f"no kept value: {error}") from error


def _plain(value: object) -> Any:  # noqa: PLR0911 - one case for each kind of value
    """Return `value` in what MessagePack knows; whatever it does not is a list that begins with its kind."""
    if isinstance(value, Enum):
        return ["enum", _name(type(value)), _plain(value.value)]
    if isinstance(value, np.generic):  # a float64 is a float, too
        return ["scalar", value.dtype.str, value.tobytes()]
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    if isinstance(value, list | tuple):
        return ["list" if isinstance(value, list) else "tuple", [_plain(item) for item in value]]
    if isinstance(value, set | frozenset):
        return [type(value).__name__, sorted((_plain(item) for item in value), key=repr)]
    if isinstance(value, dict):
        return ["dict", [[_plain(key), _plain(item)] for key, item in value.items()]]
    if isinstance(value, msgspec.Struct):
        return ["made", _name(type(value)), [_plain(getattr(value, key)) for key in value.__struct_fields__]]
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return ["made", _name(type(value)), [_plain(getattr(value, field.name)) for field in fields]]
    return _plain_arrays(value)


def _plain_arrays(value: object) -> Any:  # noqa: PLR0911 - one case for each kind of value
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, pd.RangeIndex):
        return ["range", value.start, value.stop, value.step, value.name]
    if isinstance(value, pd.Index) and not isinstance(value, pd.MultiIndex):
        return ["index", _plain_array(value.array), value.name]
    if isinstance(value, geopandas.GeoSeries):
        return ["geoseries", _plain(pd.Series(value.to_numpy(), value.index, name=value.name)), _crs(value)]
    if isinstance(value, pd.Series):
        return ["series", _plain_array(value.array), _plain(value.index), value.name]
    if isinstance(value, geopandas.GeoDataFrame):
        table = pd.DataFrame({name: _bare(value[name]) for name in value.columns}, index=value.index)
        return ["geoframe", _plain(table), value.geometry.name, _crs(value)]
    if isinstance(value, pd.DataFrame):
        columns = [[name, _plain_array(value[name].array)] for name in value.columns]
        return ["frame", columns, _plain(value.index)]
    raise TypeError(f"a {type(value).__name__} can't be kept")


def _crs(value: geopandas.GeoSeries | geopandas.GeoDataFrame) -> str | None:
    return None if value.crs is None else str(value.crs.to_string())


def _bare(column: pd.Series) -> pd.Series:
    """Return a column of geometries without its coordinate system, any other as it is."""
    if isinstance(column, geopandas.GeoSeries):
        return pd.Series(column.to_numpy(), column.index)
    return column


def _plain_array(values: Any) -> Any:
    """Return an array of numbers as its bytes, one of geometries as WKB, one of pandas' own through Arrow."""
    if isinstance(values, ExtensionArray) and not isinstance(values, pd.arrays.NumpyExtensionArray):
        stored = pa.array(values, from_pandas=True)
        stored = stored.combine_chunks() if isinstance(stored, pa.ChunkedArray) else stored
        sink = pa.BufferOutputStream()
        table = pa.table({"v": stored})
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        return ["pandas", str(values.dtype), sink.getvalue().to_pybytes()]
    array = np.asarray(values)
    if array.dtype != object:
        return ["array", array.dtype.str, list(array.shape), np.ascontiguousarray(array).tobytes()]
    flat = array.ravel()
    drawn = [isinstance(item, shapely.Geometry) for item in flat]
    if any(drawn) and all(here or item is None for here, item in zip(drawn, flat, strict=True)):
        return ["shapes", list(array.shape), shapely.to_wkb(flat).tolist()]
    return ["objects", list(array.shape), [_plain(item) for item in flat]]


def _name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


def _value(plain: Any) -> Any:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of value
    """Return what `_plain` was given."""
    if not isinstance(plain, list):
        return plain
    kind, *rest = plain
    match kind:
        case "list":
            return [_value(item) for item in rest[0]]
        case "tuple":
            return tuple(_value(item) for item in rest[0])
        case "set":
            return {_value(item) for item in rest[0]}
        case "frozenset":
            return frozenset(_value(item) for item in rest[0])
        case "dict":
            return {_value(key): _value(item) for key, item in rest[0]}
        case "enum":
            return _class(rest[0], enum=True)(_value(rest[1]))
        case "made":
            return _made(rest[0], [_value(item) for item in rest[1]])
        case "scalar":
            return np.frombuffer(rest[1], rest[0])[0]
        case "array":
            return np.frombuffer(rest[2], rest[0]).reshape(rest[1]).copy()
        case "shapes":
            return shapely.from_wkb(np.array(rest[1], dtype=object)).reshape(rest[0])
        case "objects":
            return _objects(rest[0], [_value(item) for item in rest[1]])
        case "pandas":
            return _extension(rest[0], rest[1])
        case "range":
            return pd.RangeIndex(rest[0], rest[1], rest[2], name=rest[3])
        case "index":
            return pd.Index(_value(rest[0]), name=rest[1])
        case "series":
            return pd.Series(_value(rest[0]), _value(rest[1]), name=rest[2])
        case "geoseries":
            return geopandas.GeoSeries(_value(rest[0]), crs=rest[1])
        case "frame":
            return _frame(rest[0], _value(rest[1]))
        case "geoframe":
            return geopandas.GeoDataFrame(_value(rest[0]), geometry=rest[1], crs=rest[2])
    raise ValueError(f"{kind!r} is no kind of value")


def _objects(shape: list[int], items: list[Any]) -> Any:
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array.reshape(shape)


def _frame(columns: list[Any], index: pd.Index) -> pd.DataFrame:
    series = {name: pd.Series(_value(values), index) for name, values in columns}
    return pd.DataFrame(series, index=index, columns=pd.Index([name for name, _ in columns], dtype="str"))


def _extension(name: str, data: bytes) -> Any:
    dtype: Any = pd.api.types.pandas_dtype(name)
    return dtype.__from_arrow__(pa.ipc.open_stream(data).read_all().column("v").combine_chunks())


def _made(name: str, values: list[Any]) -> Any:
    kind = _class(name)
    if issubclass(kind, msgspec.Struct):
        return kind(**dict(zip(kind.__struct_fields__, values, strict=True)))
    return kind(**dict(zip((field.name for field in dataclasses.fields(kind)), values, strict=True)))


def _class(name: str, *, enum: bool = False) -> Any:
    """Return a struct, data class or enumeration of the project by its name; refuse any other."""
    module, _, path = name.partition(":")
    if module.partition(".")[0] not in PACKAGES or "." in path:
        raise ValueError(f"{name!r} is no class of this project")
    kind = getattr(importlib.import_module(module), path)
    known = isinstance(kind, type) and (
        issubclass(kind, Enum) if enum else issubclass(kind, msgspec.Struct) or dataclasses.is_dataclass(kind)
    )
    if not known:
        raise ValueError(f"{name!r} holds no data")
    return kind
