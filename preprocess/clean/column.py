"""The columns of a layer's file, each cleaned as its property declares, with what was found."""

from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd

from layers.spec import Clean, Property
from preprocess.clean import areas, codes, siren, texts
from preprocess.clean.cleaned import Cleaned
from preprocess.findings import Finding

STEP = "clean"
SHOWN = 5

_CLEANERS: Final[Mapping[Clean, Callable[[pd.Series], Cleaned]]] = {
    "commune": codes.commune,
    "departement": codes.departement,
    "hectares": areas.hectares,
    "line": texts.line,
    "postcode": codes.postcode,
    "siren": siren.siren,
    "year": texts.year,
}


def cleaned(
    values: pd.Series, item: Property, keys: pd.Series, source: str
) -> tuple[pd.Series, list[Finding]]:
    """Return a column of text, cleaned as `item` declares; `keys` names its rows in the findings.

    What was left out, or is hard to believe, is a finding a row; what was repaired is one for the column.
    """
    if item.clean is None:
        return values, []
    if item.clean == "outlier" and item.usual is not None:
        result = areas.outlier(values, item.usual)
    else:
        result = _CLEANERS[item.clean](values)
    findings: list[Finding] = []
    for fault in result.faults:
        rows = fault.rows.fillna(value=False).to_numpy(bool)
        cells = list(zip(keys[rows].fillna("").astype("str"), values[rows], strict=True))
        if fault.severity == "repair" and cells:
            examples = ", ".join(repr(cell) for _, cell in cells[:SHOWN]) + (", …" if cells[SHOWN:] else "")
            text = f"{item.column} {fault.told}, on {len(cells)} row{'s' if cells[1:] else ''}: {examples}."
            cells = [("", text)]
        else:
            cells = [(key, f"{item.column} {cell!r} {fault.told}.") for key, cell in cells]
        findings += [
            Finding(severity=fault.severity, step=STEP, rule=fault.rule, source=source, key=key, message=text)
            for key, text in cells
        ]
    return result.cells, findings
