"""Documents that a user of QGIS adds in one step: layers with their sources, styles, a project."""
