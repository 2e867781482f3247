"""Vector tiles of French territories, with indicator attributes, on demand."""

__version__ = "0.1.0"
