"""The formulas: published numbers and those of the R package NPS (STATISTICS, section 1), and brute force."""

from __future__ import annotations

from itertools import product
from math import erfc, sqrt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.statistics import score

Answers = tuple[int, int, int]
samples = st.tuples(*[st.integers(0, 40)] * 3).filter(any)


def frame(detractors: int, passives: int, promoters: int, prefix: str = "") -> pl.DataFrame:
    return pl.DataFrame(
        {f"{prefix}promoters": [promoters], f"{prefix}passives": [passives], f"{prefix}detractors": [detractors]}
    )


def values(table: pl.DataFrame, *expressions: pl.Expr) -> list[float]:
    named = [expression.alias(str(number)) for number, expression in enumerate(expressions)]
    return list(table.select(named).row(0))


# nps, variance, standard error, adjusted centre and standard error, low, high
VECTORS = {
    (1, 2, 3): (33.3333, 0.555556, 30.4290, 22.2222, 24.9828, -26.7433, 71.1877),
    (25, 25, 50): (25.0, 0.6875, 8.2916, 24.2718, 8.1479, 8.3022, 40.2415),
    (20, 30, 50): (30.0, 0.61, 7.8102, 29.1262, 7.6915, 14.0511, 44.2013),
    (150, 350, 500): (35.0, 0.5275, 2.2967, 34.8953, 2.2939, 30.3993, 39.3913),
    (0, 2, 8): (80.0, 0.16, 12.6491, 61.5385, 16.4567, 29.2839, 93.7931),
    (0, 0, 10): (100.0, 0.0, 0.0, 76.9231, 15.0102, 47.5036, 100.0),
}


@pytest.mark.parametrize(("answers", "expected"), VECTORS.items(), ids=str)
def test_one_sample(answers: Answers, expected: tuple[float, ...]) -> None:
    sample = score.counts()
    adjusted = score.adjusted(sample)
    found = values(
        frame(*answers),
        score.nps(sample),
        sample.variance,
        score.standard_error(sample),
        score.nps(adjusted),
        score.standard_error(adjusted),
        *score.interval(sample, 0.95),
        score.margin_of_error(sample, 0.95),
    )
    assert found == pytest.approx([*expected, 1.959963984540054 * expected[4]], abs=1e-4)


def test_the_point_is_raw_and_may_lie_outside_its_interval() -> None:
    low, high, nps = values(frame(0, 0, 1), *score.interval(score.counts(), 0.95), score.nps(score.counts()))
    assert (low, high) == pytest.approx((-48.5, 98.5), abs=0.05)
    assert nps == 100


@pytest.mark.parametrize(
    ("answers", "variance", "error"),
    [((1, 0, 1), 1, 0.707), ((0, 1, 1), 0.25, 0.354), ((1, 1, 1), 2 / 3, 0.471), ((0, 0, 7), 0, 0), ((9, 0, 0), 0, 0)],
)
def test_variance_as_in_the_r_package(answers: Answers, variance: float, error: float) -> None:
    found = values(frame(*answers), score.counts().variance, score.standard_error(score.counts()) / 100)
    assert found == pytest.approx([variance, error], abs=5e-4)


# difference, adjusted centre and standard error, p, low, high
TWO_SAMPLES = {
    ((18, 0, 12), (10, 0, 20)): (-53.3333, -48.4848, 23.2523, 0.0370543, -94.0585, -2.9112),
    ((15, 25, 60), (20, 30, 50)): (15.0, 14.5631, 10.6177, 0.170193, -6.2473, 35.3734),
}


@pytest.mark.parametrize(("both", "expected"), TWO_SAMPLES.items(), ids=str)
def test_two_independent_samples(both: tuple[Answers, Answers], expected: tuple[float, ...]) -> None:
    answers, others = both
    sample, other = score.counts(), score.counts("other_")
    found = values(
        pl.concat([frame(*answers), frame(*others, "other_")], how="horizontal"),
        score.difference(sample, other),
        score.difference(score.adjusted(sample), score.adjusted(other)),
        score.difference_error(sample, other),
        score.p_value(sample, other),
        *score.difference_interval(sample, other, 0.95),
    )
    assert found == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("size", "points"), [(3831, 5), (958, 10), (426, 15), (240, 20)])
def test_smallest_detectable_change_inverts_the_published_sample_sizes(size: int, points: float) -> None:
    """Half promoters, a fifth detractors. The published sizes are of the raw form, within 1 % at these sizes."""
    table = pl.DataFrame({"promoters": [0.5 * size], "passives": [0.3 * size], "detractors": [0.2 * size]})
    [found] = values(table, score.smallest_detectable_change(score.counts(), 0.95))
    assert found == pytest.approx(points, rel=0.01)


# Shares of promoters and detractors, confidence, and by margin the smallest number of answers (STATISTICS 1.2).
SIZES = [
    (0.5, 0.5, 0.95, {3: 4269, 5: 1537, 7: 784, 10: 385, 15: 171, 20: 97}),
    (0.5, 0.2, 0.95, {3: 2604, 5: 938, 7: 479, 10: 235, 15: 105, 20: 59}),
    (0.5, 0.2, 0.90, {5: 661, 10: 166}),
]
ADJUSTED_SIZES = [(0.5, 0.2, 0.95, {5: 935, 10: 232, 15: 102, 20: 56}), (0.8, 0.15, 0.95, {10: 202})]


