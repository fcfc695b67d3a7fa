"""What moved against the file published before: rows and figures, what is only counted, and what a crash leaves."""

from __future__ import annotations

import json
import shutil
from datetime import date

import duckdb
import pytest
from warehouse.small_warehouse import make_settings, rolled_back

from pipelines import publish as publishing
from pipelines.figures import FIGURES
from pipelines.ops import restatements
from pipelines.ops.compared_columns import COMPARED
from pipelines.ops.restatements import MOST_LISTED
from pipelines.publish import publish
from pipelines.warehouse.connection import opened

JANUARY, FEBRUARY, MARCH = date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)
SETTINGS_CHANGED = "settings or program changed"


@pytest.fixture
def home(published_once, tmp_path):
    """A copy of that home, for a test to break."""
    return shutil.copytree(published_once, tmp_path / "home")


@pytest.fixture
def shop(home):
    settings = make_settings(home)
    with opened(settings) as connection:
        yield connection, settings


@pytest.fixture(scope="module")
def attached(published_once):
    """That home opened once, with the published file attached."""
    settings = make_settings(published_once)
    with opened(settings) as connection, restatements.yesterday(connection, settings) as problem:
        assert problem is None
        yield connection, settings


@pytest.fixture
def undone(attached):
    """That warehouse in a transaction that is rolled back after the test."""
    connection, settings = attached
    with rolled_back(connection):
        yield connection, settings


def recomputed(connection, table, month, *, change=None, fingerprint=None):
    """Record that a month was recomputed: after a change of that number, or by another program."""
    connection.execute(
        "UPDATE ops.computed SET run_id = run_id || '+', change_id = coalesce(?, change_id), "
        "fingerprint = coalesce(?, fingerprint) WHERE table_name = ? AND month = ?",
        [change, fingerprint, table, month],
    )


def changed(connection, number, kind, month, *, file="f1", records=3):
    connection.execute("INSERT INTO ops.changes VALUES (?, ?, ?, ?, ?, now())", [number, file, month, kind, records])


def moved(connection, columns="table_name, month, key, column_name, before, after, figures, change_id, reason"):
    return connection.sql(f"SELECT {columns} FROM ops.restatements ORDER BY ALL").fetchall()


ALL_OF_MONTH = "stage = 'all' AND grain = 'month'"


def score(connection, month):
    [(value,)] = connection.sql(
        f"SELECT nps FROM nps.by_period WHERE {ALL_OF_MONTH} AND month = DATE '{month}'"
    ).fetchall()
    return value


def test_every_figure_table_but_those_of_customers_is_compared():
    assert set(COMPARED) == {figure.table for figure in FIGURES if not figure.newest_only}


def test_the_key_identifies_one_row(undone):
    connection, _ = undone
    for table, compared in COMPARED.items():
        names = ", ".join(["month", *compared.key])
        twice = connection.sql(f"SELECT {names} FROM {table} GROUP BY {names} HAVING count(*) > 1").fetchall()
        assert twice == [], table
        kinds = dict(
            connection.sql(
                "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'warehouse' "
                f"AND schema_name || '.' || table_name = '{table}'"
            ).fetchall()
        )
        assert set(compared.key) < set(kinds)
        if compared.headline:
            assert compared.headline.column in kinds


def test_the_first_publishing_restates_nothing_and_is_logged(undone):
    connection, _ = undone
    assert moved(connection) == []
    publication = "SELECT first_month, open_month, restatements, warnings FROM ops.publications"
    assert connection.sql(publication).fetchall() == [(date(2023, 11, 1), MARCH, 0, [])]


