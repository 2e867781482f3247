"""The country's tables under the column names of the real files."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd

from preprocess.demo import codes
from preprocess.demo.country import Country
from preprocess.demo.names import article_code, upper_plain, without_article
from preprocess.demo.workbook import Cell


def commune_outlines(country: Country) -> gpd.GeoDataFrame:
    """Outlines of the communes, EPSG:4326; AREA in m², to the hectare as in the real file."""
    table = country.communes
    frame = gpd.GeoDataFrame(
        {
            "DEPCOM": table.code,
            "AREA": np.maximum(np.round(country.ground.area_km2 * 100), 1) * 1e4,
            "geometry": country.ground.geometry,
            "NOM_DEPCOM": table["name"].astype("category"),
            "EPCI": table.epci.astype("category"),
            "NOM_EPCI": table.epci_name.astype("category"),
            "DEP": table.dep.astype("category"),
            "REG": table.reg.astype("category"),
        },
        geometry="geometry",
        crs="EPSG:4326",
    )
    return frame.sort_values("DEPCOM", ignore_index=True)


def commune_memberships(country: Country) -> pd.DataFrame:
    """Commune → EPCI, département, région, with INSEE's spellings of the name."""
    table = country.communes
    epci = country.epci.set_index("code")
    return pd.DataFrame(
        {
            "DEPCOM": table.code,
            "NOM_DEPCOM": table["name"],
            "EPCI": table.epci,
            "NOM_EPCI": table.epci_name,
            "DEP": table.dep,
            "NOM_DEP": table.dep_name,
            "REG": table.reg,
            "NOM_REG": table.reg_name,
            "DEPARTEMENTS_DE_L_EPCI": table.epci.map(epci.deps).fillna(table.dep),
            "REGIONS_DE_L_EPCI": table.epci.map(epci.regs).fillna(table.reg),
            "ARR": table["arr"],
            "TNCC": table["name"].map(article_code),
            "NCC": table["name"].map(upper_plain),
            "NCCENR": table["name"].map(without_article),
            "CAN": table["can"],
            "COMPARENT": "",
        }
    ).sort_values("DEPCOM", ignore_index=True)


def epci_list(country: Country) -> pd.DataFrame:
    """EPCI with nature, départements and régions."""
    renamed = country.epci.rename(
        columns={
            "code": "EPCI",
            "name": "NOM_EPCI",
            "nature": "NATURE_EPCI",
            "deps": "DEPARTEMENTS_DE_L_EPCI",
            "regs": "REGIONS_DE_L_EPCI",
            "seat": "DEP_SIEGE_EPCI",
        }
    )
    return renamed.sort_values("NOM_EPCI", ignore_index=True)


def legal_population(country: Country, rng: np.random.Generator) -> pd.DataFrame:
    """Legal population but for the lagoon; the three cities by arrondissement."""
    table = country.communes
    table = table[table.dep != codes.LAGOON_DEPARTEMENT].sort_values("code")
    city = table.code.isin(list(codes.ARRONDISSEMENTS))
    rows = pd.DataFrame(
        {
            "REG": table.reg,
            "Région": table.reg_name,
            "DEP": table.dep,
            "CODARR": table["arr"].str[-1:],
            "CODCAN": table["can"].str[-2:].mask(city, ""),
            "CODCOM": table.code.str[-3:],
            "COM": table.code,
            "Commune": table["name"],
            "PMUN": table.pmun,
            "PCAP": table.pcap,
        }
    )
    pieces = [rows[~city]]
    pieces += [_arrondissements(rows[each == rows.COM], each, rng) for each in table.code[city]]
    joined = pd.concat(pieces).sort_values("COM", ignore_index=True)
    return joined.assign(PTOT=joined.PMUN + joined.PCAP)


