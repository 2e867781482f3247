"""The abstract tests of OGC API – Styles Part 1 (20-009, draft), each assertion named by its requirement."""

import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from tests.web.test_catalogue import ROOT, VALIDATOR
from tileserver.store.reader import Store
from tileserver.web.wmts import XML

REL = "http://www.opengis.net/def/rel/ogc/1.0/"
JSON = {"Accept": "application/json"}
MAPBOX = "application/vnd.mapbox.style+json"
SLD = "application/vnd.ogc.sld+xml;version=1.1"
QML = "application/x-qgis-style"
NAMES = {
    "sld": "http://www.opengis.net/sld",
    "se": "http://www.opengis.net/se",
    "ogc": "http://www.opengis.net/ogc",
    "wmts": "http://www.opengis.net/wmts/1.0",
    "ows": "http://www.opengis.net/ows/1.1",
}

BASES = ["", "/collections/ti", "/collections/friches"]


def styles(ogc: httpx.Client, base: str) -> dict[str, Any]:
    home = ogc.get(base, headers=JSON).json()
    [link] = [link for link in home["links"] if link["rel"] == f"{REL}styles"]
    assert link["href"].partition("?")[0].endswith(f"/ogc{base}/styles")
    response = httpx.get(link["href"], headers=JSON)
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def by_rel(style: dict[str, Any], rel: str) -> list[dict[str, str]]:
    return [link for link in style["links"] if link["rel"] == rel]


@pytest.mark.parametrize("base", BASES)
def test_req_core_base_resource_link_and_styles_success(ogc: httpx.Client, base: str) -> None:
    """/req/core/base-resource-link, styles-op, styles-success A, B, D–G; global-styles, collection-styles."""
    found = styles(ogc, base)
    ids = [style["id"] for style in found["styles"]]
    assert ids
    assert len(ids) == len(set(ids))
    assert found["default"] in ids
    for style in found["styles"]:
        assert style["title"]
        sheets = by_rel(style, "stylesheet")
        assert [link["type"] for link in sheets] == [MAPBOX, SLD, QML]
        assert all(f"/ogc{base}/styles/{style['id']}?" in link["href"] for link in sheets)
        [described] = by_rel(style, "describedby")
        assert f"/ogc{base}/styles/{style['id']}/metadata?" in described["href"]


def test_req_core_styles_success_the_list_is_that_of_the_raster_layers_and_of_the_overlays(
    ogc: httpx.Client, address: str, store: Store
) -> None:
    """/req/core/styles-success C: one item for each style; those of WMTS under its names, and no other."""
    told = httpx.get(f"{address}/wmts/1.0.0/WMTSCapabilities.xml")
    assert told.headers["content-type"] == XML
    root = ET.fromstring(told.content)  # noqa: S314  # ours
    layers = root.findall(".//wmts:Layer/ows:Identifier", NAMES)
    overlays = [name for name, layer in store.layers.items() if name in store.exact and not layer.entry.level]
    ids = {style["id"] for style in styles(ogc, "")["styles"]}
    assert ids == {*(str(layer.text) for layer in layers), *overlays}


