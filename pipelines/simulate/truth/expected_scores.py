"""Expected scores: what the answers would score without the noise of a single answer.

Here: the probability of each category given an answer's latent mean score; the expected score by stage, window and
segment, and that of all recent buyers, asked or not. Not here: what each planted effect adds (planted_effects). An
expected score knows every answer's latent state and context but not its noise: the observed score differs by it alone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from pipelines.simulate.surveys import shifts
from pipelines.simulate.truth.parameters import CATEGORIES, COUNTRIES, STAGES, SURVEY_NAMES, SURVEYS
from pipelines.simulate.world import World


def probabilities(mean: NDArray[np.float64], noise: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """P(promoter) and P(detractor) given the latent mean score; rounding makes 8.5 and 6.5 the edges."""
    return ndtr((mean - 8.5) / noise), ndtr((6.5 - mean) / noise)


def expected_sign(mean: NDArray[np.float64], noise: float) -> NDArray[np.float64]:
    """Expected contribution of an answer to the score, -1 to 1, given its latent mean score."""
    promoter, detractor = probabilities(mean, noise)
    return np.asarray(promoter - detractor)


def days_of_quarter(world: World) -> int:
    """Days from the start of the last day's quarter to the end of the history."""
    last = world.calendar.end - timedelta(days=1)
    return (world.calendar.end - last.replace(month=last.month - (last.month - 1) % 3, day=1)).days


def expected_answers(world: World) -> pl.DataFrame:
    """Answers with their expected contribution to the score, and the day of the next answer of person and stage."""
    promoter, detractor = probabilities(world.answers["mean"].to_numpy(), world.parameters.score_noise)
    contribution = promoter - detractor
    start = world.calendar.start
    days = pl.Series(world.calendar.day(world.answers["answered_at"].to_numpy()))
    frame = world.answers.with_columns(
        expected=pl.Series(contribution),
        variance=pl.Series(promoter + detractor - contribution**2),
        observed=(pl.col("bucket") == 0).cast(pl.Int64) - (pl.col("bucket") == 2).cast(pl.Int64),
        date=pl.lit(start) + pl.duration(days=pl.lit(days)),
        # Anonymous people are strangers to each other.
        respondent=pl.when("anonymous").then(-1 - pl.int_range(pl.len())).otherwise("person"),
    ).sort("answered_at", "invitation")
    return frame.with_columns(next_date=pl.col("date").shift(-1).over("respondent", "stage"))


def _figures(name: str = "") -> dict[str, pl.Expr]:
    """Answers, expected and observed score, and the standard deviation of their difference by chance alone."""
    return {
        f"responses{name}": pl.len(),
        f"nps{name}": (100 * pl.col("expected").mean()).round(6),
        f"noise_standard_error{name}": (100 * pl.col("variance").sum().sqrt() / pl.len()).round(6),
        f"observed{name}": (100 * pl.col("observed").mean()).round(6),
    }


