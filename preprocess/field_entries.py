"""A column of a layer's table, described for the manifest."""

import pandas as pd

from layers.spec import Text
from tileserver.store.manifest import Field, FieldRole, Title

CODE = Title("Code officiel", "Official code")
NAME = Title("Nom", "Name")


def title(text: Text) -> Title:
    """Copy a declared text into the store's own type."""
    return Title(text.fr, text.en)


def field(  # noqa: PLR0913 - one argument for each thing that the roles differ in
    table: pd.DataFrame,
    column: int,
    name: str,
    *,
    role: FieldRole,
    kind: str,
    text: Title,
    default: bool,
) -> Field:
    """Describe one column of a layer's table."""
    values = table[name].dropna()
    numeric = kind in ("integer", "number") and len(values) > 0
    return Field(
        id=name,
        role=role,
        type=kind,  # type: ignore[arg-type]  # the declaration has the same four types
        title=text,
        column=column,
        default=default,
        count=len(values),
        minimum=float(values.min()) if numeric else None,
        maximum=float(values.max()) if numeric else None,
    )


def head_fields(table: pd.DataFrame) -> tuple[Field, Field]:
    """Describe the code and the name, which every layer has first."""
    return (
        field(table, 0, "code", role="code", kind="string", text=CODE, default=True),
        field(table, 1, "name", role="name", kind="string", text=NAME, default=True),
    )
