"""The files in which a store keeps the zonings of its territories.

``zonings.territories.arrow``  a row a territory, those of a level together: where its rows begin
``zonings.sums.arrow``         a row a zoning that is told, in some part at least, in a territory
``zonings.areas.arrow``        a row an area of a zoning, or a point of a programme, in a territory
``zonings.names.arrow``        (by number) the areas and points: layer, code, name, what is said of them

Layers are numbered as the manifest lists them. Areas are in km² on the ellipsoid; NaN is *not known*.
"""

import pyarrow as pa

_TEXT, _INT, _FLOAT = pa.string(), pa.int32(), pa.float64()

TERRITORIES = pa.schema(
    [
        pa.field("level", _TEXT, nullable=False),
        pa.field("code", _TEXT, nullable=False),
        pa.field("name", _TEXT, nullable=False),
        pa.field("area_km2", _FLOAT, nullable=False),
        pa.field("sums", _INT, nullable=False),
        pa.field("areas", _INT, nullable=False),
    ]
)
"""``sums`` and ``areas``: the number of the first row there; the next territory's is where they end."""

SUMS = pa.schema(
    [
        pa.field("zoning", _INT, nullable=False),
        pa.field("inside_km2", _FLOAT, nullable=False),
        pa.field("told_km2", _FLOAT, nullable=False),
        pa.field("estimated", _INT, nullable=False),
    ]
)
"""``inside_km2`` counts each spot once; ``told_km2`` is the ground of which it is known whether it is inside;
``estimated`` is 1 where the source is too coarse to be exact."""

AREAS = pa.schema([pa.field("name", _INT, nullable=False), pa.field("km2", _FLOAT, nullable=False)])
"""``name``: a row of the names. ``km2``: of the area in the territory; NaN for a point, and where an unknown
part of it counts."""

NAMES = pa.schema(
    [
        pa.field("layer", _INT, nullable=False),
        pa.field("code", _TEXT, nullable=False),
        pa.field("name", _TEXT, nullable=False),
        pa.field("note", _TEXT, nullable=False),
        pa.field("partly", _INT, nullable=False),
    ]
)
"""``note``: the properties that are text, in French, empty for none; ``partly`` 1: an unknown part counts."""

TERRITORY_FILE, SUM_FILE = "zonings.territories.arrow", "zonings.sums.arrow"
AREA_FILE, NAME_FILE = "zonings.areas.arrow", "zonings.names.arrow"

FILES = {TERRITORY_FILE: TERRITORIES, SUM_FILE: SUMS, AREA_FILE: AREAS, NAME_FILE: NAMES}
