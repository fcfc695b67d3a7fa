"""The score and its raw error: variances of the R package NPS."""

from __future__ import annotations

import pytest

from pipelines.statistics import score
from tests.statistics.samples import Answers, frame, values


@pytest.mark.parametrize(
    ("answers", "variance", "error"),
    [((1, 0, 1), 1, 0.707), ((0, 1, 1), 0.25, 0.354), ((1, 1, 1), 2 / 3, 0.471), ((0, 0, 7), 0, 0), ((9, 0, 0), 0, 0)],
)
def test_variance_equals_that_of_the_r_package(answers: Answers, variance: float, error: float) -> None:
    result = values(frame(*answers), score.counts().variance, score.standard_error(score.counts()) / 100)
    assert result == pytest.approx([variance, error], abs=5e-4)
