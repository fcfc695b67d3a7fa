"""nps.drivers: what the comments are about, and what each topic does to the score.

Here: the rows of one table. Not here: finding topics (core/topics.py), counting (counting/count.py), the formulas
(statistics/impact.py), or which comment stands for a topic (examples.py). The base is the answers with a comment:
answers without one say nothing about topics.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.core.topics import primary_language
from pipelines.nps.counting.count import ALL, count
from pipelines.nps.examples import examples
from pipelines.periods import Span, windows
from pipelines.settings import Settings
from pipelines.statistics.impact import impact, impact_interval, pseudo_answers, share
from pipelines.statistics.own_point import is_reliable
from pipelines.statistics.score import COUNTS, nps
from pipelines.statistics.score import counts as counts_of

DRIVER_GRAINS = ("quarter", "trailing_365d")
UNKNOWN = "unknown"
# Stands for any topic; no lexicon has a topic without a name.
_ANY = ""
_KEYS = ("grain", "period_start", "stage", "language")


def drivers(responses: pl.LazyFrame, topics: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Mentions, share and impact of every topic, per window owned by the months, stage and language.

    Args:
        responses: core.responses with all its history up to the clock.
        topics: core.response_topics; every answer with a comment has at least one topic, or `none`.
        span: the months to compute, and the clock.
        settings: counting, confidence, min_responses, publish_comments.

    Returns:
        Columns of nps.drivers; one row per (grain, period_start, stage, language, topic) with a mention, in that order.
    """
    commented = (
        responses.join(topics.select("response_id").unique(), on="response_id", how="semi")
        .with_columns(
            language=pl.coalesce(primary_language(pl.col("language")), pl.lit(UNKNOWN)).replace({ALL: UNKNOWN})
        )
        .with_row_index("answer")
        .collect()
    )
    numbers = commented.lazy().select("response_id", "answer")
    mentions = topics.join(numbers, on="response_id").select("answer", pl.col("topic").cast(pl.Categorical)).collect()
    frame = windows(span, grains=DRIVER_GRAINS)
    dimensions, segments = _memberships(commented, mentions)
    counted = commented.lazy().drop("response_id").rename({"answer": "response_id"})
    counts = count(counted, frame, clock=span.clock, counting=settings.counting, segments=segments.lazy())
    counts = counts.rename({"segment": "language"}).join(dimensions, on="dimension").drop("dimension")
    base = counts.filter(pl.col("topic") == _ANY).select(
        *_KEYS, *(pl.col(name).alias(f"all_{name}") for name in COUNTS)
    )
    mentioned = counts.filter(pl.col("topic") != _ANY).join(base, on=_KEYS)
    rest = [(pl.col(f"all_{name}") - pl.col(name)).alias(f"rest_{name}") for name in COUNTS]
    shown = examples(commented, mentions, frame, clock=span.clock, counting=settings.counting)
    having, lacking = counts_of(), counts_of("rest_")
    low, high = impact_interval(having, lacking, settings.confidence, pl.col("pseudo"))
    return (
        mentioned.with_columns(rest)
        .with_columns(pseudo=pseudo_answers(having, lacking))
        .select(
            "month",
            "grain",
            "period_start",
            "period_end",
            "is_complete",
            "stage",
            "language",
            "topic",
            counts_of("all_").responses.alias("responses"),
            having.responses.alias("mentions"),
            *(pl.col(f"{name}s").alias(f"{name}_mentions") for name in ("promoter", "passive", "detractor")),
            *(pl.col(f"all_{name}").alias(f"base_{name}") for name in COUNTS),
            share(having, lacking).alias("share"),
            nps(having).alias("nps_with"),
            pl.when(lacking.responses > 0).then(nps(lacking)).alias("nps_without"),
            impact(having, lacking).alias("impact"),
            low.alias("impact_low"),
            high.alias("impact_high"),
            (is_reliable(having.responses, settings.min_responses) & _or_none(lacking.responses)).alias("is_reliable"),
        )
        .join(shown, on=[*_KEYS, "topic"], how="left")
        .with_columns(**_examples(publish=settings.publish_comments))
        .drop(COUNTS)
        .rename({f"base_{name}": name for name in COUNTS})
        .sort(*_KEYS, "topic")
    )


def _or_none(answers: pl.Expr) -> pl.Expr:
    """Whether there are enough answers without the topic, or none, in which case nothing is said of them."""
    return is_reliable(answers) | (answers == 0)


def _memberships(commented: pl.DataFrame, mentions: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Topics as dimensions of counting, whose segments are the comments' languages.

    Returns:
        The topic of each dimension; and one row per comment with two columns per topic and for _ANY: the language, and
        ALL, both null where the comment does not mention the topic.
    """
    spoken = commented["language"].cast(pl.Enum(commented["language"].unique().sort()))
    everywhere = pl.repeat(ALL, commented.height, dtype=pl.Enum([ALL]), eager=True)
    columns = {"response_id": commented["answer"], "0": spoken, f"0 {ALL}": everywhere}
    names = [_ANY]
    for (topic,), members in mentions.group_by("topic"):
        has = np.zeros(commented.height, dtype=np.bool_)
        has[members["answer"].to_numpy()] = True
        nothing = pl.Series([None])
        columns[f"{len(names)}"] = spoken.zip_with(pl.Series(has), nothing.cast(spoken.dtype))
        columns[f"{len(names)} {ALL}"] = everywhere.zip_with(pl.Series(has), nothing.cast(everywhere.dtype))
        names.append(str(topic))
    dimensions = pl.DataFrame(
        [(f"{number}{end}", name) for number, name in enumerate(names) for end in ("", f" {ALL}")],
        schema={"dimension": pl.String, "topic": pl.String},
        orient="row",
    )
    return dimensions, pl.DataFrame(columns)


def _examples(*, publish: bool) -> dict[str, pl.Expr]:
    """The example that goes with the impact, from a detractor where it costs points; and a detractor's example."""
    if not publish:
        return dict.fromkeys(("example", "detractor_example"), pl.lit(None, pl.String))
    costs = pl.coalesce("detractors", "passives", "promoters")
    brings = pl.coalesce("promoters", "passives", "detractors")
    return {
        "example": pl.when(pl.col("impact") < 0).then(costs).otherwise(brings),
        "detractor_example": pl.col("detractors"),
    }
