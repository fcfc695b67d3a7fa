"""The declaration of core's tables against the tables themselves."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.core.tables import CORE_TABLES, TABLES, declaration
from pipelines.warehouse.sql_files import statements


@pytest.fixture(scope="module")
def columns():
    """Names of columns by table, as sql/schema makes them."""
    with duckdb.connect() as connection:
        connection.execute(statements("schema/core.sql"))
        rows = connection.sql(
            "SELECT schema_name || '.' || table_name, list(column_name), list(column_name) FILTER (NOT is_nullable) "
            "FROM duckdb_columns() WHERE schema_name = 'core' GROUP BY ALL"
        ).fetchall()
    return {name: (set(names), set(required)) for name, names, required in rows}


def test_every_table_of_the_schema_is_declared_once(columns):
    assert sorted(TABLES) == sorted(columns)


@pytest.mark.parametrize("declared", CORE_TABLES, ids=TABLES)
def test_a_key_is_of_columns_that_are_never_null(columns, declared):
    _, required = columns[declared.table]
    assert declared.key
    assert set(declared.key) <= required


def test_later_events_name_columns_of_their_table(columns):
    for declared in CORE_TABLES:
        if declared.later:
            named = {*declared.later.unread, *declared.later.events}.union(*declared.later.events.values())
            assert named <= columns[declared.table][0]


def test_a_table_is_looked_up_by_name():
    assert [declaration(table) for table in TABLES] == list(CORE_TABLES)
