"""loop.actions: where a change would move score and revenue most.

Here: what the segments that score below the rest and the topics that cost points would add, in points and in money, and
the choice of a few. Not here: their scores and impacts (nps.by_segment, nps.drivers), what a promoter is worth
(value.promoter_value), and what became of earlier lists (action_outcomes.py).
"""

from __future__ import annotations

import polars as pl

from pipelines.nps.examples import LENGTH
from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.statistics.product import product
from pipelines.warehouse.tables import table_schema

TABLE = "loop.actions"
WINDOW = "trailing_365d"
# The dimension that topics have in the list; no dimension of segments has its name.
TOPIC = "topic"
# What a shop cannot change about an answer: who the customer is, and how they were asked. That new customers score
# lower is worth knowing (nps.by_segment), but is nothing to do tomorrow. Customer attributes are of this kind too.
GIVEN = (
    "account_type",
    "channel",
    "cohort_year",
    "lifecycle",
    "months_since_purchase_band",
    "order_value_band",
    "purchase_count_band",
    "rfm_group",
    "spend_tier",
    "survey",
)
COUNTRY = "country"
# A list is read to its end if it is short, and says more if it is not five names for the same trouble.
LONGEST, OF_ONE_DIMENSION = 5, 2
# A detractor who becomes a promoter moves the sum of signs by two: from -1 to 1.
SIGNS = 2
POINTS = 100
EFFECT = ("score_effect", "score_effect_low", "score_effect_high")
VALUE = ("value_effect", "value_effect_low", "value_effect_high")
NO_VALUE = "no difference between promoters and detractors in value.promoter_value: too few customers in either"
NOBODY = "no buyer in the window"
_QUOTED = pl.col("segment").str.replace_all("'", "''", literal=True)


def actions(  # noqa: PLR0917 (one frame for each table it is made of)
    responses: pl.LazyFrame,
    response_segments: pl.LazyFrame,
    by_period: pl.LazyFrame,
    by_segment: pl.LazyFrame,
    drivers: pl.LazyFrame,
    coverage: pl.LazyFrame,
    promoter_value: pl.LazyFrame,
    *,
    span: Span,
    settings: Settings,
) -> pl.DataFrame:
    """Rows of loop.actions: up to five segments and topics of each month, those that would add most first.

    Args:
        responses: core.responses, detractors' answers with a comment.
        response_segments: core.response_segments of these answers.
        by_period: nps.by_period, the trailing year of all stages.
        by_segment: nps.by_segment, the same.
        drivers: nps.drivers, the same, all languages.
        coverage: nps.coverage, the trailing year.
        promoter_value: value.promoter_value, the row of promoters.
        span: the months to compute.
        settings: attributes, confidence, publish_comments.

    Returns:
        Columns of loop.actions; one row per month and rank.
    """
    months = pl.col("month") >= span.months.start
    score = by_period.filter(months).select("month", whole="responses")
    buyers = coverage.filter(months).select("month", "dimension", "segment", "buyers")
    all_buyers = buyers.filter(pl.col("dimension") == "all").select("month", all_buyers="buyers")
    worth = promoter_value.filter(months).select(
        "month",
        worth="adjusted_difference_to_detractor",
        worth_low="adjusted_low",
        worth_high="adjusted_high",
    )
    found = (
        pl.concat([_segments(by_segment.filter(months), _given(settings)), _topics(drivers.filter(months), score)])
        .join(buyers, on=["month", "dimension", "segment"], how="left")
        .join(all_buyers, on="month", how="left")
        .join(worth, on="month", how="left")
        .with_columns(buyers=pl.coalesce(pl.col("buyers"), pl.col("share") * pl.col("all_buyers")))
        .with_columns(_value(settings.confidence))
    )
    ranked = _ranked(found).collect()
    if ranked.is_empty():
        return table_schema(TABLE).to_frame()
    told = _examples(ranked.lazy(), responses, response_segments, publish=settings.publish_comments)
    return (
        ranked.lazy()
        .join(told, on=["month", "rank"], how="left")
        .with_columns(example=pl.coalesce("topic_example", "segment_example"), question=_question())
        .with_columns(example=pl.when(settings.publish_comments).then("example"))
        .select(table_schema(TABLE).names())
        .sort("month", "rank")
        .collect()
        .cast(dict(table_schema(TABLE)))  # type: ignore[arg-type]
    )


def _given(settings: Settings) -> list[str]:
    """The dimensions that a shop cannot change."""
    attributes = [name for name in settings.attributes if name != COUNTRY]
    return [*GIVEN, *attributes, *(f"customer_{name}" for name in attributes)]


