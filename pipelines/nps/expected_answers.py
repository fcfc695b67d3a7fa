"""nps.expected_answers: the answers still to come to the invitations of open windows.

Here: the lag from invitation to answer, learnt from completed invitations, and the answers it predicts. Not here:
scores. People answer for weeks, so a month seen on its last day has fewer answers than it will have.

Source: Lawless 1994, Adjustments for Reporting Delays and the Prediction of Occurred but Not Reported Events, Canad.
J. Statist. 22: invitations of a day with n answers so far, of which a share F(age) has arrived at this age, will have
n / F(age) answers.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from pipelines.periods import Clock, Span, windows
from pipelines.settings import Settings

# Days. A later answer is not attributed to the invitation; older invitations are complete.
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
    """Answers so far and answers to come to the invitations sent in each open window.

    Args:
        responses: core.responses of two years up to the clock.
        invitations: core.invitations of the same time. An answer's invitation is found by response_id; otherwise the
            answer's own invited_at is used.
        span: the months to compute, and the clock.
        settings: not used; all figures share one signature.

    Returns:
        Columns of nps.expected_answers; one row per window that is open at the clock, in the order of the grains.
        expected_share and answers_to_come are null without answers whose invitation is known, or with too few to learn
        from.
    """
    clock = span.clock
    sent = invitations.drop_nulls("response_id").select("response_id", sent_at="invited_at")
    invited = (
        responses.join(sent, on="response_id", how="left")
        .with_columns(invited_at=pl.coalesce("sent_at", "invited_at"))
        .drop_nulls("invited_at")
        .select(invited=pl.col("invited_at").dt.convert_time_zone(clock.zone).dt.date(), response_date="response_date")
        .with_columns(lag=(pl.col("response_date") - pl.col("invited")).dt.total_days())
        # The clocks of two programs may differ by a day; earlier answers do not belong to the invitation.
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
            # A day without an estimate leaves the window without one.
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
    """Share of answers that arrive within 0..LONGEST days, the number of answers it is learnt from, and the median lag.

    Learnt from one year of invitations that are old enough to be complete.
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
    # No learnt answer came this soon, so the share is unknown, not 0.
    share = pl.when(pl.col("share") > 0).then("share").alias("share")
    return shares.with_columns(share), complete.height, float(complete["lag"].median())  # type: ignore[arg-type]
