"""nps.migration: a published table, brute force, and tables with moves between few categories."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt
from random import Random

import numpy as np
import polars as pl
import pytest
from scipy.stats import chi2
from value.shop import answer, frame, span

from pipelines.nps.migration import CATEGORIES, migration
from pipelines.nps.migration_change import migration_change, table_change
from pipelines.settings import Settings

# Rows before, columns after: detractors, passives, promoters.
VECTOR = [[20, 5, 5], [10, 40, 10], [25, 15, 70]]


def moves(matrix):
    """The table of moves from a matrix in the order detractor, passive, promoter."""
    rows = [(2 - a, 2 - b, matrix[a][b]) for a in range(3) for b in range(3)]
    return pl.DataFrame(rows, schema=["from", "to", "customers"], orient="row").with_columns(month=date(2025, 1, 1))


def test_known_vector():
    result = table_change(moves(VECTOR), ("month",), 0.95).row(0, named=True)
    assert [result[name] for name in ("customers", "nps_before", "nps_after", "net_change")] == [200, 40, 15, -25]
    assert [result["change_low"], result["change_high"]] == pytest.approx([-36.9018, -13.0982], abs=1e-4)
    assert result["stuart_maxwell"] == pytest.approx(15.8730, abs=1e-4)
    assert result["p_value"] == pytest.approx(0.000357453, abs=1e-9)
    assert result["degrees"] == 2


def test_the_statistic_equals_its_matrix_form():
    random = np.random.default_rng(1)
    for _ in range(50):
        matrix = random.integers(1, 30, (3, 3))
        result = table_change(moves(matrix), ("month",), 0.95).row(0, named=True)
        d = (matrix.sum(1) - matrix.sum(0))[:2]
        s = -(matrix + matrix.T)[:2, :2].astype(float)
        np.fill_diagonal(s, matrix.sum(1)[:2] + matrix.sum(0)[:2] - 2 * np.diag(matrix)[:2])
        expected = d @ np.linalg.inv(s) @ d
        assert result["stuart_maxwell"] == pytest.approx(expected)
        assert result["p_value"] == pytest.approx(chi2.sf(expected, 2))


@pytest.mark.parametrize(
    ("matrix", "statistic", "degrees"),
    [
        ([[5, 0, 0], [0, 5, 0], [0, 0, 5]], None, 0),
        ([[5, 8, 0], [2, 5, 0], [0, 0, 5]], 36 / 10, 1),  # McNemar
        ([[5, 0, 3], [0, 5, 0], [0, 0, 5]], 3.0, 1),
        ([[0, 3, 0], [0, 0, 4], [0, 0, 0]], 7.0, 2),
    ],
)
def test_moves_between_fewer_than_three_categories(matrix, statistic, degrees):
    result = table_change(moves(matrix), ("month",), 0.95).row(0, named=True)
    assert result["degrees"] == degrees
    if statistic is None:
        assert (result["stuart_maxwell"], result["p_value"]) == (None, None)
        # 15 customers who stayed, and three pseudo-pairs.
        margin = 1.959963984540054 * 100 * sqrt(3 / 18 / 18)
        assert (result["change_low"], result["change_high"]) == pytest.approx((-margin, margin))
    else:
        assert result["stuart_maxwell"] == pytest.approx(statistic)
        assert result["p_value"] == pytest.approx(chi2.sf(statistic, degrees))


def test_a_random_shop_equals_plain_loops(tmp_path):
    random = Random(3)
    given = [
        (f"c{random.randrange(40)}", f"2024-01-01 {random.randrange(24):02d}:{random.randrange(60):02d}",
         random.randrange(700), random.choice([0, 7, 10]))
        for _ in range(200)
    ]  # fmt: skip
    answers = [answer(f"r{n}", who, when, score) for n, (who, when, _, score) in enumerate(given)]
    for row, (_, _, days, _) in zip(answers, given, strict=True):
        row["responded_at"] += timedelta(days=days)
        row["response_date"] += timedelta(days=days)
    when, settings = span("2025-01", "2025-12", "2025-11-20 12:00"), Settings(home=tmp_path)
    past = [row for row in answers if row["responded_at"] <= when.clock.as_of]
    result = migration(frame("responses", past), span=when, settings=settings)
    expected = {}
    for month in result["month"].unique():
        [(start, end)] = result.filter(month=month).select("period_start", "period_end").unique().rows()
        for who in {row["customer_id"] for row in past}:
            own = sorted(
                (row for row in past if row["customer_id"] == who and row["response_date"] < end),
                key=lambda row: (row["responded_at"], row["response_id"]),
            )
            if len(own) > 1 and own[-1]["response_date"] >= start:
                key = (month, own[-2]["category"], own[-1]["category"])
                expected[key] = expected.get(key, 0) + 1
    counts = {row[:3]: row[3] for row in result.select("month", "from_category", "to_category", "customers").rows()}
    assert {key: n for key, n in counts.items() if n} == expected
    assert result.height == 9 * 11
    assert result["month"].max() == date(2025, 11, 1)
    assert (result["period_end"] - result["period_start"]).unique().to_list() == [timedelta(days=365)]
    assert set(result["from_category"]) == set(CATEGORIES)
    change = migration_change(frame("responses", past), span=when, settings=settings)
    assert (
        change["customers"].to_list()
        == result.group_by("month").agg(pl.col("customers").sum()).sort("month")["customers"].to_list()
    )


def test_anonymous_and_single_answers_make_no_moves(tmp_path):
    answers = [answer("a", None, "2025-01-01 12:00", 9), answer("b", None, "2025-01-02 12:00", 1),
               answer("c", "x", "2025-01-02 12:00", 9)]  # fmt: skip
    when, settings = span("2025-01", "2025-03", "2025-06-01 00:00"), Settings(home=tmp_path)
    assert migration(frame("responses", answers), span=when, settings=settings).is_empty()
    assert migration_change(frame("responses", answers), span=when, settings=settings).is_empty()
    assert migration(frame("responses", []), span=when, settings=settings).is_empty()
