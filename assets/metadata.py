"""What an asset shows of itself in the UI: description, columns, row count, a small preview, its checks.

Here: turning results of `pipelines` into Dagster's objects. Not here: reading tables and rows
(pipelines/ops/previews.py).
"""

from collections.abc import Sequence

import dagster as dg

from pipelines.figures import checks, passes
from pipelines.ops.previews import preview, without_free_text
from pipelines.periods import Window
from pipelines.settings import Settings
from pipelines.warehouse.connection import Connection


def key(table: str) -> dg.AssetKey:
    """Asset key of a table: schema and name."""
    return dg.AssetKey(table.split("."))


def check_specs(tables: Sequence[str]) -> list[dg.AssetCheckSpec]:
    """The checks of sql/checks on some tables, declared to Dagster."""
    return [
        dg.AssetCheckSpec(
            name=check.name, asset=key(check.table), blocking=check.is_blocking, description=check.promise
        )
        for check in checks.checks()
        if check.table in tables
    ]


def check_results(connection: Connection, settings: Settings, tables: Sequence[str]) -> list[dg.AssetCheckResult]:
    """The checks on some tables; those that passed on the same rows are not run again."""
    return [
        dg.AssetCheckResult(
            passed=result.passed,
            asset_key=key(result.check.table),
            check_name=result.check.name,
            severity=dg.AssetCheckSeverity.ERROR if result.check.is_blocking else dg.AssetCheckSeverity.WARN,
            metadata={"offending_rows": result.offending}
            | ({} if result.passed else {"sample": dg.MetadataValue.md(without_free_text(result.sample))}),
        )
        for result in passes.verify(connection, settings, set(tables))
    ]


def table_metadata(
    connection: Connection, table: str, months: Window | None = None
) -> dict[str, dg.MetadataValue | int]:
    """A table's columns with their comments, its row count and its first rows, of `months` if given."""
    seen = preview(connection, table, months)
    columns = [
        dg.TableColumn(column.name, column.type, column.comment, dg.TableColumnConstraints(nullable=column.is_nullable))
        for column in seen.columns
    ]
    return {
        "dagster/row_count": seen.rows,
        "dagster/column_schema": dg.MetadataValue.table_schema(dg.TableSchema(columns=columns)),
        "preview": dg.MetadataValue.md(seen.first_rows),
    }
