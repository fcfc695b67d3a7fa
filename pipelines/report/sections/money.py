"""Money: section 6 of the page.

Here: what customers are worth, spend after an answer, come back, move between groups and may be lost. Not here: the
difference between categories (score.py, in the headline).
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from pipelines.report.charts import heat_grid, step_curves, waterfall
from pipelines.report.reading import Block, Chart, Reading
from pipelines.report.sections.section import axis, colour, points, shape, with_dots

# Steps of the waterfall; the last takes away.
STEPS = ("own_value", "first_referral_revenue", "repeat_referral_revenue", "reward_cost")


def blocks(reading: Reading) -> list[Block]:
    """The section."""
    return [
        reading.block("promoter_value", lambda block: _worth(reading, block), is_money=True),
        reading.block("after_answer", lambda block: _after_answer(reading, block), is_money=True),
        reading.block("repurchase", lambda block: _repurchase(reading, block), is_money=True),
        reading.block("cohorts", lambda block: _cohorts(reading, block), is_money=True),
        reading.block("first_products", lambda block: _first_products(reading, block), is_money=True),
        reading.block("groups", lambda block: _groups(reading, block), is_money=True),
        reading.block("group_moves", lambda block: _moves(reading, block), is_money=True),
        reading.block("at_risk", lambda block: _at_risk(reading, block), is_money=True),
    ]


def _worth(reading: Reading, block: Block) -> Block:
    """A waterfall for each category, on one axis."""
    names = [*STEPS, "total_value"]
    long = block.rows.with_columns(pl.col(*names).cast(pl.Float64)).unpivot(
        on=names, index="category", variable_name="step"
    )
    shown = block.texts.unpivot(on=names, index="category", variable_name="step", value_name="text")
    titles = {name: reading.language.text(f"columns.{name}") for name in names}
    rows = pl.concat([long, shown.select("text", title="category")], how="horizontal").with_columns(
        is_total=pl.col("step") == "total_value",
        sign=pl.when(pl.col("step") == "reward_cost").then(-1).otherwise(1),
    )
    end = pl.when("is_total").then("value").otherwise((pl.col("value") * pl.col("sign")).cum_sum().over("category"))
    rows = (
        rows.with_columns(end=end)
        .with_columns(
            start=pl.when("is_total").then(0.0).otherwise(pl.col("end") - pl.col("value") * pl.col("sign")),
            name=pl.col("step").replace_strict(titles),
            text=pl.when(pl.col("sign") < 0).then(pl.format("\N{MINUS SIGN}{}", "text")).otherwise("text"),
        )
        .with_columns(label=pl.format("{}: {}", "name", "text"))
    )
    ends = [*rows["start"], *rows["end"]]
    charts = [
        Chart(
            waterfall(
                part,
                reading.language,
                title=title,
                axis=axis(reading, "money"),
                longest=max(0.0, *ends),
                lowest=min(0.0, *ends),
            ),
            title,
        )
        for part in rows.partition_by("category", maintain_order=True)
        for title in [f"{part['title'][0]}: {part['text'][-1]}"]
    ]
    return replace(block, charts=charts)


def _after_answer(reading: Reading, block: Block) -> Block:
    """The three categories, then every score."""
    rows = points(
        reading,
        block,
        name=pl.when(pl.col("score").is_null())
        .then(pl.col("shown_category"))
        .otherwise(pl.format(reading.language.pattern("blocks.after_answer.score"), "shown_score")),
        value="revenue_12m",
        low="revenue_low",
        high="revenue_high",
        colour=colour(),
        shape=shape(),
        is_faint=pl.col("customers") < 10,
        is_score=pl.col("score").is_not_null(),
        order=pl.col("score"),
    ).sort("is_score", "order", descending=[False, True], maintain_order=True)
    return with_dots(reading, block, rows, "money")


def _repurchase(reading: Reading, block: Block) -> Block:
    rows = points(
        reading,
        block,
        x="horizon_days",
        value="repurchase_rate",
        low="rate_low",
        high="rate_high",
        category="category",
        name="shown_category",
    ).filter(pl.col("value").is_not_null())
    if rows.is_empty():
        return block
    language = reading.language
    drawing = step_curves(
        rows, language, title=block.title, axis=axis(reading, "ordered_again"), x_axis=axis(reading, "days")
    )
    return replace(block, charts=[Chart(drawing, block.title)])


def _cohorts(reading: Reading, block: Block) -> Block:
    whole = reading.written(block.rows.select(share=pl.col("retention").round(2)))
    rows = points(
        reading,
        block,
        name=pl.format("{} ({})", "shown_cohort_month", "shown_customers"),
        column="months_since",
        place="months_since",
        strength=pl.col("retention") / pl.col("retention").max(),
    ).with_columns(text=whole["share"].str.replace(r"[.,]0", ""))
    drawing = heat_grid(rows, reading.language, title=block.title, axis=axis(reading, "months_since"))
    return replace(block, charts=[Chart(drawing, block.title)])


def _first_products(reading: Reading, block: Block) -> Block:
    rows = points(
        reading,
        block,
        name="shown_product_category",
        value="second_order_rate",
        low="rate_low",
        high="rate_high",
        colour=pl.when(pl.col("come_back") == "undecided")
        .then(pl.lit("var(--soft)"))
        .otherwise(pl.lit("var(--accent)")),
        shape=pl.when(pl.col("come_back") == "undecided").then(pl.lit("square")).otherwise(pl.lit("circle")),
        is_faint=pl.lit(value=False),
    )
    rate_of_all = block.rows["rate_of_all"].max()
    rule = float(rate_of_all) if isinstance(rate_of_all, float) else None
    return with_dots(reading, block, rows, "ordered_again", rule=rule, number="%")


def _groups(reading: Reading, block: Block) -> Block:
    rows = points(
        reading,
        block,
        name="shown_rfm_group",
        value="pooled_nps",
        low="pooled_low",
        high="pooled_high",
        colour=pl.lit("var(--accent)"),
        shape=pl.lit("circle"),
        is_faint=~pl.col("is_reliable"),
    )
    return with_dots(reading, block, rows, "points")


def _moves(reading: Reading, block: Block) -> Block:
    """Only who moved: those who stay would outshine all others."""
    rows = points(
        reading,
        block,
        name="shown_from_group",
        column="shown_to_group",
        place=pl.col("to_group").rank("dense"),
        strength=(
            pl.col("customers") / pl.col("customers").filter(pl.col("from_group") != pl.col("to_group")).max()
        ).clip(0, 1),
        text="shown_customers",
        has_moved=pl.col("from_group") != pl.col("to_group"),
    ).filter("has_moved")
    if rows.is_empty():
        return block
    drawing = heat_grid(rows, reading.language, title=block.title, axis=reading.language.text("columns.to_group"))
    return replace(block, charts=[Chart(drawing, block.title)])


def _at_risk(reading: Reading, block: Block) -> Block:
    """The corrected forecast, and hollow beside it the forecast as it was made."""
    parts = [
        points(
            reading,
            block,
            name="shown_category",
            value=column,
            low=pl.lit(None),
            high=pl.lit(None),
            colour=colour(),
            shape=shape(),
            is_faint=pl.lit(value=is_faint),
        )
        for column, is_faint in (("revenue_at_risk_90d", True), ("calibrated_at_risk_90d", False))
    ]
    return with_dots(reading, block, pl.concat(parts), "money_at_risk")
