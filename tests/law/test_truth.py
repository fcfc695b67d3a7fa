"""A simulated shop through the job: the planted truth must come out.

Here: six small shops (NORTHSTAR_TEST_SEEDS: more), each exported, loaded, conformed and computed. Not here: the
truth itself (tests/simulate).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from night import figures, ingest, settings_for

from pipelines.periods import Window
from pipelines.settings import Settings
from pipelines.simulate import simulate
from pipelines.warehouse.connection import opened
from pipelines.warehouse.frames import frame

pytestmark = pytest.mark.slow

END = date(2025, 7, 1)
SEEDS = range(int(os.environ.get("NORTHSTAR_TEST_SEEDS", "6")))


def outcome(home: Path, seed: int) -> tuple[Mapping[str, Any], pl.DataFrame, dict[str, float]]:
    """Truth, nps.by_period and the last month's total value by category of one small shop."""
    settings: Settings = settings_for(
        home, as_of="2025-07-01T00:00:00+02:00", timezone="Europe/Paris", currency="EUR", confidence=0.95
    )
    truth = simulate(settings.landing, customers=400, months=12, seed=seed, end=END).truth
    with opened(settings) as connection:
        ingest(connection, settings)
        figures(connection, settings, Window(date(2025, 6, 1), END))
        periods = frame(connection.sql("SELECT * FROM nps.by_period"))
        worth = dict(
            connection.sql(
                "SELECT category, CAST(total_value AS DOUBLE) FROM value.promoter_value WHERE month = '2025-06-01'"
            ).fetchall()
        )
    return truth, periods, worth


@pytest.fixture(scope="module")
def outcomes(
    tmp_path_factory: pytest.TempPathFactory,
) -> list[tuple[Mapping[str, Any], pl.DataFrame, dict[str, float]]]:
    return [outcome(tmp_path_factory.mktemp(f"seed{seed}"), seed) for seed in SEEDS]


Outcomes = list[tuple[Mapping[str, Any], pl.DataFrame, dict[str, float]]]


def test_the_interval_holds_the_planted_score(outcomes: Outcomes) -> None:
    held = 0
    for truth, periods, _ in outcomes:
        [window] = [
            window
            for window in truth["nps_expected_by_window"]
            if (window["grain"], window["stage"]) == ("trailing_365d", "all")
        ]
        begins = date.fromisoformat(window["period_start"])
        [row] = periods.filter(grain="trailing_365d", stage="all", period_start=begins).rows(named=True)
        held += row["nps_low"] <= window["nps_latest"] <= row["nps_high"]
    assert held >= 35 / 40 * len(SEEDS)


def test_every_answer_is_counted_where_the_truth_counts_it(outcomes: Outcomes) -> None:
    """Exact: the counts of every window and stage agree answer by answer."""
    for truth, periods, _ in outcomes:
        expected = {
            (window["grain"], date.fromisoformat(window["period_start"]), window["stage"]): (
                window["responses_latest"],
                pytest.approx(window["observed_latest"], abs=1e-5),
            )
            for window in truth["nps_expected_by_window"]
            # The year is still open at the clock, and cut a day later.
            if date.fromisoformat(window["period_end"]) == END
            and window["grain"] != "year"
            and window["responses_latest"]
        }
        counted = {
            (row["grain"], row["period_start"], row["stage"]): (row["responses"], row["nps"])
            for row in periods.rows(named=True)
        }
        assert expected
        assert {name: counted.get(name) for name in expected} == expected


def test_a_promoter_is_worth_more_than_a_passive_and_that_more_than_a_detractor(outcomes: Outcomes) -> None:
    ordered = [worth["promoter"] > worth["passive"] > worth["detractor"] for _, _, worth in outcomes]
    assert all(ordered), (
        f"seeds out of order: {[seed for seed, right in zip(SEEDS, ordered, strict=True) if not right]}"
    )


def test_money_and_refusals_are_those_of_the_truth(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, as_of="2025-07-01T00:00:00+02:00", timezone="Europe/Paris", currency="EUR")
    truth = simulate(settings.landing, customers=400, months=12, seed=7, end=END).truth
    with opened(settings) as connection:
        ingest(connection, settings)
        facts = truth["facts"]
        [(orders, counting, net)] = connection.sql(
            "SELECT count(*), count(*) FILTER (counts), CAST(sum(net) AS DOUBLE) FROM core.orders"
        ).fetchall()
        assert (orders, counting, net) == (
            facts["orders"],
            facts["orders_that_count"],
            pytest.approx(facts["net_revenue"]),
        )
        months = connection.sql(
            "SELECT strftime(order_date, '%Y-%m') AS month, CAST(sum(net) AS DOUBLE) "
            "FROM core.orders GROUP BY 1 ORDER BY 1"
        ).fetchall()
        assert months == [(m["month"], pytest.approx(m["net"], abs=0.005)) for m in facts["by_month"]]
        [(late, lines)] = connection.sql(
            "SELECT (SELECT count(*) FROM core.orders WHERE days_late > 0 AND NOT is_cancelled), "
            "(SELECT count(*) FROM core.order_lines)"
        ).fetchall()
        assert (late, lines) == (facts["delivered_late"], facts["order_lines"])
        refused = dict(connection.sql("SELECT reason, count(*) FROM ops.rejected GROUP BY 1").fetchall())
        planted = truth["refused"]
        assert refused == {
            "not_nps": planted["csat"]["rows"],
            "bogus": planted["bogus"]["rows"],
            "preview": planted["preview"]["rows"],
            "partial": planted["unfinished"]["rows"],
        }
