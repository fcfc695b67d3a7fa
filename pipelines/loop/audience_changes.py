"""loop.audience_changes: which customers came into an audience and which left it, within the last day.

Here: the comparison with the day before. Not here: who belongs today (audiences.py), and how many came and left
(audience_sizes.py).
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from pipelines.loop.audiences import belonging, states_of
from pipelines.loop.contact_rules import CUSTOMER
from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.value.months import months_of
from pipelines.warehouse.tables import empty, table_schema

TABLE = "loop.audience_changes"
BELONGS = ["audience", CUSTOMER]


def audience_changes(*frames: pl.LazyFrame, span: Span, settings: Settings) -> pl.DataFrame:
    """Rows of loop.audience_changes.

    Args:
        frames: as audiences takes them, and loop.audiences: month, audience and `customer` as a number.
        span: the months to compute, and the clock.
        settings: follow_up_holdout.

    Returns:
        One row per month, audience and customer who belongs at one of the two days' ends and not at the other.
    """
    *made_from, listed = frames
    states, belong_now = states_of(tuple(made_from), span, settings), listed.collect()
    columns = table_schema(TABLE).names()
    months = []
    for month in months_of(span):
        now = belong_now.filter(pl.col("month") == month.start).select(BELONGS)
        before = belonging(states, month.end - timedelta(days=1), month.start, next_order_later=1)
        changes = {
            "entered": now.join(before, on=BELONGS, how="anti"),
            "left": before.join(now, on=BELONGS, how="anti"),
        }
        months += [
            rows.join(states.names, on=CUSTOMER)
            .with_columns(month=pl.lit(month.start), change=pl.lit(change))
            .select(columns)
            for change, rows in changes.items()
        ]
    return pl.concat([empty(TABLE), *months])
