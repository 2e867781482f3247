"""A tile, from its address and selection to its bytes; without HTTP."""
