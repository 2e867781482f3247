"""The indicators of the real France, recomputed by plain pandas from the raw files and the definitions.

Nothing of the engine is used below but what it gives. Figures are compared before they are rounded: sums
exactly, ratios, means and shares to 1e-9; then what the tables publish is compared with the rounded ones.
"""

import dataclasses
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from layers.catalog import Catalog, load_catalog
from layers.indicators import terms
from preprocess.cache.kept import Kept
from preprocess.figures.context import Context
from preprocess.figures.levels import Levels, all_levels
from preprocess.figures.publish import published
from preprocess.membership import build_membership
from preprocess.progress import Silent
from preprocess.sources import Sources
from tileserver.store.status import Status

pytestmark = [pytest.mark.france, pytest.mark.slow]

LEVELS = ("commune", "epci", "ti", "departement", "region")
FIGURES = "indicateurs"
SIZES = {
    "establishments": "E14TST", "establishments_0": "E14TS0ND", "establishments_1_5": "E14TS1",
    "establishments_6_9": "E14TS6", "establishments_10_19": "E14TS10", "establishments_20_49": "E14TS20",
    "establishments_50_99": "E14TS50", "establishments_100_199": "E14TS100",
    "establishments_200_499": "E14TS200", "establishments_500_plus": "E14TS500",
}  # fmt: skip
LARGE = ("E14TS50", "E14TS100", "E14TS200", "E14TS500")
CITIES = {"75056": r"751\d\d", "69123": r"6938\d", "13055": r"132\d\d"}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """Give the catalogue, with the indicators that are read from columns and what is computed from them."""
    whole = load_catalog()
    kept = {key for key, item in whole.indicators.items() if item.parts}
    for _ in whole.indicators:
        kept |= {key for key, item in whole.indicators.items() if terms(item) and set(terms(item)) <= kept}
    chosen = {key: item for key, item in whole.indicators.items() if key in kept}
    return dataclasses.replace(whole, indicators=chosen)


@pytest.fixture(scope="module")
def engine(france_sources: Path, catalog: Catalog, kept: Kept) -> Levels:
    """Give what the engine computes, unrounded."""
    folder = Sources(france_sources, catalog.sources, kept)
    drawn = folder.shapes("communes_outlines", ["DEPCOM", "NOM_DEPCOM"])
    drawn = drawn.rename(columns={"DEPCOM": "code", "NOM_DEPCOM": "name"})
    drawn = drawn.sort_values("code", ignore_index=True)
    nesting, _ = build_membership(catalog.layers, drawn["code"], folder)
    levels, _ = all_levels(Context(catalog, folder, drawn, nesting.table, {}, Silent()))
    return levels


@pytest.fixture(scope="module")
def places(france_sources: Path) -> pd.DataFrame:
    """Give the communes of 2025 (index), the territory of each at each level, its population."""
    folder = france_sources / "territoires"
    table = pd.read_csv(folder / "communes_epci_2025_cogiter.csv", dtype=str).set_index("DEPCOM")
    epci = table["EPCI"].mask(table["EPCI"] == "ZZZZZZZZZ")
    ept = pd.read_excel(
        folder / "ept.xlsx", sheet_name="Composition_communale", header=5, dtype=str, engine="calamine"
    )
    siren = pd.read_excel(folder / "banatic_siren_insee.xlsx", dtype=str, engine="calamine")
    members = pd.concat(
        [
            pd.DataFrame({"member": epci, "commune": epci.index}),
            ept[["EPT", "CODGEO"]].set_axis(["member", "commune"], axis=1),
            siren[["siren", "insee"]].set_axis(["member", "commune"], axis=1),
        ]
    )
    ti = pd.read_csv(folder / "ti_epci_2023_anct_183.csv", dtype=str)
    joined = ti.merge(members, left_on="siren_epci", right_on="member").set_index("commune")["id_ti"]
    return pd.DataFrame(
        {
            "commune": table.index, "epci": epci, "ti": joined.reindex(table.index),
            "departement": table["DEP"], "region": table["REG"],
            "people": _people(france_sources).reindex(table.index),
        },
        index=table.index,
    )  # fmt: skip


