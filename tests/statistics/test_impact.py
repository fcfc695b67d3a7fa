"""The impact of a topic and its error: the influence of every answer, and the jackknife."""

from __future__ import annotations

from math import sqrt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from pipelines.statistics.impact import impact, impact_error
from pipelines.statistics.score import counts
from tests.statistics.influence import error_by_hand


def jackknife_error(signs_having, signs_lacking):
    """The standard error by jackknife, which agrees in large samples."""
    number = len(signs_having) + len(signs_lacking)

    def impact(having, lacking):
        both = having + lacking
        return 100 * (sum(both) / len(both) - sum(lacking) / len(lacking))

    values = [impact(signs_having[:i] + signs_having[i + 1 :], signs_lacking) for i in range(len(signs_having))]
    values += [impact(signs_having, signs_lacking[:i] + signs_lacking[i + 1 :]) for i in range(len(signs_lacking))]
    mean = sum(values) / number
    return sqrt((number - 1) / number * sum((value - mean) ** 2 for value in values))


counted = st.tuples(*[st.integers(0, 30)] * 3)


@given(counted, counted.filter(any))
@effort(max_examples=60)
def test_the_error_equals_the_influence_of_every_answer(having, lacking) -> None:
    names = ("detractors", "passives", "promoters")
    table = pl.DataFrame(
        {name: [value] for name, value in zip(names, having, strict=True)}
        | {f"rest_{name}": [value] for name, value in zip(names, lacking, strict=True)}
    )
    signs = [
        [sign for sign, count in zip((-1, 0, 1), sample, strict=True) for _ in range(count)]
        for sample in (having, lacking)
    ]
    result = table.select(impact_error(counts(), counts("rest_"))).item()
    assert result == pytest.approx(error_by_hand(*signs), abs=1e-9)
    if any(having):
        everything = 100 * sum(signs[0] + signs[1]) / len(signs[0] + signs[1])
        assert table.select(impact(counts(), counts("rest_"))).item() == pytest.approx(
            everything - 100 * sum(signs[1]) / len(signs[1]), abs=1e-9
        )
    if len(signs[0]) >= 40 and len(signs[1]) >= 40:
        assert result == pytest.approx(jackknife_error(*signs), rel=0.03, abs=1e-9)
