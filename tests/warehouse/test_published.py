"""The published file as an analyst meets it: comments on everything, the macros, an older DuckDB, another time zone."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import duckdb
import pytest
from warehouse.small_warehouse import ROOT, compute_all, fill, python, warehouse

from pipelines.publish import publish
from pipelines.warehouse.sql_files import view_texts

OLD = os.environ.get("NORTHSTAR_TEST_OLD_DUCKDB", "")
MACROS = {"category", "counted", "nps", "nps_high", "nps_low"}
GRAINS = ("week", "month", "quarter", "year", "trailing_90d", "trailing_365d")
FIGURES = """
SELECT period_start, period_end, is_complete, nps, nps_low, nps_high, responses FROM nps.by_period
WHERE grain = '{grain}' AND stage = 'all' ORDER BY period_start
"""
COUNTED = """
SELECT period_start, period_end, is_complete, {ns}nps(score), {ns}nps_low(score), {ns}nps_high(score), count(*)
FROM counted('{grain}') GROUP BY ALL ORDER BY period_start
"""
STAGES = """
SELECT period_start, stage, nps, responses FROM nps.by_period
WHERE grain = 'month' AND stage <> 'all' ORDER BY ALL
"""
COUNTED_STAGES = "SELECT period_start, stage, nps(score), count(*) FROM counted('month') GROUP BY ALL ORDER BY ALL"


@pytest.fixture(scope="module", params=["latest", "all"])
def published(request, tmp_path_factory):
    """The published file, by either counting."""
    with warehouse(tmp_path_factory.mktemp("published"), counting=request.param) as (connection, settings):
        fill(connection)
        compute_all(connection, settings)
        publish(connection, settings)
    return settings.published_path


@pytest.fixture
def reader(published):
    with duckdb.connect(str(published), read_only=True) as connection:
        yield connection


def agree(actual, expected):
    """The score and the counts equal to the last digit, the interval to 1e-9 points."""
    assert len(actual) == len(expected) > 0
    for mine, theirs in zip(actual, expected, strict=True):
        assert (*mine[:4], mine[6]) == (*theirs[:4], theirs[6])
        assert mine[4:6] == pytest.approx(theirs[4:6], abs=1e-9)


@pytest.mark.first(4)
@pytest.mark.parametrize("grain", GRAINS)
def test_counted_is_what_nps_by_period_counts(reader, grain):
    agree(reader.sql(COUNTED.format(grain=grain, ns="")).fetchall(), reader.sql(FIGURES.format(grain=grain)).fetchall())


@pytest.mark.slow
def test_counted_by_stage(reader):
    assert reader.sql(COUNTED_STAGES).fetchall() == reader.sql(STAGES).fetchall()


def test_counted_has_the_columns_of_the_answers(reader):
    columns = reader.sql("FROM counted('month') LIMIT 0").columns
    assert columns == ["period_start", "period_end", "is_complete", *reader.sql("FROM core.responses LIMIT 0").columns]


@pytest.mark.parametrize(("grain", "named"), [("'MONTH'", "'MONTH'"), ("'fortnight'", "'fortnight'"), ("NULL", "NULL")])
def test_a_grain_that_is_none_is_an_error_that_names_those_there_are(reader, grain, named):
    for query in (f"FROM counted({grain})", f"SELECT count(*) FROM counted({grain})"):
        with pytest.raises(
            duckdb.Error, match=f"there is no grain {named}; it is one of week, month, .*, in lower case"
        ):
            reader.sql(query).fetchall()


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Honolulu"])
def test_the_time_zone_of_the_session_does_not_matter(reader, zone):
    expected = reader.sql(COUNTED.format(grain="week", ns="")).fetchall()
    reader.execute(f"SET TimeZone = '{zone}'")
    assert reader.sql(COUNTED.format(grain="week", ns="")).fetchall() == expected
    agree(expected, reader.sql(FIGURES.format(grain="week")).fetchall())


def test_attached_under_another_name(published):
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{published}' AS ns (READ_ONLY)")
        expected = connection.sql(FIGURES.format(grain="month").replace("nps.by_period", "ns.nps.by_period")).fetchall()
        # The aggregates work by their full name; counted needs the session to be in the file, as its comment says.
        assert connection.sql("SELECT ns.nps(score), ns.category(10) FROM ns.core.responses").fetchall()
        with pytest.raises(duckdb.CatalogException):
            connection.sql("FROM ns.counted('month')")
        connection.execute("USE ns")
        agree(connection.sql(COUNTED.format(grain="month", ns="ns.")).fetchall(), expected)


def test_macros(reader):
    scores = "(VALUES (10), (9), (8), (7), (6), (0), (NULL)) AS t(score)"
    assert reader.sql(f"SELECT category(score) FROM {scores}").fetchall() == [
        ("promoter",),
        ("promoter",),
        ("passive",),
        ("passive",),
        ("detractor",),
        ("detractor",),
        (None,),
    ]
    assert reader.sql(f"SELECT nps(score) FROM {scores}").fetchall() == [(0.0,)]
    [(low, high)] = reader.sql(f"SELECT nps_low(score), nps_high(score) FROM {scores}").fetchall()
    # By hand: n 9, mean 0, variance (2 + 2 + 1.5) / 9.
    margin = 1.959963984540054 * 100 * ((5.5 / 9) / 9) ** 0.5
    assert (low, high) == pytest.approx((-margin, margin), abs=1e-9)
    nothing = reader.sql(f"SELECT nps(score), nps_low(score), nps_high(score) FROM {scores} WHERE score > 10")
    assert nothing.fetchall() == [(None, None, None)]
    unknown = reader.sql("SELECT nps(score), nps_low(score), nps_high(score) FROM (SELECT NULL::INTEGER AS score)")
    assert unknown.fetchall() == [(None, None, None)]
    # One answer: the interval is widened to hold its score.
    for answer, end in ((10, "high"), (0, "low")):
        [(score, edge)] = reader.sql(f"SELECT nps(s), nps_{end}(s) FROM (SELECT {answer} AS s)").fetchall()
        assert score == edge
    only = reader.sql("SELECT nps(s), nps_high(s) FROM (SELECT 10 AS s FROM range(1000))").fetchall()
    assert only == [(100.0, 100.0)]


def declared():
    """Tables, views and columns as sql/ declares them; the vault's are not published."""
    with duckdb.connect() as connection:
        for file in [*sorted((ROOT / "sql" / "schema").glob("*.sql")), *(ROOT / "sql" / "views").glob("*.sql")]:
            if file.stem != "raw":
                connection.execute(file.read_text(encoding="utf-8"))
        return connection.sql(
            "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()


def test_everything_has_a_comment(reader):
    columns = reader.sql(
        "SELECT schema_name, table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal"
    ).fetchall()
    assert {row[:3] for row in columns} == set(declared())
    assert [row[:3] for row in columns if not row[3]] == []
    tables = reader.sql("SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE NOT internal").fetchall()
    assert [row[:2] for row in tables if not row[2]] == []
    views = reader.sql("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall()
    assert ("detractor_reasons", True) in {(name, bool(comment)) for name, comment in views}
    assert [name for name, comment in views if not comment] == []
    macros = reader.sql("SELECT function_name, comment FROM duckdb_functions() WHERE NOT internal").fetchall()
    assert {name for name, _ in macros} == MACROS
    assert [name for name, comment in macros if not comment] == []
    assert "USE ns" in dict(macros)["counted"]


def test_comments_are_in_the_ddl():
    """From the text of the DDL, so that a column without a comment is named before anything runs."""
    for schema in ("core", "loop", "nps", "ops", "value"):
        ddl = (ROOT / "sql" / "schema" / f"{schema}.sql").read_text(encoding="utf-8")
        views = [text for text in view_texts([ddl]) if f"CREATE OR REPLACE VIEW {schema}." in text]
        text = "\n".join([ddl, *views])
        commented = set(re.findall(r"^COMMENT ON COLUMN ([a-z0-9_.\"]+) IS '", text, re.MULTILINE))
        expected = {f"{a}.{b}.{c}" for a, b, c in declared() if a == schema}
        assert {name.replace('"', "") for name in commented} == expected
        assert set(re.findall(r"^COMMENT ON (?:TABLE|VIEW) ([a-z_.]+) IS '", text, re.MULTILINE)) == {
            name.rpartition(".")[0] for name in expected
        }


READ_ALL = """
import json, sys
import duckdb

path, statements = sys.argv[1], json.loads(sys.argv[2])
reader = duckdb.connect(path, read_only=True)

def text(statement, connection=reader):
    return [[str(value) for value in row] for row in connection.sql(statement).fetchall()]

tables = text("SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal ORDER BY 1")
answer = {
    "version": duckdb.__version__,
    "rows": {name: text(f"SELECT COLUMNS(*)::VARCHAR FROM {name} ORDER BY ALL") for [name] in tables},
    "comments": [
        text("SELECT schema_name, table_name, column_name, comment FROM duckdb_columns() "
            "WHERE NOT internal ORDER BY ALL"),
        text("SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE NOT internal ORDER BY ALL"),
        text("SELECT function_name, comment FROM duckdb_functions() WHERE NOT internal ORDER BY ALL"),
    ],
    "answers": [text(statement) for statement in statements],
}
reader.close()
other = duckdb.connect()
other.execute(f"ATTACH '{path}' AS ns (READ_ONLY)")
answer["attached"] = text("SELECT ns.nps(score), ns.nps_low(score) FROM ns.core.responses", other)
other.execute("USE ns")
answer["used"] = text("SELECT count(*), nps(score) FROM counted('quarter')", other)
print(json.dumps(answer))
"""


def everything(path, **options):
    statements = [COUNTED.format(grain=grain, ns="") for grain in GRAINS]
    statements += [FIGURES.format(grain=grain) for grain in GRAINS]
    statements += [COUNTED_STAGES, "SELECT category(score), count(*) FROM core.responses GROUP BY ALL ORDER BY ALL"]
    process = python(READ_ALL, path, json.dumps(statements), **options)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return json.loads(out)


@pytest.mark.skipif(not OLD, reason="NORTHSTAR_TEST_OLD_DUCKDB does not name a Python with duckdb 1.4 (see .ci/run)")
def test_an_older_client_reads_all_of_it(published):
    assert Path(OLD).exists(), f"NORTHSTAR_TEST_OLD_DUCKDB is '{OLD}'; allowed is a Python with duckdb 1.4"
    new, old = everything(published), everything(published, executable=OLD)
    assert old.pop("version").startswith("1.4.")
    assert new.pop("version").startswith("2.")
    # The vault's tables are not published.
    files = [file for file in (ROOT / "sql" / "schema").glob("*.sql") if file.stem != "raw"]
    made = [re.findall(r"^CREATE TABLE", file.read_text(encoding="utf-8"), re.MULTILINE) for file in files]
    assert len(old["rows"]) == sum(map(len, made)) > 60
    assert old == new


@pytest.mark.parametrize("file", sorted((ROOT / "sql" / "views").glob("*_latest_*.sql")), ids=lambda file: file.stem)
def test_the_latest_rows_are_those_of_the_newest_period(reader, file):
    schema, _, table = file.stem.partition("_latest_")
    [named] = re.findall(r"^-- columns: (\S+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert named == f"{schema}.{table}"
    columns = reader.table(named).columns
    by = [name for name in ("grain", "stage", "dimension", "language") if name in columns and "period_end" in columns]
    if table == "coverage":
        by = ["grain"]
    newest = "period_end" if by else "month"
    expected: dict[tuple[object, ...], object] = {}
    rows = reader.sql(f"SELECT * FROM {named}").fetchall()
    key = [columns.index(name) for name in by]
    for row in rows:
        of = tuple(row[place] for place in key)
        expected[of] = max(expected.get(of, row[columns.index(newest)]), row[columns.index(newest)])
    kept = [row for row in rows if expected[tuple(row[place] for place in key)] == row[columns.index(newest)]]
    seen = reader.sql(f"SELECT * FROM {schema}.latest_{table}").fetchall()
    assert sorted(map(repr, seen)) == sorted(map(repr, kept))
    comments = (
        "SELECT column_name, comment FROM duckdb_columns() WHERE schema_name || '.' || table_name = '{}' ORDER BY 1"
    )
    of_view = reader.sql(comments.format(schema, f"latest_{table}")).fetchall()
    assert sorted(of_view) == sorted(reader.sql(comments.format(schema, table)).fetchall())
