"""What the preprocess noticed about its input: one finding, one sentence.

Steps are pure: they return tables and findings, and print nothing. A finding is kept in the report;
an error that stops the build is an exception of `tileserver.errors` instead.
"""

from typing import Literal

from msgspec import Struct

Severity = Literal["info", "repair", "warning"]


class Finding(Struct, frozen=True, kw_only=True):
    """One thing worth knowing about one row, key or file.

    ``rule`` is a stable slug (``"unknown-code"``, ``"bow-tie"``…), ``source`` the declared source
    id, ``key`` the code or row it concerns (empty for the whole file), ``message`` one sentence:
    what was found, and what was done about it. ``count`` is of how many rows or codes it speaks.
    """

    severity: Severity
    step: str
    rule: str
    source: str
    key: str
    message: str
    count: int = 1
