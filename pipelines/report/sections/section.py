"""A section of the page, and what several sections draw alike.

Here: the names of rows and points that come from a block's written values. Not here: any section.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from pipelines.report.drawing import CATEGORY_COLOURS, SHAPES
from pipelines.report.reading import Block, Reading

Blocks = Callable[[Reading], list[Block]]


@dataclass(frozen=True)
class Section:
    """A part of the page. name: of its words in the catalogue, and of its place in the page."""

    name: str
    blocks: Blocks


def points(reading: Reading, block: Block, **columns: pl.Expr | str) -> pl.DataFrame:
    """Rows for a chart, each with the sentence `blocks.<name>.point` as its label.

    columns: of the chart, from the block's columns; those as written are called `shown_<column>`.
    """
    labels = reading.sentences(block.texts, f"blocks.{block.name}.point")
    shown = block.texts.rename({name: f"shown_{name}" for name in block.texts.columns})
    return pl.concat([block.rows, shown], how="horizontal").select(label=labels, **_expressions(columns))


def _expressions(columns: dict[str, pl.Expr | str]) -> dict[str, pl.Expr]:
    return {
        name: (pl.col(one) if isinstance(one, str) else one).cast(pl.Float64)
        if name in {"value", "low", "high", "start", "end", "x_days"}
        else (pl.col(one) if isinstance(one, str) else one)
        for name, one in columns.items()
    }


def colour(category: str = "category") -> pl.Expr:
    """The colour of a category's marks."""
    return pl.col(category).replace_strict(CATEGORY_COLOURS, default="var(--accent)", return_dtype=pl.String)


def shape(category: str = "category") -> pl.Expr:
    """The shape of a category's points, so that colour is never alone."""
    return pl.col(category).replace_strict(SHAPES, default="circle", return_dtype=pl.String)


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
