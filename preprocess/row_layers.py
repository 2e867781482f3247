"""Layers with rows of their own, written into a store version: points with their groups, lines, zonings."""

import numpy as np
import shapely

from layers.catalog import Catalog
from preprocess import entries, lines, pack, zoning_shapes
from preprocess.cluster_layer import clusters
from preprocess.derived import write_derived
from preprocess.exact import write_exact
from preprocess.layer_entry import Shapes, write_entry
from preprocess.prepared import LayerTable
from tileserver.errors import TileserverError
from tileserver.store.format import index_name, level_name, rings_name
from tileserver.store.manifest import Geometry, LayerEntry
from tileserver.store.writer import StoreWriter


def write_points(catalog: Catalog, table: LayerTable, writer: StoreWriter) -> dict[str, LayerEntry]:
    """Write a points layer, and its layer of groups where it declares one."""
    layer = catalog.layers[table.layer]
    lonlat = table.lonlat
    if lonlat is None:
        raise TileserverError(f"layer {table.layer}: a points layer came without positions")
    order = pack.hilbert_order(shapely.points(lonlat))
    zoom = layer.zoom.max
    level, index = pack.point_tables(lonlat[order], zoom)
    geometry = Geometry(
        file=writer.write_table(level_name(table.layer, zoom), level),
        index=writer.write_table(index_name(table.layer, zoom), index),
        count=len(lonlat),
        vertices=len(lonlat),
    )
    bounds = entries.bounds_of(np.hstack([lonlat, lonlat]))
    exact = write_exact(table.layer, shapely.points(lonlat[order]), "points", writer)
    entry = write_entry(catalog, table, Shapes(order, bounds, {str(zoom): geometry}, exact), writer)
    if layer.clusters is None:
        return {entry.id: entry}
    grouped = clusters(entry, layer, table.table, pack.grid_points(lonlat, zoom), layer.clusters)
    made = write_derived(entry, layer, grouped, writer)
    return {entry.id: entry, made.id: made}


def write_lines(catalog: Catalog, table: LayerTable, writer: StoreWriter) -> dict[str, LayerEntry]:
    """Write a lines layer."""
    if table.shapes is None:
        raise TileserverError(f"layer {table.layer}: a lines layer came without lines")
    order = pack.hilbert_order(table.shapes)
    geometries = {}
    for zoom, packed in lines.levels(table.layer, catalog.layers[table.layer], table.shapes[order]):
        geometries[str(zoom)] = Geometry(
            file=writer.write_table(level_name(table.layer, zoom), packed.level),
            index=writer.write_table(index_name(table.layer, zoom), packed.index),
            count=len(order),
            vertices=packed.vertices,
        )
    exact = write_exact(table.layer, table.shapes[order], "lines", writer)
    shapes = Shapes(order, entries.bounds_of(shapely.bounds(table.shapes)), geometries, exact)
    entry = write_entry(catalog, table, shapes, writer)
    return {entry.id: entry}


def write_zoning(catalog: Catalog, table: LayerTable, writer: StoreWriter) -> dict[str, LayerEntry]:
    """Write a layer of zonings."""
    if table.shapes is None:
        raise TileserverError(f"layer {table.layer}: a zoning came without areas")
    order = pack.hilbert_order(table.shapes)
    layer = catalog.layers[table.layer]
    geometries = {}
    for zoom, drawn in zoning_shapes.levels(table.layer, layer, table.shapes[order]):
        packed = pack.polygon_tables(drawn, layer.buffer)
        geometries[str(zoom)] = Geometry(
            file=writer.write_table(level_name(table.layer, zoom), packed.level),
            rings=writer.write_table(rings_name(table.layer, zoom), packed.rings),
            index=writer.write_table(index_name(table.layer, zoom), packed.index),
            count=len(order),
            vertices=packed.vertices,
        )
    exact = write_exact(table.layer, table.shapes[order], "areas", writer)
    shapes = Shapes(order, entries.bounds_of(shapely.bounds(table.shapes)), geometries, exact)
    entry = write_entry(catalog, table, shapes, writer)
    return {entry.id: entry}
