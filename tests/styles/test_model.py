"""The model of a map: colours, labels, and the MapLibre style that is written from it."""

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from styles import palettes
from styles.circles import growth
from styles.maplibre import TileSource, choropleth_style, fill_colour, legend
from styles.model import Choropleth, Figures, Look, Variable, choropleth
from styles.statuses import count_statuses, status_entries
from styles.words import Words, format_en, format_fr

TILES = TileSource("ti", "https://example.org/tiles/ti.json")


def variable(classes: int = 5, precision: int = 0) -> Variable:
    """Describe a density."""
    return Variable(
        "density", Words("Densité", "Density"), Words("hab/km²", "per km²"), precision, classes, "YlGnBu"
    )


def mapped(what: Variable, values: NDArray[np.float64], **look: object) -> Choropleth:
    """Map values of TI."""
    return choropleth(what, "ti", Figures(values), Look(**look))  # type: ignore[arg-type]  # what a test asks for


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
    model = mapped(variable(), np.array([np.nan, *np.arange(0, 5000, 10.0)]))
    assert [item.label.fr for item in model.classes] == [
        "moins de 1\u202f000", "1\u202f000 à moins de 2\u202f000", "2\u202f000 à moins de 3\u202f000",
        "3\u202f000 à moins de 4\u202f000", "4\u202f000 et plus",
    ]  # fmt: skip
    assert model.classes[1].label.en == "1,000 to under 2,000"
    assert [item.upper for item in model.classes[:-1]] == [item.lower for item in model.classes[1:]]
    assert model.missing == 1


def test_labels_keep_the_decimals_that_limits_need() -> None:
    """No more, no less."""
    model = mapped(variable(classes=2, precision=2), np.array([0.25, 0.5, 0.5, 1.75]))
    assert model.classes[0].label.fr == "moins de 0,5"
    assert format_fr(-1234.5, 1) == "\u22121\u202f234,5"
    assert format_en(-1234.5, 1) == "\u22121,234.5"


def test_one_value_is_labelled_by_itself() -> None:
    """And several of one class by both ends."""
    assert mapped(variable(), np.array([3.0, 3.0])).classes[0].label.fr == "3"
    assert mapped(variable(classes=1), np.array([3.0, 4.0])).classes[0].label.fr == "3 à 4"


def test_no_value_at_all_is_a_map_of_no_data() -> None:
    """Still a style, with its legend."""
    model = mapped(variable(), np.array([np.nan, np.nan]))
    assert fill_colour(model) == palettes.NO_DATA
    assert legend(model)["no_data"]["count"] == 2
    assert legend(model)["classes"] == []


def test_values_joined_as_state_have_the_colours_of_values_in_tiles() -> None:
    """One expression, but for where it finds the value."""
    model = mapped(variable(), np.arange(100.0))
    fused, apart = json.dumps(fill_colour(model)), json.dumps(fill_colour(model, "state"))
    assert apart == fused.replace('["get", "density"]', '["feature-state", "value"]') != fused
    sources = choropleth_style(model, TILES, None, "state")["sources"]
    assert sources == choropleth_style(model, TILES, None)["sources"]


def test_the_style_asks_for_our_tiles_and_nothing_else() -> None:
    """No glyphs, no sprite; every layer has its source."""
    model = mapped(variable(), np.arange(100.0))
    style = choropleth_style(model, TILES, TileSource("regions", "https://example.org/tiles/regions.json"))
    assert {"glyphs", "sprite"}.isdisjoint(style)
    used = {layer["source"] for layer in style["layers"] if layer["type"] != "background"}
    assert used == set(style["sources"]) == {"ti", "regions"}
    assert sum(item["count"] for item in style["metadata"]["legend"]["classes"]) == 100
    assert "regions" not in choropleth_style(model, TILES, None)["sources"]


def test_a_total_is_drawn_as_circles_and_a_ratio_never() -> None:
    """Unless a fill is asked for; an area stands for an amount."""
    total = replace(variable(), total=True)
    assert mapped(total, np.arange(9.0)).form == "circles"
    assert mapped(total, np.arange(9.0), form="fill").form == "fill"
    assert mapped(variable(), np.arange(9.0)).form == "fill"
    with pytest.raises(ValueError, match="amounts"):
        mapped(variable(), np.arange(9.0), form="circles")


