"""What an asset shows of itself in the UI: description, columns, row count, a small preview, its checks.

Here: turning results of `pipelines` into Dagster's objects. Not here: personal data; the vault's tables show counts
only, and free text is left out of previews.
"""

import re
from collections.abc import Sequence

import dagster as dg
import duckdb
import polars as pl

from pipelines.settings import Settings
from pipelines.warehouse import checks
from pipelines.warehouse.connection import statements
from pipelines.warehouse.frames import frame
from pipelines.warehouse.quoting import quoted

PREVIEW_ROWS = 5
PREVIEW_HIDES = {"comment", "answer", "example", "detractor_example", "record"}


def key(table: str) -> dg.AssetKey:
    """Asset key of a table: schema and name."""
    return dg.AssetKey(table.split("."))


def description(table: str) -> str:
    """The table's comment in sql/schema."""
    schema, _ = table.split(".")
    pattern = rf"COMMENT ON TABLE {re.escape(table)} IS '((?:[^']|'')*)'"
    found = re.search(pattern, statements(f"schema/{schema}.sql"))
    return found.group(1).replace("''", "'") if found else ""


def check_specs(tables: Sequence[str]) -> list[dg.AssetCheckSpec]:
    """Dagster's view of the checks in sql/checks."""
    return [
        dg.AssetCheckSpec(
            name=check.name, asset=key(check.table), blocking=check.is_blocking, description=check.promise
        )
        for check in checks.checks()
        if check.table in tables
    ]


def check_results(
    connection: duckdb.DuckDBPyConnection, settings: Settings, tables: Sequence[str]
) -> list[dg.AssetCheckResult]:
    """Run the checks of some tables."""
    return [
        dg.AssetCheckResult(
            passed=result.passed,
            asset_key=key(result.check.table),
            check_name=result.check.name,
            severity=dg.AssetCheckSeverity.ERROR if result.check.is_blocking else dg.AssetCheckSeverity.WARN,
            metadata={"offending_rows": result.offending}
            | ({} if result.passed else {"sample": preview(result.sample)}),
        )
        for result in checks.run(connection, settings, set(tables))
    ]


def table_metadata(
    connection: duckdb.DuckDBPyConnection, table: str, where: str = "true"
) -> dict[str, dg.MetadataValue | int]:
    """Columns with their comments and row count of a published table, and a preview of the rows `where` chooses."""
    schema, name = table.split(".")
    columns = connection.sql(
        "SELECT column_name, data_type, comment, is_nullable FROM duckdb_columns() "
        "WHERE database_name = 'warehouse' AND schema_name = $schema AND table_name = $name ORDER BY column_index",
        params={"schema": schema, "name": name},
    ).fetchall()
    [(count,)] = connection.sql(f"SELECT count(*) FROM {quoted(table)}").fetchall()
    rows = connection.sql(f"SELECT * FROM {quoted(table)} WHERE {where}")
    return {
        "dagster/row_count": count,
        "dagster/column_schema": dg.MetadataValue.table_schema(
            dg.TableSchema(
                columns=[
                    dg.TableColumn(column, kind, comment, dg.TableColumnConstraints(nullable=nullable))
                    for column, kind, comment, nullable in columns
                ]
            )
        ),
        "preview": preview(frame(rows.limit(PREVIEW_ROWS))),
    }


def preview(rows: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """A few rows as a table, free text left out."""
    return table(rows.select(pl.exclude(PREVIEW_HIDES)))


def transposed(row: pl.DataFrame) -> pl.DataFrame:
    """One row as a table of names and values, what is empty left out."""
    texts = row.select(pl.all().cast(pl.String))
    return texts.transpose(include_header=True, header_name="what", column_names=["value"]).drop_nulls()


def table(rows: pl.DataFrame) -> dg.MarkdownMetadataValue:
    """Rows as a Markdown table."""
    with pl.Config(
        tbl_formatting="ASCII_MARKDOWN",
        tbl_hide_dataframe_shape=True,
        tbl_hide_column_data_types=True,
        tbl_cols=-1,
        tbl_rows=-1,
        fmt_str_lengths=1000,
        tbl_width_chars=-1,  # a row that is broken in two is no row of a Markdown table
    ):
        return dg.MetadataValue.md(str(rows))
