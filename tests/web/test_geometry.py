"""Tiles of outlines alone: addresses and bytes that outlive every change of values."""

import httpx
import msgspec
import pytest

from tests.web.conftest import Connect
from tests.web.country import DIGEST, FakeEngine, FakeLayer, FakeStore, country
from tileserver.store import manifest as m

PLACE = "5/15/11.mvt"
GEOMETRY = f"/geometry/ti/{PLACE}"


def version_of(client: httpx.Client, layers: str) -> str:
    [template] = client.get(f"/geometry/{layers}.json").json()["tiles"]
    digest: str = template.partition("?v=")[2]
    return digest


def next_version(store: FakeStore, digest: str, moved: frozenset[str] = frozenset()) -> FakeStore:
    """Make another version of the country, in which the outlines of some layers are others."""
    layers = {
        name: FakeLayer(_entry(layer.entry, name in moved), layer.attributes, layer.boxes)
        for name, layer in store.layers.items()
    }
    entries = tuple(layer.entry for layer in layers.values())
    return FakeStore(digest, msgspec.structs.replace(store.manifest, layers=entries), layers)


def _entry(entry: m.LayerEntry, moved: bool) -> m.LayerEntry:
    return msgspec.structs.replace(entry, geometry_digest="9" * 32) if moved else entry


def test_a_geometry_tile_has_ids_and_outlines_alone(client: httpx.Client) -> None:
    """No columns; what the fake renderer writes says which."""
    assert client.get(GEOMETRY).content.startswith(b"ti/5/15/11/();")
    both = client.get(f"/geometry/ti,communes/{PLACE}").content
    assert both == client.get(GEOMETRY).content + client.get(f"/geometry/communes/{PLACE}").content


def test_its_tilejson_names_the_version_and_no_fields(client: httpx.Client) -> None:
    document = client.get("/geometry/ti,communes.json?lang=en").json()
    assert [layer["fields"] for layer in document["vector_layers"]] == [{}, {}]
    [template] = document["tiles"]
    answer = client.get(template.format(z=5, x=15, y=11))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    versions = [version_of(client, names) for names in ("ti", "communes", "ti,communes", "communes,ti")]
    assert len(set(versions)) == 4
    assert DIGEST not in versions


@pytest.mark.parametrize("query", ["", f"?v={DIGEST}", "?v=x"])
def test_nothing_but_its_own_version_makes_it_immutable(client: httpx.Client, query: str) -> None:
    """Not even that of the store."""
    assert "no-cache" in client.get(f"{GEOMETRY}{query}").headers["cache-control"]


@pytest.mark.parametrize(
    ("url", "status", "culprit"),
    [
        (f"{GEOMETRY}?indicators=", 400, "'indicators'"), (f"{GEOMETRY}?filter=x", 400, "'filter'"),
        ("/geometry/ti.json?properties=", 400, "'properties'"), (f"/geometry/x/{PLACE}", 404, "'x'"),
        ("/geometry/ti/5/x/11.mvt", 400, "x is"), ("/geometry/ti/12/2000/1400.mvt", 404, "zooms 0 to 11"),
    ],
)  # fmt: skip
def test_what_it_cannot_answer_is_told(client: httpx.Client, url: str, status: int, culprit: str) -> None:
    answer = client.get(url)
    assert answer.status_code == status
    assert culprit in answer.json()["detail"]


def test_a_new_store_with_the_same_outlines_changes_no_geometry_tile(connect: Connect) -> None:
    """Neither address, nor entity tag, nor what is kept; values are others at once."""
    engine = FakeEngine()
    client = connect(engine, reload_seconds=0.05)
    names = ("ti", "communes", "ti,communes")
    before = {name: version_of(client, name) for name in names}
    tags = {name: client.get(f"/geometry/{name}/{PLACE}").headers["etag"] for name in names}
    values = client.get(f"/tiles/ti/{PLACE}").headers["etag"]
    engine.store = next_version(country(), "f" * 32, moved=frozenset({"communes"}))
    while client.get("/ready").json()["store"] != "f" * 32:
        pass
    assert client.get(f"/tiles/ti/{PLACE}").headers["etag"] != values
    assert version_of(client, "ti") == before["ti"]
    answer = client.get(f"{GEOMETRY}?v={before['ti']}", headers={"If-None-Match": tags["ti"]})
    assert (answer.status_code, answer.headers["etag"]) == (304, tags["ti"])
    assert "immutable" in answer.headers["cache-control"]
    for name in ("communes", "ti,communes"):
        assert version_of(client, name) != before[name]
        assert client.get(f"/geometry/{name}/{PLACE}").headers["etag"] != tags[name]
