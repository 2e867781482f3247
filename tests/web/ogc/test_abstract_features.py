"""The abstract tests of OGC API – Features Part 1 (17-069r4), each assertion named by its requirement.

Annex A of the standard; core, GeoJSON, HTML and OpenAPI 3.0, and of Part 2 what concerns reading.
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
JSON = {"Accept": "application/json"}


def links(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for link in document["links"]:
        found.setdefault(link["rel"], []).append(link)
    return found


def features(ogc: httpx.Client, path: str = "/collections/epci/items", **query: Any) -> dict[str, Any]:
    response = ogc.get(path, params=query)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/geo+json"
    found: dict[str, Any] = response.json()
    return found


def corners(geometry: dict[str, Any]) -> Iterator[tuple[float, float]]:
    stack = [geometry["coordinates"]]
    while stack:
        item = stack.pop()
        if isinstance(item[0], list):
            stack += item
        else:
            yield (item[0], item[1])


def test_req_core_root_op_and_root_success(ogc: httpx.Client) -> None:
    """/req/core/root-op, /req/core/root-success: links to the API, the conformance and the data."""
    response = ogc.get("", headers=JSON)
    assert response.status_code == 200
    found = links(response.json())
    for rel in ("service-desc", "service-doc", "conformance", "data", "self"):
        assert found[rel][0]["href"].startswith("http")


def test_req_core_api_definition_op_and_success(ogc: httpx.Client) -> None:
    """/req/core/api-definition-op, -success: each link resolves to its media type."""
    found = links(ogc.get("", headers=JSON).json())
    for rel in ("service-desc", "service-doc"):
        response = httpx.get(found[rel][0]["href"])
        assert response.status_code == 200
        assert response.headers["content-type"].partition(";")[0] == found[rel][0]["type"].partition(";")[0]


def test_req_core_conformance_op_and_success(ogc: httpx.Client) -> None:
    """/req/core/conformance-op, -success: a list of classes, those of the core among them."""
    classes = ogc.get("/conformance", headers=JSON).json()["conformsTo"]
    base = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
    assert {base + name for name in ("core", "geojson", "html", "oas30")} <= set(classes)
    assert len(classes) == len(set(classes))


def test_req_core_http(ogc: httpx.Client) -> None:
    """/req/core/http: HTTP/1.1, and its statuses."""
    assert ogc.get("/collections").http_version == "HTTP/1.1"
    assert ogc.post("/collections").status_code == 405
    assert ogc.head("/collections").status_code == 200
    assert ogc.get("/nowhere").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["", "/conformance", "/collections", "/collections/epci", "/collections/epci/items", "/api", "/tiles"],
)
def test_req_core_query_param_unknown(ogc: httpx.Client, path: str) -> None:
    """/req/core/query-param-unknown: a parameter that the API does not specify is a 400."""
    response = ogc.get(path, params={"lmit": "1"})
    assert response.status_code == 400
    assert "lmit" in response.json()["detail"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "limit=-1", "bbox=1,2,3", "datetime=yesterday", "crs=x"]
)
def test_req_core_query_param_invalid(ogc: httpx.Client, query: str) -> None:
    """/req/core/query-param-invalid: a parameter with an invalid value is a 400."""
    response = ogc.get(f"/collections/epci/items?{query}")
    assert response.status_code == 400
    assert query.partition("=")[0] in response.json()["detail"]


def test_req_core_fc_md_op_links_items(ogc: httpx.Client) -> None:
    """/req/core/fc-md-op, fc-md-success, fc-md-links, fc-md-items, fc-md-items-links, fc-md-extent."""
    document = ogc.get("/collections", headers=JSON).json()
    assert {"self", "alternate"} <= set(links(document))
    assert all("type" in link for link in document["links"])
    ids = [each["id"] for each in document["collections"]]
    assert len(set(ids)) == len(ids)
    for each in document["collections"]:
        found = links(each)
        assert all("type" in link for link in found["items"])  # fc-md-items-links
        assert "application/geo+json" in {link["type"] for link in found["items"]}
        west, south, east, north = each["extent"]["spatial"]["bbox"][0]  # fc-md-extent
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90


def test_req_core_sfc_md_op_and_success(ogc: httpx.Client) -> None:
    """/req/core/sfc-md-op, sfc-md-success: each collection alone says what the list says of it."""
    for listed in ogc.get("/collections", headers=JSON).json()["collections"]:
        alone = ogc.get(f"/collections/{listed['id']}", headers=JSON).json()
        shared = ("id", "title", "description", "extent", "itemType", "links")
        assert {name: alone[name] for name in shared} == {name: listed[name] for name in shared}
    assert ogc.get("/collections/cantons", headers=JSON).status_code == 404


def test_req_core_fc_op_and_response(ogc: httpx.Client) -> None:
    """/req/core/fc-op, fc-response, fc-links, fc-rel-type: every collection has features, with links."""
    for each in ogc.get("/collections", headers=JSON).json()["collections"]:
        found = features(ogc, f"/collections/{each['id']}/items", limit=2)
        assert found["type"] == "FeatureCollection"
        relations = links(found)
        assert {"self", "alternate", "collection"} <= set(relations)
        assert all("type" in link for link in found["links"])


def test_req_core_fc_limit_definition_and_response(ogc: httpx.Client) -> None:
    """/req/core/fc-limit-definition, fc-limit-response: no more than asked, and too large is no error."""
    assert len(features(ogc, limit=3)["features"]) == 3
    everything = features(ogc, limit=100_000_000)
    assert everything["numberReturned"] == everything["numberMatched"] == len(everything["features"])


def test_req_core_fc_bbox_definition_and_response(ogc: httpx.Client) -> None:
    """/req/core/fc-bbox-definition, fc-bbox-response: what intersects the box, and nothing else."""
    everything = features(ogc, limit=10_000, properties="")
    target = everything["features"][5]
    x, y = zip(*corners(target["geometry"]), strict=True)
    box = (min(x), min(y), max(x), max(y))
    found = features(ogc, bbox=",".join(map(str, box)), limit=10_000, properties="")
    assert target["id"] in {each["id"] for each in found["features"]}
    assert 0 < found["numberMatched"] < everything["numberMatched"]
    for each in found["features"]:
        x, y = zip(*corners(each["geometry"]), strict=True)
        assert min(x) <= box[2]
        assert max(x) >= box[0]
        assert min(y) <= box[3]
        assert max(y) >= box[1]
    with_heights = f"{box[0]},{box[1]},0,{box[2]},{box[3]},100"
    assert features(ogc, bbox=with_heights)["numberMatched"] == found["numberMatched"]


@pytest.mark.parametrize(
    "text",
    ["2018-02-12T23:20:50Z", "2018-02-12", "2018-02-12T00:00:00Z/2018-03-18T12:31:12Z",
     "2018-02-12T00:00:00Z/..", "../2018-03-18T12:31:12Z", "2018-02-12/", "/2018-03-18"],
)  # fmt: skip
def test_req_core_fc_time_definition_and_response(ogc: httpx.Client, text: str) -> None:
    """/req/core/fc-time-definition, fc-time-response C: features without a time match any."""
    assert features(ogc, datetime=text)["numberMatched"] == features(ogc)["numberMatched"]


def test_req_core_fc_number_matched_and_returned(ogc: httpx.Client) -> None:
    """/req/core/fc-numberMatched, fc-numberReturned."""
    found = features(ogc, limit=4)
    assert found["numberReturned"] == len(found["features"]) == 4
    assert found["numberMatched"] > 4
    assert not {"next"} & set(links(features(ogc, limit=10_000)))


def test_req_core_f_op_and_success(ogc: httpx.Client) -> None:
    """/req/core/f-op, f-success, f-links: each feature alone is the one of the list, with links."""
    for each in features(ogc, limit=3)["features"]:
        response = ogc.get(
            f"/collections/epci/items/{each['id']}", headers={"Accept": "application/geo+json"}
        )
        assert response.headers["content-type"] == "application/geo+json"
        alone = response.json()
        assert (alone["id"], alone["geometry"]) == (each["id"], each["geometry"])
        assert each["properties"].items() <= alone["properties"].items()
        assert {"self", "alternate", "collection"} <= set(links(alone))
    assert ogc.get("/collections/epci/items/1234567", headers=JSON).status_code == 404


def test_req_core_crs84(ogc: httpx.Client) -> None:
    """/req/core/crs84: longitude before latitude unless another system is asked for."""
    document = ogc.get("/collections/epci", headers=JSON).json()
    west, south, east, north = document["extent"]["spatial"]["bbox"][0]
    west, south, east, north = west - 1e-6, south - 1e-6, east + 1e-6, north + 1e-6  # six decimals are told
    for each in features(ogc, limit=20)["features"]:
        assert all(west <= x <= east and south <= y <= north for x, y in corners(each["geometry"]))


def test_req_geojson_definition_and_content(ogc: httpx.Client) -> None:
    """/req/geojson/definition, geojson/content: GeoJSON as RFC 7946 has it."""
    for each in features(ogc, limit=10)["features"]:
        assert each["type"] == "Feature"
        assert each["geometry"]["type"] in ("Polygon", "MultiPolygon")
        polygons = each["geometry"]["coordinates"]
        for polygon in polygons if each["geometry"]["type"] == "MultiPolygon" else [polygons]:
            for ring in polygon:
                assert ring[0] == ring[-1]
                assert len(ring) >= 4


@pytest.mark.parametrize(
    "path", ["", "/conformance", "/collections", "/collections/ti", "/collections/ti/items"]
)
def test_req_html_definition_and_content(ogc: httpx.Client, path: str) -> None:
    """/req/html/definition, html/content: every document also as a page."""
    response = ogc.get(path, headers={"Accept": "text/html"})
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>" in response.text


def test_req_crs_fc_md_crs_list_and_storage(ogc: httpx.Client) -> None:
    """Part 2 /req/crs/crs-uri, fc-md-crs-list, fc-md-storageCrs-valid-value, crs-global-list."""
    document = ogc.get("/collections", headers=JSON).json()
    assert document["crs"][0] == CRS84
    for each in document["collections"]:
        assert each["crs"] == ["#/crs"]
        assert each["storageCrs"] in document["crs"]
    assert ogc.get("/collections/ti", headers=JSON).json()["crs"] == document["crs"]


def test_req_crs_response_header_and_invalid(ogc: httpx.Client) -> None:
    """Part 2 /req/crs/ogc-crs-header, fc-crs-valid-value, fc-bbox-crs-valid-value."""
    for crs in (CRS84, f"{EPSG}4326", f"{EPSG}2154"):
        response = ogc.get("/collections/ti/items", params={"limit": 1, "crs": crs})
        assert response.headers["content-crs"] == f"<{crs}>"
    assert ogc.get("/collections/ti/items", params={"crs": f"{EPSG}27700"}).status_code == 400
    box = {"bbox": "0,0,1,1", "bbox-crs": f"{EPSG}27700"}
    assert ogc.get("/collections/ti/items", params=box).status_code == 400


def test_req_crs_bbox_crs_action(ogc: httpx.Client) -> None:
    """Part 2 /req/crs/fc-bbox-crs-action: the same box in another order of axes, the same features."""
    everything = ogc.get("/collections/ti", headers=JSON).json()["extent"]["spatial"]["bbox"][0]
    west, south, east, north = everything
    middle = ((west + east) / 2, (south + north) / 2)
    plain = features(ogc, bbox=f"{west},{south},{middle[0]},{middle[1]}", limit=1000)
    turned = features(
        ogc,
        bbox=f"{south},{west},{middle[1]},{middle[0]}",
        limit=1000,
        **{"bbox-crs": f"{EPSG}4326"},
    )
    ids = [each["id"] for each in plain["features"]]
    assert 0 < len(ids) < features(ogc)["numberMatched"]
    assert [each["id"] for each in turned["features"]] == ids