def margins(size: int, promoters: float, detractors: float, margin: pl.Expr) -> list[float]:
    """Margin of one answer fewer and of `size` answers, in these shares."""
    shares = {"promoters": promoters, "passives": 1 - promoters - detractors, "detractors": detractors}
    rows = pl.DataFrame({name: [share * (size - 1), share * size] for name, share in shares.items()})
    return rows.select(margin).to_series().to_list()


@pytest.mark.parametrize(("promoters", "detractors", "confidence", "sizes"), SIZES)
def test_sample_sizes_of_the_raw_score(promoters, detractors, confidence, sizes) -> None:
    raw = score.quantile(confidence) * score.standard_error(score.counts())
    for points, size in sizes.items():
        below, reached = margins(size, promoters, detractors, raw)
        assert reached <= points < below


@pytest.mark.parametrize(("promoters", "detractors", "confidence", "sizes"), ADJUSTED_SIZES)
def test_sample_sizes_of_the_published_margin(promoters, detractors, confidence, sizes) -> None:
    for points, size in sizes.items():
        below, reached = margins(size, promoters, detractors, score.margin_of_error(score.counts(), confidence))
        assert reached <= points < below


def test_p_values_keep_their_precision_in_the_far_tail() -> None:
    sample, other = score.counts(), score.counts("other_")
    table = pl.concat([frame(100, 0, 200), frame(200, 0, 100, "other_")], how="horizontal")
    z, p = values(
        table,
        score.difference(score.adjusted(sample), score.adjusted(other)) / score.difference_error(sample, other),
        score.p_value(sample, other),
    )
    assert 0 < p < 1e-15
    assert p == pytest.approx(erfc(z / sqrt(2)), rel=1e-12)


def test_an_empty_sample_has_no_difference() -> None:
    sample, other = score.counts(), score.counts("other_")
    table = pl.concat([frame(1, 2, 3), frame(0, 0, 0, "other_")], how="horizontal")
    found = values(
        table,
        score.difference(sample, other),
        *score.difference_interval(sample, other, 0.95),
        score.p_value(sample, other),
    )
    assert found == [None] * 4


@settings(deadline=None, max_examples=50)
@given(sample=samples, confidence=st.floats(0.5, 0.9999))
def test_intervals_hold_their_centre_and_stay_on_the_scale(sample: Answers, confidence: float) -> None:
    own = score.counts()
    low, centre, high = values(
        frame(*sample),
        score.interval(own, confidence)[0],
        score.nps(score.adjusted(own)),
        score.interval(own, confidence)[1],
    )
    assert -100 <= low < centre < high <= 100


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
def test_the_covariance_is_its_definition_and_leaves_an_error(answers: list[tuple[int, int, int]]) -> None:
    table, covariance = paired(answers)
    sample, previous = score.counts(), score.counts("previous_")
    shared = score.covariance(sample, previous)
    first, second = (score.standard_error(score.adjusted(part)) ** 2 for part in (sample, previous))
    found, error, variance, sizes = values(
        table,
        shared,
        score.difference_error(sample, previous, shared),
        first + second,
        sample.responses * previous.responses,
    )
    assert found == pytest.approx(covariance, abs=1e-9)
    assert error > 0
    direct = variance - 2e4 * covariance / sizes
    if direct > 1e-6:
        assert error == pytest.approx(sqrt(direct), rel=1e-6)


def test_the_same_customers_twice() -> None:
    """The delivery matrix of STATISTICS 5.3: the paired error 6.0725 of raw scores, a little less adjusted."""
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
    shared = score.covariance(sample, previous)
    change, raw, error = values(
        table,
        score.difference(sample, previous),
        (
            score.standard_error(sample) ** 2
            + score.standard_error(previous) ** 2
            - 2e4 * shared / (sample.responses * previous.responses)
        ).sqrt(),
        score.difference_error(sample, previous, shared),
    )
    assert (change, raw) == pytest.approx((-25.0, 6.07248), abs=1e-4)
    assert error == pytest.approx(raw, rel=0.03)
    assert covariance > 0


@settings(deadline=None, max_examples=60)
@given(groups=st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=8), min_size=1, max_size=4))
def test_benjamini_hochberg_is_its_definition(groups: list[list[float]]) -> None:
    rows = [(group, p) for group, ps in enumerate(groups) for p in ps]
    table = pl.DataFrame(rows, schema={"group": pl.Int64, "p": pl.Float64}, orient="row")
    found = table.select(score.benjamini_hochberg(pl.col("p")).over("group"))["p"].to_list()
    expected = [
        min(1.0, *(q * len(ps) / (1 + number) for number, q in enumerate(sorted(ps)) if q >= p))
        for ps in groups
        for p in ps
    ]
    assert found == pytest.approx(expected, abs=1e-12)


def test_benjamini_hochberg_of_their_own_example() -> None:
    """Fifteen p-values of the 1995 paper, section 3.2: at 0.05 the first four are rejected; nulls are no tests."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590]
    table = pl.DataFrame({"p": [None, *p, 1.0, None]})
    found = table.select(score.benjamini_hochberg(pl.col("p")))["p"].to_list()
    assert found[0] is None
    assert found[-1] is None
    assert [value is not None and value <= 0.05 for value in found] == [False] + [True] * 4 + [False] * 12
    assert found[1] == pytest.approx(0.0015)
