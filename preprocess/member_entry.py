"""Which territories each commune belongs to, written to the store, and its entry in the manifest."""

import pandas as pd
import pyarrow as pa

from tileserver.store.manifest import MembersEntry
from tileserver.store.members import MEMBER_FILE, schema
from tileserver.store.writer import StoreWriter


def write_members(membership: pd.DataFrame, writer: StoreWriter) -> MembersEntry:
    """Write the membership table: a row a commune, a column a level, null for none."""
    levels = tuple(map(str, membership.columns))
    columns = {
        level: [code if isinstance(code, str) else None for code in membership[level]] for level in levels
    }
    table = pa.table(columns, schema=schema(levels))
    return MembersEntry(levels=levels, files={writer.write_table(MEMBER_FILE, table): table.num_rows})
