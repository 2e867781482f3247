"""What runs inside QGIS, by the Python that has its bindings: opens documents, draws, exports, reports.

Called with the path of a task (JSON) and of the answer. Another interpreter than that of the project, of
which this imports nothing.
"""

# mypy: ignore-errors
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsExpression,
    QgsLayerDefinition,
    QgsLayerTree,
    QgsMapLayer,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsRuleBasedRenderer,
    QgsVectorFileWriter,
    QgsVectorLayer,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor


def main(task_path: str, answer_path: str) -> None:
    """Do the task: ``document``, ``source`` of the layer that an SLD styles, ``views``, ``export``."""
    task = json.loads(Path(task_path).read_text(encoding="utf-8"))
    application = QgsApplication([], False)
    application.initQgis()
    messages = []
    log = QgsApplication.messageLog()
    log.messageReceived.connect(lambda text, tag, level: messages.append([tag, text, int(level)]))
    project = QgsProject.instance()
    root = project.layerTreeRoot()
    styled = []
    if task["document"].endswith(".qgs"):
        loaded = project.read(task["document"])
    elif task["document"].endswith(".sld"):
        layer = project.addMapLayer(QgsVectorLayer(task["source"], "styled", "OAPIF"))
        _, loaded = layer.loadSldStyle(task["document"])
        styled = [_drawn(rule) for rule in layer.renderer().rootRule().children()]
    else:
        loaded, _ = QgsLayerDefinition.loadLayerDefinition(task["document"], project, root)
    answer = {
        "loaded": loaded,
        "system": project.crs().authid(),
        "groups": [group.name() for group in root.findGroups()],
        "layers": [_described(layer) for layer in project.mapLayers().values()],
        "visible": [node.layer().source() for node in root.findLayers() if node.isVisible()],
        "styled": styled,
        "errors": [],
    }
    for view in task.get("views", []):
        answer["errors"] += _draw(project, root, view)
    if "export" in task:
        answer["export"] = _export(project, task["export"])
    answer["messages"] = messages
    Path(answer_path).write_text(json.dumps(answer), encoding="utf-8")
    application.exitQgis()


def _described(layer: QgsMapLayer) -> dict:
    rules, labels = [], []
    if isinstance(layer, QgsVectorTileLayer):
        rules = [[style.styleName(), style.filterExpression()] for style in layer.renderer().styles()]
        labels = [style.layerName() for style in layer.labeling().styles()] if layer.labeling() else []
    elif isinstance(layer, QgsVectorLayer):
        children = layer.renderer().rootRule().children()
        rules = [[rule.label(), rule.filterExpression()] for rule in children]
    return {
        "name": layer.name(),
        "valid": layer.isValid(),
        "provider": layer.providerType() if isinstance(layer, QgsVectorLayer) else "vectortile",
        "source": layer.source(),
        "attribution": layer.attribution(),
        "licences": layer.metadata().licenses(),
        "links": [link.url for link in layer.metadata().links()],
        "rules": rules,
        "labels": labels,
        "misunderstood": [rule for _, rule in rules if rule and QgsExpression(rule).hasParserError()],
        "rows": layer.featureCount() if isinstance(layer, QgsVectorLayer) else None,
        "fields": [[field.name(), field.alias()] for field in layer.fields()]
        if isinstance(layer, QgsVectorLayer)
        else [],
    }


def _drawn(rule: QgsRuleBasedRenderer.Rule) -> dict:
    """Tell what a rule picks, between which scales, and how each part of its symbol is drawn."""
    parts = rule.symbol().symbolLayers() if rule.symbol() else []
    return {
        "label": rule.label(),
        "filter": rule.filterExpression(),
        "scales": [rule.minimumScale(), rule.maximumScale()],
        "parts": [[part.layerType(), part.color().name()] for part in parts],
    }


def _draw(project: QgsProject, root: QgsLayerTree, view: dict) -> list:
    """Draw a view of EPSG:3857 into a PNG; give what went wrong."""
    layers = [node.layer() for node in root.findLayers() if node.isVisible()]
    for layer in layers:
        if not view.get("labels", True) and isinstance(layer, QgsVectorTileLayer):
            layer.setLabeling(None)
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setTransformContext(project.transformContext())
    settings.setOutputSize(QSize(*view["size"]))
    settings.setBackgroundColor(QColor(view.get("background", "#e3e9ec")))
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(QgsRectangle(*view["extent"]))
    settings.setOutputDpi(96)
    settings.setFlag(QgsMapSettings.Antialiasing, True)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(view["png"])
    return [[error.layerID, error.message] for error in job.errors()]


def _export(project: QgsProject, export: dict) -> list:
    """Write a layer of features as a GeoPackage."""
    layers = project.mapLayers().values()
    layer = next(layer for layer in layers if f"typename='{export['collection']}'" in layer.source())
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    code, message, *_ = QgsVectorFileWriter.writeAsVectorFormatV3(
        layer, export["gpkg"], project.transformContext(), options
    )
    return [int(code), message]


if __name__ == "__main__":
    main(*sys.argv[1:])