def test_a_figure_is_logged_before_and_after_with_its_change(shop):
    connection, settings = shop
    before = score(connection, JANUARY)
    connection.execute(f"UPDATE nps.by_period SET nps = nps + 2.5 WHERE {ALL_OF_MONTH} AND month = DATE '2024-01-01'")
    connection.execute(
        "UPDATE value.promoter_value SET own_value = own_value + 0.01, total_value = total_value + 0.01 "
        "WHERE month = DATE '2024-02-01' AND category = 'promoter'"
    )
    # Each of the numbers is right but one: 2 is older than 3, 4 does not reach back, 5 is of a table not read.
    for number, kind, month in ((2, "core.orders", JANUARY), (3, "core.responses", JANUARY), (4, "core.orders", MARCH)):
        changed(connection, number, kind, month)
    changed(connection, 3, "core.response_segments", JANUARY, file=None)
    changed(connection, 5, "core.response_topics", JANUARY)
    recomputed(connection, "nps.by_period", JANUARY, change=5)
    recomputed(connection, "value.promoter_value", FEBRUARY, change=5)
    done = publish(connection, settings)
    key = json.dumps({"grain": "month", "period_start": "2024-01-01", "stage": "all"}, separators=(",", ":"))
    why = "orders.csv: 3 core.responses from 2024-01 on"
    cents = connection.sql(
        "SELECT own_value, total_value FROM value.promoter_value "
        "WHERE month = DATE '2024-02-01' AND category = 'promoter'"
    ).fetchall()[0]
    assert moved(connection) == [
        ("nps.by_period", JANUARY, key, "nps", before, before + 2.5, 1, 3, why),
        *(
            (
                "value.promoter_value",
                FEBRUARY,
                '{"category":"promoter"}',
                name,
                float(now) - 0.01,
                float(now),
                1,
                3,
                why,
            )
            for name, now in zip(("own_value", "total_value"), cents, strict=True)
        ),
    ]
    assert done.restatements == 3
    at = connection.sql("SELECT DISTINCT published_at = (SELECT max(published_at) FROM ops.publications) "
                        "FROM ops.restatements").fetchall()  # fmt: skip
    assert at == [(True,)]
    with duckdb.connect(str(settings.published_path), read_only=True) as reader:
        assert moved(reader) == moved(connection)
        assert reader.sql("SELECT restatements FROM ops.publications ORDER BY published_at").fetchall() == [(0,), (3,)]


def test_added_and_removed_rows_have_nothing_on_one_side(undone):
    connection, settings = undone
    where = "month = DATE '2024-01-01' AND from_category = 'promoter' AND to_category = 'passive'"
    [(customers, share)] = connection.sql(f"SELECT customers, share FROM nps.migration WHERE {where}").fetchall()
    connection.execute(f"DELETE FROM nps.migration WHERE {where}")
    recomputed(connection, "nps.migration", JANUARY)
    restatements.restate(connection, settings, [])
    key = '{"from_category":"promoter","to_category":"passive"}'
    gone = connection.sql(
        "SELECT column_name, before, after, reason FROM ops.restatements WHERE key = ? ORDER BY 1", params=[key]
    ).fetchall()
    assert ("customers", customers, None, SETTINGS_CHANGED) in gone
    assert ("share" in {name for name, *_ in gone}) == (share is not None)
    assert {name for name, *_ in gone} <= {"customers", "share", "share_low", "share_high", "is_reliable"}


@pytest.mark.parametrize(
    ("change", "moved_figures"),
    [
        ("nps = nps * (1 + 5e-10)", 0),
        ("nps = nps + 1e-8", 1),
        ("responses = responses + 1", 1),
        ("is_reliable = NOT is_reliable", 1),
        ("change_p_value = NULL", 1),
        ("weight_reason = 'another text', period_end = period_end + 1", 0),
    ],
)
def test_what_counts_as_moved(undone, change, moved_figures):
    connection, settings = undone
    where = f"{ALL_OF_MONTH} AND month = DATE '2024-02-01' AND change_p_value IS NOT NULL"
    connection.execute(f"UPDATE nps.by_period SET {change} WHERE {where}")
    recomputed(connection, "nps.by_period", FEBRUARY)
    restated = restatements.restate(connection, settings, [])
    assert restated.figures == moved_figures


def in_transaction(connection, settings, warnings=()):
    with restatements.yesterday(connection, settings) as problem, publishing.transaction(connection):
        assert problem is None
        return restatements.restate(connection, settings, list(warnings))


def test_open_months_are_not_restated(shop):
    connection, settings = shop
    connection.execute("UPDATE nps.by_period SET nps = nps + 1 WHERE month >= DATE '2024-02-01'")
    # February was computed before it had ended, March is open still.
    with duckdb.connect(str(settings.published_path)) as before:
        before.execute("UPDATE ops.computed SET as_of = '2024-02-29 12:00:00Z' WHERE month = DATE '2024-02-01'")
    for month in (FEBRUARY, MARCH):
        recomputed(connection, "nps.by_period", month)
    assert in_transaction(connection, settings).figures == 0


