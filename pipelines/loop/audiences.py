"""loop.audiences: which customers belong to which audience, and who is new in it.

Here: the rows of a month, and the frames that audiences are made from. Not here: who belongs (definitions.py), how many
came and left (audience_sizes.py), and the files with addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from pipelines.loop.contact_rules import CUSTOMER
from pipelines.loop.customer_states import States
from pipelines.loop.definitions import members
from pipelines.periods import Span, next_month
from pipelines.settings import Settings
from pipelines.warehouse.tables import empty, table_schema

TABLE = "loop.audiences"
# The frames, in the order of the declaration in pipelines/figures.
FRAMES = (
    "responses",
    "response_topics",
    "follow_ups",
    "reviews_given",
    "referrals",
    "invitations",
    "customers",
    "consents",
    "customer_values",
)
BELONGS = ["audience", CUSTOMER]


@dataclass(frozen=True)
class Members:
    """Who belongs at the end of a month (at the clock in the open one), and who belonged a day earlier."""

    month: date
    now: pl.DataFrame
    before: pl.DataFrame


def audiences(*frames: pl.LazyFrame, span: Span, settings: Settings) -> pl.DataFrame:
    """Rows of loop.audiences.

    Args:
        frames: the tables of FRAMES, with `customer` and `response_id` as numbers.
        span: the months to compute, and the clock.
        settings: follow_up_holdout.

    Returns:
        One row per month, audience and customer.
    """
    states = states_of(frames, span, settings)
    names = states.names.select(CUSTOMER, "customer_id")
    columns = table_schema(TABLE).names()
    months = [
        belonging.now.join(belonging.before.select(*BELONGS, was=pl.lit(value=True)), on=BELONGS, how="left")
        .join(names, on=CUSTOMER)
        .with_columns(month=pl.lit(belonging.month), is_new=pl.col("was").is_null())
        .select(columns)
        for belonging in of_months(states, span)
    ]
    return pl.concat([empty(TABLE), *months])


def states_of(frames: tuple[pl.LazyFrame, ...], span: Span, settings: Settings) -> States:
    """What the audiences of a span's months are made from."""
    return States.of(dict(zip(FRAMES, frames, strict=True)), clock=span.clock, settings=settings)


def of_months(states: States, span: Span) -> Iterator[Members]:
    """The members of every audience, month by month."""
    for month in pl.date_range(span.months.start, span.months.end, "1mo", closed="left", eager=True):
        if month <= span.clock.open_month:
            until = min(next_month(month), span.clock.cut)
            before = _belonging(states, until - timedelta(days=1), month, next_order_later=1)
            yield Members(month, _belonging(states, until, month), before.select(BELONGS))


def _belonging(states: States, until: date, month: date, *, next_order_later: int = 0) -> pl.DataFrame:
    """audience, customer and reason as the day before `until` ended, of those who may be written to if need be."""
    found = members(states.at(until, month, next_order_later=next_order_later))
    allowed = states.may_be_written_to(found.filter("by_mail").select(CUSTOMER).unique(), until)
    is_allowed = allowed.with_columns(allowed=pl.lit(value=True))
    return (
        found.join(is_allowed, on=CUSTOMER, how="left", maintain_order="left")
        .filter(~pl.col("by_mail") | pl.col("allowed").fill_null(value=False))
        .drop("by_mail", "allowed")
    )
