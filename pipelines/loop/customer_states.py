"""What is known of customers at the end of a day: their latest answer, what was done since, what they are worth.

Here: the state that the audiences are defined on. Not here: the definitions (definitions.py) and who may be written to
(contact_rules.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from pipelines.core.topics import NO_TOPIC, URGENT
from pipelines.loop.contact_rules import CUSTOMER, DAY, History, with_rule
from pipelines.loop.definitions import WIN_DAYS
from pipelines.loop.holdout import held_out
from pipelines.periods import Span
from pipelines.settings import Settings
from pipelines.value.months import business_day

# Shares of the customers who are worth, or spent, most.
TOP_FIFTH, TOP_TENTH = 0.2, 0.1
WORTH = ["orders", "order_probability_365d", "next_order_days", "is_top_fifth", "is_top_tenth"]


@dataclass(frozen=True)
class States:
    """What states are made from: customers and answers by number, days are business days.

    answers: response_id, customer, day, score, category, is_held_out, in order of time. topics: response_id, topics, of
    the answers whose topics a definition tells. contacts: response_id, day. reviews, referrals: customer, day. worth:
    month, customer, and what they are worth.
    """

    names: pl.DataFrame
    answers: pl.DataFrame
    topics: pl.DataFrame
    contacts: pl.DataFrame
    reviews: pl.DataFrame
    referrals: pl.DataFrame
    invitations: pl.DataFrame
    consents: pl.DataFrame
    worth: pl.DataFrame

    @classmethod
    def of(cls, frames: dict[str, pl.LazyFrame], *, span: Span, settings: Settings) -> States:
        """Read the tables, by name as loop.audiences declares them."""
        topics, clock = frames["response_topics"], span.clock
        answers = held_out(
            frames["responses"].sort("responded_at", "response_id"),
            topics.filter(pl.col("topic").is_in(URGENT)),
            shares=settings.follow_up_holdout,
        ).select("response_id", CUSTOMER, "score", "category", "is_held_out", day="response_date")
        # Joining the texts of all answers costs 1 s of processor for a million customers.
        since = span.months.start - timedelta(days=WIN_DAYS + 1)
        recent = frames["responses"].filter(pl.col("response_date") >= since, pl.col("category") != "promoter")
        said = (
            topics.filter(pl.col("topic") != NO_TOPIC)
            .join(recent, on="response_id", how="semi")
            .group_by("response_id")
            .agg(topics=pl.col("topic").unique().sort().str.join(", "))
        )

        def dated(name: str, time: str, *columns: str) -> pl.LazyFrame:
            return frames[name].select(*columns, day=business_day(pl.col(time), clock))

        names = frames["customers"].select(CUSTOMER, "customer_id", "has_email")
        worth = frames["customer_values"].with_columns(
            is_top_fifth=_is_among("lifetime_value", TOP_FIFTH), is_top_tenth=_is_among("revenue", TOP_TENTH)
        )
        made = pl.collect_all(
            [
                names,
                answers,
                said,
                dated("follow_ups", "contacted_at", "response_id"),
                dated("reviews_given", "given_at", CUSTOMER),
                dated("referrals", "referred_at", CUSTOMER),
                frames["invitations"],
                dated("consents", "consent_at", CUSTOMER, "consent", "unsubscribed_at").with_columns(
                    left_day=business_day(pl.col("unsubscribed_at"), clock)
                ),
                worth.select("month", CUSTOMER, *WORTH),
            ]
        )
        return cls(*made)

    def at(self, until: date, month: date, *, next_order_later: int = 0) -> pl.DataFrame:
        """The states of customers with an answer or an order as the day before `until` ended.

        Args:
            until: nothing of that day or later is seen, except what they are worth.
            month: of the rows of worth.
            next_order_later: days by which these rows are later than the state.
        """
        day = pl.col(DAY)
        latest = (
            self.answers.filter(day < until)
            .unique(CUSTOMER, keep="last", maintain_order=True)
            .rename({DAY: "answer_day"})
        )
        contacts = self.contacts.filter(day < until)
        contacted = (
            contacts.join(self.answers.select("response_id", CUSTOMER), on="response_id")
            .group_by(CUSTOMER)
            .agg(contact_day=day.max())
        )
        worth = self.worth.filter(pl.col("month") == month).with_columns(pl.col("next_order_days") + next_order_later)
        referred = self.referrals.filter(day < until).group_by(CUSTOMER).agg(referral_day=day.max())
        since = [
            (pl.lit(until) - timedelta(days=1) - pl.col(f"{name}_day")).dt.total_days().alias(f"{name}_days")
            for name in ("answer", "contact", "referral")
        ]
        return (
            latest.join(worth.drop("month"), on=CUSTOMER, how="full", coalesce=True)
            .join(self.topics, on="response_id", how="left")
            .join(contacted, on=CUSTOMER, how="left")
            .join(referred, on=CUSTOMER, how="left")
            .with_columns(
                *since,
                has_reviewed=pl.col(CUSTOMER).is_in(self.reviews.filter(day < until)[CUSTOMER].implode()),
                is_contacted=pl.col("response_id").is_in(contacts["response_id"].implode()),
            )
        )

    def may_be_written_to(self, customers: pl.DataFrame, until: date) -> pl.DataFrame:
        """Those of the customers to whom the contact rules, intervals aside, allow to write the day before `until`."""
        last_day = until - timedelta(days=1)
        answered = self.answers.select(CUSTOMER, DAY)
        history = History.of(
            self.names, self.consents, self.invitations, answered, since=until, until=until, today=last_day
        )
        asked = customers.with_columns(
            due_date=pl.lit(last_day),
            is_quiet=pl.lit(value=True),
            quiet=pl.lit(0, pl.Int64),
            needs_consent=pl.lit(value=False),
        )
        return with_rule(asked, history).filter(pl.col("suppressed_by").is_null()).select(CUSTOMER)


def _is_among(column: str, share: float) -> pl.Expr:
    """Whether a customer is among this share of the month's customers with most of a column."""
    return pl.col(column).rank("min", descending=True).over("month") <= share * pl.len().over("month")