@cache
def _people(folder: Path) -> pd.Series:
    most = pd.read_csv(folder / FIGURES / "population_legale_communes.csv", sep=";", dtype=str)
    for city, pattern in CITIES.items():
        most["COM"] = most["COM"].str.replace(rf"^{pattern}$", city, regex=True)
    rest = pd.read_csv(folder / FIGURES / "population_legale_mayotte.csv", sep=";", dtype=str)
    rest["COM"] = "97" + rest["CODCOM"]
    both = pd.concat([most, rest])
    return both["PMUN"].astype(int).groupby(both["COM"]).sum()


@cache
def parts(folder: Path, year: int, codes: tuple[str, ...]) -> pd.DataFrame:
    """Return old code, new code and share: what became of `codes` of an edition until 2025.

    Mergers and changes of code are followed day by day; a commune that comes apart is shared by population;
    one that merged with others and came apart again under its old name takes its row back.
    """
    today = pd.read_csv(folder / "territoires/communes_epci_2025_cogiter.csv", dtype=str)["DEPCOM"]
    people = _people(folder).reindex(today).to_dict()
    moves = pd.read_csv(folder / "communes/mouvements-communes.csv", dtype=str)
    moves = moves[(moves["TYPECOM_AV"] == "COM") & (moves["TYPECOM_AP"] == "COM")]
    moves = moves[(moves["DATE_EFF"] > f"{year}-01-01") & (moves["DATE_EFF"] <= "2025-01-01")]
    moves = moves.sort_values("DATE_EFF", kind="stable")
    recoded = moves["MOD"].isin(["41", "50"])  # on one day a code may change before its commune merges
    now: dict[str, set[str]] = {code: {code} for code in codes}
    for _, day in moves.groupby(["DATE_EFF", ~recoded], sort=True):
        became = day.groupby("COM_AV")["COM_AP"].agg(set).to_dict()
        for old, heirs in now.items():
            if heirs & became.keys():
                now[old] = set().union(*(became.get(code, {code}) for code in heirs))
    before = moves.drop_duplicates("COM_AV").set_index("COM_AV")["LIBELLE_AV"]
    after = moves.drop_duplicates("COM_AP", keep="last").set_index("COM_AP")["LIBELLE_AP"]
    shared = pd.Series([new for heirs in now.values() for new in heirs]).value_counts()
    back = {
        old
        for old, heirs in now.items()
        if len(heirs) > 1 and old in heirs and shared[old] > 1 and before.get(old) == after.get(old)
    }
    rows = []
    for old, heirs in now.items():
        left = {old} if old in back else (heirs - back or heirs) & people.keys()
        total = sum(people[new] for new in left)
        rows += [(old, new, people[new] / total if len(left) > 1 else 1.0) for new in sorted(left)]
    return pd.DataFrame(rows, columns=["old", "new", "share"])


@cache
def establishments(folder: Path) -> pd.DataFrame:
    table = pd.read_csv(folder / FIGURES / "base_etablissement_par_tranche_effectif_2014.csv", dtype=str)
    return table.set_index("CODGEO")[list(SIZES.values())].astype(float)


@cache
def incomes(folder: Path, sheet: str) -> pd.DataFrame:
    """Read a sheet of Filosofi up to the first empty row; *s* stays text."""
    with zipfile.ZipFile(folder / FIGURES / "base-cc-filosofi-2019_XLSX.zip") as archive:
        book = BytesIO(archive.read("base-cc-filosofi-2019-geo2022.xlsx"))
    table = pd.read_excel(book, sheet_name=sheet, header=5, dtype=str, engine="calamine", na_filter=False)
    empty = np.flatnonzero(table["CODGEO"] == "")
    table = table.iloc[: empty[0]] if len(empty) else table
    arrondissement = table["CODGEO"].str.fullmatch("|".join(CITIES.values()))
    return table[~arrondissement].set_index("CODGEO")


