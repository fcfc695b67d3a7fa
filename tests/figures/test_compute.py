"""Figures in the warehouse: the same rows however they were computed, and nothing from after the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from warehouse.small_warehouse import (
    NEEDS_A_PAST,
    compute_all,
    computed_warehouse,
    figures,
    fill,
    fresh,
    make_settings,
    months,
    rows,
    same,
    warehouse,
)

from pipelines.figures import BY_TABLE, FIGURES, checks
from pipelines.figures import compute as compute_module
from pipelines.figures.compute import compute, stale_range
from pipelines.periods import Clock, Span, Window, next_month
from pipelines.value.facts import CATEGORIES
from pipelines.warehouse.frames import frame
from pipelines.warehouse.read import HAPPENED, read
from pipelines.warehouse.stale import month_starts

WHOLE = months("2023-11", "2024-04")


@pytest.fixture
def open_warehouse(tmp_path):
    """The small warehouse, nothing computed yet."""
    with warehouse(tmp_path) as (connection, settings):
        fill(connection)
        yield connection, settings


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """All figures of that warehouse, computed as one range of months."""
    with computed_warehouse(tmp_path_factory.mktemp("expected")) as (connection, _):
        return figures(connection)


def test_figures_are_there(open_warehouse, expected):
    heights = {table: rows_.height for table, rows_ in expected.items()}
    assert heights == {
        "nps.by_period": 130,
        "nps.by_segment": 265,
        "nps.change_parts": 35,
        "nps.coverage": 131,
        "nps.everybody": 35,
        "nps.delivery_gap": 42,
        "nps.migration": 27,
        "nps.migration_change": 3,
        "nps.drivers": 96,
        "nps.alarm": 133,
        "nps.expected_answers": 6,
        "value.rfm": 137,
        "value.rfm_moves": 64,
        "value.customers": 80,
        "loop.follow_ups": 160,
        "loop.service_levels": 15,
        "value.by_category": 20,
        "value.promoter_value": 20,
        "value.models": 35,
        "value.model_backtest": 2,
        "value.at_risk": 20,
        "value.retention": 0,
        # Nobody answered a year before these months.
        "value.after_answer": 0,
        "value.repurchase": 250,
        "value.revenue": 5,
        "value.biggest_customers": 15,
        "value.growth": 4,
        "value.cohorts": 100,
        "value.second_order": 155,
        # No share of recommended customers is assumed.
        "value.word_of_mouth": 0,
        "loop.actions": 0,
        "loop.action_outcomes": 0,
        "loop.answers_needed": 89,
        "loop.survey_plan": 54,
        "loop.contacts": 15,
        "loop.audiences": 161,
        "loop.audience_changes": 8,
        "loop.audience_sizes": 20,
        "loop.recovery": 25,
        "loop.effect": 14,
        # Nobody is held out.
        "loop.answer_uplift": 0,
        "loop.uplift": 0,
    }
    february = expected["nps.by_period"].filter(
        pl.col("grain") == "month", pl.col("period_start") == date(2024, 2, 1), pl.col("stage") == "all"
    )
    # Counted by hand from FILL: the customers' newest answers of a stage in February, and the anonymous ones.
    connection, _ = open_warehouse
    [(promoters, passives, detractors)] = connection.sql(
        "SELECT count(*) FILTER (score >= 9), count(*) FILTER (score IN (7, 8)), count(*) FILTER (score <= 6) FROM ("
        "SELECT score FROM core.responses WHERE response_date BETWEEN '2024-02-01' AND '2024-02-29' "
        "QUALIFY customer_id IS NULL "
        "OR row_number() OVER (PARTITION BY customer_id, stage ORDER BY responded_at DESC) = 1)"
    ).fetchall()
    assert february.select("promoters", "passives", "detractors").row(0) == (promoters, passives, detractors)


@pytest.mark.slow
def test_month_by_month_in_reverse_is_one_range(open_warehouse, expected):
    connection, settings = open_warehouse
    for month in reversed(month_starts(WHOLE)):
        compute_all(connection, settings, Window(month, next_month(month)))
    same(figures(connection), expected)
    # And again, in ranges that overlap, over what stands.
    for first, last in (("2024-01", "2024-03"), ("2023-12", "2024-02"), ("2023-11", "2024-04"), ("2024-03", "2024-04")):
        compute_all(connection, settings, months(first, last))
    same(figures(connection), expected)
    assert [result.check.name for result in checks.run(connection, settings) if not result.passed] == []


def test_what_a_run_has_read_for_other_figures_is_what_each_would_read(open_warehouse, expected):
    connection, settings = open_warehouse
    readings = {}
    for figure in FIGURES:
        compute(connection, figure, WHOLE, settings, run_id="shared", readings=readings)
    # A reading of other months does not serve these.
    early = months("2023-11", "2023-12")
    compute(connection, BY_TABLE["nps.by_segment"], early, settings, run_id="r", readings=readings)
    assert len(readings) > 3
    same(figures(connection), expected)


@pytest.mark.slow
def test_order_of_the_rows_in_core_is_nothing(open_warehouse, expected):
    connection, settings = open_warehouse
    for table in HAPPENED:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE shuffled AS FROM {table} AS row ORDER BY md5(CAST(row AS VARCHAR))"
        )
        connection.execute(f"DELETE FROM {table}")
        connection.execute(f"INSERT INTO {table} BY NAME FROM shuffled")
    same(fresh(connection, settings), expected)


@pytest.mark.slow
def test_session_zone_of_the_machine_is_nothing(open_warehouse, expected):
    connection, settings = open_warehouse
    connection.execute("SET TimeZone = 'Asia/Tokyo'")
    assert_frame_equal(fresh(connection, settings)["nps.by_period"], expected["nps.by_period"], check_exact=True)


# As if nothing after the clock had been recorded.
UNWRITE = """
DELETE FROM core.response_segments
WHERE response_id IN (SELECT response_id FROM core.responses WHERE responded_at > $as_of);
DELETE FROM core.responses WHERE responded_at > $as_of;
UPDATE core.responses SET next_response_at = NULL WHERE next_response_at > $as_of;
DELETE FROM core.order_segments WHERE order_id IN (SELECT order_id FROM core.orders WHERE ordered_at > $as_of);
DELETE FROM core.orders WHERE ordered_at > $as_of;
DELETE FROM core.invitations WHERE invited_at > $as_of;
DELETE FROM core.follow_ups WHERE contacted_at > $as_of;
UPDATE core.follow_ups SET resolved_at = NULL WHERE resolved_at > $as_of;
DELETE FROM core.reviews_given WHERE given_at > $as_of;
UPDATE core.orders SET refunded = 0, net = CASE WHEN is_cancelled THEN 0 ELSE gross END, refunded_at = NULL
WHERE refunded_at > $as_of;
DELETE FROM core.referrals WHERE referred_at > $as_of;
"""


@pytest.mark.first(1)
@pytest.mark.parametrize(
    "as_of",
    [
        "2023-11-06T12:00:00+00:00",
        "2024-01-01T04:59:59+00:00",
        pytest.param("2024-01-01T05:00:00+00:00", marks=pytest.mark.slow),
        pytest.param("2024-02-10T15:00:00+00:00", marks=pytest.mark.slow),
        "2024-02-29T23:00:00-05:00",
        pytest.param("2024-03-15T16:00:00+00:00", marks=pytest.mark.slow),
    ],
)
def test_no_row_depends_on_anything_after_the_clock(tmp_path, as_of):
    with warehouse(tmp_path, as_of=as_of) as (connection, settings):
        fill(connection)
        expected = fresh(connection, settings)
        [(before,)] = connection.sql("SELECT count(*) FROM core.responses").fetchall()
        for statement in UNWRITE.split(";")[:-1]:
            connection.execute(statement, {"as_of": settings.as_of})
        [(after,)] = connection.sql("SELECT count(*) FROM core.responses").fetchall()
        assert 0 < after < before
        same(fresh(connection, settings), expected)
        assert all(rows_.height for table, rows_ in expected.items() if table not in NEEDS_A_PAST)


@pytest.mark.slow
@pytest.mark.parametrize("first_month", ["2016-01-01", "2023-12-01"])
def test_nights_one_after_the_other_are_one_range(tmp_path, first_month):
    with warehouse(tmp_path) as (connection, _):
        fill(connection)
        for number, as_of in enumerate(
            (
                "2023-11-20T00:00:00+00:00",
                "2023-12-31T23:00:00-05:00",
                "2024-01-20T00:00:00+00:00",
                "2024-03-01T00:30:00-05:00",
                "2024-03-15T16:00:00+00:00",
                # The clock goes back, and on again.
                "2024-02-10T16:00:00+00:00",
                "2024-03-15T16:00:00+00:00",
            )
        ):
            settings = make_settings(tmp_path, as_of=as_of, first_month=first_month)
            stale_months = stale_range(connection, settings)
            if stale_months is not None:
                compute_all(connection, settings, stale_months)
            if number in {1, 3, 5, 6}:
                night = figures(connection)
                same(fresh(connection, settings), night)


def test_what_was_computed_is_recorded(open_warehouse):
    connection, settings = open_warehouse
    figure = BY_TABLE["value.by_category"]
    done = compute(connection, figure, WHOLE, settings, run_id="run 7")
    noted = rows(connection, "ops.computed", "month")
    assert noted["month"].to_list() == month_starts(WHOLE)
    assert noted["rows"].to_list() == [4, 4, 4, 4, 4]
    assert done.rows == 20
    assert set(noted["run_id"]) == {"run 7"}
    assert set(noted["change_id"]) == {1}
    assert set(noted["fingerprint"]) == {figure.fingerprint(settings)}
    assert set(noted["as_of"].dt.convert_time_zone("UTC")) == {settings.as_of}
    assert noted["seconds"].sum() == pytest.approx(done.seconds, rel=0.01)


def test_rows_are_stored_in_the_order_of_the_key(open_warehouse, monkeypatch):
    """Whatever order the function returns them in."""
    connection, settings = open_warehouse
    for table in ("nps.by_segment", "value.by_category"):
        figure = BY_TABLE[table]
        backwards = replace(
            figure, compute=lambda *frames, figure=figure, **rest: figure.compute(*frames, **rest)[::-1]
        )
        compute(connection, figure, WHOLE, settings, run_id="run")
        expected = frame(connection.sql(f"FROM {table}"))
        compute(connection, backwards, WHOLE, settings, run_id="run")
        assert_frame_equal(frame(connection.sql(f"FROM {table}")), expected, check_exact=True)
        assert_frame_equal(figure.in_order(expected), expected)
    assert expected["category"][:4].to_list() == list(CATEGORIES)


def test_moves_between_categories_begin_with_those_of_promoters():
    """As the function returns them; the alphabet would begin with detractors."""
    answered = CATEGORIES[:3]
    moves = [(date(2024, 3, 1), one, other) for one in answered for other in answered]
    rows_ = pl.DataFrame(moves, BY_TABLE["nps.migration"].key, orient="row")
    assert BY_TABLE["nps.migration"].in_order(rows_[::-1]).rows() == moves


def test_referrals_without_credit_come_after_the_categories():
    lines = [(date(2024, 3, 1), category) for category in (*CATEGORIES, "no_longer_credited")]
    rows_ = pl.DataFrame(lines, BY_TABLE["value.promoter_value"].key, orient="row")
    assert BY_TABLE["value.promoter_value"].in_order(rows_[::-1]).rows() == lines


def test_failure_leaves_rows_and_note(tmp_path, expected):
    with computed_warehouse(tmp_path) as (connection, settings):
        noted = rows(connection, "ops.computed")
        broken = BY_TABLE["nps.by_period"]
        complete = broken.compute
        broken = replace(broken, compute=lambda *frames, **rest: complete(*frames, **rest).drop("nps"))
        with pytest.raises(Exception, match="NOT NULL"):
            compute(connection, broken, WHOLE, settings, run_id="run")
        same(figures(connection), expected)
        assert_frame_equal(rows(connection, "ops.computed"), noted)


def test_a_reading_that_failed_spoils_none_after_it(open_warehouse, expected):
    """What was read before it in the same transaction leans on temporary tables, which are gone with it."""
    connection, settings = open_warehouse
    orders, responses = "core.orders", "core.responses"
    figure = BY_TABLE["nps.expected_answers"]
    broken = replace(figure, reads=(orders, responses), numbered=(orders,), only={responses: ("nothing", "true")})
    readings = {}
    with pytest.raises(Exception, match="nothing"):
        compute(connection, broken, WHOLE, settings, run_id="run", readings=readings)
    for table in ("nps.by_period", "nps.coverage"):
        compute(connection, BY_TABLE[table], WHOLE, settings, run_id="test", readings=readings)
    computed = {table: rows(connection, table) for table in ("nps.by_period", "nps.coverage")}
    same(computed, {table: expected[table] for table in computed})


def test_a_walk_that_failed_while_reading_spoils_nothing_after_it(open_warehouse, expected, monkeypatch):
    """The customers' numbers, which later figures use, were rolled back with it."""
    connection, settings = open_warehouse
    readings = {}
    with monkeypatch.context() as patched:
        patched.setattr(compute_module, "facts_of", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            compute(connection, BY_TABLE["value.by_category"], WHOLE, settings, run_id="run", readings=readings)
    assert readings.keys() == set()
    tables = ("nps.by_period", "value.by_category")
    for table in tables:
        compute(connection, BY_TABLE[table], WHOLE, settings, run_id="test", readings=readings)
    same({table: rows(connection, table) for table in tables}, {table: expected[table] for table in tables})


def test_a_figure_reads_what_had_happened_and_no_more_than_it_looks_back(open_warehouse):
    connection, settings = open_warehouse
    clock = Clock(settings.as_of, settings.timezone)
    whole = read(connection, "core.responses", WHOLE, clock, None).collect()
    assert whole["responded_at"].max() <= settings.as_of
    assert (
        whole.height
        == frame(connection.sql("SELECT 1 FROM core.responses WHERE responded_at <= '2024-03-15 16:00:00+00'")).height
    )
    short = read(
        connection, "core.responses", months("2024-01", "2024-02"), clock, date(2024, 1, 1) - date(2023, 12, 1)
    )
    days = short.collect()["response_date"]
    assert (days.min() >= date(2023, 12, 1), days.max() <= date(2024, 1, 31)) == (True, True)
    segments = read(connection, "core.response_segments", WHOLE, clock, None).collect()
    assert set(segments["response_id"]) == set(whole["response_id"])


def test_lookback_reaches_all_that_a_figure_uses(open_warehouse):
    """Without a bound the rows are the same."""
    connection, settings = open_warehouse
    # Five years of answers, a customer answering now and then.
    connection.execute(
        "UPDATE core.responses SET "
        "responded_at = responded_at - (CAST(substr(response_id, 2) AS INTEGER) % 5) * INTERVAL 366 DAY"
    )
    connection.execute("UPDATE core.responses SET response_date = CAST(responded_at AS DATE)")
    connection.execute(
        "UPDATE core.responses SET next_response_at = n.following FROM ("
        "SELECT response_id, CASE WHEN customer_id IS NOT NULL THEN lead(responded_at) OVER ("
        "PARTITION BY customer_id, stage ORDER BY responded_at, response_id) END AS following FROM core.responses"
        ") AS n WHERE n.response_id = responses.response_id"
    )
    window = months("2024-02", "2024-04")
    clock = Clock(settings.as_of, settings.timezone)
    for figure in FIGURES:
        if figure.lookback:
            bounded, unbounded = (
                [
                    read(
                        connection,
                        table,
                        window,
                        clock,
                        back,
                        only=figure.only.get(table),
                        numbered=table in figure.numbered,
                    )
                    for table in figure.tables
                ]
                for back in (figure.lookback, None)
            )
            span = Span(window, clock)
            rows_ = figure.compute(*bounded, span=span, settings=settings)
            assert_frame_equal(rows_, figure.compute(*unbounded, span=span, settings=settings), check_exact=True)
            # Figures made of others alone have no rows yet.
            assert rows_.height or figure.table in NEEDS_A_PAST or not figure.reads


def test_every_table_is_declared_once_and_reads_what_exists(open_warehouse):
    connection, settings = open_warehouse
    assert len(BY_TABLE) == len(FIGURES)
    existing = {
        name for (name,) in connection.sql("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    }
    for figure in FIGURES:
        assert figure.table in existing
        assert set(figure.reads) <= existing & {*HAPPENED}
        assert {other.table for other in figure.figures} <= {*BY_TABLE}
        assert all(hasattr(settings, name) for name in figure.settings)
        assert figure.schema == figure.table.split(".", maxsplit=1)[0]
