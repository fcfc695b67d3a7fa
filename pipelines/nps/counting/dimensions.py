"""Segments as numbers.

Here: dimensions, and the number of every answer's segment in each. Not here: which segments there are (core), counting
(count.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.speed import looked_up


@dataclass(frozen=True)
class Dimension:
    """A dimension of segments.

    name: None where answers are counted together, without segments. segments: their names; a segment's number is its
    place. column: of the answers, holds the segment's number, or len(segments) for "no segment"; None where all
    answers are in one segment.
    """

    name: str | None
    segments: pl.Series
    column: str | None


def with_segment_numbers(
    answers: pl.DataFrame, segments: pl.LazyFrame | None, whole: str | None
) -> tuple[pl.DataFrame, list[Dimension]]:
    """Add a column of segment numbers per dimension to the answers; returns them and the dimensions.

    Numbers have the smallest integer type that holds them: the width of the table is most of its cost.

    Args:
        answers: response_id and other columns.
        segments: one row per answer: response_id and a column of segment names per dimension; None for no segments.
        whole: name of one more dimension, whose only segment has the same name and holds every answer.
    """
    together = [Dimension(whole, pl.Series([whole], dtype=pl.String), None)]
    if segments is None:
        return answers, together
    named = segments.collect()
    columns, dimensions = [named["response_id"]], []
    for number, column in enumerate(named.drop("response_id")):
        names = column.dtype.categories if isinstance(column.dtype, pl.Enum) else _names(column)
        codes = column.cast(pl.Enum(names)).to_physical()
        short = pl.Series(np.zeros(0, np.min_scalar_type(len(names)))).dtype
        columns.append(codes.cast(short).fill_null(len(names)).alias(f"segment {number}"))
        dimensions.append(Dimension(column.name, names, f"segment {number}"))
    if not dimensions:
        # core.response_segments has no dimension while there are no answers.
        return answers, together if whole is not None else [Dimension("", pl.Series(dtype=pl.String), None)]
    rows = looked_up(answers, pl.DataFrame(columns), "response_id").with_columns(
        pl.col(dimension.column).fill_null(len(dimension.segments)) for dimension in dimensions if dimension.column
    )
    return rows, [*dimensions, *(together if whole is not None else [])]


def segment_names(
    dimensions: Sequence[Dimension], number: NDArray[np.int64], segment: NDArray[np.int64]
) -> list[pl.Series]:
    """Columns dimension and segment for numbers of dimensions and of segments in them.

    No columns for a dimension without a name, which is the only one.
    """
    if dimensions[0].name is None:
        return []
    names = pl.Series([dimension.name for dimension in dimensions], dtype=pl.String)
    segments = pl.concat([dimension.segments for dimension in dimensions])
    starts = np.cumsum([0, *(len(dimension.segments) for dimension in dimensions)])
    return [names.gather(number).alias("dimension"), segments.gather(starts[number] + segment).alias("segment")]


def _names(column: pl.Series) -> pl.Series:
    return column.unique().drop_nulls().cast(pl.String).sort()