def by_stage(answers: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """All answers and those of each stage, by name of the stage."""
    total = answers.select(pl.lit("all").alias("name"), **_figures()).to_dicts() if len(answers) else []
    by_stage = answers.group_by("stage").agg(**_figures()).sort("stage")
    stages = by_stage.with_columns(name=pl.Series(STAGES).gather(by_stage["stage"])).drop("stage").to_dicts()
    return {row.pop("name"): row for row in total + stages}


def by_window(answers: pl.DataFrame, world: World) -> list[dict[str, Any]]:
    """Calendar windows and the trailing ones that end with the history, counting every answer and the latest only."""
    end = world.calendar.end
    answers = answers.select("date", "next_date", "stage", "expected", "variance", "observed")
    windows = []
    for grain, every in (("month", "1mo"), ("quarter", "1q"), ("year", "1y")):
        start = pl.col("date").dt.truncate(every)
        frame = answers.with_columns(grain=pl.lit(grain), period_start=start)
        windows.append(frame.with_columns(period_end=pl.min_horizontal(start.dt.offset_by(every), pl.lit(end))))
    for grain, days in (("trailing_90d", 90), ("trailing_365d", 365)):
        since = end - timedelta(days=days)
        frame = answers.filter(pl.col("date") >= since)
        windows.append(frame.with_columns(grain=pl.lit(grain), period_start=pl.lit(since), period_end=pl.lit(end)))
    names = pl.DataFrame({"stage": range(len(STAGES)), "stage_name": STAGES})
    staged = pl.concat(windows).join(names, on="stage", how="left", maintain_order="left")
    both = pl.concat([staged, staged.with_columns(stage_name=pl.lit("all"))])
    keys = ["grain", "period_start", "period_end", "stage_name"]
    latest = both.filter(pl.col("next_date").is_null() | (pl.col("next_date") >= pl.col("period_end")))
    table = both.group_by(keys).agg(**_figures("_all")).join(latest.group_by(keys).agg(**_figures("_latest")), on=keys)
    return (
        table.sort(keys)
        .rename({"stage_name": "stage"})
        .with_columns(pl.col("period_start", "period_end").dt.to_string("%Y-%m-%d"))
        .to_dicts()
    )


def by_segment(answers: pl.DataFrame) -> list[dict[str, Any]]:
    """Every answer over the whole history, by what it is about; anonymous ones show no country in the warehouse."""
    asked = pl.col("order") >= 0

    def named(names: tuple[str, ...], column: str) -> pl.Expr:
        return pl.col(column).replace_strict(list(range(len(names))), list(names), default=None)

    segments = {
        "country": named(COUNTRIES, "country"),
        "product_category": pl.when(asked).then(named(CATEGORIES, "category")),
        "account_type": pl.when(asked & pl.col("is_guest")).then(pl.lit("guest")).otherwise(pl.lit("registered")),
        "delivery": pl.when(pl.col("survey") == 1).then(
            pl.when("felt_late").then(pl.lit("late")).otherwise(pl.lit("on_time"))
        ),
        "survey": named(tuple(SURVEY_NAMES[name] for name in SURVEYS), "survey"),
    }
    rows: list[dict[str, Any]] = []
    named_answers = answers.filter(~pl.col("anonymous"))
    for dimension, segment in segments.items():
        table = named_answers.with_columns(segment=segment).filter(pl.col("segment").is_not_null())
        table = table.group_by("segment").agg(**_figures()).sort("segment")
        rows += table.select(pl.lit(dimension).alias("dimension"), pl.all()).to_dicts()
    return rows


def recent_buyers(world: World, days: int = 365) -> dict[str, Any]:
    """Buyers of the last `days`: expected score had each answered after the delivery of their last order that counts.

    Also the share of them without an account.
    """
    p = world.parameters
    last = (
        world.orders.filter(pl.col("counts") & (pl.col("day") >= world.calendar.days - days))
        .sort("person", "ordered_at", "order")
        .group_by("person", maintain_order=True)
        .last()
        .join(world.people.select("person", "satisfaction", home="country"), on="person", how="left")
    )
    if last.is_empty():
        return {"buyers": 0, "nps": None, "share_of_guests": None}
    guest = last["is_guest"].to_numpy()
    mean = (
        p.score_mean
        + p.score_per_satisfaction * last["satisfaction"].to_numpy()
        + np.where(last["is_late"].to_numpy(), p.shift_late, 0.0)
        + np.where(guest, p.shift_guest, 0.0)
        + shifts(COUNTRIES, p.shift_country)[last["home"].to_numpy()]
        + shifts(CATEGORIES, p.shift_category)[last["category"].to_numpy()]
    )
    return {
        "buyers": last.height,
        "nps": round(100 * float(expected_sign(mean, p.score_noise).mean()), 6),
        "share_of_guests": round(float(guest.mean()), 6),
    }
