"""The schemas that figures are made with are those DuckDB reads from the same DDL."""

from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.warehouse.frames import frame
from pipelines.warehouse.sql_files import statements
from pipelines.warehouse.tables import empty, table_schema


@pytest.mark.parametrize("schema", ["nps", "value"])
def test_columns_and_types_are_those_of_the_made_tables(schema):
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(statements(f"schema/{schema}.sql"))
        tables = connection.sql("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
        assert len(tables) >= 10
        for (table,) in tables:
            made = frame(connection.sql(f"FROM {table}"))
            assert list(table_schema(table).items()) == list(made.schema.items()), table
            assert_frame_equal(empty(table), made)


def test_some_columns_keep_the_order_asked_for():
    wanted = {"change": pl.Float64(), "month": pl.Date()}
    assert list(table_schema("value.retention", wanted).items()) == list(wanted.items())


@pytest.mark.parametrize(("table", "columns"), [("value.nothing", None), ("value.retention", ("nothing",))])
def test_a_table_or_column_without_ddl_is_an_error(table, columns):
    with pytest.raises(KeyError, match="nothing"):
        table_schema(table, columns)


def test_a_caller_s_change_stays_its_own():
    table_schema("value.retention").pop("month")
    assert table_schema("value.retention").names()[0] == "month"


def test_no_module_of_figures_repeats_the_columns_of_a_table():
    pipelines = Path(__file__).parents[2] / "pipelines"
    modules = [file for schema in ("nps", "value", "loop") for file in sorted((pipelines / schema).rglob("*.py"))]
    assert modules
    assert [file.name for file in modules if "pl.Schema(" in file.read_text(encoding="utf-8")] == []
