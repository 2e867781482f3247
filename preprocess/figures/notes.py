"""Findings about many codes at once: each by itself while they are few, else in one that counts them."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from preprocess.findings import Finding, Severity

STEP = "figures"
FEW = 40
"""Codes that are told one by one."""

SHOWN = 10


def note(rule: str, source: str, key: str, message: str, severity: Severity = "warning") -> Finding:
    """Make a finding of this step."""
    return Finding(severity=severity, step=STEP, rule=rule, source=source, key=key, message=message)


def listed(codes: Sequence[str]) -> str:
    """List the first codes, and say that there are more."""
    more = f" and {len(codes) - SHOWN} more" if len(codes) > SHOWN else ""
    return ", ".join(codes[:SHOWN]) + more


def notes(  # noqa: PLR0913 - both forms of one finding
    rule: str,
    source: str,
    codes: Sequence[str],
    one: Callable[[str], str],
    many: str,
    *,
    key: str = "",
    severity: Severity = "warning",
) -> list[Finding]:
    """Tell of `codes` one by one, or with `many`, a sentence that their list is put behind, under `key`."""
    if len(codes) <= FEW:
        return [note(rule, source, code, one(code), severity) for code in codes]
    told = note(rule, source, key, f"{many}: {listed(codes)}.", severity)
    return [replace(told, count=len(codes))]
