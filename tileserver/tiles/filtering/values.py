"""Values of an expression for every row at once, with *unknown* as a third truth value (SQL, CQL2).

pyarrow's own ways from Python to Arrow and back (`pa.array`, `pa.scalar`, `to_numpy`) import pandas, which
serving does without: buffers are viewed and built by hand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
F64 = NDArray[np.float64]

_YES: Final[Bools] = np.array(True)
_NO: Final[Bools] = np.array(False)


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Where something is true, and where it is false; where neither, it is unknown. Bool (n) or ()."""

    kind: ClassVar[str] = "boolean"
    yes: Bools
    no: Bools

    @property
    def unknown(self) -> Bools:
        """Where it is neither true nor false."""
        return ~(self.yes | self.no)


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Float64 (n) or (), and where they are known, bool (n) or (). Integers below 2^53 are exact."""

    kind: ClassVar[str] = "number"
    values: F64
    known: Bools

    @property
    def unknown(self) -> Bools:
        """Where there is no number."""
        return ~self.known


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """An Arrow array of strings, or one string for all rows."""

    kind: ClassVar[str] = "text"
    values: Any

    @property
    def unknown(self) -> Bools:
        """Where there is no text."""
        return _NO if isinstance(self.values, str) else ~_validity(self.values)


Value = Truth | Numbers | Texts


def constant(value: float | str | bool) -> Value:
    """Give a value that is the same in every row."""
    if isinstance(value, bool):
        return Truth(_YES, _NO) if value else Truth(_NO, _YES)
    if isinstance(value, str):
        return Texts(value)
    return Numbers(np.array(value, np.float64), _YES)


def column(chunked: pa.ChunkedArray) -> Value:
    """Read a column of an attribute table."""
    array = chunked.combine_chunks()
    if pa.types.is_boolean(array.type):
        return truth(array)
    if pa.types.is_string(array.type):
        return Texts(array)
    numbers = pc.cast(array, pa.float64(), safe=False)
    values = np.frombuffer(numbers.buffers()[1] or b"", np.float64, len(numbers), numbers.offset * 8)
    return Numbers(values, _validity(numbers))


def truth(array: pa.BooleanArray) -> Truth:
    """View Arrow's booleans, nulls being unknown."""
    bits = _bits(array.buffers()[1], array)
    known = _validity(array)
    return Truth(bits & known, ~bits & known)


def decided(answer: Bools, known: Bools) -> Truth:
    """Give the truth value of an answer that counts only where it is known."""
    return Truth(answer & known, ~answer & known)


def array_of(texts: Sequence[str]) -> pa.StringArray:
    """Make an Arrow array of texts."""
    encoded = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded)))


def mapped(texts: Texts, function: Callable[[Any], Any]) -> Texts:
    """Apply an Arrow function from strings to strings; to a literal, the very same function."""
    if isinstance(texts.values, str):
        return Texts(function(array_of([texts.values]))[0].as_py())
    return Texts(function(texts.values))


def _validity(array: pa.Array) -> Bools:
    if array.null_count == 0:
        return _YES
    return _bits(array.buffers()[0], array)


def _bits(buffer: pa.Buffer | None, array: pa.Array) -> Bools:
    """Unpack one bit a row, the lowest first."""
    end = array.offset + len(array)
    packed = np.frombuffer(buffer or b"", np.uint8)
    return np.unpackbits(packed, count=end, bitorder="little")[array.offset :].view(np.bool_)
