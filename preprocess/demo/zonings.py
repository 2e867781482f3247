"""Zonings: protected areas, aid areas, and the towns of two programmes, in files as the real ones.

Their traps are those of the real files: areas without attributes, some that overlap, cross the border of
their département or lie in the sea, one too small for any map; aid areas drawn commune by commune in
coarse outlines, those overseas beside the mainland; agreements of two towns, as a MultiPoint.
"""

import json
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from preprocess.demo.borders import KM_PER_DEGREE
from preprocess.demo.country import Country
from preprocess.demo.ground import MAINLAND

PROTECTED = "60"
"""The one département whose protected areas are told."""

LONLAT = "EPSG:4326"
CRS84 = "urn:ogc:def:crs:OGC:1.3:CRS84"
FULL, PARTIAL = "Intégralement éligible", "Partiellement éligible"

_COARSE = 0.02
_BAY = (("FR5310050", "Baie invoquée - Est"), ("FR5310070", "Pointe rêvée"), ("FR5310095", "Cap sans nom"))

Shapes = NDArray[np.object_]


def protected_areas(country: Country, seed: int) -> dict[str, str]:
    """Give the files of the folder ``natura2000``, by their names: GeoJSON."""
    rng = np.random.default_rng([seed, 60])
    inland = np.flatnonzero((country.communes.dep == PROTECTED).to_numpy())
    zsc, zps, first, second = (_areas(country, inland, rng, count) for count in (12, 3, 40, 8))
    numbers = 110001000 + rng.permutation(999)
    bay = _bay(country, rng)
    sites = [{"SITECODE": code, "SITENAME": name} for code, name in _BAY]
    mnhn = [{"id_mnhn": str(number)} for number in numbers]
    return {
        "oise_natura_zsc.geojson": feature_collection("natura_zsc", zsc, [{} for _ in zsc]),
        "oise_natura_zps.geojson": feature_collection("natura_zps", zps, [{} for _ in zps]),
        "oise_znieff1.geojson": feature_collection("znieff1", first, mnhn[: len(first)]),
        "oise_znieff2.geojson": feature_collection("znieff2", second, mnhn[len(first) :][: len(second)]),
        "zps_baie_saint-brieuc_3sites.geojson": feature_collection("natura2000_zps", bay, sites, CRS84),
    }


def _areas(country: Country, communes: NDArray[np.int64], rng: np.random.Generator, count: int) -> Shapes:
    """Draw areas around communes: some of two parts, some with a hole, the last a few metres wide."""
    homes = rng.choice(communes, size=(count, 2))
    radius = np.clip(rng.lognormal(0.4, 0.9, count), 0.2, 12.0)
    radius[-1] = 0.004
    shapes: list[shapely.Geometry] = []
    for number, ((home, other), size) in enumerate(zip(homes.tolist(), radius.tolist(), strict=True)):
        shape = _blob(country.ground.lonlat[home], size, rng, hole=number % 4 == 1)
        if number % 3 == 2:
            shape = shapely.union(shape, _blob(country.ground.lonlat[other], size / 3, rng))
        shapes.append(shape)
    return np.array(shapes, object)


def _bay(country: Country, rng: np.random.Generator) -> Shapes:
    """Draw three areas on the coast, mostly at sea, away from the département that is told whole."""
    ground = country.ground
    land = shapely.coverage_union_all(ground.geometry)
    coast = shapely.intersects(shapely.boundary(land), ground.geometry)
    away = (country.communes.dep != PROTECTED).to_numpy() & (ground.box == MAINLAND)
    homes = rng.choice(np.flatnonzero(coast & away), size=len(_BAY), replace=False)
    places = shapely.get_coordinates(
        [
            shapely.get_point(shapely.get_exterior_ring(shapely.get_geometry(ground.geometry[home], 0)), 0)
            for home in homes
        ]
    )
    return np.array([_blob(place, size, rng) for place, size in zip(places, (9.0, 5.0, 3.0), strict=True)])


def _blob(
    place: NDArray[np.float64], radius_km: float, rng: np.random.Generator, *, hole: bool = False
) -> shapely.Geometry:
    """Draw a star-shaped area around a place (degrees), with a hole of the same shape if asked."""
    corners = 40
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    reach = radius_km * rng.uniform(0.6, 1.4, corners) / KM_PER_DEGREE
    step = np.column_stack([np.cos(angle) / np.cos(np.radians(place[1])), np.sin(angle)]) * reach[:, None]
    holes = [np.round(place + 0.4 * step, 7)] if hole else []
    return shapely.Polygon(np.round(place + step, 7), holes)


