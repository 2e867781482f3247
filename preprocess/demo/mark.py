"""How a folder says that the country in its files is invented."""

from pathlib import Path

MARK = "README.txt"
FIRST_LINE = "Pays inventé - Invented country"
PRODUCER = "Pays inventé"
LICENCE = "Apache-2.0"


def is_demo(directory: Path) -> bool:
    """Tell whether the files of `directory` are those of a demo country. Raises OSError."""
    mark = directory / MARK
    return mark.is_file() and mark.read_text("utf-8", "replace").startswith(FIRST_LINE)