def test_a_month_ends_in_the_business_zone(shop):
    connection, settings = shop
    connection.execute("UPDATE nps.by_period SET nps = nps + 1 WHERE month = DATE '2024-02-01'")
    recomputed(connection, "nps.by_period", FEBRUARY)
    [(figures,)] = connection.sql("SELECT count(*) FROM nps.by_period WHERE month = DATE '2024-02-01'").fetchall()
    # Midnight in New York is five in the morning UTC.
    for moment, expected in (("04:59:59", 0), ("05:00:00", figures)):
        with duckdb.connect(str(settings.published_path)) as before:
            before.execute(f"UPDATE ops.computed SET as_of = '2024-03-01 {moment}Z' WHERE month = DATE '2024-02-01'")
        assert in_transaction(connection, settings).figures == expected


def test_months_not_recomputed_are_skipped(undone):
    connection, settings = undone
    connection.execute("UPDATE nps.by_period SET nps = nps + 1 WHERE month = DATE '2024-01-01'")
    assert restatements.restate(connection, settings, []).figures == 0


def test_another_program_has_no_change_and_says_so(undone):
    connection, settings = undone
    connection.execute(f"UPDATE nps.by_period SET nps = nps + 1 WHERE {ALL_OF_MONTH} AND month < DATE '2024-03-01'")
    changed(connection, 2, "core.responses", FEBRUARY, records=7)
    for month in (JANUARY, FEBRUARY):
        recomputed(connection, "nps.by_period", month, change=2, fingerprint="another")
    restatements.restate(connection, settings, [])
    assert moved(connection, "month, change_id, reason") == [
        (JANUARY, None, SETTINGS_CHANGED),
        (FEBRUARY, None, f"{SETTINGS_CHANGED}; also orders.csv: 7 core.responses from 2024-02 on"),
    ]


def test_a_change_without_a_file_and_one_of_many_files_are_worded(undone):
    connection, settings = undone
    for month in (JANUARY, FEBRUARY):
        connection.execute(f"UPDATE nps.by_period SET nps = nps + 1 WHERE {ALL_OF_MONTH} AND month = DATE '{month}'")
        recomputed(connection, "nps.by_period", month, change=3)
    changed(connection, 2, "core.response_segments", JANUARY, file=None, records=9)
    for name in "abcde":
        connection.execute(
            "INSERT INTO ops.files (file_id, path, status) VALUES (?, ?, 'loaded')", [name, f"{name}.csv"]
        )
        changed(connection, 3, "core.orders", FEBRUARY, file=name, records=1)
    restatements.restate(connection, settings, [])
    assert moved(connection, "month, change_id, reason") == [
        (JANUARY, 2, "following from other records or from settings: 9 core.response_segments from 2024-01 on"),
        (
            FEBRUARY,
            3,
            "a.csv: 1 core.orders from 2024-02 on; b.csv: 1 core.orders from 2024-02 on; "
            "c.csv: 1 core.orders from 2024-02 on; and 2 more",
        ),
    ]


def test_many_figures_are_counted_by_month_except_headlines(undone):
    connection, settings = undone
    was = {month: score(connection, month) for month in (JANUARY, FEBRUARY)}
    names = ("nps", "standard_error", "margin_of_error", "nps_low", "nps_high", "smallest_detectable_change",
             "responses", "promoters", "passives", "detractors", "previous_responses")  # fmt: skip
    connection.execute(f"UPDATE nps.by_period SET {', '.join(f'{name} = {name} + 1' for name in names)}")
    counts = {}
    for month in (date(2023, 11, 1), date(2023, 12, 1), JANUARY, FEBRUARY):
        recomputed(connection, "nps.by_period", month)
        [(counts[month],)] = connection.sql(
            f"SELECT count(*) * {len(names)} FROM nps.by_period WHERE month = DATE '{month}'"
        ).fetchall()
    assert sum(counts.values()) > MOST_LISTED
    restated = restatements.restate(connection, settings, [])
    assert restated.figures == sum(counts.values())
    alone = connection.sql(
        "SELECT month, key->>'grain', before, after FROM ops.restatements WHERE column_name IS NOT NULL ORDER BY ALL"
    ).fetchall()
    assert [grain for _, grain, _, _ in alone] == ["month", "month", "quarter", "year", "month", "month"]
    assert [(month, old, new) for month, grain, old, new in alone if grain == "month" and month >= JANUARY] == [
        (month, value, value + 1) for month, value in was.items()
    ]
    by_month = "SELECT month, key, before, after, figures FROM ops.restatements WHERE column_name IS NULL ORDER BY ALL"
    listed = {month: sum(1 for one in alone if one[0] == month) for month in counts}
    assert connection.sql(by_month).fetchall() == [
        (month, None, None, None, count - listed[month]) for month, count in counts.items()
    ]


