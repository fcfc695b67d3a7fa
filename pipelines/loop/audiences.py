"""loop.audiences: which customers belong to which audience.

Here: the rows of a month, and the frames that audiences are made from. Not here: who belongs (definitions.py), who came
and left (audience_changes.py), how many (audience_sizes.py), and the files with addresses.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.loop.contact_rules import CUSTOMER
from pipelines.loop.customer_states import States
from pipelines.loop.definitions import members
from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.value.months import months_of
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
    columns = table_schema(TABLE).names()
    months = [
        belonging(states, month.end, month.start)
        .join(states.names, on=CUSTOMER)
        .select(pl.lit(month.start).alias("month"), *columns[1:])
        for month in months_of(span)
    ]
    return pl.concat([empty(TABLE), *months])


def states_of(frames: tuple[pl.LazyFrame, ...], span: Span, settings: Settings) -> States:
    """What the audiences of a span's months are made from."""
    return States.of(dict(zip(FRAMES, frames, strict=True)), span=span, settings=settings)


def belonging(states: States, until: date, month: date, *, next_order_later: int = 0) -> pl.DataFrame:
    """audience, customer and reason as the day before `until` ended, of those who may be written to if need be."""
    found = members(states.at(until, month, next_order_later=next_order_later))
    allowed = states.may_be_written_to(found.filter("by_mail").select(CUSTOMER).unique(), until)
    is_allowed = allowed.with_columns(allowed=pl.lit(value=True))
    return (
        found.join(is_allowed, on=CUSTOMER, how="left", maintain_order="left")
        .filter(~pl.col("by_mail") | pl.col("allowed").fill_null(value=False))
        .drop("by_mail", "allowed")
    )
