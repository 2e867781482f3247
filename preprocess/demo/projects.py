"""Funded projects and local manufactures, under the columns of the real files and with their traps."""

import json

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from preprocess.demo.borders import KM_PER_DEGREE
from preprocess.demo.codes import siren
from preprocess.demo.country import Country

PROJECTS, MANUFACTURES = 84, 98
"""As many as in the real files."""

_ELSEWHERE = 25
_SIRET_EVERY = 6
_FAR_KM = 400.0

_MEASURES = {
    "Soutien à l’investissement industriel dans les territoires": ("Projets territoriaux", 0.32),
    "(Re)localisation dans les secteurs critiques": ("Relocalisation", 0.2),
    "Modernisation de la filière automobile": ("Automobile", 0.18),
    "Modernisation de la filière aéronautique": ("Aéronautique", 0.18),
    "Soutien à la chaleur bas carbone": ("Soutien à la chaleur bas carbone", 0.12),
}
_GREEN = "Soutien à la chaleur bas carbone"
_SECTORS = ("Automobile", "Aéronautique", "Agroalimentaire", "Construction", "Electronique", "Santé")
_SECTOR_SHARES = (0.26, 0.22, 0.2, 0.12, 0.1, 0.1)
_FIRMS = ("Forges", "Ateliers", "Verreries", "Tissages", "Fonderies", "Laboratoires")
_PLACES = ("L'Atelier", "La Manufacture", "Le Labo", "La Fabrique")


def relance_projects(country: Country, rng: np.random.Generator) -> pd.DataFrame:
    """Give the 16 columns of the sample, as text, one project a row.

    Postcodes and départements came through a spreadsheet (``8000``, ``8.0``), every sixth firm has its
    SIRET in the place of its SIREN, 25 projects name another commune than the one under the point, one
    point lies just off a coast and one far out at sea, one firm has no type.
    """
    table = country.communes
    commune = _industrial(country, PROJECTS, rng)
    named = commune.copy()
    named[:_ELSEWHERE] = rng.permutation(len(table))[:_ELSEWHERE]
    lonlat = country.ground.lonlat[commune]
    lonlat[-1] = _off_coast(country, 0.4)
    lonlat[-2] = _off_coast(country, _FAR_KM)
    measure = rng.choice(list(_MEASURES), PROJECTS, p=[share for _, share in _MEASURES.values()])
    days = pd.Timestamp("2021-02-01") + pd.to_timedelta(rng.integers(0, 420, PROJECTS), unit="D")
    green = measure == _GREEN
    place = table.loc[commune].reset_index(drop=True)
    frame = pd.DataFrame(
        {
            "entreprise": [f"{rng.choice(_FIRMS)} {name}".upper() for name in place["name"]],
            "type_entreprise": rng.choice(["TPE / PME", "GE", "ETI"], PROJECTS, p=[0.57, 0.22, 0.21]),
            "siren": [_number(n, rng) for n in range(PROJECTS)],
            "volet_relance": np.where(green, "Verdissement", "Indépendance / Compétitivité"),
            "mesure": measure,
            "nom_departement": place.dep_name.str.upper(),
            "nom_commune": table.loc[named, "name"].str.upper().to_numpy(),
            "code_postal": [_postcode(code) for code in place.code],
            "coordonnees_gps": [f"{lat}, {lon}" for lon, lat in lonlat.tolist()],
            "description_projet": "",
            "mesure_light": [_MEASURES[each][0] for each in measure],
            "mise_a_jour": days.strftime("%Y-%m-%d"),
            "filiere": rng.choice(_SECTORS, PROJECTS, p=_SECTOR_SHARES),
            "tonnes_equivalent_co2_pour_les_projets_decarbonation": [
                f"{rng.lognormal(9, 1):.6f}" if each else "" for each in green
            ],
            "code_departement": [_as_number(dep) for dep in place.dep],
            "nom_region": place.reg_name.str.upper(),
        }
    )
    frame.loc[PROJECTS // 2, "type_entreprise"] = ""
    return frame


def manufactures_geojson(country: Country, rng: np.random.Generator) -> str:
    """Give the local manufactures, one feature a line; each point lies in the commune that it names."""
    table = country.communes
    features = []
    chosen = _industrial(country, MANUFACTURES, rng, apart=True)
    for number, commune in enumerate(chosen.tolist(), start=1):
        code, name = table.code[commune], table["name"][commune]
        properties = {
            "id_geo": code,
            "lib_geo": name,
            "id_territoire": f"manuprox-{1 + number % 2}-{number}",
            "liste_geo": f"{name} ({code})",
            "lib_territoire": f"{rng.choice(_PLACES)} {name}" + ("\n" if number % 9 == 0 else ""),
        }
        point = {"type": "Point", "coordinates": country.ground.lonlat[commune].tolist()}
        features.append({"type": "Feature", "properties": properties, "geometry": point})
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in features)
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    return (
        '{\n"type": "FeatureCollection",\n"name": "manuprox_geom",\n'
        f'"crs": {json.dumps(crs)},\n"features": [\n{lines}\n]\n}}\n'
    )


def _industrial(
    country: Country, count: int, rng: np.random.Generator, *, apart: bool = False
) -> NDArray[np.int64]:
    """Draw communes, the populous ones more often; each once where they are to lie `apart`."""
    weight = np.sqrt(country.communes.pmun.to_numpy(np.float64) + 1)
    return rng.choice(len(weight), count, replace=not apart, p=weight / weight.sum()).astype(np.int64)


def _number(row: int, rng: np.random.Generator) -> str:
    """Give a SIREN, or every sixth time the SIRET of an establishment of that firm."""
    number = siren(f"{rng.integers(30_000_000, 90_000_000)}")
    return number if row % _SIRET_EVERY else siren(f"{number}{rng.integers(1, 40):04}")


def _postcode(code: str) -> str:
    """Make a postcode from the département, its zero lost as a spreadsheet loses it."""
    start = code[:3] if code.startswith("97") else code[:2].replace("A", "0").replace("B", "0")
    return start.ljust(5, "0").lstrip("0")


def _as_number(departement: str) -> str:
    return f"{float(departement)}" if departement.isdigit() else departement


def _off_coast(country: Country, km: float) -> NDArray[np.float64]:
    """Give a place `km` east of the easternmost vertex of the country."""
    bounds = np.array([shape.bounds for shape in country.ground.geometry])
    shape = country.ground.geometry[int(bounds[:, 2].argmax())]
    vertices = np.concatenate([np.asarray(part.exterior.coords) for part in shape.geoms])
    lon, lat = vertices[vertices[:, 0].argmax()]
    return np.array([lon + km / KM_PER_DEGREE / np.cos(np.radians(lat)), lat])
