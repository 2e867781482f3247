"""Declarations: what is read, and how a mistake in one is told."""

import shutil
from importlib.resources import as_file, files
from pathlib import Path

import msgspec
import pytest

from layers.catalog import Catalog, load_catalog
from layers.derived import with_derived
from layers.indicators import evaluation_order, indicator_sources
from layers.labour_spec import labour_sources
from layers.levels import finest_layer, level_columns, territory_layers
from layers.spec import Layer
from tileserver.errors import DeclarationError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a copy of the package's declarations, to spoil."""
    with as_file(files("layers") / "definitions") as packaged:
        shutil.copytree(packaged, tmp_path / "definitions")
    return tmp_path / "definitions"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} no longer holds {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_package_declares_its_layers_in_drawing_order(catalog: Catalog) -> None:
    assert list(catalog.layers) == [
        "regions", "departements", "ti", "epci", "communes", "zrr", "afr", "natura2000_zsc", "natura2000_zps",
        "znieff2", "znieff1", "friches", "qpv", "acv", "pvd", "france_relance", "manuprox",
    ]  # fmt: skip
    assert list(catalog.indicators)[:3] == ["population", "area_km2", "density"]
    orders = [item.order for item in catalog.indicators.values()]
    assert orders == sorted(orders)


def test_the_columns_of_the_membership_go_from_the_finest_level_up(catalog: Catalog) -> None:
    assert level_columns(catalog.layers) == ("commune", "epci", "ti", "departement", "region")
    assert finest_layer(catalog.layers)[0] == "communes"
    assert "friches" not in territory_layers(catalog.layers)


def test_every_source_is_used_and_says_where_it_comes_from(catalog: Catalog) -> None:
    used: set[str | None] = {layer.source for layer in catalog.layers.values()}
    for layer in catalog.layers.values():
        if layer.membership is not None:
            used |= {layer.membership.source, *(via.source for via in layer.membership.via)}
        if layer.detail is not None:
            used |= {layer.detail.source, layer.detail.movements}
    used |= {layer.listed.source for layer in catalog.layers.values() if layer.listed is not None}
    used |= {areas.source for layer in catalog.layers.values() for areas in layer.areas}
    for key in catalog.indicators:
        used |= set(indicator_sources(key, catalog.indicators, catalog.layers))
    used |= set(labour_sources(catalog.labour)) if catalog.labour else set()
    assert used - {None} == set(catalog.sources)
    for source in catalog.sources.values():
        assert source.producer
        assert source.licence
        assert source.date


def test_every_text_is_in_both_languages(catalog: Catalog) -> None:
    for layer in catalog.layers.values():
        assert layer.title.fr
        assert layer.title.en
        assert layer.description.fr != layer.description.en
    for indicator in catalog.indicators.values():
        assert indicator.definition.fr != indicator.definition.en


def test_a_folder_given_as_argument_replaces_the_package(folder: Path) -> None:
    spoil(folder, "layers/qpv.toml", "order = 70", "order = 1")
    assert next(iter(load_catalog(folder).layers)) == "qpv"


def test_a_layer_is_added_by_adding_a_file(folder: Path, catalog: Catalog) -> None:
    shutil.copy(folder / "layers/friches.toml", folder / "layers/sites.toml")
    assert set(load_catalog(folder).layers) == {*catalog.layers, "sites"}


def test_the_catalogue_cannot_be_changed(catalog: Catalog) -> None:
    with pytest.raises(AttributeError):
        catalog.sources = {}  # type: ignore[misc]  # the point of the test
    with pytest.raises(AttributeError):
        catalog.layers["ti"].order = 3  # type: ignore[misc]  # the point of the test


def test_a_ratio_comes_after_its_terms_and_knows_their_sources(catalog: Catalog) -> None:
    shuffled = {key: catalog.indicators[key] for key in ("density", "area_km2", "population")}
    order = evaluation_order(shuffled)
    assert order.index("density") == 2
    assert indicator_sources("density", catalog.indicators, catalog.layers, "outlines") == (
        "population_communes",
        "population_mayotte",
        "outlines",
    )


SPOILED = [
    # file, what stands there, what is put instead, words that the message must hold
    ("layers/ti.toml", "zoom =", "zom =", ["layers/ti.toml", "`zom`", "did you mean `zoom`?"]),
    ("layers/communes.toml", "movements =", "movement =", ["communes.toml", "`movement`", "`movements`?"]),
    (
        "layers/communes.toml",
        'movements = "commune_',
        'movements = "communes_',
        ["`detail.movements`", "did you"],
    ),
    ("layers/communes.toml", '"communes_outlines_2018"', '"nowhere"', ["`detail.source`", "'nowhere'"]),
    (
        "sources/communes_outlines_2018.toml",
        "edition = 2018",
        "edition = 2026",
        ["`detail.source`", "2026", "2025"],
    ),
    (
        "sources/communes_outlines_2018.toml",
        "edition = 2018",
        "",
        ["communes_outlines_2018.toml", "`edition`"],
    ),
    (
        "layers/friches.toml",
        "[description]",
        '[detail]\nsource = "x"\nkey = "y"\nmovements = "z"\n[description]',
        ["`detail`", "only a territory layer"],
    ),
    ("layers/ti.toml", "zoom =", "qqqqq =", ["layers/ti.toml", "`qqqqq`", "known keys:"]),
    ("layers/ti.toml", "max = 12", "max = 19", ["layers/ti.toml", "$.zoom.max", "18"]),
    ("layers/ti.toml", "min = 0, max = 12", "min = 9, max = 3", ["ti.toml", "`zoom`", "9", "3", "swap"]),
    ("layers/ti.toml", 'kind = "territory"', 'kind = "raster"', ["layers/ti.toml", "$.kind", "raster"]),
    ("layers/ti.toml", 'level = "ti"\n', "", ["layers/ti.toml", "`level`"]),
    ("layers/ti.toml", 'level = "ti"', 'level = "epci"', ["`level`", "'epci'", "already that of"]),
    ("layers/ti.toml", 'level = "ti"', 'level = "T I"', ["layers/ti.toml", "$.level"]),
    ("layers/ti.toml", 'level = "ti"', 'level = "ti"\nkey = "x"', ["ti.toml", "`key`", "membership"]),
    ("layers/ti.toml", 'level = "ti"', 'level = "ti"\nunique_key = false', ["ti.toml", "`unique_key`"]),
    ("layers/ti.toml", 'level = "ti"', 'level = "ti"\nsource = "qpv_centroids"', ["`source`", "either"]),
    ("layers/ti.toml", '"ti_members_2023"', '"ti_members_2032"', ["membership.source", "ti_members_2023"]),
    ("layers/ti.toml", '"ept_communes"', '"nowhere_at_all"', ["via[1].source", "nowhere_at_all", "declared"]),
    ("layers/ti.toml", 'member = "siren_epci"', "", ["layers/ti.toml", "`membership`", "`member`"]),
    ("layers/epci.toml", 'commune = "DEPCOM"', 'member = "EPCI"', ["epci.toml", "membership.via"]),
    ("layers/epci.toml", "order = 40", 'order = "40"', ["layers/epci.toml", "$.order", "int"]),
    ("layers/epci.toml", '"density"', '"densitty"', ["default_indicators", "densitty", "'density'"]),
    ("layers/communes.toml", 'key = "DEPCOM"', "", ["layers/communes.toml", "`key`"]),
    ("layers/communes.toml", 'label = "NOM_DEPCOM"', "", ["layers/communes.toml", "`label`"]),
    ("layers/friches.toml", 'source = "cartofriches"', "", ["layers/friches.toml", "`source`"]),
    ("layers/friches.toml", 'kind = "points"', 'kind = "points"\nlevel = "site"', ["`level`", "territory"]),
    ("layers/qpv.toml", 'kind = "points"', 'kind = "lines"\nlevel = "road"', ["`level`", "territory"]),
    (
        "layers/qpv.toml",
        'kind = "points"\nsource = "qpv_centroids"',
        'kind = "lines"',
        ["a lines layer needs"],
    ),
    ("layers/friches.toml", 'kind = "points"', 'kind = "roads"', ["layers/friches.toml", "$.kind", "roads"]),
    ("layers/friches.toml", 'id = "site_type"', 'id = "code"', ["properties[0].id", "'code'", "taken"]),
    ("layers/friches.toml", 'id = "site_occupation"', 'id = "site_type"', ["properties[7].id", "taken"]),
    ("layers/friches.toml", 'type = "string"', 'type = "string"\nprecision = 1', ["precision", "number"]),
    ("layers/friches.toml", "precision = 2", "precision = 12", ["precision", "12", "0 to 9"]),
    ("layers/communes.toml", "min = 8", "min = 13", ["communes.toml", "`labels.min`", "13", "from 5 to 12"]),
    ("layers/communes.toml", "min = 8", "mini = 8", ["communes.toml", "`mini`", "did you mean `min`?"]),
    (
        "layers/communes.toml",
        "labels = { min = 8 }",
        "clusters = { max = 8 }",
        ["`clusters`", "points layer"],
    ),
    (
        "layers/friches.toml",
        "order = 60",
        "order = 60\nlabels = { min = 8 }",
        ["`labels`", "territory layer"],
    ),
    ("layers/friches.toml", "max = 10", "max = 4", ["friches.toml", "`clusters.max`", "4", "from 5 to 14"]),
    ("layers/friches.toml", "max = 10", "max = 15", ["`clusters.max`", "15", "from 5 to 14"]),
    ("layers/friches.toml", "max = 10", "max = 10\nradius = 0", ["friches.toml", "$.clusters.radius"]),
    ("layers/friches.toml", "max = 10", "max = 10\nsize = 9", ["friches.toml", "`size`"]),
    ("layers/friches.toml", '["site_surface"]', '["surface"]', ["`clusters.sums[0]`", "'surface'"]),
    (
        "layers/friches.toml",
        '["site_surface"]',
        '["site_type"]',
        ["`clusters.sums[0]`", "'site_type'", "integer"],
    ),
    ("layers/friches.toml", "precision = 2", "", ["`clusters.sums[0]`", "'site_surface'", "a precision"]),
    (
        "layers/friches.toml",
        '["site_surface"]',
        '["site_surface", "site_surface"]',
        ["`clusters.sums[1]`", "'site_surface' is taken"],
    ),
    ("layers/znieff1.toml", 'key = "id_mnhn"', "", ["layers/znieff1.toml", "`areas[0].key`", "`number`"]),
    ("layers/znieff1.toml", '"znieff1_oise"', '"znieff1_oisee"', ["`areas[0].source`", "'znieff1_oise'"]),
    ("layers/znieff1.toml", '"departement"', '"departements"', ["`areas[0].covers.level`", "'departement'"]),
    ("layers/znieff1.toml", 'codes = ["60"]', 'codes = ["60"], but = ["2"]', ["`areas[0].covers.but`"]),
    ("layers/znieff1.toml", 'level = "departement", codes = ["60"]', "", ["`areas[0].covers`", "`touched"]),
    ("layers/znieff1.toml", 'codes = ["60"]', "touched = true", ["`areas[0].covers.touched`", "alone"]),
    ("layers/znieff1.toml", "order = 57", 'order = 57\nsource = "acv"', ["`source`", "`areas`"]),
    ("layers/znieff1.toml", "order = 57", "order = 57\nclusters = { max = 8 }", ["`clusters`", "points"]),
    (
        "layers/znieff1.toml",
        "order = 57",
        "order = 57\nwhole_communes = true",
        ["`whole_communes`", "edition"],
    ),
    ("layers/znieff1.toml", "order = 57", "order = 57\nunique_key = false", ["`unique_key`", "unique"]),
    (
        "layers/afr.toml",
        '"eligibility", values',
        '"eligible", values',
        ["`partly.property`", "'eligibility'"],
    ),
    ("layers/afr.toml", '["Partiellement éligible"]', "[]", ["`partly.values`"]),
    ("layers/qpv.toml", "order = 70", "order = 70\nwhole_communes = true", ["`whole_communes`", "zoning"]),
    ("layers/qpv.toml", "order = 70", "order = 70\nmultipoints = true", ["`multipoints`", "unique"]),
    ("layers/qpv.toml", 'key_extra = "insee_com"', "", ["layers/qpv.toml", "`key_extra`"]),
    ("layers/qpv.toml", "unique_key = false", "", ["layers/qpv.toml", "`key_extra`", "unique_key"]),
    (
        "layers/france_relance.toml",
        'clean = "year"\ntype = "integer"',
        'clean = "year"\ntype = "string"',
        ["`properties[5].type`", "integer"],
    ),
    ("layers/france_relance.toml", 'clean = "siren"', 'clean = "siret"', ["france_relance.toml", "siret"]),
    ("layers/france_relance.toml", 'level = "epci"', "", ["france_relance.toml", "'epci' needs one of"]),
    ("layers/france_relance.toml", 'level = "epci"', 'level = "canton"', ["no level 'canton'"]),
    (
        "layers/france_relance.toml",
        'level = "epci"\ntype = "string"',
        'level = "epci"\ntype = "integer"',
        ["`level` gives a string"],
    ),
    ("layers/france_relance.toml", 'level = "epci"', 'level = "epci"\nclean = "line"', ["`column`"]),
    ("layers/friches.toml", 'inside = "afr"', 'inside = "qpv"', [".inside`", "it should be 'zoning'"]),
    ("layers/friches.toml", 'inside = "afr"', "", ["'in_afr' needs one of", "none of them"]),
    ("layers/friches.toml", 'inside = "afr"', 'inside = "afr"\nlevel = "ti"', ["`level` and `inside`"]),
    ("layers/friches.toml", '"natura2000_zps"] }', '"znieff3"] }', [".nearest.layers[1]`", "'znieff3'"]),
    ("layers/friches.toml", '["france_relance", "manuprox"]', "[]", [".within.layers`", "no layer"]),
    ("layers/friches.toml", '["france_relance", "manuprox"]', '["afr"]', [".within.layers[0]`", "'points'"]),
    ("layers/friches.toml", "km = 10", "km = 0", ["friches.toml", "km"]),
    ("layers/france_relance.toml", "reach_km = 2", "reach_km = 200", ["france_relance.toml", "reach_km"]),
    ("layers/manuprox.toml", 'code = "id_geo"', "", ["`place.movements`", "`place.code`"]),
    ("sources/manuprox.toml", "edition = 2025", "", ["sources/manuprox.toml", "`edition`"]),
    ("layers/communes.toml", "[detail]", "[place]\n[detail]", ["communes.toml", "`place`"]),
    ("sources/france_relance.toml", "latlon", 'crs = "EPSG:2154"\nlatlon', ["`crs`", "EPSG:4326"]),
    ("layers/friches.toml", 'totals = ["area_ha"]', 'totals = ["site_type"]', ["`inventory.totals[0]`"]),
    ("layers/friches.toml", 'counts = ["site_statut"', 'counts = ["status"', ["`inventory.counts[0]`"]),
    ("layers/friches.toml", 'subject = "land"', 'subject = "lands"', ["friches.toml", "lands"]),
    (
        "layers/qpv.toml",
        "[clusters]",
        '[inventory]\nsubject = "land"\n[clusters]',
        ["`inventory`", "`level`"],
    ),
    ("layers/communes.toml", "[detail]", '[inventory]\nsubject = "land"\n[detail]', ["`inventory`"]),
    ("layers/qpv.toml", "title =", "title", ["layers/qpv.toml", "not valid TOML"]),
    ("sources/qpv_centroids.toml", 'producer = "ANCT"', "", ["sources/qpv_centroids.toml", "producer"]),
    ("sources/qpv_centroids.toml", '"zonages/', '"/zonages/', ["`path`", "relative"]),
    ("sources/qpv_centroids.toml", '"zonages/', '"../zonages/', ["`path`", "relative"]),
    ("sources/qpv_centroids.toml", "https://", "javascript:", ["`url`", "web address"]),
    ("sources/ept_communes.toml", "header_row = 6", "header_row = 0", ["`header_row`", "from 1"]),
    ("sources/population_mayotte.toml", '";"', '";;"', ["`separator`", "single"]),
    ("indicators/density.toml", '"population"', '"pop"', ["`numerator`", "'pop'", "declared"]),
    ("indicators/density.toml", 'denominator = "area_km2"', "", ["`denominator`", "both"]),
    ("indicators/density.toml", '"population"', '"density"', ["density.toml", "density → density", "cycle"]),
    ("indicators/density.toml", 'rule = "ratio"', 'rule = "ratio"\ncomputed = "area"', ["`computed`", "sum"]),
    ("indicators/density.toml", 'rule = "ratio"', 'rule = "mean"', ["indicators/density.toml", "$.rule"]),
    ("indicators/area_km2.toml", 'computed = "area"', "", ["area_km2.toml", "`parts`", "computed"]),
    ("indicators/area_km2.toml", 'rule = "sum"', 'rule = "sum"\nnumerator = "density"', ["`numerator`"]),
    ("indicators/population.toml", "precision = 0", "precision = 1", ["`precision`", "integer"]),
    ("indicators/population.toml", '"population_mayotte"', '"mayotte"', ["parts[1].source", "mayotte"]),
    ("indicators/population.toml", "last = 20", "last = 200", ["regroup[0]", "751", "200"]),
    (
        "indicators/population.toml",
        "classes = 7",
        "classes = 12",
        ["indicators/population.toml", "$.classes"],
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "words"), SPOILED)
def test_a_spoiled_declaration_is_refused_by_file_and_key(
    folder: Path, file: str, old: str, new: str, words: list[str]
) -> None:
    spoil(folder, file, old, new)
    with pytest.raises(DeclarationError) as caught:
        load_catalog(folder)
    for word in words:
        assert word in str(caught.value)


def test_ratios_in_a_circle_are_refused(folder: Path) -> None:
    text = (folder / "indicators/density.toml").read_text(encoding="utf-8")
    other = text.replace('numerator = "population"', 'numerator = "density"')
    (folder / "indicators/crowding.toml").write_text(other, encoding="utf-8")
    spoil(folder, "indicators/density.toml", 'numerator = "population"', 'numerator = "crowding"')
    with pytest.raises(DeclarationError, match=r"`numerator`.*(crowding → density|density → crowding)"):
        load_catalog(folder)


def test_the_cycle_names_the_denominator_when_it_goes_through_it(folder: Path) -> None:
    spoil(folder, "indicators/density.toml", 'denominator = "area_km2"', 'denominator = "density"')
    with pytest.raises(DeclarationError, match=r"density\.toml: `denominator`"):
        load_catalog(folder)


def test_a_missing_folder_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="nowhere: no such folder"):
        load_catalog(tmp_path / "nowhere")
    shutil.rmtree(folder / "indicators")
    with pytest.raises(DeclarationError, match="indicators: no such folder"):
        load_catalog(folder)


