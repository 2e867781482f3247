"""The survey written to the store, and its entry in the manifest."""

from itertools import pairwise

import pandas as pd
import pyarrow as pa

from layers.catalog import Catalog
from layers.labour_spec import labour_sources
from preprocess.labour.tables import LabourTables
from tileserver.store.labour_format import FILES
from tileserver.store.manifest import LabourEntry, LabourYear, Title
from tileserver.store.writer import StoreWriter


def write_labour(catalog: Catalog, made: LabourTables | None, writer: StoreWriter) -> LabourEntry | None:
    """Write the tables of the survey; None where there is none."""
    labour = catalog.labour
    if labour is None or made is None:
        return None
    for name, schema in FILES.items():
        writer.write_table(name, _arrow(made.tables[name], schema))
    years = tuple(
        LabourYear(year=year.year, nomenclature=year.nomenclature, source=year.source)
        for year in labour.years
    )
    named = {key: Title(each.title.fr, each.title.en) for key, each in labour.nomenclatures.items()}
    return LabourEntry(
        title=Title(labour.title.fr, labour.title.en),
        definition=Title(labour.definition.fr, labour.definition.en),
        absent=Title(labour.absent.fr, labour.absent.en),
        weight=labour.weight,
        place=labour.place,
        years=years,
        nomenclatures=named,
        domains={
            key: {letter: Title(text.fr, text.en) for letter, text in each.domains.items()}
            for key, each in labour.nomenclatures.items()
        },
        focus=labour.focus,
        breaks=tuple(
            after.year for before, after in pairwise(years) if before.nomenclature != after.nomenclature
        ),
        levels=made.levels,
        sources=labour_sources(labour),
        files={name: len(table) for name, table in made.tables.items()},
    )


def _arrow(table: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    columns = []
    for column in schema:
        values = table[column.name]
        if column.type == pa.string():
            columns.append(pa.array(values.tolist(), pa.string()))
        else:
            columns.append(pa.array(values.to_numpy(column.type.to_pandas_dtype())))
    return pa.Table.from_arrays(columns, schema=schema)
