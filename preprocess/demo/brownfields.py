"""Brownfield sites under the 76 columns of the real file, dtype by dtype."""

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pandas.api.types import pandas_dtype

from preprocess.demo.country import Country

_TEXT, _WHOLE, _NUMBER, _FLAG = "string", "Int32", "float64", "boolean"

COLUMNS: dict[str, str] = {
    "pk": _WHOLE,
    **dict.fromkeys(
        [
            "site_id",
            "id_from_file",
            "site_nom",
            "site_type",
            "site_adresse",
            "site_identif_date",
            "site_actu_date",
            "site_occupation",
            "site_url",
            "site_ademe_url",
            "site_securite",
            "site_statut",
        ],
        _TEXT,
    ),
    "site_surface": _NUMBER,
    **dict.fromkeys(
        [
            "site_reconv_type",
            "site_projet_etude",
            "site_projet",
            "site_numero_basias",
            "site_numero_basol",
            "activite_libelle",
            "activite_code",
            "activite_fin_annee",
            "comm_nom",
            "comm_insee",
            "dep",
            "bati_type",
        ],
        _TEXT,
    ),
    "bati_nombre": _WHOLE,
    "bati_surface": _NUMBER,
    **dict.fromkeys(["bati_pollution", "bati_vacance", "bati_patrimoine", "bati_etat"], _TEXT),
    "local_ancienne_annee": _NUMBER,
    "local_recent_annee": _NUMBER,
    **dict.fromkeys(["date_mutation", "proprio_type", "proprio_personne"], _TEXT),
    "sol_pollution_annee": _WHOLE,
    **dict.fromkeys(
        [
            "sol_pollution_existe",
            "sol_pollution_origine",
            "sol_pollution_commentaire",
            "sol_depollution_fiche",
            "l_idtup",
        ],
        _TEXT,
    ),
    "unite_fonciere_surface": _NUMBER,
    **dict.fromkeys(
        ["l_idpar", "l_catpro3txt", "urba_zone_type", "urba_zone_lib", "urba_zone_formdomi", "urba_doc_type"],
        _TEXT,
    ),
    "desserte_distance_route": _WHOLE,
    "desserte_distance_ferroviaire": _WHOLE,
    "urba_datappro": _TEXT,
    "desserte_distance_fluvial": _WHOLE,
    "desserte_distance_maritime": _WHOLE,
    "desserte_commentaire": _TEXT,
    "producteur_fk": _WHOLE,
    **dict.fromkeys(
        [
            "source_nom",
            "source_producteur",
            "nature",
            "date_creation",
            "source_url",
            "commentaire",
            "nom_prodcartofriches",
            "source_r",
        ],
        _TEXT,
    ),
    **dict.fromkeys(
        [
            "is_observatoire",
            "is_user",
            "is_mte_pv",
            "is_aap",
            "is_ademe",
            "is_mte",
            "is_mte_non_expertise",
            "checked",
        ],
        _FLAG,
    ),
    "urba_zone_formdomi_txt": _TEXT,
}

_UNKNOWN = [
    "site_occupation",
    "site_securite",
    "bati_type",
    "bati_pollution",
    "bati_vacance",
    "bati_patrimoine",
    "bati_etat",
    "sol_pollution_existe",
    "sol_pollution_origine",
]
_SOURCES = ("Inventaire non vérifié", "Observatoire local", "Appel à projets")
_NATURES = ("MTE non vérifié", "observatoire local", "fond friche")


def brownfield_sites(country: Country, sites: pd.DataFrame) -> gpd.GeoDataFrame:
    """Give every column of the real file, filled where the demo knows, else null; points, EPSG:4326."""
    frame = pd.DataFrame({name: _empty(kind, len(sites)) for name, kind in COLUMNS.items()})
    for name, values in _known(country, sites).items():
        frame[name] = pd.Series(list(values), dtype=pandas_dtype(COLUMNS[name]))
    points = shapely.points(sites.lon.to_numpy(), sites.lat.to_numpy())
    return gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4326")


def _empty(kind: str, rows: int) -> "pd.Series[Any]":
    """Nothing known, in the dtype of the column."""
    return pd.Series([None] * rows, dtype=pandas_dtype(kind))


def _known(country: Country, sites: pd.DataFrame) -> dict[str, Iterable[Any]]:
    """Columns that the demo fills, by name."""
    commune = country.communes.loc[sites.commune].reset_index(drop=True)
    number = pd.Series(np.arange(1, len(sites) + 1), dtype="int64")
    source = pd.Series([_SOURCES[n] for n in sites.source])
    where = commune["name"].str.upper()
    return {
        **{name: ["inconnu"] * len(sites) for name in _UNKNOWN},
        "pk": number,
        "site_id": commune.code + "_" + number.astype(str),
        "id_from_file": number.astype(str),
        "site_nom": sites.activity + " " + where.str.title(),
        "site_type": sites.kind,
        "site_identif_date": ["2022-10-10"] * len(sites),
        "site_actu_date": ["2024-02-13"] * len(sites),
        "site_url": "https://example.org/friches/" + number.astype(str),
        "site_adresse": [f"{n} rue des Forges" if n % 18 == 0 else None for n in number],
        "site_statut": sites.state,
        "site_surface": sites.surface_m2,
        "activite_libelle": sites.activity.where(sites.kind != "friche d'habitat"),
        "comm_nom": where,
        "comm_insee": commune.code,
        "dep": commune.dep,
        "bati_nombre": sites.buildings,
        "proprio_personne": sites.owner,
        "unite_fonciere_surface": sites.surface_m2,
        "urba_zone_type": sites.zone.where(sites.zone != ""),
        "urba_doc_type": ["PLU"] * len(sites),
        "desserte_distance_ferroviaire": sites.rail_m,
        "producteur_fk": sites.source + 1,
        "source_nom": source,
        "source_producteur": source,
        "nature": pd.Series([_NATURES[n] for n in sites.source]),
        "date_creation": ["2021-01-01"] * len(sites),
        "source_url": ["https://example.org/"] * len(sites),
        "nom_prodcartofriches": source,
        "source_r": source,
        "is_observatoire": sites.source == 1,
        "is_user": [False] * len(sites),
        "is_mte_pv": [False] * len(sites),
        "is_aap": sites.source == 2,
        "is_ademe": [False] * len(sites),
        "is_mte": [False] * len(sites),
        "is_mte_non_expertise": sites.source == 0,
        "checked": sites.source != 0,
    }
