"""Which answers are held out from follow-up, to measure what follow-up does.

Here: the draw, the share in force at an answer, and the answers that are never held out. Not here: what follows from it
(the queue, the audiences), and the comparison of the arms.

A customer is held out by a number between 0 and 1 that stays theirs for ever: MD5 of a label and customer_id. Below the
share in force on the answer's day, the answer is held out, so whoever is held out at 0.1 is at 0.2 too. An anonymous
answer has a number of its own. No further key is needed: customer_id is an HMAC under the salt, which never leaves the
vault, so nobody chooses on which side they fall, and the label keeps the number apart from other uses of the id. Who
has the published file can compute it, but reads there who is held out anyway. Where two records turn out to be one
person, the person's number is that of the id that stays.

Answers whose comment reports harm or a broken promise of service (topics.URGENT) are never held out.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.core.topics import URGENT

# SQL over core.responses: the number by which an answer is drawn, for the columns that a figure reads.
DRAW = """
(md5_number_lower(
    'northstar follow-up hold-out ' || coalesce('customer ' || customer_id, 'answer ' || response_id)
) >> 11) / 9007199254740992.0 AS draw"""
# What a figure reads of core.response_topics: the answers that are never held out.
URGENT_ANSWERS = ("response_id", f"topic IN ({', '.join(repr(topic) for topic in URGENT)})")


def share_on(day: pl.Expr, shares: tuple[tuple[date, float], ...]) -> pl.Expr:
    """The share in force on a business day; 0 before the first.

    >>> shares = ((date(2026, 12, 1), 0.1), (date(2027, 6, 1), 0.0))
    >>> days = pl.Series([date(2026, 11, 30), date(2026, 12, 1), date(2027, 5, 31), date(2027, 6, 1)])
    >>> pl.select(share_on(pl.lit(days), shares)).to_series().to_list()
    [0.0, 0.1, 0.1, 0.0]
    """
    in_force = pl.lit(0.0)
    for since, share in shares:
        in_force = pl.when(day >= since).then(share).otherwise(in_force)
    return in_force


def held_out(answers: pl.LazyFrame, urgent: pl.LazyFrame, *, shares: tuple[tuple[date, float], ...]) -> pl.LazyFrame:
    """The answers with the arm they were drawn into.

    Args:
        answers: response_id, response_date, draw (DRAW); any further columns stay.
        urgent: response_id of the answers that are never held out (URGENT_ANSWERS), any number of rows each.
        shares: NORTHSTAR_FOLLOW_UP_HOLDOUT.

    Returns:
        The answers in the same order, without draw, with is_urgent (never held out), holdout_share (that in force; 0 if
        urgent: only answers above 0 are compared) and is_held_out.
    """
    share = share_on(pl.col("response_date"), shares)
    return (
        answers.join(
            urgent.select("response_id").unique().with_columns(is_urgent=True),
            on="response_id",
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col("is_urgent").fill_null(value=False))
        .with_columns(holdout_share=pl.when("is_urgent").then(0.0).otherwise(share))
        .with_columns(is_held_out=pl.col("draw") < pl.col("holdout_share"))
        .drop("draw")
    )