def _arrondissements(row: pd.DataFrame, city: str, rng: np.random.Generator) -> pd.DataFrame:
    """Put rows of arrondissements, which add up to it, in the place of a city's row."""
    numbers = list(codes.ARRONDISSEMENTS[city])
    share = rng.dirichlet(np.full(len(numbers), 6.0))
    split = row.loc[row.index.repeat(len(numbers))].copy()
    ordinals = ["1er", *(f"{n}e" for n in range(2, len(numbers) + 1))]
    split["COM"] = [str(n) for n in numbers]
    split["CODCOM"] = split.COM.str[-3:]
    split["Commune"] = [f"{row.Commune.iloc[0]} {each} Arrondissement" for each in ordinals]
    for column in ("PMUN", "PCAP"):
        split[column] = rng.multinomial(int(row[column].iloc[0]), share)
    return split


def lagoon_population(country: Country) -> pd.DataFrame:
    """Legal population of the lagoon, where CODCOM has to do for COM."""
    table = country.communes
    table = table[table.dep == codes.LAGOON_DEPARTEMENT].sort_values("code")
    return pd.DataFrame(
        {
            "CODREG": table.reg,
            "REG": "",
            "DEP": table.dep,
            "CODARR": "",
            "CODCAN": "",
            "CODCOM": table.code.str[-3:],
            "COM": "",
            "PMUN": table.pmun,
            "PCAP": table.pcap,
            "PTOT": table.pmun + table.pcap,
        }
    )


def ept_sheets(country: Country) -> dict[str, list[list[Cell]]]:
    """Sheets of the EPT workbook; the header is the sixth row."""
    table = country.communes.sort_values("code")
    fields = ["code", "name", "ept", "ept_name", "dep", "reg"]
    members = table.groupby(["ept", "ept_name"]).size().reset_index().to_numpy().tolist()
    title = "Établissements publics territoriaux"
    notes: list[list[Cell]] = [["Pays inventé"], ["Géographie au 01/01/2025"], ["Source : aucune"]]
    return {
        "EPT": [
            [title],
            *notes,
            ["EPT", "Libellé de l'EPT", "Nombre de communes"],
            ["EPT", "LIBEPT", "NB_COM"],
            *members,
        ],
        "Composition_communale": [
            [title],
            *notes,
            ["Code géographique", "Libellé géographique", "EPT", "Libellé de l'EPT", "Département", "Région"],
            ["CODGEO", "LIBGEO", "EPT", "LIBEPT", "DEP", "REG"],
            *table[fields].to_numpy().tolist(),
        ],
    }


def siren_sheet(country: Country) -> dict[str, list[list[Cell]]]:
    """SIREN and code of each commune; the SIREN is a number there, as in the real file."""
    table = country.communes.sort_values("code")
    table = table.assign(siren=table.siren.astype("int64"), ptot=table.pmun + table.pcap)
    header = ["Reg_com", "dep_com", "siren", "insee", "nom_com", "ptot_2024", "pmun_2024", "pcap_2024"]
    fields = ["reg", "dep", "siren", "code", "name", "ptot", "pmun", "pcap"]
    return {"insee_siren": [list(header), *table[fields].to_numpy(dtype=object).tolist()]}


def quarters_geojson(country: Country, quarters: pd.DataFrame) -> str:
    """Centres of the deprived quarters, one feature a line."""
    table = country.communes
    features = []
    for each in quarters.to_dict("records"):
        commune = int(each["commune"])
        properties = {
            "insee_com": table.code[commune],
            "lib_com": table["name"][commune],
            "code_qp": each["codes"],
            "lib_qp": each["names"],
        }
        point = {"type": "Point", "coordinates": [each["lon"], each["lat"]]}
        features.append({"type": "Feature", "properties": properties, "geometry": point})
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in features)
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    return (
        '{\n"type": "FeatureCollection",\n"name": "centroide-4326_qpv",\n'
        f'"crs": {json.dumps(crs)},\n"features": [\n{lines}\n]\n}}\n'
    )