@pytest.mark.parametrize("name", ["ti_labels", "friches_clusters"])
def test_a_layer_may_not_have_the_name_of_one_that_is_made(folder: Path, name: str) -> None:
    shutil.copy(folder / "layers/qpv.toml", folder / f"layers/{name}.toml")
    with pytest.raises(DeclarationError, match=rf"layers/{name}\.toml: `id`: .*has beside it"):
        load_catalog(folder)


def test_what_is_made_from_a_layer_comes_after_it(catalog: Catalog) -> None:
    assert with_derived(catalog.layers) == (
        "regions", "regions_labels", "departements", "departements_labels", "ti", "ti_labels",
        "epci", "epci_labels", "communes", "communes_labels", "zrr", "afr", "natura2000_zsc",
        "natura2000_zps", "znieff2", "znieff1", "friches", "friches_clusters", "qpv", "qpv_clusters",
        "acv", "acv_clusters", "pvd", "pvd_clusters", "france_relance", "manuprox",
    )  # fmt: skip


def test_a_file_whose_name_cannot_be_an_id_is_refused(folder: Path) -> None:
    shutil.copy(folder / "layers/qpv.toml", folder / "layers/Mes Quartiers.toml")
    with pytest.raises(DeclarationError, match=r"layers/Mes Quartiers\.toml.*small letters"):
        load_catalog(folder)


def test_a_file_that_is_not_utf8_is_refused(folder: Path) -> None:
    (folder / "layers/qpv.toml").write_bytes('title = "é"'.encode("latin-1"))
    with pytest.raises(DeclarationError, match=r"layers/qpv\.toml: not UTF-8"):
        load_catalog(folder)


def test_without_a_finest_layer_there_is_no_map(folder: Path) -> None:
    (folder / "layers/communes.toml").unlink()
    with pytest.raises(DeclarationError, match=r"exactly one territory layer.*found: none"):
        load_catalog(folder)


def test_a_declaration_survives_a_round_trip(catalog: Catalog) -> None:
    for layer in catalog.layers.values():
        assert msgspec.convert(msgspec.to_builtins(layer), Layer) == layer
