"""loop.audience_sizes: how many customers are in each audience, and how many came and left within a day.

Here: counting. Not here: who belongs (definitions.py), and the customers themselves (audiences.py).
"""

from __future__ import annotations

import polars as pl

from pipelines.loop.audiences import BELONGS, Members, of_months, states_of
from pipelines.loop.definitions import AUDIENCES
from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.warehouse.tables import empty

TABLE = "loop.audience_sizes"


def audience_sizes(*frames: pl.LazyFrame, span: Span, settings: Settings) -> pl.DataFrame:
    """Rows of loop.audience_sizes.

    Args:
        frames: as audiences takes them.
        span: the months to compute, and the clock.
        settings: follow_up_holdout.

    Returns:
        One row per month and audience, those without customers included.
    """
    states = states_of(frames, span, settings)
    return pl.concat([empty(TABLE), *(_sizes(belonging) for belonging in of_months(states, span))])


def _sizes(belonging: Members) -> pl.DataFrame:
    counts = {
        "customers": belonging.now,
        "entered": belonging.now.join(belonging.before, on=BELONGS, how="anti"),
        "departed": belonging.before.join(belonging.now, on=BELONGS, how="anti"),
    }
    rows = pl.DataFrame({"audience": [audience.name for audience in AUDIENCES]}).with_columns(
        month=pl.lit(belonging.month)
    )
    for name, who in counts.items():
        rows = rows.join(who.group_by("audience").agg(pl.len().cast(pl.Int64).alias(name)), on="audience", how="left")
    return rows.select("month", "audience", *(pl.col(name).fill_null(0) for name in counts))
