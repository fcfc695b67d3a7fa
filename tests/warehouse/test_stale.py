"""Stale: each reason alone, nothing else, and the range a night recomputes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from warehouse.small_warehouse import (
    AS_OF,
    computed_warehouse,
    fill,
    make_settings,
    months,
    rolled_back,
    rows,
    warehouse,
)

from pipelines.core.tables import declaration
from pipelines.figures import BY_TABLE, FIGURES
from pipelines.figures.compute import compute, stale, stale_range
from pipelines.periods import Clock
from pipelines.warehouse.code_digest import code_digest, table_definition
from pipelines.warehouse.read import ATTRIBUTES
from pipelines.warehouse.stale import (
    Change,
    Past,
    data_months,
    month_starts,
    newest_change,
    record_changes,
    record_computed,
    stale_months,
)

NOVEMBER, DECEMBER, JANUARY, FEBRUARY, MARCH = (
    date(2023, 11, 1),
    date(2023, 12, 1),
    date(2024, 1, 1),
    date(2024, 2, 1),
    date(2024, 3, 1),
)
ALL = [NOVEMBER, DECEMBER, JANUARY, FEBRUARY, MARCH]
WHOLE = months("2023-11", "2024-04")
# Where a figure finds what makes its fingerprint.
FIGURE = "pipelines.figures.figure"
TABLES = [figure.table for figure in FIGURES]
# The retention keeps the two newest months of customers.
OF_ORDERS_ALONE = {"value.models", "value.model_backtest", "value.retention", "value.rfm_moves"}
KEPT = {figure.table: ALL[-2:] if figure.newest_only else ALL for figure in FIGURES}
OPEN = {table: [MARCH] for table in TABLES}


def made_of(tables):
    """The tables, and those that are made of one of them, at first or second hand."""
    tables = set(tables)
    for figure in FIGURES:
        if tables & {other.table for other in figure.figures}:
            tables.add(figure.table)
    return tables


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """The small warehouse with every figure computed."""
    with computed_warehouse(tmp_path_factory.mktemp("stale")) as opened:
        yield opened


@pytest.fixture
def undone(computed):
    """The same; what a test changes is undone."""
    connection, settings = computed
    with rolled_back(connection):
        yield connection, settings


def at(settings, **values):
    """The settings with some of them changed."""
    return make_settings(settings.home, **values)


def test_nothing_without_data(tmp_path):
    with warehouse(tmp_path) as (connection, settings):
        assert data_months(connection, settings) is None
        assert stale(connection, settings) == {}
        assert stale_range(connection, settings) is None


def test_never_computed(tmp_path):
    with warehouse(tmp_path) as (connection, settings):
        fill(connection)
        assert stale(connection, settings) == KEPT
        assert stale_range(connection, settings) == WHOLE


def test_only_the_open_month_after_computing(computed):
    connection, settings = computed
    assert stale(connection, settings) == OPEN
    assert stale_range(connection, settings) == months("2024-03", "2024-04")


def test_a_change_reaches_back(undone):
    connection, settings = undone
    record_changes(connection, [Change("core.orders", "f2", date(2024, 1, 20), 1)])
    late = [JANUARY, FEBRUARY, MARCH]
    readers = {figure.table for figure in FIGURES if "core.orders" in figure.sources}
    assert readers == {table for table in TABLES if table.startswith("value.")} | {
        "nps.by_period",
        "nps.coverage",
        "nps.everybody",
        "loop.action_outcomes",
        "loop.actions",
        "loop.answer_uplift",
        "loop.answers_needed",
        "loop.audience_changes",
        "loop.audience_sizes",
        "loop.audiences",
        "loop.effect",
        "loop.follow_ups",
        "loop.recovery",
        "loop.survey_plan",
        "loop.uplift",
    }
    assert stale(connection, settings) == OPEN | {
        table: [month for month in late if month in KEPT[table]] for table in readers
    }
    assert stale_range(connection, settings) == months("2024-01", "2024-04")


@pytest.mark.parametrize(
    ("kind", "readers"),
    [
        (kind, {figure.table for figure in FIGURES if kind in figure.sources})
        for kind in (
            "core.orders",
            "core.responses",
            "core.response_segments",
            "core.response_topics",
            "core.invitations",
            "core.customers",
            "core.order_segments",
            "core.referrals",
            "core.order_lines",
        )
    ],
)
def test_only_tables_that_read_what_changed(undone, kind, readers):
    connection, settings = undone
    record_changes(connection, [Change(kind, None, date(2023, 11, 30), 1)])
    assert stale(connection, settings) == OPEN | {table: KEPT[table] for table in readers}


def test_a_change_of_the_open_month_stales_no_closed_one(undone):
    connection, settings = undone
    record_changes(connection, [Change("core.responses", "f2", date(2024, 3, 1), 1)])
    assert stale(connection, settings) == OPEN
    record_changes(connection, [Change("core.responses", "f3", date(2024, 2, 29), 1)])
    assert stale(connection, settings) == OPEN | {table: [FEBRUARY, MARCH] for table in set(TABLES) - OF_ORDERS_ALONE}


def test_a_change_that_was_seen_is_done(undone):
    connection, settings = undone
    record_changes(connection, [Change("core.responses", "f2", date(2023, 12, 5), 1)])
    assert newest_change(connection) == 2
    clock, figure = Clock(settings.as_of, settings.timezone), BY_TABLE["nps.by_period"]
    record_computed(
        connection,
        figure.table,
        months("2024-01", "2024-03"),
        {JANUARY: 7},
        clock=clock,
        fingerprint=figure.fingerprint(settings),
        seconds=4.0,
        run_id="run",
    )
    assert stale(connection, settings)["nps.by_period"] == [DECEMBER, MARCH]
    # The range is contiguous to the open month although January and February are not stale.
    assert stale_range(connection, settings) == months("2023-12", "2024-04")
    noted = rows(connection, "(FROM ops.computed WHERE run_id = 'run')")
    assert noted.select("month", "rows", "seconds", "change_id").rows() == [(JANUARY, 7, 2.0, 2), (FEBRUARY, 0, 2.0, 2)]


def test_changes_of_one_load_share_a_number(undone):
    connection, _ = undone
    record_changes(
        connection, [Change("core.orders", "f2", date(2024, 1, 20), 3), Change("core.responses", None, JANUARY, 1)]
    )
    record_changes(connection, [Change("core.orders", "f3", FEBRUARY, 1)])
    record_changes(connection, [])
    noted = rows(
        connection, "(SELECT change_id, kind, file_id, from_month, records FROM ops.changes WHERE change_id > 1)"
    )
    assert noted.rows() == [
        (2, "core.orders", "f2", JANUARY, 3),
        (2, "core.responses", None, JANUARY, 1),
        (3, "core.orders", "f3", FEBRUARY, 1),
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"counting": "all"},
        {"target_margin": 5},
        {"segment_pairs": ("country*tier",)},
        {"min_responses": 31},
        {"confidence": 0.9},
        {"silent_points": 10},
        {"horizon_months": 6},
        {"publish_comments": False},
        {"recommended_share": 0.2},
        {"max_rejected": 0.5},
    ],
)
def test_settings_changed(computed, values):
    """That the declared settings are all there are is what tests/law/test_the_law.py shows."""
    connection, settings = computed
    tables = made_of(figure.table for figure in FIGURES if set(values) & set(figure.settings))
    assert bool(tables) == ("max_rejected" not in values)
    assert stale(connection, at(settings, **values)) == OPEN | {table: KEPT[table] for table in tables}


def test_longer_retention_needs_more_months(computed):
    connection, settings = computed
    for number, kept in ((3, ALL[-3:]), (0, ALL), (10**6, ALL)):
        expected = {figure.table: kept for figure in FIGURES if figure.newest_only}
        assert stale(connection, at(settings, customer_months=number)) == OPEN | expected


def test_code_changed(computed, monkeypatch):
    """Only the tables whose digest of code differs; what the digest is of stands in test_code_digest.py."""
    connection, settings = computed
    changed = BY_TABLE["value.promoter_value"].compute
    monkeypatch.setattr(
        f"{FIGURE}.code_digest", lambda *functions: "new" if changed in functions else code_digest(*functions)
    )
    assert stale(connection, settings) == OPEN | dict.fromkeys(made_of({"value.promoter_value"}), ALL)


def test_a_figure_made_of_another_follows_it(computed, monkeypatch):
    """The fits are part of what customers are worth; so is whatever changes them."""
    connection, settings = computed
    made_of_fits = made_of({"value.models"})
    assert made_of_fits >= {"value.models", "value.customers", "value.at_risk", "value.by_category"}
    assert set(BY_TABLE["value.customers"].sources) == {"core.orders", "core.responses"}
    real = table_definition
    monkeypatch.setattr(f"{FIGURE}.table_definition", lambda table: real(table) + "x" * (table == "value.models"))
    assert stale(connection, settings) == OPEN | {table: KEPT.get(table, ALL) for table in made_of_fits}


def test_a_table_s_definition_is_code(computed, monkeypatch):
    connection, settings = computed
    real = table_definition
    monkeypatch.setattr(f"{FIGURE}.table_definition", lambda table: real(table).replace("nps_low", "nps_lowest"))
    tables = made_of(table for table in TABLES if "nps_low" in real(table))
    assert {"nps.by_period", "nps.by_segment"} <= tables < set(TABLES)
    assert stale(connection, settings) == OPEN | {table: KEPT[table] for table in tables}


def test_the_fingerprint_separates_code_from_settings(computed, monkeypatch):
    _, settings = computed
    figure = BY_TABLE["nps.by_period"]
    code, values = figure.fingerprint(settings).split("-")
    assert figure.fingerprint(at(settings, confidence=0.9)).split("-")[0] == code
    monkeypatch.setattr(f"{FIGURE}.code_digest", lambda *_: "new")
    assert figure.fingerprint(settings).split("-")[1] == values


def test_month_that_was_open_when_computed(computed):
    connection, settings = computed
    # A month later March has ended, and April is open.
    later = at(settings, as_of="2024-04-02T12:00:00+00:00")
    april = date(2024, 4, 1)
    expected = {table: [MARCH, april] for table in TABLES}
    assert stale(connection, later) == expected
    assert stale_range(connection, later) == months("2024-03", "2024-05")


def test_month_ends_at_midnight_of_the_business_zone(tmp_path):
    midnight = datetime(2024, 4, 1, 4, 0, tzinfo=UTC)
    for minute, late in ((-1, [MARCH]), (0, [])):
        as_of = datetime.fromtimestamp(midnight.timestamp() + 60 * minute, UTC)
        with warehouse(tmp_path / str(minute), as_of=as_of) as (connection, settings):
            fill(connection)
            compute(connection, BY_TABLE["nps.by_period"], months("2024-03", "2024-05"), settings, run_id="r")
            later = at(settings, as_of="2024-04-10T00:00:00+00:00")
            stale_now = stale(connection, later)["nps.by_period"]
            assert [month for month in stale_now if month == MARCH] == late


def test_clock_moved_back(computed):
    connection, settings = computed
    earlier = at(settings, as_of="2024-02-10T12:00:00+00:00")
    assert stale(connection, earlier) == {
        figure.table: [JANUARY, FEBRUARY] if figure.newest_only else [FEBRUARY] for figure in FIGURES
    }
    assert stale_range(connection, earlier) == months("2024-01", "2024-03")


def test_clock_within_a_month(computed):
    connection, settings = computed
    assert stale(connection, at(settings, as_of="2024-03-10T12:00:00+00:00")) == OPEN


def test_later_first_month(computed):
    connection, settings = computed
    later = at(settings, first_month="2024-01-01")
    assert data_months(connection, later) == months("2024-01", "2024-04")
    assert stale(connection, later) == OPEN
    assert data_months(connection, at(settings, first_month="2024-04-01")) is None
    assert stale(connection, at(settings, first_month="2024-04-01")) == {}


def test_data_begin_with_the_first_order_or_answer(undone):
    connection, settings = undone
    assert data_months(connection, settings) == WHOLE
    connection.execute("DELETE FROM core.orders WHERE order_date < '2024-01-01'")
    assert data_months(connection, settings) == WHOLE
    connection.execute("DELETE FROM core.responses WHERE response_date < '2024-02-01'")
    assert data_months(connection, settings) == months("2024-01", "2024-04")
    connection.execute("DELETE FROM core.orders")
    assert data_months(connection, settings) == months("2024-02", "2024-04")


def test_everything_gone_is_to_be_forgotten(undone):
    connection, settings = undone
    connection.execute("DELETE FROM core.orders")
    connection.execute("DELETE FROM core.responses")
    assert stale(connection, settings) == OPEN
    assert stale_range(connection, settings) == months("2024-03", "2024-04")
    # So it is when the clock goes back to before the first record.
    connection.execute("ROLLBACK")
    connection.execute("BEGIN TRANSACTION")
    early = at(settings, as_of="2023-10-10T00:00:00+00:00")
    assert stale_range(connection, early) == months("2023-10", "2023-11")


def test_months_asked_for_alone(computed):
    connection, settings = computed
    assert AS_OF.startswith("2024-03-15")
    clock = Clock(settings.as_of, settings.timezone)
    figure = BY_TABLE["nps.by_period"]
    fingerprint = figure.fingerprint(settings)
    ask = {"fingerprint": fingerprint, "clock": clock}
    assert stale_months(Past.of(connection), figure.table, figure.reads, months("2023-11", "2024-03"), **ask) == []
    assert stale_months(Past.of(connection), "nps.nothing", figure.reads, months("2024-01", "2024-02"), **ask) == [
        JANUARY
    ]


def test_month_starts():
    assert month_starts(WHOLE) == ALL


def test_no_figure_is_made_of_customers_but_their_attributes():
    """Otherwise a change of the columns declared unread would have to make months stale."""
    later = declaration("core.customers").later
    unread = later.unread
    for figure in FIGURES:
        if "core.customers" in figure.reads:
            numbered, _ = ATTRIBUTES.split("FROM", maxsplit=1)
            columns = numbered if "core.customers" in figure.numbered else figure.only["core.customers"][0]
            assert set(unread).isdisjoint(re.findall(r"\w+", columns)), figure.table
