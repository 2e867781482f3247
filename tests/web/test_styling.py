"""The class map whose tiles are outlines alone: what a client that joins values by itself is given."""

import json
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.web.country import DIGEST
from tests.web.test_catalogue import ROOT, VALIDATOR

FUSED = "/styles/choropleth/ti/population.json"
APART = f"{FUSED}?join=state"


def test_its_colours_come_from_state_and_its_tiles_are_geometry(client: httpx.Client) -> None:
    """The same legend, the same layers; only where values come from is another."""
    apart, fused = client.get(APART).json(), client.get(FUSED).json()
    assert apart["metadata"] == fused["metadata"]
    assert [layer["id"] for layer in apart["layers"]] == [layer["id"] for layer in fused["layers"]]
    assert '["feature-state","value"]' in json.dumps(apart["layers"], separators=(",", ":"))
    assert "feature-state" not in json.dumps(fused)
    assert client.get(f"{FUSED}?join=tiles").json() == fused
    for name, source in apart["sources"].items():
        assert f"/geometry/{name}.json?v={DIGEST}" in source["url"]
        answer = client.get(source["url"])
        assert answer.json()["vector_layers"][0]["fields"] == {}
        assert "immutable" in answer.headers["cache-control"]


def test_another_indicator_has_the_same_sources(client: httpx.Client) -> None:
    """So that no tile is fetched again."""
    other = client.get("/styles/choropleth/ti/density.json?join=state").json()
    assert other["sources"] == client.get(APART).json()["sources"]


def test_it_is_another_representation_with_a_tag_of_its_own(client: httpx.Client) -> None:
    assert client.get(APART).headers["etag"] != client.get(FUSED).headers["etag"]
    assert "immutable" in client.get(f"{APART}&v={DIGEST}").headers["cache-control"]


def test_an_unknown_join_is_named(client: httpx.Client) -> None:
    answer = client.get(f"{FUSED}?join=x")
    assert answer.status_code == 400
    assert answer.json()["detail"] == "join is 'x'; it is one of tiles state"


@pytest.mark.parametrize("path", ["ti/population", "region/population"])
def test_maplibre_finds_nothing_wrong_with_it(client: httpx.Client, path: str, tmp_path: Path) -> None:
    """By the validator of the style specification itself."""
    node = shutil.which("node")
    if node is None or not (ROOT / VALIDATOR).is_file():
        pytest.skip("the validator needs node and `npm ci`")
    file = tmp_path / "style.json"
    style = client.get(f"/styles/choropleth/{path}.json?join=state").json()
    file.write_text(json.dumps(style), encoding="utf-8")
    done = subprocess.run([node, VALIDATOR, file], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
