"""The store: one immutable, digest-named, memory-mapped directory a version."""
