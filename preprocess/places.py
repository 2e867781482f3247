"""What points get from the place where they lie: their territories, and what contradicts the file."""

import re
import unicodedata

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.catalog import Catalog
from layers.levels import finest_layer
from layers.spec import Layer, Place
from preprocess.findings import Finding, Severity
from preprocess.place import Ground, Placed, place_points
from preprocess.sources import Sources
from preprocess.vintage import COLUMNS, carry_codes

STEP = "place"

LEADING = re.compile(r"^(?:le|la|les|l) ")
SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
AFTER = re.compile(r" (?:cedex|\d).*$")
"""What post offices write after the name of a city: *Lyon 3e Arrondissement*, *Paris Cedex 08*."""


def territories_of(
    layer: Layer, lonlat: NDArray[np.float64], keys: pd.Series, ground: Ground
) -> tuple[pd.DataFrame, Placed, list[Finding]]:
    """Return the codes of the territories that each point lies in, a column a level, and how it was placed.

    `keys` names the points in the findings: those that lie beside every commune.
    """
    reach = Place().reach_km if layer.place is None else layer.place.reach_km
    placed = place_points(lonlat, ground, reach)
    codes = ground.membership.iloc[np.maximum(placed.row, 0)].reset_index(drop=True)
    codes = codes.where(pd.Series(placed.row >= 0)).astype("str")
    finest = ground.membership.columns[0]
    findings = []
    for number in np.flatnonzero(placed.km != 0):
        found = placed.row[number] >= 0
        where = f"{lonlat[number, 1]:.5f}, {lonlat[number, 0]:.5f}"
        text = (
            f"{where} is in no commune; it was put in the nearest, {codes[finest][number]}, "
            f"{placed.km[number]:.3f} km away."
            if found
            else f"{where} is in no commune and more than {reach:g} km from all; it has no territory."
        )
        key = keys.iloc[number]
        findings.append(
            _finding(layer, key, text, rule="placed-nearby", severity="repair")
            if found
            else _finding(layer, key, text, rule="outside-communes")
        )
    return codes, placed, findings


def contradictions(
    catalog: Catalog, layer: Layer, frame: pd.DataFrame, placed: Placed, ground: Ground, folder: Sources
) -> list[Finding]:
    """Compare the commune that the file gives with the one under the point; `frame` has its columns.

    By code where the layer declares one, carried to today's list, else by name, whatever its accents,
    signs and articles.
    """
    place = layer.place
    if place is None or (place.code is None and place.name is None):
        return []
    names = ground.outlines["name"].astype("str").to_numpy()
    own = ground.outlines["code"].astype("str").to_numpy()
    known = np.flatnonzero(placed.row >= 0)
    rows = placed.row[known]
    if place.code is not None:
        given = frame[place.code].astype("str").str.zfill(5).to_numpy()
        heirs = _heirs(catalog, layer, place, folder, frame[place.code])
        same = [own[row] in heirs.get(given[n], {given[n]}) for n, row in zip(known, rows, strict=True)]
    else:
        given = frame[str(place.name)].to_numpy()
        plain = [plain_name(name) for name in names]
        same = [plain_name(given[n]) == plain[row] for n, row in zip(known, rows, strict=True)]
    findings = []
    for agrees, number, row in zip(same, known, rows, strict=True):
        if not agrees and isinstance(given[number], str):
            told = _told(frame, place, int(number))
            text = f"The file says {told}, the point lies in {names[row]} ({own[row]}); both were kept."
            key = frame[str(layer.key)].iloc[number]
            findings.append(_finding(layer, key, text, rule="place-contradicts"))
    return findings


def plain_name(name: object) -> str:
    """Return the name of a commune as one would compare it: small letters, no accents, signs or articles."""
    if not isinstance(name, str):
        return ""
    split = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae"))
    letters = "".join(mark for mark in split if not unicodedata.combining(mark)).casefold()
    words = re.sub(r"[^a-z0-9]+", " ", letters).strip()
    words = AFTER.sub("", words)
    words = " ".join(SHORT.get(word, word) for word in words.split())
    return LEADING.sub("", words)


def _heirs(
    catalog: Catalog, layer: Layer, place: Place, folder: Sources, codes: pd.Series
) -> dict[str, set[str]]:
    """Return what the codes of the file have become; nothing where no table of movements is declared."""
    source = catalog.sources[str(layer.source)]
    today = catalog.sources[str(finest_layer(catalog.layers)[1].source)].edition
    if place.movements is None or not folder.has(place.movements):
        return {}
    if source.edition is None or today is None or source.edition > today:
        return {}
    pairs = carry_codes(
        folder.table(place.movements, COLUMNS),
        codes.dropna().astype("str").str.zfill(5).unique(),
        source.edition,
        today,
        place=folder.place(place.movements),
    )
    return {str(old): set(group) for old, group in pairs.groupby("old")["new"]}


def _told(frame: pd.DataFrame, place: Place, number: int) -> str:
    found = [frame[column].iloc[number] for column in (place.name, place.code) if column is not None]
    words = [value for value in found if isinstance(value, str)]
    return f"{words[0]} ({words[1]})" if len(words) > 1 else words[0]


def _finding(layer: Layer, key: object, text: str, *, rule: str, severity: Severity = "warning") -> Finding:
    return Finding(
        severity=severity, step=STEP, rule=rule, source=str(layer.source), key=str(key), message=text
    )
