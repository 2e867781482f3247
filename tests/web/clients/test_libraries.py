"""Map libraries that are not ours read and draw our layers from a page of another origin."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import ROOT
from tests.web.browser import Notes, watch
from tests.web.conftest import serving
from tileserver.config import Settings
from tileserver.web.app import create_app

LIBRARIES = {
    "ol": "ol/dist",
    "leaflet": "leaflet/dist",
    "vectorgrid": "leaflet.vectorgrid/dist",
}
RED = "rgb(200, 30, 30)"

VECTOR_TILES = """async ([server, colour]) => {
  const tileset = `${server}/ogc/collections/communes/tiles/WebMercatorQuad`;
  const source = new ol.source.OGCVectorTile({url: tileset, format: new ol.format.MVT()});
  const style = new ol.style.Style({fill: new ol.style.Fill({color: colour})});
  const view = new ol.View({center: ol.proj.fromLonLat(CENTRE), zoom: 7});
  await new Promise((done, fail) => source.on("change", () => {
    if (source.getState() === "ready") done();
    if (source.getState() === "error") fail(new Error("the tileset can't be read"));
  }));
  const map = new ol.Map({target: "map", layers: [new ol.layer.VectorTile({source, style})], view});
  await new Promise((done, fail) => {
    map.once("rendercomplete", done);
    source.on("tileloaderror", event => fail(new Error(event.tile.getKey())));
  });
  const features = map.getAllLayers()[0].getFeaturesInExtent(view.calculateExtent());
  const canvas = document.querySelector("#map canvas");
  const {data} = canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1);
  return {count: features.length, named: features.every(feature => feature.get("name")),
          colour: `rgb(${data[0]}, ${data[1]}, ${data[2]})`};
}"""

WMTS = """async ([server]) => {
  const answer = await fetch(`${server}/wmts?SERVICE=WMTS&REQUEST=GetCapabilities`);
  const told = new ol.format.WMTSCapabilities().read(await answer.text());
  const layer = told.Contents.Layer.find(each => each.Identifier === "commune.density");
  const options = ol.source.WMTS.optionsFromCapabilities(told, {layer: layer.Identifier});
  const source = new ol.source.WMTS({...options, crossOrigin: "anonymous"});
  const view = new ol.View({center: ol.proj.fromLonLat(CENTRE), zoom: 7});
  const map = new ol.Map({target: "map", layers: [new ol.layer.Tile({source})], view});
  await new Promise((done, fail) => {
    map.once("rendercomplete", done);
    source.on("tileloaderror", () => fail(new Error("a tile could not be loaded")));
  });
  const canvas = document.querySelector("#map canvas");
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Set();
  for (let at = 0; at < data.length; at += 400) {
    if (data[at + 3] === 255) {
      colours.add("#" + [...data.slice(at, at + 3)].map(one => one.toString(16).padStart(2, "0")).join(""));
    }
  }
  return [...colours];
}"""

VECTOR_GRID = """async ([server, colour]) => {
  const map = L.map("map", {fadeAnimation: false}).setView([CENTRE[1], CENTRE[0]], 7);
  const fill = {fill: true, fillColor: colour, fillOpacity: 1, stroke: false};
  const layer = L.vectorGrid.protobuf(`${server}/tiles/communes/{z}/{x}/{y}.mvt?beyond=empty`, {
    rendererFactory: L.canvas.tile, vectorTileLayerStyles: {communes: fill}, maxNativeZoom: 12,
    interactive: true, getFeatureId: feature => feature.properties.code,
  });
  await new Promise((done, fail) => {
    layer.on("load", done);
    layer.on("tileerror", () => fail(new Error("a tile could not be loaded")));
    layer.addTo(map);
  });
  await new Promise(done => setTimeout(done, 200));
  const [x, y] = [300, 250];
  const found = [...document.querySelectorAll("#map canvas")].map(canvas => {
    const box = canvas.getBoundingClientRect();
    const origin = document.getElementById("map").getBoundingClientRect();
    const [left, top] = [x + origin.left - box.left, y + origin.top - box.top];
    if (left < 0 || top < 0 || left >= box.width || top >= box.height) return null;
    const scale = canvas.width / box.width;
    const {data} = canvas.getContext("2d").getImageData(left * scale, top * scale, 1, 1);
    return data[3] ? `rgb(${data[0]}, ${data[1]}, ${data[2]})` : null;
  }).filter(Boolean);
  return found;
}"""


@pytest.fixture(scope="module")
def server(demo_store: Path) -> Iterator[str]:
    with serving(create_app(Settings(store=demo_store))) as address:
        yield address


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a page and the libraries from another origin."""
    folder = tmp_path_factory.mktemp("host")
    for name, path in LIBRARIES.items():
        found = ROOT / "node_modules" / path
        if not found.is_dir():
            pytest.skip(f"no {path} in node_modules: run make setup")
        (folder / name).symlink_to(found)
    (folder / "index.html").write_text(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))
    handler = functools.partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_address[1]}/index.html"
        httpd.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def opened(browser: Browser, host: str, server: str) -> Iterator[tuple[Page, Notes]]:
    page = browser.new_page(viewport={"width": 700, "height": 600})
    notes = watch(page, server)
    page.goto(host)
    yield page, notes
    page.close()
    assert notes.complaints == []
    assert notes.refused == []


@pytest.fixture(scope="module")
def centre(server: str) -> list[float]:
    """Give a place on land: where the name of the most populous commune stands."""
    import httpx

    features = httpx.get(f"{server}/layers/communes/labels", timeout=60).json()["features"]
    largest = min(features, key=lambda feature: feature["properties"]["rank"])
    found: list[float] = largest["geometry"]["coordinates"]
    return found


def run(page: Page, scripts: list[str], program: str, centre: list[float], server: str) -> Any:
    for script in scripts:
        page.add_script_tag(url=script)
    return page.evaluate(program.replace("CENTRE", str(centre)), [server, RED])


def test_openlayers_reads_the_tileset_of_the_ogc_api(
    opened: tuple[Page, Notes], server: str, centre: list[float]
) -> None:
    told = run(opened[0], ["ol/ol.js"], VECTOR_TILES, centre, server)
    assert told["count"] > 50
    assert told["named"]
    assert told["colour"] == RED


def test_openlayers_reads_the_capabilities_of_wmts_and_draws_a_map(
    opened: tuple[Page, Notes], server: str, centre: list[float]
) -> None:
    import httpx

    colours = set(run(opened[0], ["ol/ol.js"], WMTS, centre, server))
    style = httpx.get(f"{server}/styles/choropleth/commune/density.json", timeout=60).json()
    classes = {item["colour"] for item in style["metadata"]["legend"]["classes"]}
    assert len(classes & colours) >= 3


def test_leaflet_draws_the_tiles(opened: tuple[Page, Notes], server: str, centre: list[float]) -> None:
    scripts = ["leaflet/leaflet.js", "vectorgrid/Leaflet.VectorGrid.bundled.js"]
    assert RED in run(opened[0], scripts, VECTOR_GRID, centre, server)
