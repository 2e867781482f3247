"""Pictures of maps, drawn by us from the store: SVG from the outlines of tiles, then pixels."""
