"""When the vault drops what no figure is made from (NORTHSTAR_KEEP_RAW_DAYS).

Here: clearing columns that no format reads, and refused rows, of contents that were read long ago. Not here: records
(every figure is made from their history), customer-level months (pipelines/figures), Dagster's runs
(assets/run_history.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import duckdb

from pipelines.raw.kinds import Kind
from pipelines.settings import Settings
from pipelines.warehouse.quoting import identifier
from pipelines.warehouse.write import changed_rows, transaction

# Customers' other columns are what NORTHSTAR_ATTRIBUTES makes segments of.
NEEDED = frozenset({"customers"})


def expire(connection: duckdb.DuckDBPyConnection, settings: Settings, kinds: Iterable[Kind]) -> int:
    """Clear what is older than the setting allows, counted from the last reading of its content; returns rows touched.

    A refused row keeps its place, its reason and the column at fault, as after an erasure.
    """
    if not settings.keep_raw_days:
        return 0
    kinds = list(kinds)
    before = settings.as_of - timedelta(days=settings.keep_raw_days)
    old = "file_id IN (SELECT file_id FROM vault.raw.files WHERE loaded_at < $before)"
    named = ", ".join(f"'{kind.name}'" for kind in kinds if "identity" in kind.key)
    statements = [
        f"UPDATE vault.raw.{identifier(kind.name)} SET extra = NULL WHERE extra IS NOT NULL AND {old}"
        for kind in kinds
        if kind.name not in NEEDED and "extra" in kind.provenance
    ]
    statements.append(
        "UPDATE vault.raw.rejected SET record = NULL, value = NULL, identity = NULL, "
        f"record_key = CASE WHEN kind NOT IN ({named}) THEN record_key END "
        f"WHERE (record IS NOT NULL OR value IS NOT NULL OR identity IS NOT NULL) AND {old}"
    )
    with transaction(connection):
        return sum(changed_rows(connection, statement, {"before": before}) for statement in statements)
