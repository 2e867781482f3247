"""The metadata of the datasets, as a harvester reads them: DCAT-AP by rdflib, STAC by pystac."""

from collections import Counter
from typing import Any

import httpx
import pystac
import pytest
import rdflib
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF

from tileserver.store.reader import Store
from tileserver.web.metadata.datasets import date_of, licence_url

MANDATORY: dict[Any, set[Any]] = {
    DCAT.Catalog: {DCTERMS.title, DCTERMS.description, DCTERMS.publisher},
    DCAT.Dataset: {DCTERMS.title, DCTERMS.description, DCTERMS.accrualPeriodicity, DCAT.distribution},
    DCAT.Distribution: {DCAT.accessURL, DCTERMS.title},
    DCAT.DataService: {DCTERMS.title, DCAT.endpointURL},
    FOAF.Agent: {FOAF.name},
}
"""What DCAT-AP 3 wants of each class, and what this project promises besides."""

AT_MOST_ONE = {DCTERMS.modified, DCTERMS.issued, DCTERMS.license, DCTERMS.publisher, DCAT.mediaType}


@pytest.fixture(scope="module")
def graph(address: str) -> rdflib.Graph:
    response = httpx.get(f"{address}/dcat", headers={"Accept": "text/turtle"})
    assert response.headers["content-type"] == "text/turtle; charset=utf-8"
    return rdflib.Graph().parse(data=response.text, format="turtle")


@pytest.mark.filterwarnings("ignore:.*Graph:DeprecationWarning")  # rdflib's own reader of JSON-LD
def test_turtle_and_json_ld_say_the_same(address: str, graph: rdflib.Graph) -> None:
    response = httpx.get(f"{address}/dcat")
    assert response.headers["content-type"] == "application/ld+json"
    assert named(rdflib.Graph().parse(data=response.text, format="json-ld")) == named(graph)


def named(graph: rdflib.Graph) -> Counter[tuple[Any, ...]]:
    """Count the statements of a graph, one blank node as good as another: to tell them apart takes long."""
    return Counter(
        tuple(None if isinstance(term, rdflib.BNode) else term for term in triple) for triple in graph
    )


def test_every_node_has_what_dcat_ap_wants(graph: rdflib.Graph) -> None:
    for class_, wanted in MANDATORY.items():
        nodes = list(graph.subjects(RDF.type, class_))
        assert nodes
        for node in nodes:
            told = list(graph.predicates(node))
            assert wanted <= set(told), (node, wanted - set(told))
            assert all(told.count(predicate) <= 1 for predicate in AT_MOST_ONE)


def test_every_collection_is_a_dataset_whose_files_are_there(graph: rdflib.Graph, store: Store) -> None:
    found = {str(node).rpartition("/")[2]: node for node in graph.subjects(RDF.type, DCAT.Dataset)}
    assert set(found) == set(store.exact)
    files = {str(url) for url in graph.objects(None, DCAT.downloadURL)}
    assert len(files) == 4 * len(found)
    for url in files:
        if "/acv" in url or "/ti" in url:
            assert httpx.get(url, timeout=60).status_code == 200, url
    creators = graph.objects(found["epci"], DCTERMS.creator)
    names = {str(name) for node in creators for name in graph.objects(node, FOAF.name)}
    wanted = store.layer("epci").entry.sources
    assert names == {source.producer for source in store.manifest.sources if source.id in wanted}


def test_stac_documents_are_valid(address: str, store: Store) -> None:
    root = httpx.get(f"{address}/stac").json()
    pystac.Catalog.from_dict(root).validate()
    children = [link["href"] for link in root["links"] if link["rel"] == "child"]
    assert len(children) == len(store.exact)
    for href in children:
        document = httpx.get(href).json()
        collection = pystac.Collection.from_dict(document)
        collection.validate()
        assert collection.providers
        assert {"csv", "json", "parquet", "fgb", "tilejson"} == set(collection.assets)
    assert httpx.get(f"{address}/stac/collections/nowhere").status_code == 404


@pytest.mark.parametrize(
    ("text", "date"),
    [("2024-03", "2024-03"), ("2023 (Mayotte : 2017)", "2023"), ("2024-03-31", "2024-03-31"), ("", None),
     ("1er trimestre 2003", "2003"), ("20245", None)],
)  # fmt: skip
def test_the_date_of_a_source_is_read_from_its_text(text: str, date: str | None) -> None:
    assert date_of(text) == date


def test_known_licences_have_an_address() -> None:
    assert licence_url("Licence Ouverte 2.0") == "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
    assert licence_url("ODbL 1.0") is not None
    assert licence_url("autre") is None
