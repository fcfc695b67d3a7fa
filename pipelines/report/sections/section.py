"""A section of the page, and what several sections draw alike.

Here: the names of rows and points that come from a block's written values. Not here: any section.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import polars as pl

from pipelines.report.charts import dots_with_intervals
from pipelines.report.drawing import CATEGORY_COLOURS, SHAPES
from pipelines.report.reading import Block, Chart, Reading

Blocks = Callable[[Reading], list[Block]]


@dataclass(frozen=True)
class Section:
    """A part of the page. name: of its words in the catalogue, and of its place in the page."""

    name: str
    blocks: Blocks


def with_texts(block: Block) -> pl.DataFrame:
    """The block's rows, and beside each column `shown_<column>` with its values as written."""
    shown = block.texts.rename({name: f"shown_{name}" for name in block.texts.columns})
    return pl.concat([block.rows, shown], how="horizontal")


def points(reading: Reading, block: Block, **columns: pl.Expr | str) -> pl.DataFrame:
    """Rows for a chart, each with the sentence `blocks.<name>.point` as its label.

    columns: of the chart, from those of `with_texts`.
    """
    labels = reading.sentences(block.texts, f"blocks.{block.name}.point")
    numbers = {"value", "low", "high"} & columns.keys()
    return (
        with_texts(block).select(pl.Series("label", labels), **columns).with_columns(pl.col(numbers).cast(pl.Float64))
    )


def with_dots(
    reading: Reading, block: Block, rows: pl.DataFrame, unit: str, *, rule: float | None = None, number: str = ",.0f"
) -> Block:
    """The block with a chart of the rows that have a value or an interval, if there are any.

    rows: see charts.dots_with_intervals. unit: name of the axis's title. rule, number: as there.
    """
    seen = rows.filter(pl.any_horizontal(pl.col("value", "low").is_not_null()))
    if seen.is_empty():
        return block
    title = axis(reading, unit)
    drawing = dots_with_intervals(seen, reading.language, title=block.title, axis=title, rule=rule, number=number)
    return replace(block, charts=[Chart(drawing, block.title)])


def colour() -> pl.Expr:
    """The colour of a category's marks."""
    return pl.col("category").replace_strict(CATEGORY_COLOURS, default="var(--accent)", return_dtype=pl.String)


def shape() -> pl.Expr:
    """The shape of a category's points, so that colour is never alone."""
    return pl.col("category").replace_strict(SHAPES, default="circle", return_dtype=pl.String)


def category_legend(reading: Reading, *categories: str) -> dict[str, str]:
    """The names of categories, by class of their sign."""
    return {category: reading.language.named("category", category) for category in categories}


def axis(reading: Reading, name: str) -> str:
    """Title of an axis."""
    return reading.language.text(f"axis.{name}", currency=reading.language.currency or "")


def pair(reading: Reading, first: str, second: str) -> pl.Expr:
    """Two columns of a block as one name: a kind of segment and the segment."""
    return pl.format(reading.language.pattern("page.pair"), f"shown_{first}", f"shown_{second}")


def of(reading: Reading, block: Block, stage: str) -> str:
    """Title of a chart of one survey stage."""
    return reading.language.pattern("page.pair").format(block.title, reading.language.named("stage", stage))
