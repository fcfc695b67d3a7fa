"""value.rfm_moves: which groups customers came from and went to within a month.

Here: the moves. Not here: the groups (rfm_state.py, pipelines/rfm_groups.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from pipelines.rfm_groups import LAPSED, NEW
from pipelines.settings import Settings
from pipelines.value.facts import Ints
from pipelines.value.money import together
from pipelines.value.month_end import MonthEnd
from pipelines.value.reduction import Reduction
from pipelines.value.rfm_state import NOBODY
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.rfm_moves"


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """How many customers moved between the combinations of quintiles of the month before and of this."""
    now, then = end.rfm, end.rfm_before
    who = np.flatnonzero((now.place != NOBODY) | (then.place != NOBODY))
    if not len(who):
        return
    moved = pl.DataFrame({"from_cell": _cells(then.place[who], then.cell), "to_cell": _cells(now.place[who], now.cell)})
    # Who has no group in the month before had bought before it, or had not.
    days = (end.month.end - end.month.start).days
    began = np.zeros(len(now.place), dtype=bool)
    began[end.people.filter(pl.col("age_days") < days)["customer_id"].to_numpy()] = True
    is_first = pl.Series(began[who])
    yield (
        moved.with_columns(is_new=is_first & (pl.col("from_cell") == NOBODY))
        .group_by("from_cell", "to_cell", "is_new")
        .agg(customers=pl.len().cast(pl.Int64))
        .sort("from_cell", "to_cell", "is_new")
        .with_columns(month=pl.lit(end.month.start))
    )


def finish(months: Sequence[pl.DataFrame], settings: Settings) -> pl.DataFrame:
    """Rows of value.rfm_moves.

    Returns:
        One row per month and pair of groups between which a customer moved or in which they stayed.
    """
    if not months:
        return empty(TABLE)
    names = dict(enumerate(settings.rfm_groups))
    came_from = pl.when("is_new").then(pl.lit(NEW)).otherwise(_named("from_cell", names))
    keys = ["month", "from_group", "to_group"]
    return (
        together(months)
        .with_columns(from_group=came_from, to_group=_named("to_cell", names))
        .group_by(keys)
        .agg(pl.col("customers").sum())
        .sort(keys)
        .with_columns(share=pl.col("customers") / pl.col("customers").sum().over("month", "from_group"))
        .select(table_schema(TABLE).names())
    )


rfm_moves = Reduction(("orders",), reduce, finish)


def _cells(place: Ints, cell: Ints) -> Ints:
    """The combination at each place; NOBODY where there is none."""
    return np.where(place == NOBODY, NOBODY, np.append(cell, NOBODY)[place])


def _named(cell: str, names: dict[int, str]) -> pl.Expr:
    return pl.col(cell).replace_strict(names | {NOBODY: LAPSED}, return_dtype=pl.String)
