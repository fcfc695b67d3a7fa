"""Robustness values: published vectors, and what they promise of a cause that is then recorded."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipelines.statistics.adjusted_difference import differences
from pipelines.statistics.robustness_value import robustness_value


@pytest.mark.parametrize(
    ("student", "freedom", "level", "value"),
    [
        # Cinelli and Hazlett 2020, the example of Darfur; sensemakr prints these digits.
        (4.18445, 783, None, 0.13878),
        (4.18445, 783, 0.95, 0.07626),
        # tipr's r_value(0.5, 0.1, 102), which calls sensemakr.
        (0.5 / 0.1, 102, None, 0.387467),
        (-0.5 / 0.1, 102, None, 0.387467),
        (0.0, 50, None, 0.0),
        (1.9, 50, 0.95, 0.0),
        (5.0, 1, 0.95, 0.0),
    ],
)
def test_published_robustness_values(student: float, freedom: int, level: float | None, value: float) -> None:
    assert robustness_value(student, freedom, level=level) == pytest.approx(value, abs=5e-6)


def shop_with_a_hidden_cause(seed: int) -> pl.DataFrame:
    """300 people whose group and outcome have a recorded cause, `tenure`, a factor, and a hidden one."""
    random = np.random.default_rng(seed)
    size = 300
    hidden, tenure = random.normal(size=size), random.normal(size=size)
    strength = random.uniform(0, 1.5)
    pull = 0.5 * tenure + strength * hidden + random.normal(size=size)
    group = np.where(pull > np.quantile(pull, 0.4), "promoter", "detractor")
    outcome = 2 * tenure + strength * random.uniform(0, 4) * hidden + 2 * random.normal(size=size)
    outcome += random.uniform(-2, 1) * (group == "promoter")
    country = random.choice(["BE", "DE"], size)
    return pl.DataFrame({"group": group, "outcome": outcome, "tenure": tenure, "hidden": hidden, "country": country})


def fitted(rows: pl.DataFrame, *numeric: str):
    return differences(
        rows,
        "outcome",
        group="group",
        reference="detractor",
        compared=["promoter"],
        confidence=0.95,
        numeric=[pl.col(name) for name in numeric],
        factors=["country"],
    )["promoter"]


def unexplained(columns: list[np.ndarray], outcome: np.ndarray) -> float:
    design = np.column_stack([np.ones(len(outcome)), *columns])
    return float(np.square(outcome - design @ np.linalg.lstsq(design, outcome, rcond=None)[0]).sum())


def share_explained(rows: pl.DataFrame, outcome: np.ndarray, others: list[np.ndarray], cause: np.ndarray) -> float:
    before = unexplained(others, outcome)
    return (before - unexplained([*others, cause], outcome)) / before


def test_only_a_cause_stronger_than_the_value_brings_the_difference_to_zero() -> None:
    """Exact in the same sample: who explains no more than the value of both group and outcome cannot turn the sign."""
    turned, stronger = 0, 0
    for seed in range(100):
        rows = shop_with_a_hidden_cause(seed)
        without, together = fitted(rows, "tenure"), fitted(rows, "tenure", "hidden")
        is_promoter = (rows["group"] == "promoter").to_numpy().astype(float)
        known = [rows["tenure"].to_numpy(), (rows["country"] == "BE").to_numpy().astype(float)]
        hidden, outcome = rows["hidden"].to_numpy(), rows["outcome"].to_numpy()
        of_outcome = share_explained(rows, outcome, [is_promoter, *known], hidden)
        of_group = share_explained(rows, is_promoter, known, hidden)
        is_turned = without.difference * together.difference <= 0
        is_stronger = max(of_outcome, of_group) > without.hidden.value
        assert is_stronger or not is_turned
        # The bias is what the paper says it is, so the value is the tight bound.
        bias = without.difference - together.difference
        error = without.difference / student_of(without.hidden.value, 300 - 4)
        expected = abs(error) * np.sqrt((300 - 4) * of_outcome * of_group / (1 - of_group))
        assert abs(bias) == pytest.approx(expected, rel=1e-6)
        turned, stronger = turned + is_turned, stronger + is_stronger
    assert (turned, stronger) == (39, 72)


def student_of(value: float, freedom: int) -> float:
    """The t statistic whose robustness value is given: f^2 = R^2 / (1 - R)."""
    return float(np.sqrt(freedom * value**2 / (1 - value)))


def test_the_strongest_covariate_is_as_strong_as_leaving_it_out_shows() -> None:
    for seed in range(10):
        rows = shop_with_a_hidden_cause(seed)
        is_promoter = (rows["group"] == "promoter").to_numpy().astype(float)
        factor = (rows["country"] == "BE").to_numpy().astype(float)
        tenure, outcome = rows["tenure"].to_numpy(), rows["outcome"].to_numpy()
        of_outcome = share_explained(rows, outcome, [is_promoter, factor], tenure)
        of_group = share_explained(rows, is_promoter, [factor], tenure)
        told = fitted(rows, "tenure").hidden
        assert told.strongest == "tenure"
        share = told.strength
        assert share**2 / (1 - share) == pytest.approx(of_outcome * of_group / (1 - of_group))
        assert min(of_outcome, of_group) <= share <= max(of_outcome, of_group)


def test_nothing_is_told_without_covariates_or_without_residuals() -> None:
    rows = shop_with_a_hidden_cause(1)
    plain = differences(rows, "outcome", group="group", reference="detractor", compared=["promoter"], confidence=0.95)[
        "promoter"
    ]
    assert plain.difference is not None
    assert plain.hidden is None
    assert fitted(rows.with_columns(outcome=pl.col("tenure") * 2), "tenure").hidden is None
