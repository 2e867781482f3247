"""Tables of partners: read whatever they look like, checked against the lists of codes, mended where sure."""
