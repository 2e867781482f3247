"""The OpenAPI document is valid, and the server keeps to it: no 5xx, no status that it does not tell."""

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV30SpecValidator

from tileserver.web.ogc.operations import OPERATIONS
from tileserver.web.routes import ROUTES
from tileserver.web.tile_path import TEMPLATES

REQUESTS = 120


@pytest.fixture(scope="module")
def document(ogc: httpx.Client) -> dict[str, Any]:
    response = ogc.get("/api", headers={"Accept": "application/vnd.oai.openapi+json;version=3.0"})
    assert response.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    found: dict[str, Any] = response.json()
    return found


def test_the_document_is_valid_openapi_3_0(document: dict[str, Any]) -> None:
    OpenAPIV30SpecValidator(document).validate()
    assert document["openapi"].startswith("3.0.")


def test_every_route_is_described_with_an_id_of_its_own(document: dict[str, Any]) -> None:
    templates = [*TEMPLATES.values(), *(route.path for route in ROUTES)]
    paths = {path.replace(":path}", "}") for path in templates if path == "/" or not path.endswith("/")}
    assert set(document["paths"]) == paths
    ids = [item["get"]["operationId"] for item in document["paths"].values()]
    assert len(set(ids)) == len(ids)
    tiles = {f".{of}.vector.{what}" for of in ("dataset", "collection") for what in ("getTile", "getTileSet")}
    assert tiles <= set(ids)


def test_no_route_is_described_that_is_gone(document: dict[str, Any]) -> None:
    assert set(OPERATIONS) <= set(document["paths"])


def test_random_requests_by_the_document_get_only_what_it_tells(
    document: dict[str, Any], address: str
) -> None:
    """By schemathesis: requests that fit the document, and some that do not; statuses, types, no 5xx."""
    schema = schemathesis.openapi.from_dict(document)
    results: list[Any] = list(schema.get_all_operations())
    operations = [result.ok() for result in results]
    checks = [
        schemathesis.checks.not_a_server_error,
        schemathesis.checks.status_code_conformance,
        schemathesis.checks.content_type_conformance,
    ]
    modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    cases = st.sampled_from(operations).flatmap(
        lambda operation: st.sampled_from(modes).flatmap(
            lambda mode: operation.as_strategy(generation_mode=mode)
        )
    )

    @settings(
        max_examples=REQUESTS,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: Any) -> None:
        # oEmbed wants a 501 where a form is not there: the one server error that is none.
        told = checks[1:] if case.path == "/oembed" else checks
        case.call_and_validate(base_url=address, checks=told, timeout=60)  # a busy machine is no failure

    ask()
