"""A synthetic country, in files of the same names and columns as the real ones."""

from preprocess.demo.write import write_demo

__all__ = ["write_demo"]
