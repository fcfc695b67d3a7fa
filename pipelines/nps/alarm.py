"""nps.alarm: has the score dropped? Asked every night, without crying wolf.

Here: the rows of one table, a calendar year at a time. Not here: the evidence and why it may be looked at every night
(statistics/drop_evidence.py).

The reference of a calendar year begins with the first answer of the year before, so older answers are forgotten. The
year seeds the numbers that break ties.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from pipelines.nps.events import in_time
from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.statistics.drop_evidence import RATE, evidence, sum_by
from pipelines.statistics.own_point import is_reliable
from pipelines.statistics.score import POINTS
from pipelines.warehouse.tables import empty, table_schema

# Days of the running score; the baseline is everything before them.
RUNNING = 28
# Keeps the e-value finite.
_LARGEST = 300.0
TABLE = "nps.alarm"


def alarm(responses: pl.LazyFrame, *, span: Span, settings: Settings) -> pl.DataFrame:
    """The evidence for a drop after every day of the months, from that day's answers and earlier ones alone.

    Args:
        responses: core.responses from the first day of the year before up to the clock. Every answer counts, of all
            stages: whether a later answer will supersede it is not known on the day.
        span: the months to compute, and the clock.
        settings: min_responses.

    Returns:
        Columns of nps.alarm; one row per day from the reference's first answer on, in order.
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
    frames = [_year(answers, year, last, settings.min_responses) for year in years]
    return pl.concat([empty(TABLE), *frames]).filter(
        pl.col("month").is_between(span.months.start, span.months.end, closed="left")
    )


def _year(answers: pl.DataFrame, year: int, last: date, min_responses: int) -> pl.DataFrame:
    """The rows of one calendar year up to a day."""
    origin, new_year = date(year - 1, 1, 1), date(year, 1, 1)
    end = min(date(year, 12, 31), last)
    recent = answers.filter(pl.col("day").is_between(origin, end))
    first = recent["day"].min()
    if not isinstance(first, date):
        return empty(TABLE)
    number = (end - origin).days + 1
    place = (recent["day"] - origin).dt.total_days().to_numpy()
    signs = recent["sign"].to_numpy()
    log_evidence, start = evidence(place, signs, start=(new_year - origin).days, days=number, key=year)

    answered, sums = np.bincount(place, minlength=number).cumsum(), sum_by(place, signs, number).cumsum()
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
            (is_reliable(responses, min_responses) & is_reliable(pl.col("baseline_responses"), min_responses)).alias(
                "is_reliable"
            ),
        )
        .cast(dict(table_schema(TABLE)))  # type: ignore[arg-type]
    )
