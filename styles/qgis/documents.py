"""Whole documents of QGIS: a style (QML), layers with their sources (QLR), a project (QGS)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

VERSION: Final = "3.22.16-Białowieża"
"""The release of QGIS whose documents these are."""

_SYSTEMS: Final = {"EPSG:4326": 3452, "EPSG:3857": 3857}
"""QGIS's own numbers of coordinate reference systems."""

MapKind = Literal["vector-tile", "vector"]


@dataclass(frozen=True, slots=True)
class Credits:
    """Who is to be named, under which licence, and where the metadata are."""

    attribution: str
    licences: tuple[str, ...] = ()
    metadata: str = ""


@dataclass(frozen=True, slots=True)
class MapLayer:
    """A layer of a document. ``style`` are the elements of its renderer and labels.

    ``id`` has more than ten characters: QGIS leaves out layers with shorter ones.

    ``geometry``: Polygon, Line, Point or No geometry, of layers of features; ``aliases``: field → text.
    ``bounds``: west, south, east, north in degrees.
    """

    id: str
    title: str
    abstract: str
    kind: MapKind
    provider: str
    source: str
    style: tuple[Element, ...]
    bounds: tuple[float, float, float, float]
    credits: Credits
    crs: str = "EPSG:3857"
    geometry: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    visible: bool = True
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the layer tree, the topmost layer first."""

    title: str
    layers: tuple[MapLayer, ...]
    expanded: bool = True


def tiles_source(template: str, low: int, high: int) -> str:
    """Write where vector tiles come from; `template` is an address with ``{z}``, ``{x}`` and ``{y}``."""
    return f"type=xyz&url={quote(template, safe=':/{},.@')}&zmin={low}&zmax={high}"


def features_source(api: str, collection: str) -> str:
    """Write where the features of a collection of an OGC API come from."""
    parts = {
        "pagingEnabled": "true",
        "preferCoordinatesForWfsT11": "false",
        "restrictToRequestBBOX": "1",
        "srsname": "EPSG:4326",
        "typename": collection,
        "url": api,
    }
    return " ".join(f"{name}='{value}'" for name, value in parts.items())


def qml(style: Sequence[Element], opacity: float = 1.0) -> bytes:
    """Write a style, to be loaded onto a layer that has the fields it asks for."""
    root = Element("qgis", {"version": VERSION, "styleCategories": "Symbology|Labeling"})
    root.extend(style)
    _blend(root, opacity)
    return _document("qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'", root)


def qlr(groups: Sequence[Group]) -> bytes:
    """Write a layer definition: what QGIS adds to any project by Layer › Add from Layer Definition File."""
    root = Element("qlr")
    tree = SubElement(root, "layer-tree-group", {"name": "", "checked": "Qt::Checked", "expanded": "1"})
    tree.extend(_tree(groups))
    layers = SubElement(root, "maplayers")
    layers.extend(_map_layer(layer) for group in groups for layer in group.layers)
    return _document("qgis-layer-definition", root)


def project(title: str, groups: Sequence[Group], view: tuple[float, float, float, float]) -> bytes:
    """Write a project whose map shows `view`: xmin, ymin, xmax, ymax in EPSG:3857."""
    root = Element("qgis", {"version": VERSION, "projectname": title})
    SubElement(root, "title").text = title
    _crs(SubElement(root, "projectCrs"), "EPSG:3857")
    tree = SubElement(root, "layer-tree-group")
    SubElement(tree, "customproperties")
    tree.extend(_tree(groups))
    canvas = SubElement(root, "mapcanvas", {"name": "theMapCanvas", "annotationsVisible": "1"})
    SubElement(canvas, "units").text = "meters"
    _extent(canvas, view)
    SubElement(canvas, "rotation").text = "0"
    _crs(SubElement(canvas, "destinationsrs"), "EPSG:3857")
    layers = SubElement(root, "projectlayers")
    layers.extend(_map_layer(layer) for group in groups for layer in group.layers)
    # Without this QGIS leaves the project without a system, and shows no scale.
    systems = SubElement(SubElement(root, "properties"), "SpatialRefSys")
    SubElement(systems, "ProjectionsEnabled", {"type": "int"}).text = "1"
    order = SubElement(root, "layerorder")
    for group in groups:
        for layer in group.layers:
            SubElement(order, "layer", {"id": layer.id})
    return _document("qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'", root)


def _tree(groups: Sequence[Group]) -> Iterator[Element]:
    for group in groups:
        element = Element(
            "layer-tree-group",
            {"name": group.title, "checked": "Qt::Checked", "expanded": str(int(group.expanded))},
        )
        SubElement(element, "customproperties")
        for layer in group.layers:
            one = SubElement(
                element,
                "layer-tree-layer",
                {
                    "name": layer.title,
                    "id": layer.id,
                    "source": layer.source,
                    "providerKey": layer.provider,
                    "checked": "Qt::Checked" if layer.visible else "Qt::Unchecked",
                    "expanded": "0",
                },
            )
            SubElement(one, "customproperties")
        yield element


def _map_layer(layer: MapLayer) -> Element:
    attributes = {
        "type": layer.kind,
        "styleCategories": "AllStyleCategories",
        "hasScaleBasedVisibilityFlag": "0",
    }
    if layer.geometry:
        attributes["geometry"] = layer.geometry
    element = Element("maplayer", attributes)
    _extent(SubElement(element, "wgs84extent"), layer.bounds, nested=False)
    SubElement(element, "id").text = layer.id
    SubElement(element, "datasource").text = layer.source
    SubElement(element, "attribution", {"href": layer.credits.metadata}).text = layer.credits.attribution
    SubElement(element, "layername").text = layer.title
    SubElement(element, "title").text = layer.title
    SubElement(element, "abstract").text = layer.abstract
    _crs(SubElement(element, "srs"), layer.crs)
    element.append(_metadata(layer))
    encoding = {"encoding": "UTF-8"} if layer.kind == "vector" else {}
    SubElement(element, "provider", encoding).text = layer.provider
    element.extend(layer.style)
    if layer.aliases:
        aliases = SubElement(element, "aliases")
        for number, (name, text) in enumerate(layer.aliases.items()):
            SubElement(aliases, "alias", {"field": name, "index": str(number), "name": text})
    _blend(element, layer.opacity)
    return element


def _metadata(layer: MapLayer) -> Element:
    element = Element("resourceMetadata")
    SubElement(element, "identifier").text = layer.id
    SubElement(element, "type").text = "dataset"
    SubElement(element, "title").text = layer.title
    SubElement(element, "abstract").text = layer.abstract
    links = SubElement(element, "links")
    if layer.credits.metadata:
        SubElement(
            links,
            "link",
            {
                "name": "metadata",
                "type": "WWW:LINK",
                "url": layer.credits.metadata,
                "description": "",
                "format": "",
                "mimeType": "application/json",
                "size": "",
            },
        )
    for licence in layer.credits.licences:
        SubElement(element, "license").text = licence
    return element


def _blend(element: Element, opacity: float) -> None:
    SubElement(element, "blendMode").text = "0"
    SubElement(element, "layerOpacity").text = f"{opacity:g}"


def _crs(element: Element, authority: str) -> None:
    """Name a coordinate reference system; QGIS looks the rest up in its own tables, by its own number."""
    system = SubElement(element, "spatialrefsys")
    SubElement(system, "srsid").text = str(_SYSTEMS[authority])
    SubElement(system, "srid").text = authority.removeprefix("EPSG:")
    SubElement(system, "authid").text = authority


def _extent(element: Element, box: tuple[float, float, float, float], *, nested: bool = True) -> None:
    where = SubElement(element, "extent") if nested else element
    for name, value in zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True):
        SubElement(where, name).text = f"{value:.15g}"


def _document(doctype: str, root: Element) -> bytes:
    indent(root)
    body: bytes = tostring(root, encoding="utf-8")
    return f"<!DOCTYPE {doctype}>\n".encode() + body + b"\n"
