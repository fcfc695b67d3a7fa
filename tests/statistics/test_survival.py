"""Kaplan-Meier, its design effect and the log-rank test against published figures and formulas written out."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.statistics.survival import clustered_log_rank, design_effects, kaplan_meier, log_log_interval, log_rank


def test_kaplan_meier_of_r_survival():
    """t = 5, 6, 6, 2, 4, 4 and e = 1, 0, 0, 1, 1, 1: equal to R's survival."""
    times, events = [5, 6, 6, 2, 4, 4], [1, 0, 0, 1, 1, 1]
    counts = (
        pl.DataFrame({"day": times, "e": events})
        .group_by("day")
        .agg(events=pl.col("e").sum(), censored=(1 - pl.col("e")).sum())
        .with_columns(group=pl.lit("all"))
    )
    low, high = log_log_interval(pl.col("survival"), pl.col("greenwood"), confidence=0.95)
    curve = kaplan_meier(counts, ["group"]).select("day", "survival", low=low, high=high)
    expected = [
        (2, 0.833333, 0.273123, 0.974712),
        (4, 0.5, 0.110948, 0.803709),
        (5, 0.333333, 0.046082, 0.675564),
        (6, 0.333333, 0.046082, 0.675564),
    ]
    for row, wanted in zip(curve.rows(), expected, strict=True):
        assert row == pytest.approx(wanted, abs=1e-6)


def test_design_effect_of_repeated_customers():
    """Repeating every customer doubles the variance; one row per customer leaves Greenwood's; the rest is by hand.

    By hand: days 0, 1, 1, 2 and events yes, yes, no, no. The hazards are 1/4 and 1/3, so what each row moves the log
    survival by is 1/4 - 1/16, 1/3 - 25/144, -25/144 and -25/144; of days 1 and 2 they are of one customer.
    """
    rows = pl.DataFrame({"group": ["g"] * 4, "day": [0, 1, 1, 2], "is_event": [True, True, False, False]})

    def effect(customers, times=1):
        followed_rows = pl.concat([rows.with_columns(customer_id=pl.Series(customers))] * times)
        totals = {"events": pl.col("is_event").sum(), "censored": (~pl.col("is_event")).sum()}
        counts = followed_rows.group_by("group", "day").agg(**{name: n.cast(pl.Int64) for name, n in totals.items()})
        curves = kaplan_meier(counts, ["group"])
        result = design_effects(followed_rows, curves, ["group"], cluster="customer_id", horizons=[1, 30])
        return dict(result.select("horizon_days", "design_effect").rows())

    assert effect(["a", "b", "c", "d"]) == {1: 1.0, 30: 1.0}
    assert effect(["a", "b", "c", "d"], times=2) == pytest.approx({1: 2.0, 30: 2.0})
    first, second, third = 1 / 4 - 1 / 16, 1 / 3 - 25 / 144, -25 / 144
    alone = first**2 + second**2 + 2 * third**2
    assert effect(["a", "b", "c", "c"])[30] == pytest.approx((first**2 + second**2 + (2 * third) ** 2) / alone)
    # Answers less alike than chance do not make a curve more precise than Greenwood's.
    assert effect(["a", "b", "b", "c"])[30] == 1.0
    assert effect(["a", "a", "b", "c"])[1] == 1.0


def test_log_rank_of_two_groups_by_hand():
    """Freireich's remissions (6-MP and placebo), chi-square 16.79 in the textbooks."""
    drug = [(6, 3, 1), (7, 1, 0), (9, 0, 1), (10, 1, 1), (11, 0, 1), (13, 1, 0), (16, 1, 0), (17, 0, 1), (19, 0, 1)]
    drug += [(20, 0, 1), (22, 1, 0), (23, 1, 0), (25, 0, 1), (32, 0, 2), (34, 0, 1), (35, 0, 1)]
    placebo = {1: 2, 2: 2, 3: 1, 4: 2, 5: 2, 8: 4, 11: 2, 12: 2, 15: 1, 17: 1, 22: 1, 23: 1}
    rows = [("drug", *row) for row in drug] + [("placebo", time, count, 0) for time, count in placebo.items()]
    counts = pl.DataFrame(rows, schema=["arm", "day", "events", "censored"], orient="row").with_columns(study=pl.lit(1))
    test = log_rank(counts, "arm", ["study"])
    assert test["chi_square"][0] == pytest.approx(16.793, abs=1e-3)
    assert test["degrees_of_freedom"].to_list() == [1]
    assert test["p_value"][0] == pytest.approx(4.17e-5, rel=1e-2)


def followed(customers, seed, answers=1):
    """Answers of customers who differ in how soon they buy, each with one category; day and end of the follow-up."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(customers), answers)
    wait = rng.exponential(40 * rng.gamma(0.5, 2, customers)[person])
    until = rng.uniform(5, 60, len(person))
    return pl.DataFrame(
        {
            "month": 1,
            "category": np.array(["detractor", "passive", "promoter"])[rng.integers(0, 3, customers)[person]],
            "customer_id": person,
            "day": np.minimum(wait, until).astype(int),
            "is_event": wait <= until,
        }
    )


def plain_score_test(rows):
    """Lin and Wei's formula, row by row, with the last group as the reference."""
    rows, names = rows.rows(named=True), sorted(rows["category"].unique())
    added = {}
    for row in rows:
        score = np.zeros(len(names))
        for day in {other["day"] for other in rows if other["is_event"] and other["day"] <= row["day"]}:
            at_risk = [other for other in rows if other["day"] >= day]
            share = np.array([sum(other["category"] == name for other in at_risk) for name in names]) / len(at_risk)
            own = np.array([row["category"] == name for name in names])
            events = sum(other["is_event"] and other["day"] == day for other in rows)
            score += (own - share) * ((row["is_event"] and row["day"] == day) - events / len(at_risk))
        added[row["customer_id"]] = added.get(row["customer_id"], 0) + score[:-1]
    sums = np.array(list(added.values()))
    return float(sums.sum(axis=0) @ np.linalg.solve(sums.T @ sums, sums.sum(axis=0)))


def test_log_rank_of_customers_who_answer_often():
    given = {"group": "category", "by": ["month"], "cluster": "customer_id"}
    rows = followed(30, 2, answers=3)
    result = clustered_log_rank(rows, **given)
    assert result["chi_square"][0] == pytest.approx(plain_score_test(rows), rel=1e-4)
    assert result["degrees_of_freedom"][0] == 2
    assert result["p_value"][0] == pytest.approx(np.exp(-result["chi_square"][0] / 2), rel=1e-9)
    # Repeated answers add no evidence; ignoring customers, the test would double it.
    twice = clustered_log_rank(pl.concat([rows, rows]), **given)
    assert twice["chi_square"][0] == pytest.approx(result["chi_square"][0], rel=1e-4)
    assert_frame_equal(clustered_log_rank(rows.reverse(), **given), result, check_exact=True)
    # Never a larger statistic than the ordinary test, which does not exist for one group.
    alone = rows.filter(pl.col("category") == "promoter")
    assert clustered_log_rank(alone, **given).row(0) == (1, None, None, None)
    counted = {"events": pl.col("is_event").sum(), "censored": (~pl.col("is_event")).sum()}
    counts = rows.group_by("month", "category", "day").agg(**{name: n.cast(pl.Int64) for name, n in counted.items()})
    assert result["p_value"][0] >= log_rank(counts, "category", ["month"])["p_value"][0]
