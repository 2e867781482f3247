"""The pipeline from files to a published store, on the demo country."""

import json
from pathlib import Path

import pandas as pd
import pytest

from layers.catalog import Catalog, load_catalog
from preprocess.build import build
from preprocess.changes import Changes, sentences
from preprocess.demo import write_demo
from preprocess.prepared import Prepared
from tests.preprocess.shallow import shallow_catalog
from tileserver.errors import DeclarationError
from tileserver.store.integrity import current_digest
from tileserver.store.reader import Store, open_store


@pytest.fixture(scope="module")
def store(demo_store: Path) -> Store:
    return open_store(demo_store, verify=False)


def attributes(store: Store, layer: str) -> pd.DataFrame:
    table: pd.DataFrame = store.layer(layer).attributes.to_pandas()
    return table


def test_the_same_files_give_the_same_store(demo_sources: Path, demo_store: Path, tmp_path: Path) -> None:
    again = build(demo_sources, tmp_path / "store", workers=1)
    assert again.digest == current_digest(demo_store)
    assert again.report.changes == Changes(before=None)  # nothing was there before
    assert sentences(again.report.changes) == []


def test_another_country_is_another_store_and_the_first_is_kept(
    shallow_copy: tuple[Path, Path], tmp_path: Path
) -> None:
    store = shallow_copy[1]
    first = current_digest(store)
    write_demo(tmp_path / "others", seed=2, communes=300)
    second = build(tmp_path / "others", store, catalog=shallow_catalog()).digest
    assert current_digest(store) == second != first
    assert all((store / digest / "manifest.json").is_file() for digest in (first, second))


def test_every_level_is_the_sum_of_its_communes(store: Store, demo_prepared: Prepared) -> None:
    """An independent count with pandas: group the communes, add, divide."""
    membership = demo_prepared.membership
    communes = attributes(store, "communes").merge(membership, left_on="code", right_on="commune")
    for layer, level in (
        ("epci", "epci"),
        ("ti", "ti"),
        ("departements", "departement"),
        ("regions", "region"),
    ):
        sums = communes.dropna(subset=[level]).groupby(level)[["population", "area_km2"]].sum()
        rows = attributes(store, layer).set_index("code")
        assert set(rows.index) == set(sums.index)
        assert (rows["population"] == sums["population"].loc[rows.index]).all()
        # areas are rounded to 0.01 km² commune by commune in the table, once in the sum
        assert (rows["area_km2"] - sums["area_km2"].loc[rows.index]).abs().max() < 0.005 * len(communes)
        least = rows["population"] / (rows["area_km2"] + 0.005) - 0.0501
        most = rows["population"] / (rows["area_km2"] - 0.005) + 0.0501
        assert rows["density"].between(least, most).all()


def test_the_report_tells_findings_quality_and_cost(demo_store: Path, store: Store) -> None:
    folder = demo_store / "reports" / store.digest
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert store.digest in json.dumps(report)
    page = (folder / "report.html").read_text(encoding="utf-8")
    for words in ("communes", "Mayotte", "Pays inventé", "invalid"):
        assert words.lower() in page.lower()


def test_an_invented_country_is_credited_to_no_real_producer(store: Store) -> None:
    assert {source.producer for source in store.manifest.sources} == {"Pays inventé"}
    assert not any(source.url for source in store.manifest.sources)


def test_the_published_quality_has_no_fault(store: Store) -> None:
    for entry in store.manifest.layers:
        for zoom, proof in entry.quality.items():
            told = (entry.id, zoom, proof)
            assert proof.ids == proof.expected == entry.count, told
            assert proof.invalid == proof.invalid_edges == proof.crossing_edges == 0, told
            assert proof.overlap_km2 == 0, told
            assert proof.lost_km2 < proof.area_km2, told


def test_detail_grows_with_the_zoom(store: Store) -> None:
    for entry in store.manifest.layers:
        counts = [entry.quality[zoom].vertices for zoom in sorted(entry.quality, key=int)]
        assert counts == sorted(counts), entry.id


def test_layers_that_nest_must_have_one_buffer(demo_sources: Path, tmp_path: Path) -> None:
    import msgspec

    catalog = load_catalog()
    wide = msgspec.structs.replace(catalog.layers["ti"], buffer=128)
    mixed = Catalog(catalog.sources, {**catalog.layers, "ti": wide}, catalog.indicators)
    with pytest.raises(DeclarationError, match=r"buffer differs between territory layers.*ti 128"):
        build(demo_sources, tmp_path / "store", catalog=mixed)
    assert not (tmp_path / "store").exists()


def test_a_rebuild_after_one_changed_table_takes_the_shapes_from_the_last_one(
    shallow_copy: tuple[Path, Path], tmp_path: Path
) -> None:
    sources, store = shallow_copy
    path = sources / "indicateurs" / "population_legale_communes.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    column = lines[0].split(";").index("PMUN")
    cells = lines[1].split(";")
    cells[column] = str(int(cells[column]) + 1)
    path.write_text("\n".join([lines[0], ";".join(cells), *lines[2:], ""]), encoding="utf-8")
    again = build(sources, store, catalog=shallow_catalog())
    states = {outcome.step: outcome.state for outcome in again.report.outcomes}
    assert states["write_shapes"] == states["read_outlines"] == "kept"
    assert again.digest == build(sources, tmp_path / "other", catalog=shallow_catalog(), cache=False).digest
    open_store(store)


def test_other_borders_are_drawn_again(shallow_copy: tuple[Path, Path], tmp_path: Path) -> None:
    import geopandas

    sources, store = shallow_copy
    path = sources / "communes" / "communes_2025prov_cogiter_4326.parquet"
    geopandas.read_parquet(path).iloc[:-1].to_parquet(path)
    again = build(sources, store, catalog=shallow_catalog())
    states = {outcome.step: outcome.state for outcome in again.report.outcomes}
    assert states["write_shapes"] == states["read_outlines"] == "made"
    assert again.digest == build(sources, tmp_path / "other", catalog=shallow_catalog(), cache=False).digest


def test_a_damaged_cache_is_mended_on_the_way(demo_sources: Path, tmp_path: Path) -> None:
    first = build(demo_sources, tmp_path / "store", catalog=shallow_catalog())
    for path in (tmp_path / "store" / "cache").rglob("*"):
        if path.is_file() and path.name != "entry.json":
            path.unlink()
            path.write_bytes(b"damage")
    again = build(demo_sources, tmp_path / "store", catalog=shallow_catalog())
    assert again.digest == first.digest
    states = [[(outcome.step, outcome.state) for outcome in each.report.outcomes] for each in (first, again)]
    assert states[0] == states[1]  # what two indicators share is made once
    assert any("was altered" in outcome.why for outcome in again.report.outcomes)
    open_store(tmp_path / "store")
