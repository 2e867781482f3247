"""What is told of the rows of a file that were carried, shared, moved or left out: a finding each."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from preprocess.edition_fit import better_edition
from preprocess.findings import Finding
from preprocess.history import History
from preprocess.passages import Origin, Passages

STEP = "carry"

Shares = dict[str, float]
"""Codes of the reference, and the share of a row that goes to each."""


def passage_findings(
    history: History, origin: Origin, passages: Passages, shares: Mapping[str, Shares]
) -> list[Finding]:
    """Return the findings on the rows of a file, in the order of their rules, then of their codes.

    One for each commune that several rows make or that changed its code, one for each row that was shared,
    followed or left out, one a département for the rows that were taken as they are, one for the file
    where its edition looks wrong or nothing is known of it.
    """
    tell = _Teller(origin, history)
    return [
        *_on_file(tell, passages),
        *_on_merged(tell, passages),
        *_on_shared(tell, shares),
        *_on_moved(tell, passages),
        *_on_taken(tell, passages),
        *_on_left(tell, passages),
    ]


def listed(codes: Iterable[object]) -> str:
    """Write codes one after the other."""
    return ", ".join(str(code) for code in codes)


class _Teller:
    """Makes the findings of one file."""

    def __init__(self, origin: Origin, history: History) -> None:
        self.origin, self.history = origin, history

    def say(self, rule: str, key: str, message: str, *, info: bool = False) -> Finding:
        return Finding(
            severity="info" if info else "warning",
            step=STEP,
            rule=rule,
            source=self.origin.source,
            key=key,
            message=message,
        )


def _on_file(tell: _Teller, passages: Passages) -> list[Finding]:
    edition, history = tell.origin.edition, tell.history
    if not history.known:
        if edition == history.edition:
            return []
        text = (
            f"No table of movements is in the sources folder: the codes of {edition} were taken for those of "
            f"{history.edition} as they are."
        )
        return [tell.say("edition-unlinked", "", text)]
    codes = [*passages.heirs, *passages.inside, *passages.unknown]
    found = better_edition(history, edition, codes)
    if found is None:
        return []
    best, declared, against = found
    text = (
        f"The file declares the communes of {edition}, and {declared} codes speak against it; {best} fits "
        f"best ({against} codes). The codes were carried from {edition} all the same: correct `edition`."
    )
    return [tell.say("edition-doubtful", "", text)]


def _on_merged(tell: _Teller, passages: Passages) -> list[Finding]:
    parts: dict[str, list[str]] = {}
    for code, heirs in passages.heirs.items():
        for new in heirs:
            parts.setdefault(new, []).append(code)
    absent: dict[str, list[str]] = {}
    for code, heirs in passages.absent.items():
        for new in heirs:
            absent.setdefault(new, []).append(code)
    findings = []
    for new in sorted(parts):
        olds = parts[new]
        if len(olds) > 1:
            text = f"{new} is made of the rows of {listed(olds)}."
            findings.append(tell.say("edition-merged", new, text, info=True))
        elif olds[0] != new and len(passages.heirs[olds[0]]) == 1:
            findings.append(tell.say("edition-recoded", new, f"{olds[0]} has become {new}.", info=True))
        if new in absent:
            text = (
                f"{new} also holds {listed(absent[new])}, without a row in the file: the figure is of a part."
            )
            findings.append(tell.say("edition-lacking", new, text))
    return findings


def _on_shared(tell: _Teller, shares: Mapping[str, Shares]) -> list[Finding]:
    findings = []
    for code, heirs in sorted(shares.items()):
        if len(heirs) > 1:
            parts = ", ".join(f"{new} {share:.2%}" for new, share in heirs.items())
            text = f"{code} was divided since {tell.origin.edition}; its figures were shared out: {parts}."
            findings.append(tell.say("edition-shared", code, text, info=True))
    return findings


def _on_moved(tell: _Teller, passages: Passages) -> list[Finding]:
    """Tell of rows of another edition, and of communes that took their own row back."""
    findings = []
    for code, place in passages.followed.items():
        if code not in passages.heirs:
            continue
        heirs = listed(passages.heirs[code])
        last = tell.history.at(tell.origin.edition) > place
        when = f"until {tell.history.day(place + 1)}" if last else f"from {tell.history.day(place)}"
        both = set(passages.heirs[code]) & set(passages.heirs) - {code}
        added = f", and was added to the row of {heirs}, which the file has too" if both else ""
        text = (
            f"{code} was a commune's code {when}, not in {tell.origin.edition}; it leads to {heirs}{added}."
        )
        findings.append(tell.say("edition-other", code, text))
    findings += [
        tell.say(
            "edition-restored", code, f"{code} merged and was restored: it keeps its own row.", info=True
        )
        for code in passages.restored
    ]
    findings += [
        tell.say(
            "edition-off-list",
            code,
            f"{code} leads to {listed(heirs)}, not in the list of {tell.history.edition}.",
        )
        for code, heirs in passages.off.items()
    ]
    return findings


def _on_taken(tell: _Teller, passages: Passages) -> list[Finding]:
    """Tell of rows that were taken to be of the reference edition already, by département."""
    findings = []
    for key, codes in _by_departement(passages.stayed):
        text = (
            f"{listed(codes)}: not among the communes of {tell.origin.edition}, but among those of "
            f"{tell.history.edition}; taken as they are."
        )
        findings.append(tell.say("edition-mixed", key, text, info=True))
    for key, codes in _by_departement(passages.alone):
        shown = "; ".join(f"{code} (without {listed(passages.alone[code])})" for code in codes)
        text = f"Taken for the merged commune, as no other of its parts has a row: {shown}."
        findings.append(tell.say("edition-mixed", key, text, info=True))
    return findings


def _on_left(tell: _Teller, passages: Passages) -> list[Finding]:
    findings = []
    for code, others in passages.inside.items():
        text = f"{code} is left out: its ground is counted in {listed(others)}, which the file has too."
        findings.append(tell.say("edition-inside", code, text))
    for code in passages.unknown:
        text = (
            f"{code} is no commune of {tell.origin.edition} or of any other year; its figures count nowhere."
        )
        findings.append(tell.say("edition-lost", code, text))
    return findings


def _by_departement(codes: Collection[str]) -> Sequence[tuple[str, list[str]]]:
    groups: dict[str, list[str]] = {}
    for code in sorted(codes):
        groups.setdefault(code[:3] if code.startswith("97") else code[:2], []).append(code)
    return sorted(groups.items())