def numbers(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column.replace("s", np.nan))


def at(engine: Levels, level: str, key: str, period: str | None = None) -> pd.DataFrame:
    """Return what the engine has: value, status and share known by code."""
    series = engine.figures[level][key]
    figures = series[period if period in series else max(series, key=str)]
    return pd.DataFrame(
        {"value": figures.value, "status": figures.status, "known": figures.known}, index=figures.codes
    )


def carried(folder: Path, column: str, places: pd.DataFrame) -> pd.Series:
    """Return the establishments of a column on the communes of 2025."""
    table = establishments(folder)
    ways = parts(folder, 2014, tuple(table.index)).copy()
    ways["value"] = table[column].reindex(ways["old"]).to_numpy() * ways["share"]
    # The sizes of establishments are not known in Mayotte.
    if column not in ("E14TST", "E14TS0ND"):
        ways.loc[ways["new"].str.startswith("976"), "value"] = np.nan
    return ways.groupby("new")["value"].sum(min_count=1).reindex(places.index)


def summed(values: pd.Series, places: pd.DataFrame, level: str) -> pd.Series:
    """Add communes up: published where at least half of them are known."""
    groups = values.groupby(places[level])
    return groups.sum(min_count=1).where(groups.count() / groups.size() >= 0.5)


def same(ours: pd.Series, expected: pd.Series, tolerance: float = 0.0) -> None:
    """Assert that both have the same codes, the same blanks, and values that agree."""
    expected = expected.reindex(ours.index)
    assert ours.isna().equals(expected.isna()), (ours[ours.isna() != expected.isna()]).head()
    gap = (ours - expected).abs()
    assert (gap.dropna() <= tolerance * expected.abs().dropna()).all(), gap.nlargest(5)


@pytest.mark.parametrize("level", LEVELS)
def test_population_is_the_sum_of_the_file(engine: Levels, places: pd.DataFrame, level: str) -> None:
    same(
        at(engine, level, "population")["value"], places["people"].groupby(places[level]).sum().astype(float)
    )


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("key", SIZES)
def test_establishments_are_the_sums_of_the_communes_that_merged_since(
    engine: Levels, places: pd.DataFrame, france_sources: Path, key: str, level: str
) -> None:
    ours = at(engine, level, key)
    expected = summed(carried(france_sources, SIZES[key], places), places, level).reindex(ours.index)
    exact = ours["status"] != Status.ESTIMATED
    same(ours["value"][exact], expected[exact])
    # Of a commune that came apart each heir has a part, to a millionth of the whole.
    assert (~exact).sum() <= 2
    assert np.allclose(ours["value"][~exact], expected[~exact], rtol=1e-4)


def test_no_establishment_is_lost(engine: Levels, france_sources: Path) -> None:
    for level in ("commune", "departement", "region"):
        total = at(engine, level, "establishments")["value"].sum()
        assert total == establishments(france_sources)["E14TST"].sum() == 4_528_492


@pytest.mark.parametrize("level", LEVELS)
def test_the_share_of_large_establishments_divides_the_sums(
    engine: Levels, places: pd.DataFrame, france_sources: Path, level: str
) -> None:
    column = {name: summed(carried(france_sources, name, places), places, level) for name in SIZES.values()}
    large = sum((column[name] for name in LARGE[1:]), column[LARGE[0]])
    employing = column["E14TST"] - column["E14TS0ND"]
    share = (large / employing.mask(employing == 0) * 100).reindex(at(engine, level, "population").index)
    ours = at(engine, level, "large_establishments_share")
    same(ours["value"], share, 1e-9)
    none = ours["status"] == Status.NOT_APPLICABLE
    assert (employing.reindex(ours.index)[none] == 0).all()


