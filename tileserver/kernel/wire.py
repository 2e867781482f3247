"""Protocol buffer primitives: varints, zigzag, runs of bytes.

`out` is uint8 with room that the caller has checked; every writer returns the next position.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.extending import intrinsic

from tileserver.kernel.jit import INTERPRETED, inlined


def _copy_signature(typing: Any, target: Any, at: Any, source: Any, start: Any, count: Any) -> Any:
    """Copy `count` bytes of `source` from `start` to `target` at `at`, by memcpy.

    numba has no such call, and a loop of its own over bytes costs five times as much.
    """
    del typing, at, start, count

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def pointer(array: Any, kind: Any, offset: Any) -> Any:
            data = context.make_array(kind)(context, builder, array).data
            return builder.gep(data, [offset])

        cgutils.raw_memcpy(
            builder,
            pointer(args[0], signature.args[0], args[1]),
            pointer(args[2], signature.args[2], args[3]),
            args[4],
            1,
        )
        return ir.Constant(ir.IntType(64), 0)

    return types.int64(target, types.int64, source, types.int64, types.int64), generate


def _copy_interpreted(target: Any, at: Any, source: Any, start: Any, count: Any) -> int:
    target[at : at + count] = source[start : start + count]
    return 0


_copy: Any = _copy_interpreted if INTERPRETED else intrinsic(_copy_signature)


@inlined
def zigzag(value):
    """Fold a signed parameter into an unsigned one (MVT 2.1 §4.3.2)."""
    return (value << 1) ^ (value >> 63)


@inlined
def write_varint(out, at, value):
    """Write `value` ≥ 0 in 7-bit groups, least significant first."""
    while value > 127:
        out[at] = (value & 127) | 128
        value >>= 7
        at += 1
    out[at] = value
    return at + 1


@inlined
def varint_size(value):
    """Count the bytes that `write_varint` would write."""
    size = 1
    while value > 127:
        value >>= 7
        size += 1
    return size


@inlined
def write_run(out, at, data, start, end):
    """Copy ``data[start:end]``."""
    _copy(out, at, data, start, end - start)
    return at + end - start
