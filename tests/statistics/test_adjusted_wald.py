"""Adjusted Wald: published numbers and those of the R package NPS, sample sizes, far tails and empty samples."""

from __future__ import annotations

from math import erfc, sqrt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.statistics import adjusted_wald, score
from tests.statistics.samples import Answers, frame, samples, values

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
    adjusted = adjusted_wald.adjusted(sample)
    result = values(
        frame(*answers),
        score.nps(sample),
        sample.variance,
        score.standard_error(sample),
        score.nps(adjusted),
        score.standard_error(adjusted),
        *adjusted_wald.interval(sample, 0.95),
        adjusted_wald.margin_of_error(sample, 0.95),
    )
    assert result == pytest.approx([*expected, 1.959963984540054 * expected[4]], abs=1e-4)


def test_the_interval_of_one_answer_is_widened_to_hold_its_raw_score() -> None:
    low, high, nps = values(frame(0, 0, 1), *adjusted_wald.interval(score.counts(), 0.95), score.nps(score.counts()))
    assert low == pytest.approx(-48.5, abs=0.05)
    assert high == nps == 100


# difference, adjusted centre and standard error, p, low, high
TWO_SAMPLES = {
    ((18, 0, 12), (10, 0, 20)): (-53.3333, -48.4848, 23.2523, 0.0370543, -94.0585, -2.9112),
    ((15, 25, 60), (20, 30, 50)): (15.0, 14.5631, 10.6177, 0.170193, -6.2473, 35.3734),
}


@pytest.mark.parametrize(("both", "expected"), TWO_SAMPLES.items(), ids=str)
def test_two_independent_samples(both: tuple[Answers, Answers], expected: tuple[float, ...]) -> None:
    answers, others = both
    sample, other = score.counts(), score.counts("other_")
    result = values(
        pl.concat([frame(*answers), frame(*others, "other_")], how="horizontal"),
        score.difference(sample, other),
        score.difference(adjusted_wald.adjusted(sample), adjusted_wald.adjusted(other)),
        adjusted_wald.difference_error(sample, other),
        adjusted_wald.p_value(sample, other),
        *adjusted_wald.difference_interval(sample, other, 0.95),
    )
    assert result == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("size", "points"), [(3831, 5), (958, 10), (426, 15), (240, 20)])
def test_smallest_detectable_change_inverts_the_published_sample_sizes(size: int, points: float) -> None:
    """Half promoters, a fifth detractors. The published sizes use the raw form, which is within 1 % here."""
    table = pl.DataFrame({"promoters": [0.5 * size], "passives": [0.3 * size], "detractors": [0.2 * size]})
    [result] = values(table, adjusted_wald.smallest_detectable_change(score.counts(), 0.95))
    assert result == pytest.approx(points, rel=0.01)


# Shares of promoters and detractors, confidence, and by margin the smallest number of answers.
SIZES = [
    (0.5, 0.5, 0.95, {3: 4269, 5: 1537, 7: 784, 10: 385, 15: 171, 20: 97}),
    (0.5, 0.2, 0.95, {3: 2604, 5: 938, 7: 479, 10: 235, 15: 105, 20: 59}),
    (0.5, 0.2, 0.90, {5: 661, 10: 166}),
]
ADJUSTED_SIZES = [(0.5, 0.2, 0.95, {5: 935, 10: 232, 15: 102, 20: 56}), (0.8, 0.15, 0.95, {10: 202})]


def margins(size: int, promoters: float, detractors: float, margin: pl.Expr) -> list[float]:
    """Margins of size - 1 and of `size` answers in these shares."""
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
        below, reached = margins(size, promoters, detractors, adjusted_wald.margin_of_error(score.counts(), confidence))
        assert reached <= points < below


def test_p_values_keep_their_precision_in_the_far_tail() -> None:
    sample, other = score.counts(), score.counts("other_")
    table = pl.concat([frame(100, 0, 200), frame(200, 0, 100, "other_")], how="horizontal")
    z, p = values(
        table,
        score.difference(adjusted_wald.adjusted(sample), adjusted_wald.adjusted(other))
        / adjusted_wald.difference_error(sample, other),
        adjusted_wald.p_value(sample, other),
    )
    assert 0 < p < 1e-15
    assert p == pytest.approx(erfc(z / sqrt(2)), rel=1e-12)


def test_an_empty_sample_has_no_difference() -> None:
    sample, other = score.counts(), score.counts("other_")
    table = pl.concat([frame(1, 2, 3), frame(0, 0, 0, "other_")], how="horizontal")
    result = values(
        table,
        score.difference(sample, other),
        *adjusted_wald.difference_interval(sample, other, 0.95),
        adjusted_wald.p_value(sample, other),
    )
    assert result == [None] * 4


@settings(deadline=None, max_examples=50)
@given(sample=samples, confidence=st.floats(0.5, 0.9999))
def test_intervals_hold_their_centre_and_stay_on_the_scale(sample: Answers, confidence: float) -> None:
    own = score.counts()
    low, centre, high = values(
        frame(*sample),
        adjusted_wald.interval(own, confidence)[0],
        score.nps(adjusted_wald.adjusted(own)),
        adjusted_wald.interval(own, confidence)[1],
    )
    assert -100 <= low < centre < high <= 100
