"""loop.audience_sizes: how many customers are in each audience, and how many came and left within a day.

Here: counting. Not here: who belongs (audiences.py), and who came and left (audience_changes.py).
"""

from __future__ import annotations

import polars as pl

from pipelines.loop.definitions import AUDIENCES
from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.value.months import months_of
from pipelines.warehouse.tables import empty

TABLE = "loop.audience_sizes"


def audience_sizes(
    audiences: pl.LazyFrame,
    audience_changes: pl.LazyFrame,
    *,
    span: Span,
    settings: Settings,  # noqa: ARG001
) -> pl.DataFrame:
    """Rows of loop.audience_sizes.

    Args:
        audiences: loop.audiences: month, audience.
        audience_changes: loop.audience_changes: month, audience, change.
        span: the months to compute, and the clock.
        settings: not used; all figures share one signature.

    Returns:
        One row per month and audience, those without customers included.
    """
    months = pl.LazyFrame({"month": [month.start for month in months_of(span)]}, schema={"month": pl.Date})
    names = pl.LazyFrame({"audience": [audience.name for audience in AUDIENCES]})
    counts = {
        "customers": audiences,
        "entered": audience_changes.filter(pl.col("change") == "entered"),
        "departed": audience_changes.filter(pl.col("change") == "left"),
    }
    rows, key = months.join(names, how="cross", maintain_order="left_right"), ["month", "audience"]
    for name, who in counts.items():
        counted = who.group_by(key).agg(pl.len().cast(pl.Int64).alias(name))
        rows = rows.join(counted, on=key, how="left", maintain_order="left").with_columns(pl.col(name).fill_null(0))
    return pl.concat([empty(TABLE), rows.select(*key, *counts).collect()])