def test_a_killed_publishing_is_logged_once(shop, monkeypatch):
    connection, settings = shop
    connection.execute(f"UPDATE nps.by_period SET nps = nps + 1 WHERE {ALL_OF_MONTH} AND month = DATE '2024-01-01'")
    recomputed(connection, "nps.by_period", JANUARY)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(publishing.shutil, "copyfile", full)
        with pytest.raises(OSError, match="No space"):
            publish(connection, settings)
    assert len(moved(connection)) == 1
    publish(connection, settings)
    assert len(moved(connection)) == 1
    publish(connection, settings)
    assert len(moved(connection)) == 1
    assert connection.sql("SELECT restatements FROM ops.publications ORDER BY published_at").fetchall() == [
        (0,),
        (1,),
        (0,),
    ]


def test_a_rebuilt_warehouse_continues_the_published_log(shop):
    connection, settings = shop
    connection.execute(f"UPDATE nps.by_period SET nps = nps + 1 WHERE {ALL_OF_MONTH} AND month = DATE '2024-01-01'")
    changed(connection, 2, "core.responses", JANUARY)
    recomputed(connection, "nps.by_period", JANUARY, change=2)
    publish(connection, settings)
    [before] = moved(connection)
    assert before[-2] == 2
    # As after `rebuild`: the same figures, computed by other runs; no log; changes numbered from the start.
    connection.execute(
        "DELETE FROM ops.restatements; DELETE FROM ops.publications; DELETE FROM ops.state WHERE name = 'log_id'; "
        "UPDATE ops.computed SET run_id = 'anew', change_id = 1"
    )
    connection.execute(f"UPDATE nps.by_period SET nps = nps + 1 WHERE {ALL_OF_MONTH} AND month = DATE '2024-02-01'")
    assert publish(connection, settings).restatements == 1
    assert moved(connection, "month, change_id, reason") == [
        (JANUARY, None, "orders.csv: 3 core.responses from 2024-01 on"),
        (FEBRUARY, None, "settings or program changed, or the warehouse was rebuilt"),
    ]
    assert connection.sql("SELECT count(*) FROM ops.publications").fetchall() == [(3,)]


def test_a_published_file_that_cannot_be_read_stops_nothing(shop):
    connection, settings = shop
    settings.published_path.write_bytes(b"not a database" * 1000)
    done = publish(connection, settings)
    assert any("cannot be read" in warning for warning in done.warnings)
    with duckdb.connect(str(settings.published_path), read_only=True) as reader:
        assert reader.sql("SELECT count(*) FROM ops.publications").fetchall() == [(2,)]


def test_a_file_published_by_an_older_program(shop):
    connection, settings = shop
    with duckdb.connect(str(settings.published_path)) as old:
        old.execute(
            "DROP TABLE ops.restatements; DROP TABLE ops.publications; DROP TABLE nps.alarm; "
            "ALTER TABLE nps.migration DROP share; DELETE FROM ops.state WHERE name = 'log_id'"
        )
    connection.execute("DELETE FROM ops.publications; UPDATE nps.migration SET customers = customers + 1, share = 0")
    for table in ("nps.alarm", "nps.migration"):
        recomputed(connection, table, JANUARY)
    in_transaction(connection, settings)
    assert {(table, column) for table, column in moved(connection, "table_name, column_name")} == {
        ("nps.migration", "customers")
    }


def test_only_new_warnings_are_new(undone):
    connection, settings = undone
    assert restatements.restate(connection, settings, ["a", "b"]).new_warnings == ("a", "b")
    with pytest.MonkeyPatch.context() as patched:
        # These were never published, so they would be taken back.
        patched.setattr(restatements, "_continue_log", lambda *_: True)
        assert restatements.restate(connection, settings, ["b", "c"]).new_warnings == ("c",)
        assert restatements.restate(connection, settings, []).new_warnings == ()
        assert restatements.restate(connection, settings, ["b"]).new_warnings == ("b",)
