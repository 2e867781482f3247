"""Points counted and summed by commune, against plain pandas."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from layers.indicator_spec import Points
from layers.spec import Layer, Property, ZoomRange
from preprocess.figures.context import Context
from preprocess.figures.points import points_series
from preprocess.figures.table import Figures
from preprocess.prepared import LayerTable, Prepared
from tests.preprocess.figures.world import world
from tests.preprocess.samples import TEXT
from tileserver.errors import DeclarationError
from tileserver.store.status import Status

SITES = pd.DataFrame(
    {
        "commune": ["01", "01", "02", "02", "03", None],
        "ha": [1.5, 2.0, 4.0, None, None, 100.0],
        "state": ["free", "used", "free", "free", "used", "free"],
        "odd": pd.array([True, False, False, None, None, True], dtype="boolean"),
        "year": pd.array([2021, 2022, 2021, 2021, None, 2021], dtype="Int64"),
    }
)


def sites(folder: Path, *levels: str) -> Context:
    context = world(folder, {"01": "A", "02": "A", "03": "B", "04": None}, {}, {})
    properties = tuple(
        Property(id=level, type="string", title=TEXT, level=level) for level in (levels or ("commune",))
    )
    context.catalog.layers["sites"] = Layer(
        title=TEXT, description=TEXT, kind="points", zoom=ZoomRange(min=0, max=5), properties=properties
    )
    context.tables = {"sites": LayerTable("sites", SITES)}
    return context


def figures(context: Context, **points: object) -> Figures:
    declared = Points(layer="sites", **points)  # type: ignore[arg-type]  # msgspec checks TOML, not calls
    series, findings = points_series("sites", declared, context)
    assert not findings
    return series[None]


def test_points_are_counted_where_they_lie_and_elsewhere_there_are_none(tmp_path: Path) -> None:
    counted = figures(sites(tmp_path))
    assert counted.codes.tolist() == ["01", "02", "03", "04"]
    assert counted.value.tolist() == [2, 2, 1, 0]
    assert set(counted.status) == {Status.OK}


def test_a_sum_tells_the_share_of_points_that_have_the_value(tmp_path: Path) -> None:
    summed = figures(sites(tmp_path), sum="ha")
    assert np.nan_to_num(summed.value, nan=-1).tolist() == [3.5, 4.0, -1, 0]
    assert summed.status.tolist() == [Status.OK, Status.PARTIAL, Status.MISSING, Status.OK]
    assert summed.known.tolist() == [1, 0.5, 0, 1]


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ({"state": ("free",)}, [1, 2, 0, 0]),
        ({"state": ("free", "used")}, [2, 2, 1, 0]),
        ({"odd": ("false",)}, [1, 1, 0, 0]),
        ({"year": ("2021",)}, [1, 2, 0, 0]),
        ({"state": ("free",), "odd": ("true",)}, [1, 0, 0, 0]),
        ({"state": ("none such",)}, [0, 0, 0, 0]),
    ],
)
def test_conditions_keep_the_points_that_meet_them_all(
    tmp_path: Path, where: dict[str, tuple[str, ...]], wanted: list[float]
) -> None:
    assert figures(sites(tmp_path), where=where).value.tolist() == wanted


def test_a_layer_whose_points_have_no_commune_cannot_be_counted(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"sites\.toml.*no property with level = 'commune'"):
        figures(sites(tmp_path, "ti"))


def test_the_demo_has_the_counts_and_sums_of_its_points_at_every_level(demo_prepared: Prepared) -> None:
    prepared = demo_prepared
    friches = prepared.tables["friches"].table
    relance = prepared.tables["france_relance"].table
    for layer, level in (("communes", "commune"), ("epci", "epci"), ("ti", "ti"), ("regions", "region")):
        table = prepared.tables[layer].table.set_index("code")
        by = friches.groupby(level)
        for name, wanted in (
            ("friches", by.size()),
            (
                "friches_without_project",
                by["site_statut"].agg(lambda states: (states == "friche sans projet").sum()),
            ),
            ("projects_france_relance", relance.groupby(level).size()),
            ("projects_relance_eti", relance[relance["type_entreprise"] == "ETI"].groupby(level).size()),
        ):
            assert table[name].tolist() == wanted.reindex(table.index, fill_value=0).tolist()
        area = by["area_ha"].sum(min_count=1).reindex(table.index)
        found = table["friche_area_ha"]
        told = by["area_ha"].agg(lambda areas: areas.notna().mean()).reindex(table.index, fill_value=1)
        there = told >= (1e-9 if level == "commune" else 0.5)  # what a commune has is told, however little
        assert np.allclose(found[there], area.fillna(0)[there], rtol=0, atol=0.0051)
        assert found[~there].isna().all()


def test_the_gap_of_the_country_is_none_and_its_regions_add_up_to_it(demo_prepared: Prepared) -> None:
    prepared = demo_prepared
    regions = prepared.tables["regions"].table
    total = prepared.indicators["establishments_50_plus"].country
    projects = regions["projects_france_relance"] + regions["manuprox"]
    share = regions["establishments_50_plus"] / next(iter(total.values())) * 100
    wanted = share - projects / projects.sum() * 100
    known = regions["projects_gap"].notna()
    assert known.sum() >= len(regions) - 1
    assert np.allclose(regions["projects_gap"][known], wanted[known], rtol=0, atol=6e-5)
