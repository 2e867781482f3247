"""The parts of `tileserver.tiles.filters`, one noun a module."""
