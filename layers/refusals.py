"""The one form in which a contradiction between declarations is told: file, key, what would be right."""

import difflib
from collections.abc import Collection

from tileserver.errors import DeclarationError


def refuse(file: str, key: str, problem: str) -> DeclarationError:
    """Make the error that names a file, the key in it, and what is wrong."""
    return DeclarationError(f"{file}: `{key}`: {problem}")


def check_known(file: str, key: str, value: str, known: Collection[str], what: str) -> None:
    """Refuse a reference to something that is not declared, and name the closest that is."""
    if value in known:
        return
    close = difflib.get_close_matches(value, list(known), n=1)
    rest = f"did you mean {close[0]!r}?" if close else f"declared: {', '.join(sorted(known))}"
    raise refuse(file, key, f"no {what} {value!r}; {rest}")
