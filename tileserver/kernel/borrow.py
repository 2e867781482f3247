"""Arrays without reference counts, for the length of one call.

numba counts a reference for about every use of an array that is a member of a tuple; on a tile of many
small features that was a tenth of the time when it was measured. The caller holds all arrays until the
kernel returns, so inside it they can be borrowed: the same data and shape, owned by nobody.
"""

from typing import Any

from numba.core.extending import intrinsic

from tileserver.kernel.arrays import (
    ClipWork,
    LineArrays,
    PointArrays,
    PolygonArrays,
    Selection,
    TagArrays,
    Workspace,
)
from tileserver.kernel.jit import INTERPRETED, kernel


def _borrow(typing: Any, array: Any) -> Any:
    """Copy an array's struct with neither owner nor parent; counting on it does nothing."""
    del typing

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, args[0])
        view.meminfo = view.meminfo.type(None)
        view.parent = view.parent.type(None)
        return view._getvalue()  # noqa: SLF001 - numba's way to read a struct as a value

    return array(array), generate


def _borrow_interpreted(array: Any) -> Any:
    return array


borrow: Any = _borrow_interpreted if INTERPRETED else intrinsic(_borrow)


@kernel
def borrow_polygons(arrays):
    """Borrow the arrays of a `PolygonArrays`."""
    return PolygonArrays(
        borrow(arrays.bbox),
        borrow(arrays.polygon_offsets),
        borrow(arrays.ring_offsets),
        borrow(arrays.vertex_offsets),
        borrow(arrays.xy),
        borrow(arrays.start),
        borrow(arrays.command_offsets),
        borrow(arrays.commands),
        borrow(arrays.tree),
    )


@kernel
def borrow_lines(arrays):
    """Borrow the arrays of a `LineArrays`."""
    return LineArrays(
        borrow(arrays.bbox),
        borrow(arrays.part_offsets),
        borrow(arrays.vertex_offsets),
        borrow(arrays.xy),
        borrow(arrays.tree),
    )


@kernel
def borrow_points(arrays):
    """Borrow the arrays of a `PointArrays`."""
    return PointArrays(borrow(arrays.xy), borrow(arrays.tree))


@kernel
def borrow_tags(tags):
    """Borrow the arrays of a `TagArrays`."""
    return TagArrays(
        borrow(tags.ids), borrow(tags.tags), borrow(tags.value_offsets), borrow(tags.value_bytes)
    )


@kernel
def borrow_selection(selection):
    """Borrow the arrays of a `Selection`."""
    return Selection(borrow(selection.columns), borrow(selection.key_bytes))


@kernel
def borrow_space(space):
    """Borrow the arrays of a `Workspace`."""
    return Workspace(
        borrow(space.nodes),
        borrow(space.geometry),
        borrow(space.out),
        borrow(space.local),
        borrow(space.used),
    )


@kernel
def borrow_clip(work):
    """Borrow the arrays of a `ClipWork`."""
    return ClipWork(
        borrow(work.chain_xy),
        borrow(work.chains),
        borrow(work.events),
        borrow(work.loop_xy),
        borrow(work.stack_xy),
        borrow(work.out_xy),
        borrow(work.out_rings),
        borrow(work.slots),
        borrow(work.state),
    )
