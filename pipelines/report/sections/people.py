"""Who scores how, and why: sections 4 and 5 of the page.

Here: segments, delivery, topics, reasons. Not here: the score of all (score.py).
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from pipelines.report.charts import dots_with_intervals
from pipelines.report.drawing import Drawing
from pipelines.report.reading import Block, Chart, Reading
from pipelines.report.sections.section import axis, of, pair, points, with_dots

# Rows of a chart; the table has all.
MOST_SEGMENTS = 30
MOST_TOPICS = 15


def segments(reading: Reading) -> list[Block]:
    """A chart for every dimension, who differs for sure, and what delivery does."""
    language = reading.language

    def by_dimension(block: Block) -> Block:
        rows = points(
            reading,
            block,
            stage="stage",
            dimension="dimension",
            name="shown_segment",
            value="pooled_nps",
            low="pooled_low",
            high="pooled_high",
            colour=pl.when("differs_from_rest").then(pl.lit("var(--accent)")).otherwise(pl.lit("var(--soft)")),
            shape=pl.when("differs_from_rest").then(pl.lit("circle")).otherwise(pl.lit("square")),
            is_faint=~pl.col("is_reliable"),
        ).filter(pl.col("stage") == "all")
        charts = [
            Chart(_dots(reading, part.head(MOST_SEGMENTS), title, is_small=True), title, dimension=str(dimension))
            for (dimension,), part in rows.partition_by("dimension", maintain_order=True, as_dict=True).items()
            for title in [_title(reading, str(dimension), part.height)]
        ]
        legend = {key: language.text(f"blocks.segments.{key}") for key in ("differs", "alike", "faint")}
        return replace(block, charts=charts, legend=legend)

    def differing(block: Block) -> Block:
        rows = points(
            reading,
            block,
            name=pair(reading, "dimension", "segment"),
            value="difference",
            low="difference_low",
            high="difference_high",
            colour=pl.lit("var(--accent)"),
            shape=pl.when(pl.col("difference") > 0).then(pl.lit("triangle-up")).otherwise(pl.lit("triangle-down")),
            is_faint=pl.lit(value=False),
        ).sort("value", descending=True)
        return with_dots(reading, block, rows, "points", rule=0.0)

    def delivery(block: Block) -> Block:
        row, text = block.rows.to_dicts()[0], block.texts.to_dicts()[0]
        names = [name for name in ("gap", "paired_gap", "late_difference") if row[name] is not None]
        rows = pl.DataFrame(
            {
                "name": [language.text(f"columns.{name}") for name in names],
                "value": [row[name] for name in names],
                "low": [row[f"{name}_low"] for name in names],
                "high": [row[f"{name}_high"] for name in names],
                "label": [
                    f"{language.text(f'columns.{name}')}: {text[name]} ({text[f'{name}_low']} – {text[f'{name}_high']})"
                    for name in names
                ],
            },
            schema_overrides={"name": pl.String, "label": pl.String},
        ).with_columns(colour=pl.lit("var(--accent)"), shape=pl.lit("circle"), is_faint=pl.lit(value=False))
        return with_dots(reading, block, rows, "points", rule=0.0)

    return [
        reading.block("who_differs", differing),
        reading.block("segments", by_dimension),
        reading.block("delivery_gap", delivery),
    ]


def why(reading: Reading) -> list[Block]:
    """Topics by what they do to the score, and what detractors mention."""

    def topics(block: Block) -> Block:
        rows = points(
            reading,
            block,
            stage="stage",
            name="shown_topic",
            value="impact",
            low="impact_low",
            high="impact_high",
            colour=pl.when(pl.col("impact") < 0).then(pl.lit("var(--detractor)")).otherwise(pl.lit("var(--promoter)")),
            shape=pl.when(pl.col("impact") < 0).then(pl.lit("triangle-down")).otherwise(pl.lit("triangle-up")),
            is_faint=~pl.col("is_reliable"),
        )
        charts = [
            Chart(
                _dots(reading, part.head(MOST_TOPICS), title, rule=0.0, is_small=stage != "all"),
                title,
                stage=str(stage),
            )
            for (stage,), part in rows.partition_by("stage", maintain_order=True, as_dict=True).items()
            for title in [of(reading, block, str(stage))]
        ]
        return replace(block, charts=charts)

    return [reading.block("detractor_reasons", is_open=True), reading.block("topics", topics)]


def _title(reading: Reading, dimension: str, count: int) -> str:
    """Name of a dimension, and how many of its segments the chart has where it cannot have all."""
    name = reading.language.named("dimension", dimension)
    if count <= MOST_SEGMENTS:
        return name
    return reading.language.text("blocks.segments.most", count, dimension=name, shown=MOST_SEGMENTS)


def _dots(
    reading: Reading, rows: pl.DataFrame, title: str, *, rule: float | None = None, is_small: bool = False
) -> Drawing:
    unit = axis(reading, "points")
    return dots_with_intervals(rows, reading.language, title=title, axis=unit, rule=rule, is_small=is_small)
