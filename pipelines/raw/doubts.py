"""What the accepted rows of a load's files give reason to doubt.

Here: noting in raw.doubts the ids that contradict themselves, that a spreadsheet cut or rounded, and second questions.
Not here: repeated rows (repeats.py), and why a row is refused (check.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from pipelines.raw.kinds import FIXED, KEYS, Kind
from pipelines.raw.values import IDS
from pipelines.warehouse.quoting import identifier, literal
from pipelines.warehouse.sql_files import statements


def note(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Note what the accepted rows of the files give reason to doubt."""
    key = KEYS[kind.name][0]
    fixed = [("contradicting_ids", column) for column in _that_may_differ(connection, kind)]
    ids = [("cut_ids", column.name) for column in kind.columns if column.name in IDS]
    for query, column in (*fixed, *ids):
        text = statements(f"raw/ledger/{query}.sql")
        for placeholder, value in (("this_kind", kind.name), ("this_id", key), ("this_column", column)):
            text = text.replace(placeholder, value)
        connection.execute(text)
    for doubt, column in (("rounded_id", "rounded"), ("second_question", "unused_question")):
        connection.execute(
            f"INSERT INTO vault.raw.doubts BY NAME SELECT file_id, {literal(doubt)} AS doubt, "
            f"{literal(kind.name)} AS kind, {column} AS subject, count(*) AS records, source, "
            f"min(CAST({key} AS VARCHAR)) AS example FROM {identifier(f'checked_{kind.name}')} "
            f"WHERE refused IS NULL AND {column} IS NOT NULL GROUP BY ALL"
        )


def _that_may_differ(connection: duckdb.DuckDBPyConnection, kind: Kind) -> Sequence[str]:
    """The columns that an id fixes, if several accepted rows of a file share one (digests: shared_ids).

    Ids are counted by their digests, once for all columns: of 936,000 orders without a shared id the doubts take 0.2 s
    of processor so, and 1.0 s where each column's rows are grouped by id. Equal digests of other ids do no harm.
    """
    columns = FIXED.get(kind.name, ())
    if not columns:
        return ()
    text = statements("raw/ledger/shared_ids.sql").replace("this_kind", kind.name)
    [(shared,)] = connection.execute(text.replace("this_id", KEYS[kind.name][0])).fetchall()
    return columns if shared else ()
