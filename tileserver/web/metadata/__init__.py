"""What a portal harvests: the collections as datasets, in DCAT-AP (``/dcat``) and STAC (``/stac``)."""
