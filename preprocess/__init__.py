"""From open-data files to a store: read, check, join, aggregate, simplify, pack."""
