"""The published proof: what became of every territory at every zoom."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tileserver.store.manifest import LayerEntry
from tileserver.web.answer import cache_control
from tileserver.web.query import parameters
from tileserver.web.respond import respond_json
from tileserver.web.state import snapshot


async def quality(request: Request) -> Response:
    """Serve ``/quality/{layer}``: holes, overlap, lost area, ids and vertices, zoom by zoom."""
    shot = snapshot(request)
    query = parameters(request, "v")
    entry = shot.layer(request.path_params["layer"]).entry
    return await respond_json(
        request,
        (shot.digest, "quality", entry.id),
        lambda: {
            "store": shot.digest,
            "layer": entry.id,
            "kind": entry.kind,
            "count": entry.count,
            "zooms": _zooms(entry),
        },
        {"Cache-Control": cache_control(query.get("v"), shot.digest)},
    )


def _zooms(entry: LayerEntry) -> list[dict[str, Any]]:
    """List what was measured at each stored zoom: vertices everywhere, the proof of territories."""
    return [
        {
            "zoom": int(zoom),
            **(msgspec.to_builtins(entry.quality[zoom]) if zoom in entry.quality else {}),
            **_heaviest(entry, zoom),
            **_coarser(entry, zoom),
            # as stored: a ring's last is not its first again
            **({"vertices": entry.geometries[zoom].vertices} if zoom in entry.geometries else {}),
        }
        for zoom in sorted({*entry.geometries, *entry.heaviest}, key=int)
        if int(zoom) <= entry.max_zoom  # the points of names are kept on a deeper grid
    ]


def _coarser(entry: LayerEntry, zoom: str) -> dict[str, Any]:
    """Tell the same of the coarser outlines that tiles over their byte budget are drawn in."""
    if zoom not in entry.coarser:
        return {}
    item = entry.coarser[zoom]
    proof = msgspec.to_builtins(item.quality)
    return {"coarser": {**proof, "vertices": item.geometry.vertices, "largest_tile_bytes": item.bytes}}


def _heaviest(entry: LayerEntry, zoom: str) -> dict[str, Any]:
    """Tell which tile of a zoom is the heaviest: its bytes bare, and what each property adds."""
    if zoom not in entry.heaviest:
        return {}
    heaviest = entry.heaviest[zoom]
    return {
        "largest_tile": {
            "tile": f"{zoom}/{heaviest.x}/{heaviest.y}",
            "features": heaviest.features,
            "bytes_without_properties": heaviest.bytes,
            "bytes_of_properties": {field.id: heaviest.columns[field.column] for field in entry.fields},
        }
    }
