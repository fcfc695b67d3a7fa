"""Samples of answers as frames of counts, and expressions evaluated on them."""

from __future__ import annotations

import polars as pl
from hypothesis import strategies as st

Answers = tuple[int, int, int]
# Detractors, passives, promoters.
samples = st.tuples(*[st.integers(0, 40)] * 3).filter(any)


def frame(detractors: int, passives: int, promoters: int, prefix: str = "") -> pl.DataFrame:
    return pl.DataFrame(
        {f"{prefix}promoters": [promoters], f"{prefix}passives": [passives], f"{prefix}detractors": [detractors]}
    )


def values(table: pl.DataFrame, *expressions: pl.Expr) -> list[float]:
    named = [expression.alias(str(number)) for number, expression in enumerate(expressions)]
    return list(table.select(named).row(0))
