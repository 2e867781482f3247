"""The routes of the OGC API, and of the metadata of its collections."""

from typing import Final

from starlette.routing import Route

from tileserver.web.metadata import dcat, stac
from tileserver.web.ogc import api, collections, items, landing, matrices, tilesets

ROUTES: Final = (
    Route("/ogc", landing.landing),
    Route("/ogc/", landing.landing),
    Route("/ogc/conformance", landing.conformance),
    Route("/ogc/api", api.api),
    Route("/ogc/collections", collections.collections),
    Route("/ogc/collections/{collectionId}", collections.collection),
    Route("/ogc/collections/{collectionId}/queryables", collections.queryables),
    Route("/ogc/collections/{collectionId}/sortables", collections.sortables),
    Route("/ogc/collections/{collectionId}/schema", collections.schema),
    Route("/ogc/collections/{collectionId}/items", items.items),
    Route("/ogc/collections/{collectionId}/items/{featureId}", items.item),
    Route("/ogc/collections/{collectionId}/tiles", tilesets.collection_tilesets),
    Route("/ogc/collections/{collectionId}/tiles/{tileMatrixSetId}", tilesets.collection_tileset),
    Route(
        "/ogc/collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}",
        tilesets.collection_tile,
    ),
    Route("/ogc/tiles", tilesets.tilesets),
    Route("/ogc/tiles/{tileMatrixSetId}", tilesets.tileset),
    Route("/ogc/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}", tilesets.tile),
    Route("/ogc/tileMatrixSets", matrices.matrix_sets),
    Route("/ogc/tileMatrixSets/{tileMatrixSetId}", matrices.matrix_set),
    Route("/dcat", dcat.dcat),
    Route("/stac", stac.catalog),
    Route("/stac/collections/{collectionId}", stac.collection),
)