def households(folder: Path, column: str, places: pd.DataFrame) -> pd.DataFrame:
    """Return the known sum of each commune of 2025, and the share of its parts that is known."""
    table = numbers(incomes(folder, "COM")[column])
    ways = parts(folder, 2022, tuple(table.index)).copy()
    ways["value"] = table.reindex(ways["old"]).to_numpy() * ways["share"]
    ways["there"] = ways["share"].where(ways["value"].notna(), 0)
    groups = ways.groupby("new")
    found = pd.DataFrame({"value": groups["value"].sum(min_count=1)})
    found["known"] = groups["there"].sum() / groups["share"].sum()
    return found.reindex(places.index).fillna({"known": 0.0})


def known_sum(found: pd.DataFrame, places: pd.DataFrame, level: str) -> tuple[pd.Series, pd.Series]:
    """Add up what is known where it stands for half of the people at least; return sum and share."""
    people = places["people"].astype(float)
    share = (found["known"] * people).groupby(places[level]).sum() / people.groupby(places[level]).sum()
    total = found["value"].groupby(places[level]).sum(min_count=1)
    there = (share >= 0.5) & total.notna()
    return total.where(there), share.where(there, 0.0)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("key", "column"), [("tax_households", "NBMENFISC19"), ("tax_household_persons", "NBPERSMENFISC19")]
)
def test_households_are_the_sum_of_what_is_not_withheld(
    engine: Levels, places: pd.DataFrame, france_sources: Path, key: str, column: str, level: str
) -> None:
    ours = at(engine, level, key)
    total, share = known_sum(households(france_sources, column, places), places, level)
    exact = ours["status"] != Status.ESTIMATED
    tolerance = 0.0 if level in ("departement", "region") else 1e-4  # a part of one that came apart
    same(ours["value"][exact], total.reindex(ours.index)[exact], tolerance)
    assert np.allclose(ours["known"], share.reindex(ours.index), rtol=1e-3)
    if level in ("departement", "region"):
        assert ours["status"].isin([Status.OK, Status.PARTIAL, Status.MISSING]).all()


@pytest.mark.parametrize("level", LEVELS)
def test_persons_per_household_divides_the_sums(
    engine: Levels, places: pd.DataFrame, france_sources: Path, level: str
) -> None:
    persons, _ = known_sum(households(france_sources, "NBPERSMENFISC19", places), places, level)
    homes, _ = known_sum(households(france_sources, "NBMENFISC19", places), places, level)
    ours = at(engine, level, "persons_per_household")["value"]
    same(ours, (persons / homes).reindex(ours.index), 1e-9)


SHEETS = {"epci": "EPCI", "departement": "DEP", "region": "REG"}


@pytest.mark.parametrize(("key", "column"), [("median_living_standard", "MED19"), ("poverty_rate", "TP6019")])
def test_what_is_not_aggregable_is_what_the_producer_gives(
    engine: Levels, france_sources: Path, key: str, column: str
) -> None:
    assert key not in engine.figures["ti"]
    for level, sheet in SHEETS.items():
        ours = at(engine, level, key)["value"]
        same(ours, numbers(incomes(france_sources, sheet)[column]).reindex(ours.index))
    cells = incomes(france_sources, "COM")[column]
    ways = parts(france_sources, 2022, tuple(cells.index))
    alone = ways[(ways.groupby("new")["old"].transform("size") == 1) & (ways["share"] == 1)]
    told = alone.set_index("new")["old"].map(cells)
    communes = at(engine, "commune", key)
    same(communes["value"], numbers(told).reindex(communes.index))
    withheld = told.reindex(communes.index) == "s"
    assert (communes["status"][withheld] == Status.SECRET).all()


