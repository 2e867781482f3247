"""TileJSON: what the specification requires, and nothing a page could be tricked with."""

from tests.web.country import country
from tileserver.tiles.selection import fields, select
from tileserver.tiles.tilejson import attribution, tilejson

STORE = country()
ENTRY = STORE.layers["ti"].entry


def test_a_tilejson_has_what_version_3_requires() -> None:
    """https://github.com/mapbox/tilejson-spec/tree/master/3.0.0."""
    chosen = fields(ENTRY, select(ENTRY, "", "density"))
    document = tilejson(STORE.manifest, [(ENTRY, chosen)], "https://t/{z}/{x}/{y}", (2.0, 46.0, 5), "en")
    assert document["tilejson"] == "3.0.0"
    assert document["tiles"] == ["https://t/{z}/{x}/{y}"]
    [layer] = document["vector_layers"]
    assert layer["id"] == "ti"
    assert layer["fields"] == {
        "code": "code (en)", "name": "name (en)", "density": "density (en) (hab/km² (en))"
    }  # fmt: skip
    assert (document["minzoom"], document["maxzoom"]) == (0, 11) == (layer["minzoom"], layer["maxzoom"])
    west, south, east, north = document["bounds"]
    assert west < east
    assert south < north


def test_the_attribution_names_the_sources_of_layer_and_indicators() -> None:
    """Escaped, because map libraries show it as HTML."""
    with_density = fields(ENTRY, select(ENTRY, "", "density"))
    without = fields(ENTRY, select(ENTRY, "", ""))
    texts = [
        tilejson(STORE.manifest, [(ENTRY, chosen)], "", (0, 0, 0))["attribution"]
        for chosen in (with_density, without)
    ]
    assert texts == [
        "IGN &lt;COG&gt; (Licence Ouverte 2.0) · INSEE (ODbL)",
        "IGN &lt;COG&gt; (Licence Ouverte 2.0)",
    ]


def test_a_licence_and_a_producer_are_named_once() -> None:
    """Two files of one producer are one name."""
    source = STORE.manifest.sources[1]
    assert attribution([source, source]) == "INSEE (ODbL)"
