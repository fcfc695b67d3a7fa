"""nps.expected_answers: how many answers of a window that is still open are yet to come.

Here: the lag from invitation to answer, learnt from what is complete, and what it says of the open windows. Not here:
scores. People go on answering for weeks, so a month looked at on its last day has fewer answers than it will have.

Source: Lawless 1994, Adjustments for Reporting Delays and the Prediction of Occurred but Not Reported Events, Canad.
J. Statist. 22: an invitation day of which a share F(age) of the answers has come, and which has n of them, will have
n / F(age).
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from pipelines.periods import Clock, Span, windows
from pipelines.settings import Settings

# An answer later than this is none of the invitation's; invitations older than this are complete.
LONGEST = 60
LEARNT_DAYS = 365
LEAST = 30


def expected_answers(
    responses: pl.LazyFrame,
    invitations: pl.LazyFrame,
    *,
    span: Span,
    settings: Settings,  # noqa: ARG001
) -> pl.DataFrame:
    """Of the answers to the invitations sent in each open window so far, those that came and those to come.

    Args:
        responses: core.responses of two years up to the clock.
        invitations: core.invitations of the same time; an answer tells its invitation by response_id, else by its own
            invited_at.
        span: the months to compute, and the clock.
        settings: not used; every figure is called so.

    Returns:
        Columns of nps.expected_answers; one row per window that is open at the clock, in the order of the grains.
        expected_share and answers_to_come are null where no answer names its invitation, or too few to learn from.
    """
    clock = span.clock
    sent = invitations.drop_nulls("response_id").select("response_id", sent_at="invited_at")
    invited = (
        responses.join(sent, on="response_id", how="left")
        .with_columns(invited_at=pl.coalesce("sent_at", "invited_at"))
        .drop_nulls("invited_at")
        .select(invited=pl.col("invited_at").dt.convert_time_zone(clock.zone).dt.date(), response_date="response_date")
        .with_columns(lag=(pl.col("response_date") - pl.col("invited")).dt.total_days())
        # The clocks of two programs may differ by a day; an answer before that is not the invitation's.
        .filter(pl.col("lag").is_between(-1, LONGEST))
        .with_columns(pl.col("lag").clip(lower_bound=0))
        .collect()
    )
    lags, learnt, median = _lags(invited, clock)
    open_windows = windows(span).filter(~pl.col("is_complete")).with_row_index("place")
    by_day = (
        invited.group_by("invited")
        .agg(answers=pl.len().cast(pl.Int64))
        .with_columns(age=(pl.lit(clock.today) - pl.col("invited")).dt.total_days().clip(0, LONGEST))
        .join(lags, left_on="age", right_on="lag", how="left")
    )
    sums = (
        open_windows.select("place", "period_start", "period_end")
        .join_where(by_day, pl.col("invited") >= pl.col("period_start"), pl.col("invited") < pl.col("period_end"))
        .sort("place", "invited")
        .group_by("place")
        .agg(
            answers=pl.col("answers").sum(),
            # Unknown for one day is unknown for the window.
            expected=pl.when(pl.col("share").is_null().any())
            .then(None)
            .otherwise((pl.col("answers") / pl.col("share")).sum()),
        )
    )
    return (
        open_windows.join(sums, on="place", how="left")
        .sort("place")
        .select(
            "month",
            "grain",
            "period_start",
            "period_end",
            pl.col("answers").fill_null(0).alias("answers"),
            (pl.col("answers") / pl.col("expected")).alias("expected_share"),
            (pl.col("expected") - pl.col("answers")).alias("answers_to_come"),
            pl.lit(learnt, pl.Int64).alias("learnt_from"),
            pl.lit(median, pl.Float64).alias("median_lag_days"),
        )
    )


def _lags(invited: pl.DataFrame, clock: Clock) -> tuple[pl.DataFrame, int, float | None]:
    """Share of the answers that have come after 0..LONGEST days, the answers it was learnt from, and the median lag.

    Learnt from the invitations of a year that have had all their answers.
    """
    end = clock.today - timedelta(days=LONGEST)
    complete = invited.filter(pl.col("invited").is_between(end - timedelta(days=LEARNT_DAYS), end, closed="left"))
    days = pl.DataFrame({"lag": range(LONGEST + 1)}, schema={"lag": pl.Int64})
    if complete.height < LEAST:
        return days.with_columns(share=pl.lit(None, pl.Float64)), complete.height, None
    came = complete.group_by("lag").agg(answers=pl.len().cast(pl.Int64))
    shares = (
        days.join(came, on="lag", how="left")
        .sort("lag")
        .select("lag", share=pl.col("answers").fill_null(0).cum_sum() / pl.col("answers").sum())
    )
    # An answer that came sooner than any that was learnt from: nothing is known of such a day.
    known = pl.when(pl.col("share") > 0).then("share").alias("share")
    return shares.with_columns(known), complete.height, float(complete["lag"].median())  # type: ignore[arg-type]
