"""nps.delivery_gap: what delivery does to the score.

Here: after delivery against before it, unpaired and on the same orders, and late against on time. Not here: counting
(counting/count.py). Every answer gets a mark with all that this table needs to know of it, in place of its stage, so
that answers are counted once.

A pair is a post-delivery answer counted by a window and the latest pre-delivery answer before it about the same order.
It belongs to the window and segment of its later answer.
"""

from __future__ import annotations

from itertools import product

import polars as pl

from pipelines.nps.counting.count import count
from pipelines.periods import Span, windows
from pipelines.settings import Settings
from pipelines.speed import looked_up
from pipelines.statistics import score
from pipelines.statistics.adjusted_wald import difference_interval
from pipelines.statistics.own_point import is_reliable
from pipelines.statistics.paired_change import paired_interval
from pipelines.statistics.score import COUNTS, Counts

GAP_GRAINS = ("quarter", "trailing_365d")
ALL, DELIVERY = "all", "delivery"
PRE, POST = "pre_delivery", "post_delivery"
KEYS = ("month", "grain", "period_start", "period_end", "is_complete", "dimension", "segment")
SIGNS = {"promoters": 1, "passives": 0, "detractors": -1}
BEFORE = {"promoter": 1, "passive": 0, "detractor": -1}
# The parts of a mark; the last value of each stands for anything else.
MARKED = {"stage": (PRE, POST, ""), DELIVERY: ("late", "on_time", ""), "before": (*BEFORE, "")}


def delivery_gap(responses: pl.LazyFrame, segments: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """Rows of nps.delivery_gap.

    Args:
        responses: core.responses.
        segments: one row per answer: response_id, and a column of segment names per dimension.
        span: the months to compute, and the clock.
        settings: counting, confidence, min_responses.

    Returns:
        Columns of nps.delivery_gap; one row per window, dimension and segment with an answer before or after delivery,
        or about a delivered order with a promised day, in that order.
    """
    marked = _marked(responses, segments)
    wanted = windows(span, grains=GAP_GRAINS)
    counted = count(
        # No comparison with a previous window is needed: it is empty, and there are no customers to pair.
        marked.with_columns(customer_id=pl.lit(None, pl.UInt32)),
        wanted.with_columns(previous_start="period_start", previous_end="period_start"),
        clock=span.clock,
        counting=settings.counting,
        segments=segments.drop(DELIVERY, strict=False),
        whole=ALL,
    ).filter(pl.col("stage") != ALL)
    return gaps(counted, settings).sort("grain", "period_start", "dimension", "segment")


def gaps(counted: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Columns of nps.delivery_gap from counts by mark (`stage|delivery|category before`), one row per KEYS."""
    confidence = settings.confidence
    mark = pl.col("stage").str.split_exact("|", 2).struct.rename_fields(["at", "delivered", "before"])
    marks = counted.with_columns(mark.alias("mark")).unnest("mark")
    at, before = pl.col("at"), pl.col("before")
    change = {name: SIGNS[name] - before.replace_strict(BEFORE, default=None, return_dtype=pl.Int64) for name in COUNTS}
    sums = marks.group_by(KEYS).agg(
        *(
            pl.col(name).filter(part).sum().alias(f"{prefix}{name}")
            for prefix, part in {
                "pre_": at == PRE,
                "post_": at == POST,
                "late_": pl.col("delivered") == "late",
                "on_time_": pl.col("delivered") == "on_time",
                "paired_": before != "",
            }.items()
            for name in COUNTS
        ),
        changes=pl.sum_horizontal(pl.col(name) * change[name] for name in COUNTS).sum(),
        squares=pl.sum_horizontal(pl.col(name) * change[name] ** 2 for name in COUNTS).sum(),
    )
    pre, post, late, on_time = (score.counts(prefix) for prefix in ("pre_", "post_", "late_", "on_time_"))
    pairs = score.counts("paired_").responses
    gap_low, gap_high = difference_interval(post, pre, confidence)
    late_low, late_high = difference_interval(late, on_time, confidence)
    paired_low, paired_high = paired_interval(pairs, pl.col("changes"), pl.col("squares"), confidence)
    promised = late.responses + on_time.responses
    return sums.select(
        *KEYS,
        pre.responses.alias("pre_responses"),
        _nps(pre).alias("pre_nps"),
        post.responses.alias("post_responses"),
        _nps(post).alias("post_nps"),
        score.difference(post, pre).alias("gap"),
        gap_low.alias("gap_low"),
        gap_high.alias("gap_high"),
        pairs.alias("paired_responses"),
        pl.when(pairs > 0).then(score.POINTS * pl.col("changes") / pairs).alias("paired_gap"),
        paired_low.alias("paired_gap_low"),
        paired_high.alias("paired_gap_high"),
        on_time.responses.alias("on_time_responses"),
        late.responses.alias("late_responses"),
        pl.when(promised > 0).then(late.responses / promised).alias("late_share"),
        _nps(late).alias("late_nps"),
        _nps(on_time).alias("on_time_nps"),
        score.difference(late, on_time).alias("late_difference"),
        late_low.alias("late_difference_low"),
        late_high.alias("late_difference_high"),
        *(
            pl.all_horizontal(is_reliable(number, settings.min_responses) for number in numbers).alias(name)
            for name, numbers in {
                "is_gap_reliable": (pre.responses, post.responses),
                "is_paired_gap_reliable": (pairs,),
                "is_late_difference_reliable": (late.responses, on_time.responses),
            }.items()
        ),
    )


def _marked(responses: pl.LazyFrame, segments: pl.LazyFrame) -> pl.LazyFrame:
    """The answers of interest, their stage replaced by a mark: stage, delivery, category before."""
    has_delivery = DELIVERY in segments.collect_schema()
    delivery = segments.select(
        "response_id", pl.col(DELIVERY) if has_delivery else pl.lit(None, pl.String).alias(DELIVERY)
    )
    answers, delivered, before = pl.collect_all([responses, delivery, _before(responses)])
    marked = looked_up(looked_up(answers, delivered, "response_id"), before, "response_id")
    # As numbers: building and comparing text would be most of the work.
    mark = pl.lit(0, pl.UInt8)
    for column, names in MARKED.items():
        number = pl.lit(len(names) - 1, pl.UInt8)
        for place, name in enumerate(names[:-1]):
            number = pl.when(pl.col(column) == name).then(pl.lit(place, pl.UInt8)).otherwise(number)
        mark = mark * len(names) + number
    marks = ["|".join(names) for names in product(*MARKED.values())]
    about = [name for name in marks if not name.startswith("||")]
    return marked.lazy().with_columns(stage=mark.cat.to(pl.Enum(marks))).filter(pl.col("stage").is_in(about))


def _before(responses: pl.LazyFrame) -> pl.LazyFrame:
    """For every post-delivery answer, the category of the latest earlier pre-delivery answer about its order."""
    asked = responses.filter(pl.col("order_id").is_not_null())
    earlier = asked.filter(pl.col("stage") == PRE).select(
        "order_id", before_at="responded_at", before_id="response_id", before="category"
    )
    return (
        asked.filter(pl.col("stage") == POST)
        .select("response_id", "order_id", "responded_at")
        .join(earlier, on="order_id")
        .filter(pl.col("before_at") < pl.col("responded_at"))
        .group_by("response_id")
        .agg(pl.col("before").sort_by("before_at", "before_id").last())
    )


def _nps(sample: Counts) -> pl.Expr:
    """Score of a sample; null if it is empty."""
    return pl.when(sample.responses > 0).then(score.nps(sample))