@cache
def zones(folder: Path) -> pd.Series:
    """Return the zone of each commune of 2025: of several, that of the commune whose code it has."""
    listed = pd.read_excel(
        folder / FIGURES / "ZE2020_au_01-01-2023.xlsx", sheet_name="Composition_communale", header=5,
        dtype=str, engine="calamine",
    ).set_index("CODGEO")["ZE2020"]  # fmt: skip
    ways = parts(folder, 2023, tuple(listed.index)).copy()
    ways["zone"] = listed.reindex(ways["old"]).to_numpy()
    ways["own"] = ways["old"] == ways["new"]
    return (
        ways.sort_values(["own"], ascending=False, kind="stable")
        .drop_duplicates("new")
        .set_index("new")["zone"]
    )


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("period", ["2009-T3", "2021-T4", "2023-T3"])
def test_unemployment_is_the_mean_of_the_zones_by_population(
    engine: Levels, places: pd.DataFrame, france_sources: Path, period: str, level: str
) -> None:
    rates = pd.read_excel(
        france_sources / FIGURES / "chomage-zone-t1-2003-t3-2023.xlsx", sheet_name="txcho_ze", header=5,
        dtype={"ZE2020": str}, engine="calamine",
    ).set_index("ZE2020")[period]  # fmt: skip
    rate = zones(france_sources).reindex(places.index).map(rates)
    people = places["people"].astype(float)
    known = people.where(rate.notna(), 0.0).groupby(places[level]).sum()
    share = known / people.groupby(places[level]).sum()
    mean = (rate * people).groupby(places[level]).sum() / known
    if level == "commune":
        mean, share = rate, rate.notna().astype(float)
    ours = at(engine, level, "unemployment_rate", period)
    same(ours["value"], mean.where(share >= 0.5).reindex(ours.index), 1e-9)
    assert ours["status"].isin([Status.ESTIMATED, Status.PARTIAL, Status.MISSING]).all()
    mayotte = {"commune": "97601", "departement": "976", "region": "06"}.get(level)
    assert mayotte is None or ours["status"][mayotte] == Status.MISSING


def test_the_density_class_is_the_word_of_the_file(
    engine: Levels, france_sources: Path, catalog: Catalog
) -> None:
    grid = pd.read_csv(france_sources / FIGURES / "grille_densite.csv", dtype=str, encoding="utf-8-sig")
    words = {item.value: item.title.fr for item in catalog.indicators["density_class"].categories}
    ours = at(engine, "commune", "density_class")["value"].map(words)
    assert ours.to_dict() == dict(zip(grid["insee_com"], grid["niveau_densite"], strict=True))


def test_no_difference_of_published_sums_reveals_a_withheld_commune(
    engine: Levels, places: pd.DataFrame, france_sources: Path
) -> None:
    """A territory less its published communes is nothing: what is withheld is in no sum.

    But for what the producer publishes of the parts of a commune that merged since, the others withheld.
    """
    for key, column in (("tax_households", "NBMENFISC19"), ("tax_household_persons", "NBPERSMENFISC19")):
        found = households(france_sources, column, places)
        told = found["value"].where(found["known"] < 0.5, 0.0)
        communes = at(engine, "commune", key)
        attacked = 0
        for level in LEVELS[1:]:
            ours = at(engine, level, key)["value"].dropna()
            rest = ours - communes["value"].groupby(places[level]).sum().reindex(ours.index)
            rest -= told.groupby(places[level]).sum().reindex(ours.index)
            assert rest.abs().max() < 1e-6
            secret = (communes["status"] == Status.SECRET).groupby(places[level]).sum().reindex(ours.index)
            attacked += int((secret == 1).sum())
        assert attacked > 100  # territories with a single withheld commune, where a true total would tell it


def test_what_is_published_is_the_rounded_figure(engine: Levels, catalog: Catalog) -> None:
    for level in LEVELS:
        size = len(engine.codes[level])
        table, columns = published(engine.figures[level], catalog.indicators, size)
        for column in columns:
            if column.kind != "indicator":
                continue
            raw = at(engine, level, column.indicator, column.period)["value"].to_numpy()
            precision = catalog.indicators[column.indicator].precision
            shown = table[column.id].astype("float64").to_numpy()
            assert np.array_equal(shown, np.round(raw, precision), equal_nan=True), (level, column.id)
