"""What an operator's format can reach: its rows; neither files, nor other tables, nor the key of the pseudonyms."""

import duckdb
import pytest

from pipelines.raw.formats import read_formats
from pipelines.raw.kinds import read_kinds
from pipelines.raw.macros import install_macros
from pipelines.raw.sandbox import reaches
from tests.raw.conftest import Shop

FORMAT = """-- recognised by: ticket, rating
SELECT file_id, row_number, ticket AS response_id, '2025-01-05' AS responded_at, rating AS score, {} FROM input"""


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ("FROM read_csv('/etc/passwd')", "the function read_csv"),
        ("SELECT (SELECT content FROM read_text('/etc/passwd')) AS a FROM input", "the function read_text"),
        ("SELECT * FROM input, '/etc/passwd'", "the table /etc/passwd"),
        ("SELECT * FROM input, LATERAL (FROM parquet_scan('x'))", "the function parquet_scan"),
        ("SELECT * FROM input ORDER BY (FROM glob('/*'))", "the function glob"),
        ("(FROM input) UNION ALL FROM '/etc/passwd'", "the table /etc/passwd"),
        ("WITH input AS (FROM read_blob('x')) FROM input", "the function read_blob"),
        (
            "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r, read_text('a')) FROM r",
            "the function read_text",
        ),
        ("SELECT * FROM input WHERE a IN (SELECT order_id FROM vault.raw.orders)", "the table vault.raw.orders"),
        ("FROM query('SELECT 1')", "the function query"),
        ("FROM query_table('vault.raw.orders')", "the function query_table"),
        ("FROM duckdb_settings()", "the function duckdb_settings"),
        ("SELECT getvariable('hmac_inner') FROM input", "the function getvariable"),
        ("SELECT list_transform([1], lambda x: GetVariable('hmac_inner')) FROM input", "the function getvariable"),
        ("SELECT getenv('NORTHSTAR_SALT') FROM input", "the function getenv"),
        ("SELECT pseudonym(a) FROM input", "the function pseudonym"),
        ("FROM (SHOW TABLES)", "rows of the kind show_ref"),
    ],
)
def test_a_reach_outside_is_named(select: str, words: str) -> None:
    with duckdb.connect() as connection:
        assert str(reaches(connection, select)).lower() == words


@pytest.mark.parametrize(
    "select",
    [
        "SELECT * FROM input",
        "WITH x AS (SELECT a FROM Input) SELECT x.a, h.value FROM x JOIN headers AS h USING (file_id)",
        "SELECT unnest(string_split(a, ';')) AS part FROM input, range(3) AS r(n), (VALUES (1)) AS v(b)",
    ],
)
def test_a_format_may_use_what_it_is_given(select: str) -> None:
    with duckdb.connect() as connection:
        assert reaches(connection, select) is None


def test_no_shipped_format_reaches_outside(shop: Shop) -> None:
    install_macros(shop.connection)
    formats = read_formats(shop.connection, shop.settings, read_kinds(shop.connection))
    shipped = [one for one in formats.all if not one.is_canonical]
    assert len(shipped) > 20
    assert [
        (one.name, reaches(shop.connection, one.select)) for one in shipped if reaches(shop.connection, one.select)
    ] == []


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (FORMAT.format("(SELECT content FROM read_text('/etc/passwd')) AS comment"), "the function read_text"),
        ("-- recognised by: ticket, rating\nCOPY (FROM input) TO 'out.csv'", "one SELECT over input"),
        ("-- recognised by: ticket, rating\nATTACH 'other.duckdb'", "one SELECT over input"),
        ("-- recognised by: ticket, rating\nINSTALL httpfs", "one SELECT over input"),
        ("-- recognised by: ticket, rating\nSET VARIABLE hmac_inner = 'x'", "one SELECT over input"),
    ],
)
def test_a_format_that_reaches_outside_is_refused_and_named(shop: Shop, body: str, words: str) -> None:
    shop.format("thief.responses.sql", body)
    shop.drop("x.csv", "ticket,rating\n1,9\n")
    assert shop.load().files == {"failed": 1}
    [(reason,)] = shop.rows("files", "reason")
    assert "thief.responses.sql" in str(reason)
    assert words in str(reason)
    assert shop.rows("responses", "response_id") == []
    assert not any("root:x:0" in str(line) for line in shop.messages)
