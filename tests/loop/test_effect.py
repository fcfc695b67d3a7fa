"""loop.effect: the comparison by what was drawn, the one by what was done, and what each leaves out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from loop.test_recovery import AS_OF, JUNE, START, contacts, orders

from pipelines.loop.effect import difference, effect
from pipelines.periods import Clock, Span, Window
from pipelines.settings import Settings

HALF = ((date(2020, 1, 1), 0.5),)
OVERALL = pl.col("hours_to_contact") == "all"


def shop(customers: int, *, held: float, followed: float, contacted: float = 1.0, seed: int = 1) -> pl.LazyFrame:
    """Detractors who answer again after 60 days, promoters with the probability of their arm; half are held out."""
    rng = np.random.default_rng(seed)
    draw = rng.random(customers)
    recovers = rng.random(customers) < np.where(draw < 0.5, held, followed)
    first = pl.DataFrame(
        {
            "customer_id": np.arange(customers, dtype=np.uint64),
            "category": "detractor",
            "responded_at": START,
            "draw": draw,
            "contacted": rng.random(customers) < contacted,
        }
    )
    again = first.with_columns(
        category=pl.Series(np.where(recovers, "promoter", "detractor")),
        responded_at=pl.col("responded_at") + timedelta(days=60),
    )
    return (
        pl.concat([first, again])
        .with_row_index("response_id")
        .with_columns(pl.col("response_id").cast(pl.UInt64), response_date=pl.col("responded_at").dt.date())
        .lazy()
    )


def table(
    responses: pl.LazyFrame, follow_ups: pl.LazyFrame, *, shares=HALF, month: date = JUNE, as_of: datetime = AS_OF
) -> pl.DataFrame:
    settings = Settings(home=Path("nowhere"), as_of=as_of, follow_up_holdout=shares)
    return effect(
        responses,
        pl.LazyFrame(schema={"response_id": pl.UInt64}),
        follow_ups,
        orders(),
        span=Span(Window(month, (month + timedelta(days=31)).replace(day=1)), Clock(as_of, "UTC")),
        settings=settings,
    )


def made(responses: pl.LazyFrame, where: pl.Expr) -> pl.LazyFrame:
    """Contacts 20 hours after the first answers that fulfil a condition."""
    numbers = responses.filter(pl.col("response_date") == START.date(), where).collect()["response_id"]
    return contacts(*((number, 20.0) for number in numbers))


def line(rows: pl.DataFrame, outcome: str, kind: str, *columns: str) -> tuple[object, ...]:
    found = rows.filter(
        OVERALL, pl.col("category") == "detractor", pl.col("outcome") == outcome, pl.col("kind") == kind
    )
    assert found.height == 1
    return found.select(columns).row(0)


def test_intention_to_treat_compares_what_was_drawn_whatever_was_done() -> None:
    responses = shop(400, held=0.3, followed=0.6)
    drawn = responses.filter(pl.col("draw") >= 0.5, pl.col("response_date") == START.date()).collect().height
    # Only a fifth of those who may be contacted are, and some who may not.
    few = made(responses, (pl.col("customer_id") % 5 == 0))
    rows = table(responses, few)
    columns = ("customers", "customers_without", "effect", "effect_low", "effect_high", "anytime_low", "anytime_high")
    measured = line(rows, "recovered", "intention_to_treat", *columns)
    assert measured[:2] == (drawn, 400 - drawn)
    point, low, high, anytime_low, anytime_high = measured[2:]
    assert anytime_low < low < 0.3 < high < anytime_high
    assert point == pytest.approx(0.3, abs=0.1)
    # The draw is not touched by what was done, so neither is the comparison.
    assert line(table(responses, contacts()), "recovered", "intention_to_treat", *columns) == measured


def test_association_leaves_held_out_customers_out() -> None:
    responses = shop(400, held=1.0, followed=0.5)
    rows = table(responses, made(responses, pl.col("contacted") & (pl.col("customer_id") % 2 == 0)))
    customers, without, bound = line(rows, "recovered", "association", "customers", "customers_without", "anytime_low")
    drawn = responses.filter(pl.col("draw") >= 0.5, pl.col("response_date") == START.date()).collect().height
    assert customers + without == drawn
    assert bound is None
    hours = rows.filter(pl.col("kind") == "association", pl.col("outcome") == "recovered")["hours_to_contact"]
    assert hours.sort().to_list() == ["all", "under_24h"]


def test_without_a_draw_nothing_is_called_a_cause() -> None:
    responses = shop(100, held=0.3, followed=0.6)
    rows = table(responses, made(responses, pl.col("contacted")), shares=())
    assert rows["kind"].unique().to_list() == ["association"]
    assert table(responses, contacts(), shares=()).is_empty()


def test_shares_are_compared_apart() -> None:
    """Half are held out among customers who come round at 0.8, a tenth among those at 0.2: there is no effect."""
    rng = np.random.default_rng(3)
    share = np.repeat([0.5, 0.1], 2_000)
    followed = rng.random(4_000) >= share
    value = (rng.random(4_000) < np.where(share == 0.5, 0.8, 0.2)).astype(float)
    pooled = value[followed].mean() - value[~followed].mean()
    assert pooled < -0.2
    measured = difference(value, followed, share, is_share=True, confidence=0.95)
    assert measured["effect"] == pytest.approx(0.0, abs=0.06)
    assert measured["effect_low"] < 0 < measured["effect_high"]


def test_a_share_with_nobody_on_one_side_compares_nothing() -> None:
    value, followed = np.array([1.0, 0.0, 1.0, 1.0]), np.array([True, False, True, True])
    share = np.array([0.5, 0.5, 0.1, 0.1])
    assert difference(value, followed, share, is_share=True, confidence=0.95)["effect"] == 1.0
    alone = difference(value[2:], followed[2:], share[2:], is_share=True, confidence=0.95)
    assert (alone["effect"], alone["effect_low"], alone["reason"]) == (None, None, "no customer to compare with")


def test_money_that_does_not_vary_has_no_interval() -> None:
    value, followed = np.zeros(6), np.arange(6) % 2 == 0
    measured = difference(value, followed, np.full(6, 0.5), is_share=False, confidence=0.95)
    assert (measured["effect"], measured["effect_low"], measured["reason"]) == (0.0, None, "all amounts alike")


def test_a_customer_counts_once_with_the_first_answer_since_the_draw_began() -> None:
    responses = shop(50, held=0.5, followed=0.5)
    early = responses.with_columns(
        pl.col("response_id") + 1_000,
        pl.col("responded_at") - timedelta(days=400),
        pl.col("response_date") - timedelta(days=400),
    )
    both = pl.concat([early, responses])
    # The draw began between the two: the earlier answers are in no arm.
    since = ((START.date() - timedelta(days=30), 0.5),)
    columns = ("customers", "customers_without", "effect", "period_start")
    assert line(table(both, contacts(), shares=since), "recovered", "intention_to_treat", *columns) == line(
        table(responses, contacts(), shares=since), "recovered", "intention_to_treat", *columns
    )
    always = table(both, contacts())
    assert sum(line(always, "recovered", "intention_to_treat", "customers", "customers_without")) == 50


def test_a_later_entry_of_the_setting_moves_no_earlier_effect() -> None:
    responses = shop(200, held=0.3, followed=0.6)
    rows = table(responses, contacts())
    assert table(responses, contacts(), shares=(*HALF, (date(2025, 4, 1), 0.1))).equals(rows)


def test_money_and_orders_are_compared_when_their_days_have_passed() -> None:
    responses = shop(60, held=0.3, followed=0.6)
    outcomes = set(table(responses, contacts())["outcome"])
    assert outcomes == {"recovered", "reordered", "revenue_90d"}
    later = table(responses, contacts(), month=date(2026, 3, 1), as_of=datetime(2026, 4, 1, tzinfo=UTC))
    assert set(later["outcome"]) == outcomes | {"re_surveyed", "revenue_365d"}
