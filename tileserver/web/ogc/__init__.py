"""OGC API – Features and Tiles over the layers of a store, under ``/ogc``: one noun a module.

``crs`` systems · ``asked`` the query of a request · ``select`` which rows · ``shapes`` geometry for GEOS ·
``rows`` columns as Python values · ``geojson``, ``formats`` written answers · ``items``, ``collections``,
``landing``, ``tilesets`` handlers · ``openapi`` the description of the whole server.
"""
