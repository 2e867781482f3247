"""The repairs that are allowed on outlines, each recorded as a finding.

Two only: an invalid polygon becomes the valid one that covers the same ground, and outlines that
overlap or whose borders do not match become a coverage. What they change is measured in m².

Where the repair would be a guess, the build stops: an outline that crosses itself in a bow-tie encloses
loops of opposite sense, and nobody but its producer knows which of them is land.
"""

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from preprocess.areas import geodesic_area_m2
from preprocess.findings import Finding
from tileserver.errors import SourceError

STEP = "repair"
MAX_CHANGE = 0.01
"""A repair may change the area of an outline by that share of it; more would be a guess."""

POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
Shapes = NDArray[np.object_]


def repair_polygons(
    frame: geopandas.GeoDataFrame, key: str, *, place: str, source: str
) -> tuple[geopandas.GeoDataFrame, list[Finding]]:
    """Return the frame with every polygon valid.

    A spike goes, a small loop stays, parts that overlap a little merge. Raises `SourceError` where no
    area is left, or where the area would change by more than `MAX_CHANGE`.
    """
    shapes: Shapes = frame.geometry.to_numpy().copy()
    broken = np.flatnonzero(~shapely.is_valid(shapes))
    findings: list[Finding] = []
    for row in broken:
        reason = shapely.is_valid_reason(shapes[row])
        mended = shapely.make_valid(shapes[row], method="structure", keep_collapsed=False)
        code = str(frame[key].iloc[row])
        if shapely.is_empty(mended) or shapely.get_type_id(mended) not in POLYGONS:
            raise SourceError(
                f"{place}: the outline of {code} is invalid ({reason}) and no area is left once it is "
                "repaired; correct it in the file"
            )
        before, after = shapely.area(shapes[row]), shapely.area(mended)
        if abs(after - before) > MAX_CHANGE * after:
            raise SourceError(
                f"{place}: the outline of {code} is invalid ({reason}) and its area ambiguous: its rings "
                f"enclose {before / after:.0%} of what a repair would; correct it in the file"
            )
        change = geodesic_area_m2(mended) - geodesic_area_m2(shapes[row])
        findings.append(
            Finding(
                severity="repair",
                step=STEP,
                rule="invalid-geometry",
                source=source,
                key=code,
                message=f"The outline was invalid ({reason}); it was made valid, from "
                f"{_size(shapes[row])} to {_size(mended)} (area {change:+.0f} m²).",
            )
        )
        shapes[row] = mended
    return frame.set_geometry(shapes, crs=frame.crs), findings


def repair_coverage(
    frame: geopandas.GeoDataFrame, key: str, *, place: str, source: str
) -> tuple[geopandas.GeoDataFrame, list[Finding]]:
    """Return the frame as a valid coverage: no overlap, neighbours with one common border.

    An overlap goes to the neighbour with which it shares the longest border. Holes between
    communes are left as they are: many are lakes or foreign land. Raises `SourceError` where a
    commune would vanish, or where the result is still no coverage.
    """
    shapes: Shapes = frame.geometry.to_numpy()
    if shapely.coverage_is_valid(shapes):
        return frame, []
    cleaned: Shapes = shapely.coverage_clean(shapes)
    codes = frame[key].to_numpy()
    lost = shapely.is_empty(cleaned)
    if lost.any():
        raise SourceError(
            f"{place}: the outline of {', '.join(codes[lost][:10])} is wholly covered by others; "
            "correct it in the file"
        )
    if not shapely.coverage_is_valid(cleaned):
        edges = shapely.coverage_invalid_edges(cleaned)
        bad = codes[~shapely.is_empty(edges)]
        raise SourceError(
            f"{place}: the outlines of {', '.join(bad[:10])} overlap and could not be mended; "
            "correct them in the file"
        )
    changed = np.flatnonzero(~shapely.equals_exact(cleaned, shapes, normalize=True))
    findings = [
        Finding(
            severity="repair",
            step=STEP,
            rule="coverage",
            source=source,
            key=str(codes[row]),
            message="The outline overlapped a neighbour or did not share its border exactly; it was "
            f"adjusted (area {geodesic_area_m2(cleaned[row]) - geodesic_area_m2(shapes[row]):+.0f} m²).",
        )
        for row in changed
    ]
    return frame.set_geometry(cleaned, crs=frame.crs), findings


def _size(shape: shapely.Geometry) -> str:
    parts = int(shapely.get_num_geometries(shape))
    vertices = int(shapely.get_num_coordinates(shape))
    return f"{parts} part{'s' if parts > 1 else ''} and {vertices} vertices"
