"""What commands and UI read of a published shop: headlines, status, files, previews."""

from __future__ import annotations

from dataclasses import astuple, replace
from datetime import date

import duckdb
import polars as pl
import pytest
from warehouse.small_warehouse import make_settings, months

from pipelines.figures import FIGURES
from pipelines.ops import files, previews
from pipelines.ops.headlines import headlines
from pipelines.ops.published import opened_published
from pipelines.ops.status import status
from pipelines.ops.why import NoDataError, history
from pipelines.warehouse.connection import opened
from pipelines.warehouse.lock import exclusive


@pytest.fixture(scope="module")
def settings(published_once):
    return make_settings(published_once)


@pytest.fixture
def published(settings):
    with opened_published(settings) as connection:
        yield connection


def test_nothing_is_read_before_the_first_publishing(tmp_path):
    empty = make_settings(tmp_path)
    assert headlines(empty) is None
    assert status(empty) is None
    with pytest.raises(NoDataError, match="Nothing is published yet"):
        history(empty, date(2024, 1, 1))


def test_headlines_are_those_of_the_newest_complete_month(settings, published):
    shown = headlines(settings)
    assert shown is not None
    assert shown.score is not None
    [row] = published.sql(
        "SELECT period_start, nps, nps_low, nps_high, responses, is_reliable, change, change_low, change_high, "
        "is_change_reliable "
        "FROM nps.by_period WHERE grain = 'month' AND stage = 'all' AND period_start = DATE '2024-02-01'"
    ).fetchall()
    assert astuple(shown.score) == row
    assert [worth.category for worth in shown.worth] == ["promoter", "passive", "detractor", "unsurveyed"]
    worth = published.sql(
        "SELECT category, total_value, total_value_low, total_value_high, customers FROM value.promoter_value "
        "WHERE month = DATE '2024-03-01'"
    ).fetchall()
    assert {astuple(one) for one in shown.worth} == set(worth)
    assert shown.left_out.orders_without_rate == 0


def test_status_reads_the_working_file_only_when_no_run_has_it(settings):
    free = status(settings)
    assert free is not None
    # The open month is always due.
    assert (free.writer, free.stale_months, free.night) == (None, [date(2024, 3, 1)], None)
    assert free.last_run is not None
    assert (free.last_run.tables, free.last_run.months) == (len(FIGURES), 5)
    with exclusive(settings.home / "lock", "run 12345678", on_wait=lambda _: None):
        busy = status(settings)
    assert busy is not None
    assert busy.writer is not None
    assert "run 12345678" in busy.writer
    assert busy.stale_months is None
    assert replace(busy, writer=None, stale_months=free.stale_months, hours_old=free.hours_old) == free


def test_files_and_refused_rows_are_counted(settings):
    with opened(settings) as connection:
        connection.execute("BEGIN TRANSACTION")
        connection.execute("DELETE FROM ops.files")
        connection.execute(
            "INSERT INTO ops.files (file_id, path, status, reason, rows, accepted, rejected) VALUES "
            "('a', 'a.csv', 'loaded', NULL, 10, 6, 4), ('b', 'b.csv', 'loaded', NULL, 10, 10, 0), "
            "('c', 'c.csv', 'failed', 'not text', NULL, NULL, NULL)"
        )
        connection.execute(
            "INSERT INTO ops.rejected (file_id, row_number, kind, column_name, reason) "
            "SELECT 'a', n, 'orders', CASE WHEN n > 1 THEN 'gross' END, 'missing' FROM range(1, 5) AS t(n)"
        )
        assert files.statuses(connection) == {"failed": 1, "loaded": 2}
        assert files.unread(connection, 10) == [files.UnreadFile("c.csv", "failed", "not text")]
        assert files.refusals(connection, 5) == {"gross missing": 3, "missing": 1}
        assert files.refusals(connection, 1) == {"gross missing": 3}
        listed, more = files.mostly_refused(connection, settings)
        assert listed == [files.MostlyRefused("a.csv", 4, 10, "gross missing (3), missing (1)")]
        assert more == 0
        connection.execute("ROLLBACK")


def test_a_preview_has_columns_rows_and_no_free_text(settings):
    with opened(settings) as connection:
        whole = previews.preview(connection, "nps.by_period")
        march = previews.preview(connection, "nps.by_period", months("2024-03", "2024-04"))
        [(comment,)] = connection.sql(
            "SELECT comment FROM duckdb_columns() WHERE database_name = 'warehouse' AND schema_name = 'nps' "
            "AND table_name = 'by_period' AND column_name = 'nps'"
        ).fetchall()
    by_name = {column.name: column for column in whole.columns}
    assert by_name["nps"] == previews.Column("nps", "DOUBLE", comment, is_nullable=by_name["nps"].is_nullable)
    assert (whole.rows, march.rows) == (130, 130)
    assert len(march.first_rows.splitlines()) == 2 + previews.PREVIEW_ROWS
    assert "2023-11" in whole.first_rows
    assert "2023-11" not in march.first_rows
    rows = pl.DataFrame({"score": [3], "comment": ["my secret"]})
    assert previews.without_free_text(rows).splitlines()[0].split() == ["|", "score", "|"]


def test_named_values_leave_out_what_is_missing():
    lines = previews.named_values({"night": "x", "months": 3, "reason": None}).splitlines()
    assert [line.replace(" ", "") for line in lines[2:]] == ["|night|x|", "|months|3|"]


def test_the_description_of_a_table_is_its_comment():
    assert previews.description("ops.files") == "One row per file seen in the landing folder."
    assert previews.description("ops.nowhere") == ""


def test_our_reader_of_the_published_file_reaches_no_other_file(settings, published, tmp_path):
    with opened_published(settings) as first, opened_published(settings) as second:
        for connection in (first, second):
            assert connection.sql("SELECT current_setting('TimeZone')").fetchall() == [(settings.timezone,)]
            for statement in (
                f"COPY nps.by_period TO '{tmp_path / 'copy.csv'}'",
                f"ATTACH '{settings.vault_path}' AS vault (READ_ONLY)",
                "SET enable_external_access = true",
            ):
                with pytest.raises(duckdb.Error, match=r"disabled by configuration|locked"):
                    connection.execute(statement)
    assert not (tmp_path / "copy.csv").exists()