def aid_topojson(country: Country, seed: int) -> str:
    """Draw the communes of regional aid, coarsely: TopoJSON without a coordinate system.

    Names have lost their article, and communes overseas are drawn off the coast of the mainland.
    """
    rng = np.random.default_rng([seed, 61])
    table, ground = country.communes, country.ground
    epci = pd.Series(table.epci.unique())
    aided = table.epci.isin(epci.sample(frac=0.2, random_state=int(rng.integers(1 << 31)))).to_numpy()
    overseas = ground.box != MAINLAND
    order = sorted(
        np.flatnonzero(aided | overseas), key=lambda row: (overseas[row], table.dep[row], table["name"][row])
    )
    coarse = np.round(shapely.get_coordinates(ground.geometry), 5)
    shapes: Shapes = shapely.set_coordinates(ground.geometry.copy(), coarse)
    shapes = shapely.coverage_simplify(shapes, _COARSE)
    west, south, _, _ = shapely.total_bounds(shapes[~overseas])
    arcs: list[list[list[float]]] = []
    geometries = []
    for number, row in enumerate(order):
        shape = shapely.make_valid(shapes[row], method="structure", keep_collapsed=False)
        if overseas[row]:
            x, y = shapely.get_coordinates(shapely.centroid(shape))[0]
            move = np.array([west - 1.5 - x + number % 8 / 8, south + 0.5 - y + number / 40])
            shape = shapely.transform(shape, lambda xy, move=move: np.round(xy + move, 5))
        drawn = []
        for part in shapely.get_parts(shape):
            rings = shapely.get_rings(part)
            drawn.append([[len(arcs) + n] for n in range(len(rings))])
            arcs += [shapely.get_coordinates(ring).tolist() for ring in rings]
        name = table["name"][row].removeprefix("Le ").removeprefix("La ")
        properties: dict[str, Any] = {
            "id": f"AFR{number + 1:04}",
            "lib": name,
            "perimetre": "commune",
            "nbcom": 1,
        }
        properties["info1"] = PARTIAL if number % 25 == 3 else FULL
        properties |= {"info2": None, "info3": None}
        geometries.append({"type": "MultiPolygon", "arcs": drawn, "properties": properties})
    topology = {
        "type": "Topology",
        "objects": {"zonage": {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": arcs,
    }
    return json.dumps(topology, ensure_ascii=False, separators=(",", ":"))


def revitalised(country: Country, seed: int) -> str:
    """List the communes with their status of rural revitalisation, as a dump of records: JSON.

    One commune is listed under a département that has none, as left by a merger long ago.
    """
    rng = np.random.default_rng([seed, 64])
    table = country.communes.sort_values("code")
    rural = table.groupby("epci")["pmun"].transform("sum") < table["pmun"].sum() / table["epci"].nunique()
    status = np.where(rural, "C", "NC")
    status[rng.choice(len(table), size=max(2, len(table) // 200), replace=False)] = "PC"
    listed = [*zip(table["code"], status.tolist(), strict=True), ("60999", "NC")]
    records = [
        {"model": "geo.zrr", "pk": number + 2, "fields": {"insee_code": code, "status": word}}
        for number, (code, word) in enumerate(listed)
    ]
    return json.dumps(records)


def towns(country: Country, seed: int) -> dict[str, str]:
    """Give the files of the two programmes for towns, by their names: GeoJSON."""
    rng = np.random.default_rng([seed, 62])
    table = country.communes
    order = np.argsort(-table.pmun.to_numpy(), kind="stable")
    cities, small = order[2:14], order[20 : 20 + len(order) // 20]
    acv, places = [], []
    for number, city in enumerate(cities.tolist()):
        beside = country.ground.neighbours[city]
        members = [city, beside[0]] if number % 4 == 1 and beside else [city]
        names = sorted(f"{table['name'][each]} ({table.code[each]})" for each in members)
        title = " - ".join(table["name"][each] for each in members)
        acv.append(
            {
                "id_territoire": f"acv-{number + 1:03}",
                "lib_territoire": title,
                "date_signature": None,
                "liste_geo": "; ".join(names),
            }
        )
        places.append(
            shapely.MultiPoint(_positions(country, members))
            if len(members) > 1
            else shapely.Point(_positions(country, members)[0])
        )
    pvd = [
        {
            "id_territoire": f"pvd-{table.reg[town]}-{table.dep[town]}-{number + 1}",
            "lib_territoire": table["name"][town],
            "date_signature": f"2021-{rng.integers(1, 13):02}-{rng.integers(1, 29):02}",
            "liste_geo": f"{table['name'][town]} ({table.code[town]})",
        }
        for number, town in enumerate(small.tolist())
    ]
    return {
        "anct_acv.geojson": feature_collection("acv_geom", np.array(places, object), acv),
        "anct_pvd.geojson": feature_collection(
            "pvd_geom", shapely.points(_positions(country, small.tolist())), pvd
        ),
    }


def _positions(country: Country, communes: list[int]) -> NDArray[np.float64]:
    positions: NDArray[np.float64] = np.round(country.ground.lonlat[communes], 5)
    return positions


def feature_collection(name: str, shapes: Shapes, properties: list[dict[str, Any]], crs: str = LONLAT) -> str:
    """Write features as GeoJSON, one a line, with the coordinate system that the old standard had."""
    features = [
        {"type": "Feature", "geometry": json.loads(geometry), "properties": told}
        for geometry, told in zip(shapely.to_geojson(shapes), properties, strict=True)
    ]
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in features)
    system = json.dumps({"type": "name", "properties": {"name": crs}})
    return f'{{"type": "FeatureCollection", "name": "{name}", "crs": {system}, "features": [\n{lines}\n]}}\n'
