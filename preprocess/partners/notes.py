"""What is noticed in a partner's file, gathered while it is read and checked."""

from dataclasses import dataclass, field

from preprocess.findings import Finding, Severity

STEP = "partners"


class UnusableError(Exception):
    """Nothing of the file can be used; the message is the sentence that says why."""


@dataclass(slots=True)
class Notes:
    """The findings of one file, which is the source `source`."""

    source: str
    findings: list[Finding] = field(default_factory=list)

    def say(self, rule: str, key: str, message: str, severity: Severity = "warning") -> None:
        """Note one thing about a code, a row or, where `key` is empty, the whole file."""
        finding = Finding(
            severity=severity, step=STEP, rule=rule, source=self.source, key=key, message=message
        )
        self.findings.append(finding)
