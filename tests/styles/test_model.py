"""The model of a map: colours, labels, and the MapLibre style that is written from it."""

import json

import numpy as np
import pytest

from styles import palettes
from styles.maplibre import TileSource, choropleth_style, fill_colour, legend
from styles.model import Variable, Words, choropleth, format_en, format_fr

TILES = TileSource("ti", "https://example.org/tiles/ti.json")


def variable(classes: int = 5, precision: int = 0) -> Variable:
    """Describe a density."""
    return Variable(
        "density", Words("Densité", "Density"), Words("hab/km²", "per km²"), precision, classes, "YlGnBu"
    )


@pytest.mark.parametrize("name", palettes.NAMES)
@pytest.mark.parametrize("classes", range(1, 10))
def test_a_palette_gives_that_many_different_colours(name: str, classes: int) -> None:
    """None of which is the colour of no data."""
    colours = palettes.colours(name, classes)
    assert len(set(colours)) == classes
    assert all(len(colour) == 7 and int(colour[1:], 16) >= 0 for colour in colours)
    assert palettes.NO_DATA not in colours


@pytest.mark.parametrize(("name", "classes"), [("Rainbow", 5), ("YlGnBu", 10), ("YlGnBu", 0)])
def test_a_palette_that_is_not_there_is_named(name: str, classes: int) -> None:
    """And the ones that are."""
    with pytest.raises(ValueError, match=name):
        palettes.colours(name, classes)


def test_sequential_palettes_grow_darker() -> None:
    """So that more reads as more, in grey too."""
    for name in filter(lambda name: not palettes.is_diverging(name), palettes.NAMES):
        shades = [
            sum(weight * int(colour[at : at + 2], 16) for weight, at in ((0.3, 1), (0.59, 3), (0.11, 5)))
            for colour in palettes.colours(name, 7)
        ]
        assert shades == sorted(shades, reverse=True), name


def test_labels_leave_no_gap_and_no_overlap() -> None:
    """Open at both ends, written as each language does."""
    model = choropleth(variable(), "ti", np.array([np.nan, *np.arange(0, 5000, 10.0)]))
    assert [item.label.fr for item in model.classes] == [
        "moins de 1\u202f000", "1\u202f000 à moins de 2\u202f000", "2\u202f000 à moins de 3\u202f000",
        "3\u202f000 à moins de 4\u202f000", "4\u202f000 et plus",
    ]  # fmt: skip
    assert model.classes[1].label.en == "1,000 to under 2,000"
    assert [item.upper for item in model.classes[:-1]] == [item.lower for item in model.classes[1:]]
    assert model.missing == 1


def test_labels_keep_the_decimals_that_limits_need() -> None:
    """No more, no less."""
    model = choropleth(variable(classes=2, precision=2), "ti", np.array([0.25, 0.5, 0.5, 1.75]))
    assert model.classes[0].label.fr == "moins de 0,5"
    assert format_fr(-1234.5, 1) == "\u22121\u202f234,5"
    assert format_en(-1234.5, 1) == "\u22121,234.5"


def test_one_value_is_labelled_by_itself() -> None:
    """And several of one class by both ends."""
    assert choropleth(variable(), "ti", np.array([3.0, 3.0])).classes[0].label.fr == "3"
    assert choropleth(variable(classes=1), "ti", np.array([3.0, 4.0])).classes[0].label.fr == "3 à 4"


def test_no_value_at_all_is_a_map_of_no_data() -> None:
    """Still a style, with its legend."""
    model = choropleth(variable(), "ti", np.array([np.nan, np.nan]))
    assert fill_colour(model) == palettes.NO_DATA
    assert legend(model)["no_data"]["count"] == 2
    assert legend(model)["classes"] == []


def test_values_joined_as_state_have_the_colours_of_values_in_tiles() -> None:
    """One expression, but for where it finds the value."""
    model = choropleth(variable(), "ti", np.arange(100.0))
    fused, apart = json.dumps(fill_colour(model)), json.dumps(fill_colour(model, "state"))
    assert apart == fused.replace('["get", "density"]', '["feature-state", "value"]') != fused
    sources = choropleth_style(model, TILES, None, "state")["sources"]
    assert sources == choropleth_style(model, TILES, None)["sources"]


def test_the_style_asks_for_our_tiles_and_nothing_else() -> None:
    """No glyphs, no sprite; every layer has its source."""
    model = choropleth(variable(), "ti", np.arange(100.0))
    style = choropleth_style(model, TILES, TileSource("regions", "https://example.org/tiles/regions.json"))
    assert {"glyphs", "sprite"}.isdisjoint(style)
    used = {layer["source"] for layer in style["layers"] if layer["type"] != "background"}
    assert used == set(style["sources"]) == {"ti", "regions"}
    assert sum(item["count"] for item in style["metadata"]["legend"]["classes"]) == 100
    assert "regions" not in choropleth_style(model, TILES, None)["sources"]
