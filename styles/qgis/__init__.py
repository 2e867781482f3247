"""QGIS documents (QML styles, QLR layer definitions, QGS projects) written from the model of a map.

Written as QGIS 3.22 writes and reads them: the oldest long-term release that draws vector tiles well. Later
releases read these too. Nothing here needs QGIS; the tests open what is written in the real program.
"""
