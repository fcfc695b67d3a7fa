"""The segments of answers as numbers.

Here: dimensions, and the number of every answer's segment in each. Not here: what segments there are (core), counting
(count.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.speed import looked_up


@dataclass(frozen=True)
class Dimension:
    """A dimension: its name, its segments by number, and the column of every answer's number; none if all are in one.

    In that column the number of segments stands for none of them. Answers counted together have a dimension without a
    name.
    """

    name: str | None
    segments: pl.Series
    column: str | None

    def named(self, numbers: NDArray[np.int64]) -> list[pl.Series]:
        """Columns dimension and segment of the segments of these numbers; none of a dimension without a name."""
        if self.name is None:
            return []
        names = pl.repeat(self.name, len(numbers), dtype=pl.String, eager=True)
        return [names.alias("dimension"), self.segments.gather(numbers).alias("segment")]


def placed(
    answers: pl.DataFrame, segments: pl.LazyFrame | None, whole: str | None
) -> tuple[pl.DataFrame, list[Dimension]]:
    """The answers with a column a dimension, the number of their segment in it, and the dimensions.

    Numbers are as short as they can be: what a table costs is mostly its width.
    """
    together = [Dimension(whole, pl.Series([whole], dtype=pl.String), None)]
    if segments is None:
        return answers, together
    told = segments.collect()
    columns, dimensions = [told["response_id"]], []
    for number, column in enumerate(told.drop("response_id")):
        names = column.dtype.categories if isinstance(column.dtype, pl.Enum) else _names(column)
        codes = column.cast(pl.Enum(names)).to_physical()
        short = pl.Series(np.zeros(0, np.min_scalar_type(len(names)))).dtype
        columns.append(codes.cast(short).fill_null(len(names)).alias(f"segment {number}"))
        dimensions.append(Dimension(column.name, names, f"segment {number}"))
    if not dimensions:
        # Without any answer there is none.
        return answers, together if whole is not None else [Dimension("", pl.Series(dtype=pl.String), None)]
    rows = looked_up(answers, pl.DataFrame(columns), "response_id").with_columns(
        pl.col(dimension.column).fill_null(len(dimension.segments)) for dimension in dimensions if dimension.column
    )
    return rows, [*dimensions, *(together if whole is not None else [])]


def _names(column: pl.Series) -> pl.Series:
    return column.unique().drop_nulls().cast(pl.String).sort()
