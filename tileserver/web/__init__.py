"""HTTP: a handler parses, asks the core, wraps."""
