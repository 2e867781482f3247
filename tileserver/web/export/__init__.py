"""Rows of a layer to take away: CSV, GeoJSON, GeoParquet, with geometry at full precision."""
