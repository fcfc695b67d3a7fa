"""The covariance of samples that share customers: its definition, and a published table of the same customers twice."""

from __future__ import annotations

from itertools import product
from math import sqrt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.statistics import adjusted_wald, design_effect, score
from tests.statistics.samples import frame, values

PAIRS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1), st.integers(-1, 1)), min_size=1, max_size=25)


def paired(answers: list[tuple[int, int, int]]) -> tuple[pl.DataFrame, float]:
    """Counts and products of (customer, window, sign), and the covariance straight from its definition."""
    signs = [[sign for _, window, sign in answers if window == which] for which in (0, 1)]
    means = [sum(part) / len(part) for part in signs]
    customers = {customer for customer, _, _ in answers}
    own = {
        (customer, which): [sign for who, window, sign in answers if (who, window) == (customer, which)]
        for customer, which in product(customers, (0, 1))
    }
    covariance = sum(
        (first - means[0]) * (second - means[1])
        for customer in customers
        for first, second in product(own[customer, 0], own[customer, 1])
    )
    sums = [{customer: (sum(own[customer, w]), len(own[customer, w])) for customer in customers} for w in (0, 1)]
    table = pl.DataFrame(
        {
            name: [sum(sums[0][c][left] * sums[1][c][right] for c in customers)]
            for name, left, right in (
                ("signs_signs", 0, 0),
                ("signs_answers", 0, 1),
                ("answers_signs", 1, 0),
                ("answers_answers", 1, 1),
            )
        }
    )
    parts = [
        frame(part.count(-1), part.count(0), part.count(1), prefix)
        for part, prefix in zip(signs, ("", "previous_"), strict=True)
    ]
    return pl.concat([*parts, table], how="horizontal"), covariance


@settings(deadline=None, max_examples=150)
@given(answers=PAIRS.filter(lambda rows: {window for _, window, _ in rows} == {0, 1}))
def test_the_covariance_equals_its_definition_and_leaves_a_positive_error(answers: list[tuple[int, int, int]]) -> None:
    table, covariance = paired(answers)
    sample, previous = score.counts(), score.counts("previous_")
    shared = design_effect.covariance(sample, previous)
    first, second = (score.standard_error(adjusted_wald.adjusted(part)) ** 2 for part in (sample, previous))
    result, error, variance, sizes = values(
        table,
        shared,
        adjusted_wald.difference_error(sample, previous, shared),
        first + second,
        sample.responses * previous.responses,
    )
    assert result == pytest.approx(covariance, abs=1e-9)
    assert error > 0
    direct = variance - 2e4 * covariance / sizes
    if direct > 1e-6:
        assert error == pytest.approx(sqrt(direct), rel=1e-6)


def test_the_same_customers_twice() -> None:
    """A 3 x 3 table of moves: the paired error of raw scores is 6.0725, the adjusted one a little less."""
    matrix = [[20, 5, 5], [10, 40, 10], [25, 15, 70]]
    pairs = [
        (before - 1, after - 1)
        for before, row in enumerate(matrix)
        for after, number in enumerate(row)
        for _ in range(number)
    ]
    answers = [
        (customer, window, sign)
        for customer, (before, after) in enumerate(pairs)
        for window, sign in ((0, after), (1, before))
    ]
    table, covariance = paired(answers)
    sample, previous = score.counts(), score.counts("previous_")
    shared = design_effect.covariance(sample, previous)
    change, raw, error = values(
        table,
        score.difference(sample, previous),
        (
            score.standard_error(sample) ** 2
            + score.standard_error(previous) ** 2
            - 2e4 * shared / (sample.responses * previous.responses)
        ).sqrt(),
        adjusted_wald.difference_error(sample, previous, shared),
    )
    assert (change, raw) == pytest.approx((-25.0, 6.07248), abs=1e-4)
    assert error == pytest.approx(raw, rel=0.03)
    assert covariance > 0
