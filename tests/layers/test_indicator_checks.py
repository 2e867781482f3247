"""Indicators that contradict themselves, a source, a layer or one another: each refused by file and key."""

import dataclasses
from pathlib import Path

import pytest

from layers.catalog import Catalog, load_catalog
from layers.checks import check_catalog
from layers.indicator_spec import Indicator, Overlay, Part, Points, Raster, Regroup, ShareOut
from layers.spec import Text
from tileserver.errors import DeclarationError

TEXT = Text(fr="Essai", en="Trial")
PART = Part(source="establishments_2014", key="CODGEO", value="E14TST")
SHARE = ShareOut(source="employment_zones", zone="ZE2020", commune="CODGEO")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def check(catalog: Catalog, **changes: object) -> None:
    texts = {"title": TEXT, "definition": TEXT, "unit": TEXT, "date": "2023", "theme": "people"}
    values = {**texts, "type": "number", "precision": 1, "rule": "sum", **changes}
    item = Indicator(**values)  # type: ignore[arg-type]  # msgspec checks TOML, not calls
    changed = dataclasses.replace(catalog, indicators={**catalog.indicators, "trial": item})
    check_catalog(changed.sources, changed.layers, changed.indicators)


@pytest.mark.parametrize(
    "changes",
    [
        {"parts": (PART,)},
        {"parts": (PART,), "weight": "population"},
        {"parts": (PART,), "rule": "weighted_mean", "weight": "population", "share_out": SHARE},
        {"parts": (Part(source="incomes_epci", key="CODGEO", value="MED19", level="epci"),), "rule": "none"},
        {"rule": "ratio", "numerator": "population", "denominator": "area_km2", "factor": 10.0},
        {"rule": "expression", "expression": "population / country(population) * 100"},
        {"points": Points(layer="friches")},
    ],
)
def test_what_the_specification_offers_is_accepted(catalog: Catalog, changes: dict[str, object]) -> None:
    check(catalog, **changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ["`parts`", "exactly one origin", "none"]),
        ({"parts": (PART,), "computed": "area"}, ["`computed`", "exactly one origin"]),
        ({"parts": (PART,), "numerator": "population"}, ["`numerator`", "ratio"]),
        ({"parts": (PART,), "factor": 2.0}, ["`factor`", "ratio"]),
        ({"parts": (PART,), "expression": "population"}, ["`expression`"]),
        ({"parts": (PART,), "rule": "weighted_mean"}, ["`weight`", "needs"]),
        ({"parts": (PART,), "rule": "none", "weight": "population"}, ["`weight`", "none"]),
        ({"parts": (PART,), "weight": "density"}, ["`weight`", "'density'", "sum"]),
        ({"parts": (PART,), "weight": "people"}, ["`weight`", "'people'"]),
        ({"parts": (PART,), "rule": "none", "share_out": SHARE}, ["`share_out`", "weighted_mean"]),
        ({"computed": "area", "rule": "weighted_mean", "weight": "population"}, ["`computed`", "sum"]),
        ({"computed": "area", "share_out": SHARE}, ["`share_out`", "parts"]),
        (
            {"parts": (PART,), "share_out": ShareOut(source="zones", zone="z", commune="c")},
            ["`share_out.source`", "'zones'"],
        ),
        (
            {
                "parts": (PART,),
                "share_out": SHARE,
                "regroup": (Regroup(commune="75056", prefix="751", first=1, last=20),),
            },
            ["`regroup`", "zones"],
        ),
        ({"parts": (Part(source="x", key="k", value="v"),)}, ["`parts[0].source`", "'x'"]),
        (
            {"parts": (Part(source="establishments_2014", key="k", value="v", level="epci"),)},
            ["`parts[0].level`", "none"],
        ),
        (
            {"parts": (Part(source="incomes_epci", key="k", value="v", level="canton"),), "rule": "none"},
            ["`parts[0].level`", "'canton'"],
        ),
        (
            {"parts": (PART, Part(source="incomes_epci", key="k", value="v", period="2019"))},
            ["`parts[0].period`", "each or to none"],
        ),
        (
            {"parts": (Part(source="incomes_epci", key="k", value="v", period="T3 2019"),)},
            ["`parts[0].period`", "2023-T3"],
        ),
        (
            {"parts": (Part(source="incomes_epci", key="k", value="v", period="2019"),), "breaks": ("2020",)},
            ["`breaks[0]`", "2019"],
        ),
        (
            {"parts": (Part(source="incomes_epci", key="k", value="v", secret=("",)),)},
            ["`parts[0].secret`", "missing, never secret"],
        ),
        (
            {"parts": (Part(source="communes_2025", key="k", value="v", secret=("ZZZZZZZZZ",)),)},
            ["sources/communes_2025.toml", "`null`", "'ZZZZZZZZZ'"],
        ),
        ({"overlay": Overlay(layer="friches")}, ["`overlay.layer`", "zoning"]),
        ({"raster": Raster(source="x", least=1, most=2)}, ["`raster.source`", "'x'"]),
        ({"raster": Raster(source="density_grid", least=3, most=2)}, ["`raster.least`", "swap"]),
        ({"points": Points(layer="communes")}, ["`points.layer`", "points"]),
        ({"points": Points(layer="friches", sum="site_type")}, ["`points.sum`", "no number"]),
        ({"points": Points(layer="friches", sum="nothing")}, ["`points.sum`", "'nothing'"]),
        ({"points": Points(layer="friches", where={"nothing": ("a",)})}, ["`points.where.nothing`"]),
        ({"points": Points(layer="friches", where={"site_type": ()})}, ["no value"]),
        ({"rule": "expression"}, ["`expression`", "needs"]),
        ({"rule": "expression", "expression": "population **"}, ["`expression`", "cannot be read"]),
        ({"rule": "expression", "expression": "people / 2"}, ["`expression`", "'people'"]),
        ({"rule": "expression", "expression": "trial * 2"}, ["`expression`", "trial → trial"]),
        ({"rule": "expression", "expression": "population", "factor": 2.0}, ["`factor`"]),
        ({"rule": "expression", "expression": "population", "numerator": "population"}, ["`numerator`"]),
        ({"rule": "ratio", "numerator": "population"}, ["`denominator`", "both"]),
        (
            {"rule": "ratio", "numerator": "population", "denominator": "area_km2", "weight": "population"},
            ["`weight`"],
        ),
    ],
)
def test_a_contradiction_is_told_by_its_key(
    catalog: Catalog, changes: dict[str, object], words: list[str]
) -> None:
    with pytest.raises(DeclarationError) as caught:
        check(catalog, **changes)
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_an_id_may_not_look_like_a_status(catalog: Catalog) -> None:
    changed = {**catalog.indicators, "jobs_status": catalog.indicators["population"]}
    with pytest.raises(DeclarationError, match=r"jobs_status\.toml: `id`"):
        check_catalog(catalog.sources, catalog.layers, changed)


def test_every_indicator_is_in_the_table_of_the_documentation(catalog: Catalog) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "indicators.md"
    told = page.read_text(encoding="utf-8")
    assert [key for key in catalog.indicators if f"| `{key}` |" not in told] == []
