"""Every interval of a score holds its own point, has a width, and stays on its scale."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from pipelines.statistics import adjusted_wald, score
from pipelines.statistics.impact import impact, impact_interval, pseudo_answers
from pipelines.statistics.own_point import FEWEST, holding, is_reliable
from pipelines.statistics.paired_change import PAIRS, paired_interval
from pipelines.statistics.pooling import pooled_scores
from pipelines.statistics.wilson import wilson
from tests.statistics.samples import Answers, frame, values

# Detractors, passives, promoters, few of them more often than many.
few = st.tuples(*[st.one_of(st.integers(0, 3), st.integers(0, 200))] * 3).filter(any)
levels = st.sampled_from([0.5, 0.8, 0.95, 0.999])
# Pairs by the difference of their signs, -2..2.
pairs = st.tuples(*[st.one_of(st.integers(0, 2), st.integers(0, 90))] * 5).filter(any)
EXACT, OTHER = score.counts(), score.counts("rest_")


def both(answers: Answers, others: Answers) -> pl.DataFrame:
    return pl.concat([frame(*answers), frame(*others, "rest_")], how="horizontal")


def test_an_end_is_moved_only_where_the_point_lies_outside_and_null_stays_null() -> None:
    table = pl.DataFrame({"low": [1.0, 1.0, 1.0, None], "high": [2.0, 2.0, 2.0, 2.0], "point": [0.5, 1.5, 2.5, 9.0]})
    low, high = holding((pl.col("low"), pl.col("high")), pl.col("point"))
    assert table.select(low.alias("low"), high.alias("high")).rows() == [
        (0.5, 2.0),
        (1.0, 2.0),
        (1.0, 2.5),
        (None, 9.0),
    ]
    nothing = holding((pl.lit(1.0), pl.lit(2.0)), pl.lit(None, pl.Float64))
    assert pl.select(low=nothing[0], high=nothing[1]).row(0) == (1.0, 2.0)


@pytest.mark.parametrize(("least", "answers"), [(5, FEWEST), (FEWEST, FEWEST), (30, 30)])
def test_fewer_than_ten_people_are_never_enough(least: int, answers: int) -> None:
    table = pl.DataFrame({"people": [answers - 1, answers]})
    assert table.select(is_reliable(pl.col("people"), least)).to_series().to_list() == [False, True]


@effort(deadline=None, max_examples=100)
@given(answers=few, confidence=levels)
def test_a_score(answers: Answers, confidence: float) -> None:
    low, point, high = values(
        frame(*answers),
        adjusted_wald.interval(EXACT, confidence)[0],
        score.nps(EXACT),
        adjusted_wald.interval(EXACT, confidence)[1],
    )
    assert -100 <= low <= point <= high <= 100
    assert low < high


@effort(deadline=None, max_examples=20)
@given(drawn=st.lists(st.tuples(few, few), min_size=5, max_size=20), confidence=levels)
def test_a_difference_and_an_impact(drawn: list[tuple[Answers, Answers]], confidence: float) -> None:
    table = pl.concat(both(*samples) for samples in drawn).with_columns(pseudo=pseudo_answers(EXACT, OTHER))
    for point, ends in (
        (score.difference(EXACT, OTHER), adjusted_wald.difference_interval(EXACT, OTHER, confidence)),
        (impact(EXACT, OTHER), impact_interval(EXACT, OTHER, confidence, pl.col("pseudo"))),
    ):
        for low, middle, high in table.select(low=ends[0], point=point, high=ends[1]).rows():
            assert -200 <= low <= middle <= high <= 200
            assert low < high


@effort(deadline=None, max_examples=100)
@given(counted=pairs, confidence=levels)
def test_a_paired_change(counted: tuple[int, ...], confidence: float) -> None:
    n, total, squares = (
        sum(count * (place - 2) ** power for place, count in enumerate(counted)) for power in (0, 1, 2)
    )
    low, high = pl.select(
        *(
            end.alias(name)
            for name, end in zip(
                ("low", "high"), paired_interval(pl.lit(n), pl.lit(total), pl.lit(squares), confidence), strict=True
            )
        )
    ).row(0)
    assert -200 <= low <= 100 * total / n <= high <= 200
    assert low < high


def test_pairs_that_all_changed_alike_have_an_interval_however_many() -> None:
    for n in (1, PAIRS, 10 * PAIRS):
        low, high = paired_interval(pl.lit(n), pl.lit(0), pl.lit(0), 0.95)
        assert pl.select(low).item() < 0 < pl.select(high).item()
    assert pl.select(paired_interval(pl.lit(0), pl.lit(0), pl.lit(0), 0.95)[0]).item() is None


@effort(deadline=None, max_examples=100)
@given(total=st.integers(1, 60), share=st.floats(0, 1), confidence=levels)
def test_a_share(total: int, share: float, confidence: float) -> None:
    counted = round(share * total)
    low, high = wilson(pl.lit(counted), pl.lit(total), confidence)
    assert 0 <= pl.select(low).item() <= counted / total <= pl.select(high).item() <= 1


@effort(deadline=None, max_examples=40)
@given(segments=st.lists(few, min_size=1, max_size=6), confidence=levels)
def test_a_pooled_score(segments: list[Answers], confidence: float) -> None:
    rows = pl.concat([frame(*answers) for answers in segments]).with_columns(family=pl.lit(0))
    for point, low, high in pooled_scores(rows, confidence).rows():
        assert -100 <= low <= point <= high <= 100
        assert low < high