def test_areas_of_circles_are_proportional_to_values() -> None:
    """Also below zero; the legend has round values that the map holds, and the style draws the same radii."""
    model = mapped(replace(variable(), total=True), np.array([0, 4, -16, 64.0, np.nan]))
    scale = model.circles
    assert scale is not None
    assert scale.radius_of(64) == scale.radius == 2 * scale.radius_of(-16) == 4 * scale.radius_of(4)
    assert (scale.positive, scale.zero, scale.negative, model.missing) == (2, 1, 1, 1)
    assert [circle.value for circle in scale.legend] == [50, 10, 2]
    assert [circle.radius for circle in scale.legend] == [
        scale.radius_of(circle.value) for circle in scale.legend
    ]
    style = choropleth_style(model, TILES, None, symbols="https://example.org/symbols.geojson")
    paint = style["layers"][-1]["paint"]
    assert paint["circle-color"] == legend(model)["circles"]["colour"] == scale.colour
    _, (_, base), _, from_zoom, _, to_zoom, (_, factor, _) = paint["circle-radius"]
    assert factor == pytest.approx(base ** (to_zoom - from_zoom)) == pytest.approx(growth(20))


def test_circles_of_nothing_have_no_legend() -> None:
    """Zeros alone, or no data at all: no division by the largest."""
    for values in ([0.0, 0.0], [np.nan]):
        scale = mapped(replace(variable(), total=True), np.array(values)).circles
        assert scale is not None
        assert scale.legend == ()
        assert scale.radius_of(0) == 0


def test_fixed_limits_are_those_declared() -> None:
    """And where none are, a sentence says which methods there are."""
    model = mapped(
        replace(variable(), limits=(10.0, 20.0)), np.array([1, 10, 15.0]), method="fixed", classes=9
    )
    assert list(model.breaks) == [10, 20]
    assert [item.count for item in model.classes] == [1, 2, 0]
    assert [item.label.fr for item in model.classes] == ["moins de 10", "10 à moins de 20", "20 et plus"]
    with pytest.raises(ValueError, match="no limits declared; there are quantile, equal, jenks"):
        mapped(variable(), np.arange(5.0), method="fixed")


def test_categories_are_their_own_classes() -> None:
    """Named, and not cut by quantiles unless that is asked for."""
    kinds = ((1, Words("ville", "town")), (2, Words("bourg", "village")))
    named = replace(variable(), categories=kinds)
    model = mapped(named, np.array([1, 2, 2.0]))
    assert [(item.label.fr, item.count) for item in model.classes] == [("ville", 1), ("bourg", 2)]


def test_classes_of_a_series_are_made_over_its_years() -> None:
    """So that a colour means the same in each; the counts are those of the year."""
    figures = Figures(np.array([1.0, 2.0]), pooled=np.arange(10.0), period="2023", over=("2022", "2023"))
    model = choropleth(variable(classes=2), "ti", figures)
    assert list(model.breaks) == [5]
    assert [item.count for item in model.classes] == [2, 0]
    told = legend(model)
    assert (told["year"], told["over"]) == ("2023", ["2022", "2023"])


def test_statuses_are_told_with_their_hatching() -> None:
    """One that all figures share is not drawn; those without a value lie on the colour of no data."""
    counts = count_statuses(["secret", None, None, "partial"], [False, True, False, True])
    assert counts == {"secret": 1, "ok": 1, "missing": 1, "partial": 1}
    entries = status_entries(counts)
    assert [(entry.status, entry.count, entry.everywhere) for entry in entries] == [
        ("missing", 1, False), ("secret", 1, False), ("partial", 1, False),
    ]  # fmt: skip
    assert [entry.pattern.ground for entry in entries] == [palettes.NO_DATA, palettes.NO_DATA, None]
    assert status_entries({"estimated": 3, "missing": 1})[1].everywhere
