"""The score: the headline, its course over time, and what may be said of everybody.

Here: sections 1 to 3 of the page. Not here: who differs and why (people.py), money (money.py).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from pipelines.report.charts import line_with_band, stacked_shares
from pipelines.report.reading import Block, Chart, Reading
from pipelines.report.sections.section import axis, category_legend, colour, of, points, shape, with_dots, with_texts

# Months of the charts of one survey stage; that of all stages and the table have all.
SMALL_MONTHS = 36
BEFORE_CATEGORIES = {"promoters": "promoter", "passives": "passive", "detractors": "detractor"}


def headline(reading: Reading) -> list[Block]:
    """The newest score and whom it speaks for; what a promoter brings more than a detractor."""
    language = reading.language

    def scores(block: Block) -> Block:
        return replace(block, said=sentences(reading, block))

    def differences(block: Block) -> Block:
        said = [text for row in block.rows.to_dicts() if (text := _hidden_cause(reading, row))]
        parts = [
            points(
                reading,
                block,
                name=pl.format(
                    "{} · {}", "shown_category", pl.lit(language.text(f"blocks.promoter_differences.{name}"))
                ),
                value=f"{column}_difference_to_detractor",
                low=f"{column}_low",
                high=f"{column}_high",
                colour=colour(),
                shape=shape(),
                is_faint=pl.lit(column == "raw"),
                order="category",
            )
            for name, column in (("alike", "adjusted"), ("raw", "raw"))
        ]
        rows = pl.concat(parts).sort("order", descending=True, maintain_order=True)
        return with_dots(reading, replace(block, said=[*block.said, *said]), rows, "money", rule=0.0)

    return [reading.block("scores", scores), reading.block("promoter_differences", differences, is_money=True)]


def sentences(reading: Reading, block: Block) -> list[str]:
    """What the newest score says, in a few honest sentences: whether it moved, what it would take to see it move."""
    rows = {row["grain"]: row for row in block.rows.to_dicts()}
    texts = {row["grain"]: text for row, text in zip(block.rows.to_dicts(), block.texts.to_dicts(), strict=True)}
    said = []
    if "month" in rows:
        said.append(reading.language.text(f"headline.{_verdict(rows['month'])}", **texts["month"]))
        said.append(
            reading.language.text("headline.more_answers", rows["month"]["more_answers"], **texts["month"])
            if rows["month"]["more_answers"]
            else reading.language.text("headline.enough_answers")
        )
    if "trailing_365d" in rows and rows["trailing_365d"]["buyers"]:
        said.append(reading.language.text("headline.speaks_for", **texts["trailing_365d"]))
    return said


def _verdict(row: dict[str, Any]) -> str:
    """What can be said of a change."""
    if row["change"] is None:
        return "first_month"
    if not row["is_change_reliable"]:
        return "too_few"
    if not row["is_significant"]:
        return "no_change"
    return "rose" if row["change"] > 0 else "fell"


def _hidden_cause(reading: Reading, row: dict[str, Any]) -> str | None:
    """How strong a cause that nobody recorded must be to undo the difference."""
    if row["robustness_value"] is None:
        return None
    language = reading.language
    values = {
        "category": language.named("category", row["category"]),
        "strength": language.share(row["robustness_value"]),
    }
    if row["strongest_covariate"] is None:
        return language.text("blocks.promoter_differences.undone", **values)
    values["covariate"] = language.named("covariate", row["strongest_covariate"])
    values["covariate_strength"] = language.share(row["strongest_covariate_share"])
    return language.text("blocks.promoter_differences.undone_beside", **values)


def trend(reading: Reading) -> list[Block]:
    """Score and categories of every month, windows of different length, the alarm."""
    return [
        reading.block("score_by_month", lambda block: _months(reading, block)),
        reading.block("categories_by_month", lambda block: _categories(reading, block)),
        reading.block("windows", is_open=True),
        reading.block("alarm", lambda block: _alarm(reading, block)),
    ]


def _months(reading: Reading, block: Block) -> Block:
    """A line for every stage."""
    language, unit = reading.language, axis(reading, "points")
    rows = points(
        reading,
        block,
        stage="stage",
        x="shown_period_start",
        value="nps",
        low="nps_low",
        high="nps_high",
        other=pl.col("every_nps"),
        is_open=~pl.col("is_complete"),
    )
    charts = [
        Chart(line_with_band(part, language, title=title, axis=unit, is_small=stage != "all"), title, stage=stage)
        for stage, part in _by_stage(rows, SMALL_MONTHS)
        for title in [of(reading, block, stage)]
    ]
    legend = {key: language.text(f"blocks.score_by_month.{key}") for key in ("line", "band", "other", "open")}
    return replace(block, charts=charts, legend=legend)


def _categories(reading: Reading, block: Block) -> Block:
    """Stacked shares for every stage."""
    language, unit = reading.language, axis(reading, "share_of_answers")
    charts = [
        Chart(stacked_shares(part, language, title=title, axis=unit, is_small=stage != "all"), title, stage=stage)
        for stage, part in _by_stage(_shares(reading, block), SMALL_MONTHS * len(BEFORE_CATEGORIES))
        for title in [of(reading, block, stage)]
    ]
    return replace(block, charts=charts, legend=category_legend(reading, "detractor", "passive", "promoter"))


def _alarm(reading: Reading, block: Block) -> Block:
    """The evidence of the last days, and whether it is enough."""
    nothing = pl.lit(None, pl.Float64)
    rows = points(
        reading,
        block,
        x="shown_day",
        value="e_value",
        low=nothing,
        high=nothing,
        other=nothing,
        is_open=pl.lit(value=False),
    )
    newest, text = block.rows.to_dicts()[-1], block.texts.to_dicts()[-1]
    said = reading.language.text(f"blocks.alarm.{'raised' if newest['is_alarm'] else 'silent'}", **text)
    unit, threshold = axis(reading, "evidence"), float(newest["threshold"])
    drawing = line_with_band(rows, reading.language, title=block.title, axis=unit, rule=threshold, is_log=True)
    return replace(block, said=[*block.said, said], charts=[Chart(drawing, block.title)])


def _shares(reading: Reading, block: Block) -> pl.DataFrame:
    """Stacked shares, a row for each month, stage and category."""
    ends = pl.cum_sum_horizontal(*(pl.col(name) / pl.col("responses") for name in BEFORE_CATEGORIES))
    named = ends.struct.rename_fields(list(BEFORE_CATEGORIES.values()))
    stacked = with_texts(block).with_columns(named.alias("ends")).unnest("ends")
    parts = []
    below = pl.lit(0.0)
    for name, category in BEFORE_CATEGORIES.items():
        label = pl.format(
            "{}: {} {} / {}",
            "shown_period_start",
            pl.lit(reading.language.named("category", category)),
            f"shown_{name}",
            "shown_responses",
        )
        parts.append(
            stacked.select(
                "stage",
                month="period_start",
                x="shown_period_start",
                category=pl.lit(category),
                start=below,
                end=pl.col(category),
                label=label,
            )
        )
        below = pl.col(category)
    order = (pl.col("stage") != "all", "stage", "month")
    return pl.concat(parts).sort(*order, maintain_order=True).drop("month")


def everybody(reading: Reading) -> list[Block]:
    """As answered, three assumptions about the silent, and the range over them."""

    def build(block: Block) -> Block:
        rows = points(
            reading,
            block,
            name="shown_method",
            value="nps",
            low="nps_low",
            high="nps_high",
            colour=pl.when(pl.col("method") == "range").then(pl.lit("var(--ink)")).otherwise(pl.lit("var(--accent)")),
            shape=pl.when(pl.col("method") == "as_answered").then(pl.lit("diamond")).otherwise(pl.lit("circle")),
            is_faint=pl.col("method") == "as_answered",
        )
        return with_dots(reading, block, rows, "points")

    return [reading.block("everybody", build)]


def _by_stage(rows: pl.DataFrame, most: int) -> list[tuple[str, pl.DataFrame]]:
    """The rows of each stage, all first; of the others, whose charts are small, the last ones."""
    parts = rows.partition_by("stage", maintain_order=True, as_dict=True)
    return [(str(stage), part if stage == "all" else part.tail(most)) for (stage,), part in parts.items()]
