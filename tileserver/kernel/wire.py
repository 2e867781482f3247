"""Protocol buffer primitives: varints, zigzag, runs of bytes.

`out` is uint8 with room that the caller has checked; every writer returns the next position.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.extending import intrinsic

from tileserver.kernel.jit import INTERPRETED, inlined

OVERSHOOT = 32
"""Bytes that `copy_run` may read past its run and write past its end."""


SMALL = 1 << 28
"""Numbers below this take four bytes at most as a varint."""


def _pointer(context: Any, builder: Any, kind: Any, array: Any, offset: Any) -> Any:
    return builder.gep(context.make_array(kind)(context, builder, array).data, [offset])


def _copy_signature(typing: Any, target: Any, at: Any, source: Any, start: Any, count: Any) -> Any:
    """Copy `count` bytes of `source` from `start` to `target` at `at`.

    Two unaligned blocks of sixteen where that is enough, which it nearly always is: a call of memcpy
    costs four times as much, and a loop over bytes, which is what numba makes of a slice, twenty times.
    """
    del typing, at, start, count

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        target = _pointer(context, builder, signature.args[0], args[0], args[1])
        source = _pointer(context, builder, signature.args[2], args[2], args[3])
        block = ir.VectorType(ir.IntType(8), 16).as_pointer()
        short = builder.icmp_signed("<=", args[4], ir.Constant(ir.IntType(64), OVERSHOOT))
        with builder.if_else(short, likely=True) as (then, otherwise):
            with then:
                for offset in (0, 16):
                    step = [ir.Constant(ir.IntType(64), offset)]
                    loaded = builder.load(builder.bitcast(builder.gep(source, step), block), align=1)
                    builder.store(loaded, builder.bitcast(builder.gep(target, step), block), align=1)
            with otherwise:
                cgutils.raw_memcpy(builder, target, source, args[4], 1)
        return ir.Constant(ir.IntType(64), 0)

    return types.int64(target, types.int64, source, types.int64, types.int64), generate


def _copy_interpreted(target: Any, at: Any, source: Any, start: Any, count: Any) -> int:
    target[at : at + count] = source[start : start + count]
    return 0


_copy: Any = _copy_interpreted if INTERPRETED else intrinsic(_copy_signature)


def _store_signature(typing: Any, target: Any, at: Any, word: Any) -> Any:
    """Store the eight bytes of `word` at `at`, least significant first."""
    del typing, at, word

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _pointer(context, builder, signature.args[0], args[0], args[1])
        builder.store(args[2], builder.bitcast(place, ir.IntType(64).as_pointer()), align=1)
        return ir.Constant(ir.IntType(64), 0)

    return types.int64(target, types.int64, types.int64), generate


def _store_interpreted(target: Any, at: Any, word: Any) -> int:
    for i in range(8):
        target[at + i] = (int(word) >> (8 * i)) & 255
    return 0


_store: Any = _store_interpreted if INTERPRETED else intrinsic(_store_signature)


def _bits_signature(typing: Any, value: Any) -> Any:
    """Count the bits of `value` > 0, up to its highest one."""
    del typing, value

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        del context, signature
        zeros = builder.ctlz(args[0], ir.Constant(ir.IntType(1), 1))
        return builder.sub(ir.Constant(ir.IntType(64), 64), zeros)

    return types.int64(types.int64), generate


def _bits_interpreted(value: Any) -> int:
    return int(value).bit_length()


_bits: Any = _bits_interpreted if INTERPRETED else intrinsic(_bits_signature)


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
def small_size(value):
    """Count the bytes of `value`, from 0 to below `SMALL`, as a varint; without a branch.

    Lengths of one and two bytes follow each other at random in a tile: guessing wrong which it is
    costs the processor more than doing the work for four.
    """
    # (bits × 9 + 64) / 64 is bits / 7, rounded up, for up to 64 bits; no number has no bits.
    return (_bits(value | 1) * 9 + 64) >> 6


@inlined
def small_word(value, size):
    """Give the varint of `value`, of `size` bytes by `small_size`, as a word whose low bytes they are."""
    halves = (value & 0x3FFF) | ((value & 0xFFFC000) << 2)
    word = (halves & 0x7F007F) | ((halves & 0x3F803F80) << 1)
    return word | (0x808080 & ((1 << (8 * (size - 1))) - 1))


@inlined
def write_small(out, at, value):
    """Write `value`, from 0 to below `SMALL`, as a varint; overshoots by seven bytes at most."""
    size = small_size(value)
    _store(out, at, small_word(value, size))
    return at + size


@inlined
def write_headed(out, at, head, value):
    """Write `head`, one to three bytes given as (word, bytes), and `value` as `write_small` does."""
    size = small_size(value)
    return write_word(out, at, head[0] | (small_word(value, size) << (8 * head[1])), head[1] + size)


@inlined
def write_word(out, at, word, size):
    """Write the `size` low bytes of `word`; overshoots to eight."""
    _store(out, at, word)
    return at + size


@inlined
def varint_size(value):
    """Count the bytes that `write_varint` would write."""
    size = 1
    while value > 127:
        value >>= 7
        size += 1
    return size


@inlined
def copy_run(out, at, data, start, end):
    """Copy ``data[start:end]``.

    May read and write up to `OVERSHOOT` bytes past the ends: the caller has that much room in `out`,
    and whoever makes `data` sees to it that as much memory follows it (`tileserver.store.reader`).
    """
    _copy(out, at, data, start, end - start)
    return at + end - start
