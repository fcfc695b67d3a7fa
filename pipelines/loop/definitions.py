"""The audiences: who belongs to each, and why.

Here: one function per audience over what is known of a customer at the end of a day, and the list of them. Not here:
that state (customer_states.py), the tables (audiences.py, audience_sizes.py) and the files.

A function returns two expressions: whether the customer belongs, and the reason as a few words. Null is no.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

# Days since the answer in which a public review is asked for, passives are to be won, detractors are called.
REVIEW_DAYS, WIN_DAYS, CALL_DAYS = 180, 90, 30
# Days since the last time a customer was asked, contacted or recommended before a referral is asked for again.
REFERRAL_DAYS = 90
# Weeks after the answer, when thanks are not an answer to it any more.
THANK_FROM, THANK_UNTIL = 21, 35
# Days for which an answer speaks for the customer; for that of a detractor campaigns wait.
PROMOTER_DAYS, DETRACTOR_DAYS = 365, 180
# A promoter who has bought more than once and will buy again with less than this probability may be leaving.
LIKELY = 0.5
# Days ahead, at the median, of the next order.
DUE_DAYS = 14
Definition: TypeAlias = tuple[pl.Expr, pl.Expr]


def _answered(category: str, *, within: int) -> pl.Expr:
    return (pl.col("category") == category) & (pl.col("answer_days") < within)


def _score() -> pl.Expr:
    return pl.format("score {} on {}", "score", "answer_day")


def promoters_to_ask_for_a_review() -> Definition:
    """Promoters of the last half year who have given no public review."""
    return _answered("promoter", within=REVIEW_DAYS) & ~pl.col("has_reviewed"), _score()


def promoters_to_ask_for_a_referral() -> Definition:
    """Promoters who for 90 days have neither been contacted after an answer nor recommended anybody."""
    asked = (pl.col("contact_days") < REFERRAL_DAYS) | (pl.col("referral_days") < REFERRAL_DAYS)
    return _answered("promoter", within=PROMOTER_DAYS) & ~asked.fill_null(value=False), _score()


def promoters_to_thank() -> Definition:
    """Promoters three to five weeks after their answer."""
    weeks = pl.col("answer_days").is_between(THANK_FROM, THANK_UNTIL)
    return _answered("promoter", within=PROMOTER_DAYS) & weeks, _score()


def promoters_as_seed() -> Definition:
    """Promoters who bought, as the seed of a look-alike audience."""
    return _answered("promoter", within=PROMOTER_DAYS) & (pl.col("orders") > 0), _score()


def promoters_at_risk() -> Definition:
    """Promoters who bought more than once and are more likely than not to buy nothing for a year."""
    leaving = (pl.col("orders") > 1) & (pl.col("order_probability_365d") < LIKELY)
    chance = (pl.col("order_probability_365d") * 100).round().cast(pl.Int64)
    reason = pl.format("buys again within a year with {} % probability", chance)
    return _answered("promoter", within=PROMOTER_DAYS) & leaving, reason


def passives_to_win() -> Definition:
    """Passives of the last 90 days, with what their comment is about."""
    return _answered("passive", within=WIN_DAYS), pl.coalesce(pl.format("topics: {}", "topics"), pl.lit("no topic"))


def passives_who_spend_most() -> Definition:
    """Passives among the tenth of the customers who spent most."""
    return _answered("passive", within=PROMOTER_DAYS) & pl.col("is_top_tenth"), _score()


def detractors_to_call() -> Definition:
    """Detractors of the last 30 days among the fifth of the customers worth most, whom nobody has contacted since."""
    return (
        _answered("detractor", within=CALL_DAYS) & pl.col("is_top_fifth") & ~pl.col("is_contacted"),
        pl.coalesce(pl.format("{}; topics: {}", _score(), "topics"), _score()),
    )


def detractors_to_leave_out() -> Definition:
    """Detractors of the last half year: no campaign should meet them before somebody has spoken to them."""
    return _answered("detractor", within=DETRACTOR_DAYS), _score()


def buyers_due() -> Definition:
    """Buyers whose next order is due within two weeks, without those to leave out of campaigns."""
    unhappy = detractors_to_leave_out()[0].fill_null(value=False)
    due = pl.col("next_order_days") <= DUE_DAYS
    return due & ~unhappy, pl.format("next order within {} days as likely as not", "next_order_days")


@dataclass(frozen=True)
class Audience:
    """An audience.

    define: who belongs. because_of_answer: it makes contact because of the answer, so that held-out answers are not in
    it. by_mail: only whom one may write to (contact_rules.py, intervals aside) belong.
    """

    name: str
    define: Callable[[], Definition]
    because_of_answer: bool = True
    by_mail: bool = True


AUDIENCES = (
    Audience("promoters_review", promoters_to_ask_for_a_review),
    Audience("promoters_referral", promoters_to_ask_for_a_referral),
    Audience("promoters_thank", promoters_to_thank),
    Audience("promoters_lookalike", promoters_as_seed, because_of_answer=False),
    Audience("promoters_at_risk", promoters_at_risk),
    Audience("passives_win", passives_to_win),
    Audience("passives_large_spenders", passives_who_spend_most),
    Audience("detractors_call", detractors_to_call, by_mail=False),
    Audience("detractors_leave_out", detractors_to_leave_out, because_of_answer=False, by_mail=False),
    Audience("due_next_order", buyers_due, because_of_answer=False),
)


def members(states: pl.DataFrame) -> pl.DataFrame:
    """Who belongs to which audience by its definition, whether or not one may write to them.

    Args:
        states: customer and what is known of them (customer_states.py).

    Returns:
        audience, customer, reason, by_mail (of the audience); in the order of AUDIENCES.
    """
    rows = []
    for audience in AUDIENCES:
        belongs, reason = audience.define()
        if audience.because_of_answer:
            belongs &= ~pl.col("is_held_out").fill_null(value=False)
        rows.append(
            states.lazy()
            .filter(belongs)
            .select("customer", audience=pl.lit(audience.name), reason=reason, by_mail=pl.lit(audience.by_mail))
        )
    return pl.concat(pl.collect_all(rows))
