"""The meaning of a SQL text: layout and comments do not change it, everything else does."""

import duckdb
import pytest

from pipelines.warehouse.sql_files import SQL
from pipelines.warehouse.sql_meaning import sql_meaning, sql_statements


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a, f(b) FROM t",
        "-- why\nSELECT a,\n    f( b ) -- what\nFROM t;\n",
        "/* why\n -- and */SELECT a ,f(b)/**/FROM t",
    ],
)
def test_layout_and_comments_mean_nothing(text):
    assert sql_meaning(text) == "SELECT a,f(b)FROM t"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT 'a  b'", "SELECT 'a b'"),
        ("SELECT 'a -- b'", "SELECT 'a '"),
        ("SELECT 'it''s -- one'", "SELECT 'it''s '"),
        (r"SELECT e'it\'s -- one'", r"SELECT e'it\'s '"),
        ('SELECT "a  b"', 'SELECT "a b"'),
        ("SELECT $$a /* b */$$", "SELECT $$a $$"),
        ("SELECT 'a( b'", "SELECT 'a(b'"),
        ("SELECT a b", "SELECT ab"),
        ("SELECT 1", "SELECT 2"),
    ],
)
def test_what_is_quoted_or_a_word_means_something(one, other):
    assert sql_meaning(one) != sql_meaning(other)


def test_statements_are_split_outside_of_quotes_only():
    assert sql_statements("-- two\nSELECT ';' ; SELECT 2 -- ;\n;") == ["SELECT ';'", "SELECT 2"]


def test_duckdb_reads_the_same_statements_in_every_file_of_the_project():
    """Of each text and of its meaning: as many, each of the same type, without anything left to strip."""
    with duckdb.connect(":memory:") as connection:
        for path in SQL.rglob("*.sql"):
            text = path.read_text(encoding="utf-8")
            meaning = sql_meaning(text)
            types = [statement.type for statement in connection.extract_statements(text)]
            assert [statement.type for statement in connection.extract_statements(meaning)] == types, path
            assert len(sql_statements(text)) == len(types), path
            assert sql_meaning(meaning) == meaning, path
