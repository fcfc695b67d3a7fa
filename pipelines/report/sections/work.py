"""What to do: section 7 of the page.

Here: who waits for a reply, whether replies help, whom to write to and to ask, what to change. Not here: addresses;
those stand in the audience files.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from pipelines.report.charts import dots_with_intervals
from pipelines.report.reading import Block, Chart, Reading
from pipelines.report.sections.section import axis, colour, pair, points, shape


def blocks(reading: Reading) -> list[Block]:
    """The section."""
    return [
        reading.block("actions", lambda block: _actions(reading, block), is_open=True),
        reading.block("action_outcomes"),
        reading.block("queue", is_open=True),
        reading.block("service_levels"),
        reading.block("follow_up_effect", lambda block: _effect(reading, block)),
        reading.block("follow_up_money", is_money=True),
        reading.block("audiences", is_open=True),
        reading.block("survey_plan"),
    ]


def _actions(reading: Reading, block: Block) -> Block:
    rows = points(
        reading,
        block,
        name=pair(reading, "dimension", "segment"),
        value="score_effect",
        low="score_effect_low",
        high="score_effect_high",
        colour=pl.lit("var(--accent)"),
        shape=pl.lit("circle"),
        is_faint=~pl.col("is_certain"),
    )
    unit = axis(reading, "points")
    drawing = dots_with_intervals(rows, reading.language, title=block.title, axis=unit, rule=0.0)
    return replace(block, charts=[Chart(drawing, block.title)])


def _effect(reading: Reading, block: Block) -> Block:
    """An experiment wherever there was one, else what was seen; never both in one chart."""
    kind = "experiment" if "experiment" in block.rows["kind"] else block.rows["kind"][0]
    rows = points(
        reading,
        block,
        kind="kind",
        name=pl.format("{} · {}", "shown_outcome", "shown_category"),
        value="effect",
        low="effect_low",
        high="effect_high",
        colour=colour(),
        shape=shape(),
        is_faint=~pl.col("is_reliable"),
    ).filter(pl.col("value").is_not_null(), pl.col("kind") == kind)
    if rows.is_empty():
        return block
    unit = axis(reading, "share_difference")
    drawing = dots_with_intervals(rows, reading.language, title=block.title, axis=unit, rule=0.0, number="+%")
    return replace(block, charts=[Chart(drawing, block.title)])
