"""nps.alarm: has the score dropped? Asked every night, without crying wolf.

Here: the evidence for a drop after each day's answers. Not here: the interval and test of one window
(statistics/score.py), which are made for one look: looked at every night, a test at 5 % finds a drop in an unchanged
shop sooner or later.

Null hypothesis: the shop is unchanged, that is, its answers come in any order with equal probability (exchangeable,
as independent answers of one unknown distribution are). Nothing is assumed to be known of the baseline.

1. Answers in the order of their times are cut into blocks of BLOCK; x_b is the sum of a block's signs (-1, 0, 1).
2. The conformal p-value of block b is its place among blocks 1..b, u_b being a uniform number for ties:
   p_b = (#{a <= b: x_a < x_b} + u_b #{a <= b: x_a = x_b}) / b.
   Under the null p_1, p_2, ... are independent and uniform on 0..1, whatever the distribution (Vovk, Gammerman, Shafer
   2005, Algorithmic Learning in a Random World, theorem 8.2; Vovk 2021, Testing Randomness Online, Statist. Sci. 36).
3. A bet on a drop by d standard deviations multiplies its stake by g_d(p) = exp(d z - d^2 / 2), z = -quantile(p) of
   the normal; the integral of g_d over 0..1 is 1, so under the null the product of bets is a martingale.
4. Each day j of the calendar year has 1/366 of the capital, of equal parts for STEPS, which is bet from that day on:
   e_t = (1 - t / 366) + sum_d sum_j prod_{days j..t} g_d / (366 |STEPS|), a mixture over start days of the change
   (Shin, Ramdas, Rinaldo 2024, E-detectors: a nonparametric framework for sequential change detection, arXiv
   2203.03532) that begins at 1 and is a martingale under the null. By Ville's inequality it ever reaches 1 / RATE in
   a calendar year with probability RATE at most: 5 % of unchanged shops raise the alarm in a year of nights.

The first block a calendar year is compared with is that of the first answer of the year before, so the alarm forgets
what is older. u_b is drawn by the number of the block alone (Philox, the year as key), so a day's value is a function
of the answers up to that day. Answers to come change nothing.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from pipelines.nps.events import in_time
from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.statistics.score import POINTS

RATE = 0.05
BLOCK = 5
# In standard deviations of a block's sum: 20 points are 0.6, 10 points 0.3, where the variance of a sign is 0.6.
STEPS = (0.2, 0.4, 0.6)
DAYS = 366
# Days whose answers make the running score; the baseline is what lies before them.
RUNNING = 28
# Keeps the largest evidence a finite number.
_LARGEST = 300.0

ALARM = pl.Schema(
    {
        "month": pl.Date,
        "day": pl.Date,
        "responses": pl.Int64,
        "nps_running": pl.Float64,
        "baseline_responses": pl.Int64,
        "baseline_nps": pl.Float64,
        "e_value": pl.Float64,
        "threshold": pl.Float64,
        "is_alarm": pl.Boolean,
        "since": pl.Date,
    }
)


def alarm(responses: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:  # noqa: ARG001
    """The evidence for a drop after every day of the months, from that day's answers and earlier ones alone.

    Args:
        responses: core.responses from the first day of the year before up to the clock. Every answer counts, of all
            stages: which one a later answer supersedes is not known on the day.
        span: the months to compute, and the clock.
        settings: not used; every figure is called so.

    Returns:
        Columns of nps.alarm; one row per day from the first answer on, in order.
    """
    answers = (
        in_time(responses, ("response_date", "responded_at", "response_id"))
        .select(
            day="response_date",
            sign=(pl.col("category") == "promoter").cast(pl.Int64) - (pl.col("category") == "detractor").cast(pl.Int64),
        )
        .collect()
    )
    last = min(span.months.end - timedelta(days=1), span.clock.today)
    years = range(span.months.start.year, last.year + 1)
    frames = [_year(answers, year, last) for year in years]
    return pl.concat([ALARM.to_frame(), *frames]).filter(
        pl.col("month").is_between(span.months.start, span.months.end, closed="left")
    )


def _year(answers: pl.DataFrame, year: int, last: date) -> pl.DataFrame:
    """The rows of one calendar year up to a day."""
    origin, new_year = date(year - 1, 1, 1), date(year, 1, 1)
    end = min(date(year, 12, 31), last)
    known = answers.filter(pl.col("day").is_between(origin, end))
    first = known["day"].min()
    if not isinstance(first, date):
        return ALARM.to_frame()
    number = (end - origin).days + 1
    place = (known["day"] - origin).dt.total_days().to_numpy()
    signs = known["sign"].to_numpy()
    log_evidence, start = evidence(place, signs, start=(new_year - origin).days, days=number, key=year)

    answered, sums = np.bincount(place, minlength=number).cumsum(), _sum_by(place, signs, number).cumsum()
    table = pl.DataFrame(
        {
            "day": pl.date_range(origin, end, "1d", eager=True),
            "answers": answered,
            "signs": sums,
        }
    ).with_columns(
        baseline_responses=pl.col("answers").shift(RUNNING, fill_value=0),
        baseline_signs=pl.col("signs").shift(RUNNING, fill_value=0),
    )
    responses = pl.col("answers") - pl.col("baseline_responses")
    return (
        table.filter(pl.col("day") >= new_year)
        .with_columns(
            e_value=pl.Series(np.exp(np.minimum(log_evidence, _LARGEST))),
            start=pl.Series(start + (origin - date(1970, 1, 1)).days).cast(pl.Int32).cast(pl.Date),
            threshold=pl.lit(1 / RATE),
        )
        .with_columns(is_alarm=pl.col("e_value") >= pl.col("threshold"))
        .filter(pl.col("day") >= first)
        .select(
            pl.col("day").dt.month_start().alias("month"),
            "day",
            responses.alias("responses"),
            pl.when(responses > 0)
            .then(POINTS * (pl.col("signs") - pl.col("baseline_signs")) / responses)
            .alias("nps_running"),
            "baseline_responses",
            pl.when(pl.col("baseline_responses") > 0)
            .then(POINTS * pl.col("baseline_signs") / pl.col("baseline_responses"))
            .alias("baseline_nps"),
            "e_value",
            "threshold",
            "is_alarm",
            pl.when("is_alarm").then("start").alias("since"),
        )
        .cast(dict(ALARM))  # type: ignore[arg-type]
    )


def evidence(
    place: NDArray[Any], signs: NDArray[Any], *, start: int, days: int, key: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The logarithm of the e-value after each day, and the likeliest first day of a drop.

    Args:
        place: day of every answer, 0 for the first day of the reference, growing.
        signs: -1, 0 or 1 of every answer.
        start: the first day that has capital to bet; those before it are reference only.
        days: number of days.
        key: of the uniform numbers for ties.

    Returns:
        Two arrays of days - start values.
    """
    p, day = p_values(place, signs, key)
    z = -ndtri(p)
    total = np.full(days - start, -np.inf)
    best, since = total.copy(), np.zeros(days - start, dtype=np.int64)
    for step in STEPS:
        grown = _sum_by(day, step * z - step**2 / 2, days)[start:].cumsum()
        before = np.concatenate([[0.0], grown[:-1]])
        # The sum over start days j of the product from j on is the whole product times the sum of 1 / product before j.
        capital = grown + np.logaddexp.accumulate(-before) - np.log(DAYS * len(STEPS))
        total = np.logaddexp(total, capital)
        lowest = np.minimum.accumulate(before)
        likeliest = np.maximum.accumulate(np.where(before == lowest, np.arange(days - start), 0))
        since = np.where(capital > best, likeliest, since)
        best = np.maximum(best, capital)
    idle = 1 - np.arange(1, days - start + 1) / DAYS
    with np.errstate(divide="ignore"):
        return np.logaddexp(total, np.log(np.maximum(idle, 0))), since + start


def p_values(place: NDArray[Any], signs: NDArray[Any], key: int) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Conformal p-value of every block among the blocks so far, small where it is low, and the day it was complete."""
    blocks = len(signs) // BLOCK
    sums = signs[: blocks * BLOCK].reshape(blocks, BLOCK).sum(axis=1) + BLOCK
    equal, upto = np.zeros(blocks, dtype=np.int64), np.zeros(blocks, dtype=np.int64)
    for value in range(2 * BLOCK + 1):
        mine = np.flatnonzero(sums == value)
        equal[mine] = np.arange(1, len(mine) + 1)
        upto[mine] = (sums <= value).cumsum()[mine]
    # Never 0, where the quantile would be infinite.
    ties = np.random.Generator(np.random.Philox(key=key)).random(blocks) + 2.0**-54
    return (upto - equal + ties * equal) / np.arange(1, blocks + 1), place[BLOCK - 1 : blocks * BLOCK : BLOCK]


def _sum_by(place: NDArray[Any], values: NDArray[Any], number: int) -> NDArray[Any]:
    """Sum of the values of each day, one after the other: what comes later changes no digit."""
    sums = np.zeros(number, dtype=values.dtype)
    np.add.at(sums, place, values)
    return sums
