"""loop.uplift and loop.answer_uplift: covariates as of the answer, and a planted effect that the ranking finds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from loop.planted import AS_OF, SPAN, frames, planted_for, settings_of, world_of
from polars.testing import assert_frame_equal

from pipelines.loop import uplift as module
from pipelines.loop.answer_uplift import answer_uplift
from pipelines.loop.covariates import COVARIATES, with_covariates, with_earlier_answers
from pipelines.loop.effect import effect
from pipelines.loop.outcomes import answered_again
from pipelines.loop.recovery import recovery
from pipelines.loop.uplift import compared_by, drawn_with_covariates, rankings, uplift
from pipelines.periods import Clock, Span, Window
from pipelines.statistics import qini


@pytest.fixture(scope="module")
def shop():
    world = world_of(1)
    return world, frames(world)


def test_covariates_are_what_was_known_at_the_answer(shop) -> None:
    """Against loops over the orders and answers of some customers."""
    _, (responses, urgent, follow_ups, orders) = shop
    answers = answered_again(responses, urgent, follow_ups, settings=settings_of())
    rows = with_covariates(with_earlier_answers(answers), orders)
    assert rows.select(COVARIATES).null_count().sum_horizontal().item() == 0
    sold = orders.filter(pl.col("gross") >= 0).collect()
    for row in rows.sample(40, seed=1).to_dicts():
        mine = sold.filter(pl.col("customer_id") == row["customer_id"], pl.col("ordered_at") <= row["responded_at"])
        assert row["orders_before"] == pytest.approx(np.log1p(mine.height))
        year = mine.filter(pl.col("ordered_at") > row["responded_at"] - timedelta(days=365))["gross"]
        assert row["spent_before"] == pytest.approx(np.log1p(float(year.sum() or 0)), abs=1e-6)
        earlier = rows.filter(pl.col("customer_id") == row["customer_id"], pl.col("responded_at") < row["responded_at"])
        assert row["answers_before"] == pytest.approx(np.log1p(earlier.height))
        about = {"days_late": 0}
        if row["order_id"] is not None:
            [about] = sold.filter(pl.col("order_id") == row["order_id"]).to_dicts() or [about]
        is_late = (about["days_late"] or 0) > 0 and about["delivered_at"] <= row["responded_at"]
        assert row["is_late"] == is_late


def test_nothing_is_said_of_too_few(shop, monkeypatch) -> None:
    _, made = shop
    monkeypatch.setattr(module, "FEWEST", 10_000)
    rows = uplift(*made, span=SPAN, settings=settings_of())
    assert rows.select("ranking", "tenth", "gain", "qini", "reason").rows() == [
        (ranking, 10, None, None, module.TOO_FEW) for ranking in ("uplift", "value_at_risk")
    ]
    assert answer_uplift(*made, span=SPAN, settings=settings_of()).is_empty()
    nobody = settings_of().model_copy(update={"follow_up_holdout": ()})
    assert uplift(*made, span=SPAN, settings=nobody).is_empty()
    assert answer_uplift(*made, span=SPAN, settings=nobody).is_empty()


def test_the_ranking_by_uplift_puts_first_whom_calls_move(shop) -> None:
    world, (responses, urgent, follow_ups, orders) = shop
    answers = answered_again(responses, urgent, follow_ups, settings=settings_of())
    compared = compared_by(drawn_with_covariates(answers, orders), AS_OF)
    moved = planted_for(world, compared.rows)
    by = {name: qini.coefficient(ranking, moved) for name, ranking in rankings(compared).items()}
    best = qini.coefficient(moved, moved)
    assert by["uplift"] > 0.3 * best
    assert abs(by["value_at_risk"]) < 0.1 * best
    rows = uplift(responses, urgent, follow_ups, orders, span=SPAN, settings=settings_of())
    assert rows.height == 20
    last = rows.filter(pl.col("tenth") == 10)["gain"]
    assert last[0] == pytest.approx(last[1])


def test_open_answers_have_the_uplift_of_the_months_fit(shop) -> None:
    _, made = shop
    rows = answer_uplift(*made, span=SPAN, settings=settings_of())
    answers = answered_again(*made[:3], settings=settings_of()).cast({"response_id": pl.String})
    named = rows.join(answers, on="response_id", how="left")
    assert rows["response_id"].is_unique().all()
    assert set(named["category"]) == {"passive", "detractor"}
    assert not named["is_held_out"].any()
    assert rows["uplift"].is_between(-1, 1).all()
    by_category = named.group_by("category").agg(pl.col("uplift").mean()).sort("category")["uplift"]
    # The shop calls detractors alone.
    assert by_category[1] > by_category[0]


@pytest.mark.first(2)
@pytest.mark.parametrize("figure", [recovery, effect, uplift, answer_uplift], ids=lambda figure: figure.__name__)
def test_months_of_one_span_are_those_of_each_alone(shop, figure) -> None:
    """Whatever else is computed, and whatever came later: the frames hold all that happened until July."""
    _, made = shop
    months = [date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)]
    clock = Clock(AS_OF, "UTC")

    def rows(start: date, end: date, clock: Clock = clock) -> pl.DataFrame:
        return figure(*made, span=Span(Window(start, end), clock), settings=settings_of())

    together = rows(months[0], months[-1])
    assert together["month"].n_unique() == 3
    apart = pl.concat([rows(*both) for both in pairwise(months)])
    assert_frame_equal(together, apart, check_row_order=False, check_exact=True)
    # In April, May had not happened.
    then = Clock(datetime(2026, 5, 1, tzinfo=UTC), "UTC")
    responses, urgent, follow_ups, orders = made
    april = (
        responses.filter(pl.col("responded_at") <= then.as_of),
        urgent,
        follow_ups.filter(pl.col("contacted_at") <= then.as_of),
        orders.filter(pl.col("ordered_at") <= then.as_of),
    )
    known_then = figure(*april, span=Span(Window(*months[:2]), then), settings=settings_of())
    assert_frame_equal(apart.filter(pl.col("month") == months[0]), known_then, check_row_order=False, check_exact=True)