def _segments(by_segment: pl.LazyFrame, given: list[str]) -> pl.LazyFrame:
    """Segments that score below the rest: what the score would gain if they answered like the rest."""
    share = pl.col("responses") / (pl.col("responses") + pl.col("rest_responses"))
    ends = dict(zip(EFFECT, ("difference", "difference_high", "difference_low"), strict=True))
    parts = pl.col("dimension").str.split("*")
    return by_segment.filter(
        pl.col("difference") < 0,
        pl.col("is_difference_reliable"),
        ~pl.col("segment").str.split("*").list.contains("unknown"),
        parts.list.set_intersection(given).list.len() == 0,
    ).select(
        "month",
        "period_start",
        "period_end",
        "dimension",
        "segment",
        "responses",
        **{name: -share * pl.col(end) for name, end in ends.items()},
        share=share,
        is_certain=pl.col("differs_from_rest").fill_null(value=False),
        topic_example=pl.lit(None, pl.String),
    )


def _topics(drivers: pl.LazyFrame, score: pl.LazyFrame) -> pl.LazyFrame:
    """Topics that cost points: what the score would gain if the comments on them were like the others.

    Impacts are of the answers with a comment. Of those without nothing is known: they are taken to stay as they are.
    """
    commented = pl.col("responses") / pl.col("whole")
    ends = dict(zip(EFFECT, ("impact", "impact_high", "impact_low"), strict=True))
    return (
        drivers.filter(pl.col("topic") != "none", pl.col("impact") < 0, pl.col("is_reliable"))
        .join(score, on="month")
        .select(
            "month",
            "period_start",
            "period_end",
            dimension=pl.lit(TOPIC),
            segment="topic",
            responses="mentions",
            **{name: -commented * pl.col(end) for name, end in ends.items()},
            share=pl.col("mentions") / pl.col("whole"),
            is_certain=pl.col("impact_high") < 0,
            topic_example=pl.coalesce("detractor_example", "example"),
        )
    )


def _value(confidence: float) -> list[pl.Expr]:
    """The money of a year that goes with the score of the buyers it concerns."""
    points = tuple(pl.col(name) / pl.col("share") for name in EFFECT)
    worth = tuple(pl.col(name) for name in ("worth", "worth_low", "worth_high"))
    ends = product((points[0], points[1], points[2]), (worth[0], worth[1], worth[2]), confidence)
    return [
        *((pl.col("buyers") * end / (POINTS * SIGNS)).alias(name) for name, end in zip(VALUE, ends, strict=True)),
        pl.when(pl.col("worth").is_null())
        .then(pl.lit(NO_VALUE))
        .when(pl.col("buyers").is_null())
        .then(pl.lit(NOBODY))
        .alias("value_reason"),
    ]


def _ranked(found: pl.LazyFrame) -> pl.LazyFrame:
    """The first of each month: what is certain before what may be chance, then the most money, then the most points."""
    order = ["month", "is_certain", *(name for name in (VALUE[0], EFFECT[0])), "dimension", "segment"]
    descending = [False, True, True, True, False, False]
    return (
        found.sort(order, descending=descending, nulls_last=True)
        .filter(pl.int_range(pl.len()).over("month", "dimension") < OF_ONE_DIMENSION)
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("month"))
        .filter(pl.col("rank") <= LONGEST)
    )


def _examples(ranked: pl.LazyFrame, responses: pl.LazyFrame, segments: pl.LazyFrame, *, publish: bool) -> pl.LazyFrame:
    """A detractor's comment for each listed segment: of about LENGTH characters, the first by response_id."""
    if not publish:
        return pl.LazyFrame(schema={"month": pl.Date, "rank": pl.Int64, "segment_example": pl.String})
    return (
        ranked.filter(pl.col("dimension") != TOPIC)
        .select("month", "rank", "period_start", "period_end", "dimension", "segment")
        .join(segments, on=["dimension", "segment"])
        .join(responses, on="response_id")
        .filter(pl.col("response_date").is_between(pl.col("period_start"), pl.col("period_end"), closed="left"))
        .with_columns(distance=(pl.col("comment").str.len_chars().cast(pl.Int64) - LENGTH).abs())
        .sort("month", "rank", "distance", "response_id")
        .group_by("month", "rank", maintain_order=True)
        .agg(segment_example=pl.col("comment").first())
    )


def _question() -> pl.Expr:
    """The query that shows the row's figures over the last year, month by month."""
    segment = pl.format(
        "SELECT month, responses, nps, rest_nps, difference, difference_low, difference_high FROM nps.by_segment "
        "WHERE grain = '{}' AND stage = 'all' AND dimension = '{}' AND segment = '{}' AND month <= DATE '{}' "
        "ORDER BY month DESC LIMIT 12",
        pl.lit(WINDOW),
        pl.col("dimension"),
        _QUOTED,
        pl.col("month"),
    )
    topic = pl.format(
        "SELECT month, mentions, share, nps_with, nps_without, impact, impact_low, impact_high FROM nps.drivers "
        "WHERE grain = '{}' AND stage = 'all' AND language = 'all' AND topic = '{}' AND month <= DATE '{}' "
        "ORDER BY month DESC LIMIT 12",
        pl.lit(WINDOW),
        _QUOTED,
        pl.col("month"),
    )
    return pl.when(pl.col("dimension") == TOPIC).then(topic).otherwise(segment)