@pytest.mark.parametrize("base", ["", "/collections/friches"])
def test_req_core_style_success(ogc: httpx.Client, base: str) -> None:
    """/req/core/style-op, style-success: each link gives the type that it promises; so does Accept alone."""
    for style in styles(ogc, base)["styles"][::25]:
        for link in by_rel(style, "stylesheet"):
            response = httpx.get(link["href"], headers={"Accept": link["type"]})
            assert response.status_code == 200
            assert response.headers["content-type"] == link["type"]
            plain = ogc.get(f"{base}/styles/{style['id']}", headers={"Accept": link["type"]})
            assert plain.content == response.content
            assert "Accept" in plain.headers["vary"]
    page = ogc.get(f"{base}/styles/{style['id']}", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert ogc.get(f"{base}/styles/ti.nothing").status_code == 404
    assert ogc.get("/collections/communes/styles/ti.density").status_code == 404


def test_req_core_style_md_success(ogc: httpx.Client) -> None:
    """/req/core/style-md-op, style-md-success: what is styled, by which properties, in which encodings."""
    [link] = by_rel(styles(ogc, "/collections/ti")["styles"][0], "describedby")
    found = httpx.get(link["href"], headers=JSON).json()
    assert found["scope"] == "style"
    assert [sheet["link"]["type"] for sheet in found["stylesheets"]] == [MAPBOX, SLD, QML]
    [layer] = found["layers"]
    schema = ogc.get("/collections/ti/schema?f=json").json()["properties"]
    assert layer["geometryType"] == "polygons"
    assert layer["propertiesSchema"].items() <= schema.items()
    assert httpx.get(layer["sampleData"]["href"]).json()["features"]
    [preview] = by_rel(found, "preview")
    assert httpx.head(preview["href"]).headers["content-type"] == preview["type"]


@pytest.mark.parametrize("name", ["ti.density", "commune.population", "friches"])
def test_req_core_style_feature_type_and_contents(ogc: httpx.Client, name: str) -> None:
    """/req/core/style-feature-type, /req/sld11/root, /req/sld11/content: what is styled is a collection."""
    collections = {each["id"] for each in ogc.get("/collections", headers=JSON).json()["collections"]}
    root = ET.fromstring(ogc.get(f"/styles/{name}?f=sld").content)  # noqa: S314  # ours
    assert root.tag == f"{{{NAMES['sld']}}}StyledLayerDescriptor"
    assert root.get("version") == "1.1.0"
    named = {each.text for each in root.findall("sld:NamedLayer/se:Name", NAMES)}
    typed = {each.text for each in root.iterfind(".//se:FeatureTypeName", NAMES)}
    assert named == typed
    assert typed <= collections
    assert [each.text for each in root.findall("sld:NamedLayer/sld:UserStyle/se:Name", NAMES)] == [name]
    mapbox = ogc.get(f"/styles/{name}?f=mapbox").json()
    assert mapbox["version"] == 8
    assert {layer["source-layer"] for layer in mapbox["layers"] if "source-layer" in layer} <= collections
    for source in mapbox["sources"].values():
        assert httpx.get(source.get("url") or source["data"]).status_code == 200


@pytest.mark.parametrize("kind", ["zoning", "points"])
def test_maplibre_finds_nothing_wrong_with_what_lies_over_maps(
    ogc: httpx.Client, store: Store, tmp_path: Path, kind: str
) -> None:
    """By the validator of the style specification."""
    node = shutil.which("node")
    if node is None or not (ROOT / VALIDATOR).is_file():
        pytest.skip("the validator needs node and `npm ci`")
    there = (layer.entry for name, layer in store.layers.items() if name in store.exact)
    name = next(entry.id for entry in there if entry.kind == kind)
    file = tmp_path / "style.json"
    file.write_bytes(ogc.get(f"/styles/{name}?f=mapbox").content)
    done = subprocess.run([node, VALIDATOR, file], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_styles_take_the_look_of_the_map_and_refuse_what_it_refuses(ogc: httpx.Client) -> None:
    asked = "f=mapbox&classes=4&palette=Blues&method=equal"
    legend = ogc.get(f"/styles/ti.density?{asked}").json()["metadata"]["legend"]
    assert (legend["palette"], legend["method"]) == ("Blues", "equal")
    for wrong in ("classes=40", "palette=x", "form=circles", "f=gif", "level=ti"):
        assert ogc.get(f"/styles/ti.density?{wrong}").status_code == 400, wrong


def test_only_what_is_true_is_declared(ogc: httpx.Client) -> None:
    """The classes of the encodings rest on *Manage styles*, which the server has not."""
    declared = ogc.get("/conformance", headers=JSON).json()["conformsTo"]
    ours = {uri.rpartition("/")[2] for uri in declared if "/ogcapi-styles-1/" in uri}
    assert ours == {"core", "global-styles", "collection-styles"}
