"""loop.effect: what follow-up does, by the arm that was held out, and what it goes with where nothing was drawn.

Here: the differences between arms with their intervals. Not here: the rates (recovery.py), each answer's arm and
outcomes (outcomes.py), the formulas (statistics/arm_difference.py, statistics/running_difference.py).

Intention to treat: all answers under a share, by what was drawn and not by what was done, each customer once per
category with the first such answer since the draw began. Drawn with different shares, answers are compared within each
share and the differences weighted by the customers behind them. Held-out and other customers differ by chance alone, so
the difference is what the offer of follow-up does, contacts not made included.

Association: customers followed up less those not, in the trailing year. Who is contacted may differ from who is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.loop.outcomes import (
    BANDS,
    CATEGORIES,
    EVERY,
    FOLLOW_UP_DAYS,
    RE_SURVEY_DAYS,
    first_of_each,
    known_until,
    outcomes,
)
from pipelines.loop.recovery import YEAR, in_period
from pipelines.periods import Span, trailing_windows
from pipelines.settings import Settings
from pipelines.statistics.arm_difference import Estimate, weighted_sum
from pipelines.statistics.own_point import is_reliable
from pipelines.statistics.running_difference import running_bound
from pipelines.statistics.skewed_mean import skewed_mean_interval
from pipelines.statistics.wilson import wilson_of
from pipelines.warehouse.tables import empty, table_schema

TABLE = "loop.effect"
RANDOMISED, OBSERVED = "intention_to_treat", "association"
NO_CUSTOMER, ALL_ALIKE = "no customer to compare with", "all amounts alike"


class Outcome(NamedTuple):
    """An outcome: its values, and the days after the answer after which it is known; None: at the next answer."""

    value: pl.Expr
    days: int | None


OUTCOMES = {
    "recovered": Outcome(pl.col("recovered"), None),
    "re_surveyed": Outcome(pl.col("re_surveyed"), RE_SURVEY_DAYS),
    "reordered": Outcome(pl.col("orders_90d") > 0, 90),
    "revenue_90d": Outcome(pl.col("revenue_90d") * 0.01, 90),
    "revenue_365d": Outcome(pl.col("revenue_365d") * 0.01, 365),
}
SHARES = ("recovered", "re_surveyed", "reordered")


def effect(
    responses: pl.LazyFrame,
    urgent: pl.LazyFrame,
    follow_ups: pl.LazyFrame,
    orders: pl.LazyFrame,
    *,
    span: Span,
    settings: Settings,
) -> pl.DataFrame:
    """Rows of loop.effect.

    Args:
        responses: core.responses, as outcomes.ONLY reads it; of this and the others all history, as what was drawn
            counts from the first day of the draw.
        urgent: core.response_topics.
        follow_ups: core.follow_ups.
        orders: core.orders.
        span: the months to compute, and the clock.
        settings: confidence, min_responses, follow_up_holdout, timezone.

    Returns:
        One row per month, category, outcome, kind and hours to contact with a customer on one side.
    """
    rows = outcomes(responses, urgent, follow_ups, orders, settings=settings)
    drawn = first_of_each(rows.filter(pl.col("holdout_share") > 0))
    lines: list[dict[str, Any]] = []
    for month, start, end in (
        trailing_windows(span, "trailing_365d", YEAR).select("month", "period_start", "period_end").rows()
    ):
        until = known_until(span.clock, end)
        compared = [*_randomised(drawn, end, until, settings), *_observed(rows, start, end, until, settings)]
        lines += [{"month": month, **line} for line in compared]
    table = pl.DataFrame(lines, schema=table_schema(TABLE), orient="row") if lines else empty(TABLE)
    fewer = pl.min_horizontal("customers", "customers_without")
    return table.with_columns(is_reliable=is_reliable(fewer, settings.min_responses)).sort(
        "month", "category", "outcome", "kind", "hours_to_contact"
    )


def known(rows: pl.DataFrame, outcome: str, until: datetime) -> pl.DataFrame:
    """The answers whose outcome is known by an instant, with its value and known_at, in the order they became known."""
    value, days = OUTCOMES[outcome]
    known_at = pl.col("next_at") if days is None else pl.col("responded_at") + timedelta(days=days)
    return (
        rows.with_columns(value=value.cast(pl.Float64), known_at=known_at)
        .filter(pl.col("known_at") <= until, pl.col("value").is_not_null())
        .sort("known_at", "customer_id")
    )


def _randomised(drawn: pl.DataFrame, end: date, until: datetime, settings: Settings) -> Iterator[dict[str, Any]]:
    """What was drawn against what was not."""
    settled = drawn.filter(pl.col("responded_at") + timedelta(days=FOLLOW_UP_DAYS) <= until)
    for category in CATEGORIES:
        one = settled.filter(pl.col("category") == category)
        for outcome in OUTCOMES:
            units = known(one, outcome, until)
            if not units.height:
                continue
            held, share, value = (units[name].to_numpy() for name in ("is_held_out", "holdout_share", "value"))
            line = difference(value, ~held, share, is_share=outcome in SHARES, confidence=settings.confidence)
            bound = running_bound(value, held, share, confidence=settings.confidence)
            yield line | {
                "category": category,
                "outcome": outcome,
                "kind": RANDOMISED,
                "hours_to_contact": EVERY,
                "period_start": one["response_date"].min(),
                "period_end": end,
                **_running(line, bound, is_share=outcome in SHARES),
            }


def _running(line: dict[str, Any], bound: tuple[float, float] | None, *, is_share: bool) -> dict[str, float | None]:
    """The bound, widened to hold the effect; a difference of shares is between -1 and 1."""
    low, high = bound or ((-1.0, 1.0) if is_share else (None, None))
    effect = line["effect"]
    if low is None or high is None or effect is None:
        return {"anytime_low": None, "anytime_high": None}
    if is_share:
        low, high = max(low, -1.0), min(high, 1.0)
    return {"anytime_low": min(low, effect), "anytime_high": max(high, effect)}


def _observed(
    rows: pl.DataFrame, start: date, end: date, until: datetime, settings: Settings
) -> Iterator[dict[str, Any]]:
    """Who was followed up against who was not, in all and by hours to contact; held-out customers are on no side."""
    cohorts = {
        days: in_period(rows, start, end, until, days=days).filter(~pl.col("is_held_out"))
        for days in {outcome.days or 0 for outcome in OUTCOMES.values()}
    }
    for outcome, (_, days) in OUTCOMES.items():
        units = known(cohorts[days or 0], outcome, until).select("category", "arm", "hours", "value")
        moved = timedelta(days=days or 0)
        for (category,), one in units.partition_by("category", as_dict=True).items():
            is_followed = pl.col("arm") == "followed_up"
            for hours in (EVERY, *BANDS):
                sides = one.filter(~is_followed | (pl.lit(hours == EVERY) | (pl.col("hours") == hours)))
                followed, value = sides.select(is_followed, "value").get_columns()
                if not followed.any():
                    continue
                yield difference(
                    value.to_numpy(),
                    followed.to_numpy(),
                    np.zeros(len(value)),
                    is_share=outcome in SHARES,
                    confidence=settings.confidence,
                ) | {
                    "category": category,
                    "outcome": outcome,
                    "kind": OBSERVED,
                    "hours_to_contact": hours,
                    "period_start": start - moved,
                    "period_end": end - moved,
                }


def difference(
    value: NDArray[np.float64],
    followed: NDArray[np.bool_],
    share: NDArray[np.float64],
    *,
    is_share: bool,
    confidence: float,
) -> dict[str, Any]:
    """Followed less others within each share, weighted by customers: effect, its ends, the reason if there are none.

    A share under which one side has nobody compares nothing and is left out.
    """
    strata = []
    for one in np.unique(share):
        here = share == one
        sides = value[here & followed], value[here & ~followed]
        if all(len(side) for side in sides):
            strata.append(sides)
    compared = sum(len(side) for sides in strata for side in sides)
    parts, point, reason = [], 0.0, None
    for sides in strata:
        weight = sum(len(side) for side in sides) / compared
        for sign, side in zip((1, -1), sides, strict=True):
            # Sorted: a sum does not depend on the order of the rows.
            point += sign * weight * float(np.sort(side).sum()) / len(side)
            estimate = _estimate(side, is_share=is_share, confidence=confidence)
            reason = reason or (None if estimate else ALL_ALIKE)
            parts.append((sign * weight, estimate))
    ends = weighted_sum([(weight, part) for weight, part in parts if part]) if parts and not reason else None
    return {
        "customers": int(followed.sum()),
        "customers_without": int((~followed).sum()),
        "effect": point if strata else None,
        "effect_low": ends.low if ends else None,
        "effect_high": ends.high if ends else None,
        "reason": reason if strata else NO_CUSTOMER,
    }


def _estimate(values: NDArray[np.float64], *, is_share: bool, confidence: float) -> Estimate | None:
    """The mean of one arm with its interval; None where money does not vary."""
    point = float(np.sort(values).sum()) / len(values)
    if is_share:
        return Estimate(point, *wilson_of(float(values.sum()), len(values), confidence))
    low, high, _ = skewed_mean_interval(values, confidence=confidence)
    return None if low is None or high is None else Estimate(point, low, high)
