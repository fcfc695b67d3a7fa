"""loop.recovery: arms and outcomes worked out by hand, and what a month must not know."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.loop.recovery import recovery
from pipelines.periods import Clock, Span, Window
from pipelines.settings import Settings

JUNE = date(2025, 6, 1)
AS_OF = datetime(2025, 7, 1, tzinfo=UTC)
START = datetime(2025, 1, 10, 12, tzinfo=UTC)
DRAWN = ((date(2020, 1, 1), 0.5),)
MONEY = pl.Decimal(18, 2)


def answers(*rows: tuple[int, str, float], draw: float = 0.9) -> pl.LazyFrame:
    """Answers numbered in order: customer, category, days after START. By default nobody is held out."""
    return pl.LazyFrame(
        [
            (number, customer, category, START + timedelta(days=days), (START + timedelta(days=days)).date(), draw)
            for number, (customer, category, days) in enumerate(rows)
        ],
        schema={
            "response_id": pl.UInt64,
            "customer_id": pl.UInt64,
            "category": pl.String,
            "responded_at": pl.Datetime("us", "UTC"),
            "response_date": pl.Date,
            "draw": pl.Float64,
        },
        orient="row",
    )


def contacts(*rows: tuple[int, float], is_dated: bool = True) -> pl.LazyFrame:
    """Contacts: number of the answer, hours after START."""
    made = [(number, START + timedelta(hours=hours), is_dated) for number, hours in rows]
    schema = {"response_id": pl.UInt64, "contacted_at": pl.Datetime("us", "UTC"), "is_dated": pl.Boolean}
    return pl.LazyFrame(made, schema=schema, orient="row")


def orders(*rows: tuple[int, float, int, int, float | None]) -> pl.LazyFrame:
    """Orders: customer, days after START, gross, refunded, day of the refund."""
    made = [
        (
            customer,
            START + timedelta(days=days),
            Decimal(gross),
            Decimal(refunded),
            None if back is None else START + timedelta(days=back),
        )
        for customer, days, gross, refunded, back in rows
    ]
    time = pl.Datetime("us", "UTC")
    schema = {"customer_id": pl.UInt64, "ordered_at": time, "gross": MONEY, "refunded": MONEY, "refunded_at": time}
    return pl.LazyFrame(made, schema=schema, orient="row")


def table(
    responses: pl.LazyFrame,
    follow_ups: pl.LazyFrame | None = None,
    bought: pl.LazyFrame | None = None,
    *,
    urgent: tuple[int, ...] = (),
    as_of: datetime = AS_OF,
    month: date = JUNE,
) -> pl.DataFrame:
    settings = Settings(home=Path("nowhere"), as_of=as_of, follow_up_holdout=DRAWN)
    return recovery(
        responses,
        pl.LazyFrame({"response_id": urgent}, schema={"response_id": pl.UInt64}),
        contacts() if follow_ups is None else follow_ups,
        orders() if bought is None else bought,
        span=Span(Window(month, (month + timedelta(days=31)).replace(day=1)), Clock(as_of, "UTC")),
        settings=settings,
    ).sort("category", "arm", "hours_to_contact")


def by_arm(rows: pl.DataFrame, *columns: str) -> dict[tuple[str, str], tuple[object, ...]]:
    return {(row[0], row[1]): row[2:] for row in rows.select("arm", "hours_to_contact", *columns).rows()}


def test_arms_by_contact_and_draw() -> None:
    responses = answers(*[(customer, "detractor", 0.0) for customer in range(6)])
    # In time, in time by an hour, too late, before the answer; a second contact changes nothing.
    made = contacts((0, 30), (0, 400), (1, 14 * 24), (2, 14 * 24 + 1), (3, -1))
    assert by_arm(table(responses, made), "customers", "contacted") == {
        ("followed_up", "all"): (2, 2),
        ("followed_up", "24_to_48h"): (1, 1),
        ("followed_up", "7_to_14d"): (1, 1),
        ("not_followed_up", "all"): (4, 0),
    }
    held = pl.concat(
        [responses, answers((9, "detractor", 0.0), draw=0.4).with_columns(pl.lit(9, pl.UInt64).alias("response_id"))]
    )
    # Held out is who was drawn, whatever was done.
    assert by_arm(table(held, contacts((9, 5))), "customers", "contacted") == {
        ("not_followed_up", "all"): (6, 0),
        ("held_out", "all"): (1, 1),
    }


def test_a_contact_without_a_time_counts_under_no_hours() -> None:
    assert by_arm(table(answers((1, "passive", 0.0)), contacts((0, 0), is_dated=False)), "customers") == {
        ("followed_up", "all"): (1,),
        ("followed_up", "undated"): (1,),
    }


def test_who_reports_harm_is_not_compared() -> None:
    responses = answers((1, "detractor", 0.0), (2, "detractor", 0.0))
    rows = table(responses, urgent=(0,))
    assert by_arm(rows, "customers") == {("not_followed_up", "all"): (1,)}


def test_recovery_is_a_better_category_at_the_next_answer_after_two_weeks() -> None:
    responses = answers(
        (1, "detractor", 0.0),
        (1, "promoter", 13.0),  # too soon to be an outcome
        (1, "passive", 20.0),
        (2, "detractor", 0.0),
        (2, "detractor", 30.0),
        (2, "promoter", 60.0),
        (3, "detractor", 0.0),
    )
    rows = table(responses).filter(pl.col("category") == "detractor")
    assert rows.select("customers", "re_surveyed", "recovered", "recovery_rate").rows() == [(3, 2, 1, 0.5)]
    low, high = rows.select("rate_low", "rate_high").row(0)
    assert (low, high) == pytest.approx((0.0945, 0.9055), abs=1e-4)
    promoters = table(responses).filter(pl.col("category") == "promoter")
    assert promoters.select("customers", "re_surveyed", "recovered", "recovery_rate").rows() == [(2, 0, None, None)]


def test_a_customer_counts_once_per_category_with_the_first_answer_of_the_period() -> None:
    responses = answers((1, "detractor", 0.0), (1, "detractor", 40.0), (1, "promoter", 80.0))
    rows = table(responses, contacts((1, 41 * 24))).filter(pl.col("category") == "detractor")
    assert rows.select("arm", "customers", "re_surveyed", "recovered").rows() == [("not_followed_up", 1, 1, 0)]


def test_orders_count_in_their_days_less_what_was_refunded_in_them() -> None:
    responses = answers((1, "passive", 0.0), (2, "passive", 0.0), (3, "passive", 0.0), (4, "passive", 0.0))
    bought = orders(
        (1, -1.0, 100, 0, None),  # before the answer
        (1, 5.0, 50, 10, 80.0),  # partly refunded in time
        (1, 89.0, 20, 20, 95.0),  # refunded in full, but later
        (1, 91.0, 70, 0, None),  # too late
        (2, 5.0, 30, 30, 40.0),  # refunded in full: no order
        (3, 5.0, 30, 30, None),  # the same, without a date
    )
    rows = table(responses, bought=bought)
    # Mean of 60, 0, 0 and 0.
    assert rows.select("customers_90d", "reordered", "revenue_90d").rows() == [(4, 1, Decimal("15.00"))]
    assert rows.select("customers_365d", "revenue_365d").rows() == [(0, None)]


def test_an_outcome_counts_when_its_days_have_passed() -> None:
    responses = answers((1, "passive", 0.0), (2, "passive", 170.0))
    bought = orders((2, 171.0, 10, 0, None))
    rows = table(responses, bought=bought)
    # June 29th is less than two weeks and than 90 days ago.
    assert rows.select("customers", "customers_90d", "reordered").rows() == [(1, 1, 0)]
    later = table(responses, bought=bought, month=date(2025, 10, 1), as_of=datetime(2025, 11, 1, tzinfo=UTC))
    assert later.select("customers", "customers_90d", "reordered").rows() == [(2, 2, 1)]


def test_a_month_knows_nothing_later_than_its_end() -> None:
    responses = answers((1, "detractor", 0.0), (1, "promoter", 150.0), (2, "detractor", 0.0))
    made, bought = contacts((0, 20)), orders((1, 60.0, 10, 0, None))
    month = date(2025, 5, 1)
    # The next answer is of June 9th; May's figures are the same whether or not it is known.
    until_may = responses.filter(pl.col("response_date") < JUNE)
    expected = table(until_may, made, bought, month=month, as_of=datetime(2025, 6, 1, tzinfo=UTC))
    assert expected["re_surveyed"].sum() == 0
    assert table(responses, made, bought, month=month).equals(expected)
    assert table(responses, made, bought)["re_surveyed"].sum() > 0
