"""Whom to ask beyond the occasions of the survey plan, because answers of their kind are few.

Here: the buyers of thin segments, each on a day of their own, as many as loop.answers_needed says. Not here: which
segments are thin (answers_needed.py), and the contact rules (contact_rules.py).
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.loop.candidates import REASONS, TOP_UP
from pipelines.loop.contact_rules import CUSTOMER, DAY, RELATIONAL, History, with_due_dates, with_rule
from pipelines.periods import next_month

BUYER_DAYS = 365
ID_DIGITS = 8
OF_BUYER = [CUSTOMER, "customer_id", DAY]


def top_up(buyers: pl.DataFrame, thin: pl.DataFrame, planned: pl.Series, history: History, month: date) -> pl.DataFrame:
    """Buyers to ask because the kind they belong to is thin.

    Args:
        buyers: of thin segments: customer, customer_id, day (of the last order), spread (a number that spreads people
            over days), and a column per dimension with the segment of that order.
        thin: dimension, segment, invitations_to_add: as the month before ended, so that the day of the month on which
            the plan is made does not change whom it names.
        planned: customers whom the plan asks already.
        history: of the contact rules.
        month: first day of the month.

    Returns:
        customer, stage, reason, due_date, suppressed_by (null) and detail, the kind: "country: DE".
    """
    dimensions = thin["dimension"].unique().sort().to_list()
    days = (next_month(month) - month).days
    due = pl.lit(month) + pl.duration(days=pl.col("spread") % days)
    free = with_rule(
        with_due_dates(
            buyers.join(planned.to_frame(), on=CUSTOMER, how="anti").with_columns(
                reason=pl.lit(TOP_UP, pl.Enum(REASONS)),
                stage=pl.lit("relational"),
                first=due,
                last=due,
                quiet=pl.lit(RELATIONAL, pl.Int64),
                needs_consent=pl.lit(value=False),
                until=pl.lit(None, pl.Date),
            ),
            history,
        ),
        history,
    ).filter(pl.col("suppressed_by").is_null())
    kinds = (
        free.select(*OF_BUYER, *dimensions)
        .unpivot(dimensions, index=OF_BUYER, variable_name="dimension", value_name="segment")
        # Without dimensions they have no type.
        .with_columns(pl.col("dimension", "segment").cast(pl.String))
        .join(thin, on=["dimension", "segment"])
        # Whoever bought last remembers most.
        .sort("dimension", "segment", DAY, "customer_id", descending=[False, False, True, False])
        .filter(pl.int_range(pl.len()).over("dimension", "segment") < pl.col("invitations_to_add"))
        .select(CUSTOMER, detail=pl.format("{}: {}", "dimension", "segment"))
        .unique(CUSTOMER, keep="first", maintain_order=True)
    )
    return free.select("reason", "stage", "due_date", "suppressed_by", CUSTOMER).join(kinds, on=CUSTOMER)


def thin_segments(needed: pl.DataFrame, order_segments: pl.DataFrame) -> pl.DataFrame:
    """The segments of orders to which invitations are to be added.

    Args:
        needed: loop.answers_needed of one month.
        order_segments: a column per dimension.
    """
    has_column = pl.col("dimension").is_in(order_segments.columns)
    return needed.filter(has_column, pl.col("invitations_to_add") > 0)


def in_any(thin: pl.DataFrame) -> pl.Expr:
    """Whether an order belongs to a thin segment."""
    belongs = [pl.col(name).is_in(segments) for name, segments in thin.group_by("dimension").agg("segment").rows()]
    return pl.any_horizontal(belongs) if belongs else pl.lit(value=False)
