"""loop.survey_plan: whom to ask on which day of the month, and who is left alone, for which reason.

Here: the plan of a month. Not here: the occasions to ask (candidates.py), the contact rules (contact_rules.py), who is
asked because answers of their kind are few (top_up.py), and the files that are uploaded.

Both intervals between surveys are longer than what a month's plan looks at, so it asks a customer once at most: the
earliest day on which the rules allow one of the occasions, and no other occasion of the month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from pipelines.loop.candidates import LAG_DAYS, OCCASIONS, candidates, earliest_first
from pipelines.loop.contact_rules import CUSTOMER, DAY, RELATIONAL, History, known_until, with_due_dates, with_rule
from pipelines.loop.top_up import BUYER_DAYS, ID_DIGITS, in_any, thin_segments, top_up
from pipelines.periods import Clock, Span, next_month
from pipelines.settings import Settings
from pipelines.value.months import business_day
from pipelines.warehouse.tables import empty, table_schema

TABLE = "loop.survey_plan"
# Days before the month in which an order makes somebody a buyer.
KNOWN_DAYS = 730
NEW_DAYS = OCCASIONS["never_bought"].last
DETAIL = pl.lit(None, pl.String).alias("detail")


def survey_plan(  # noqa: PLR0917 (one for each table)
    orders: pl.LazyFrame,
    order_segments: pl.LazyFrame,
    responses: pl.LazyFrame,
    invitations: pl.LazyFrame,
    customers: pl.LazyFrame,
    consents: pl.LazyFrame,
    answers_needed: pl.LazyFrame,
    *,
    span: Span,
    settings: Settings,  # noqa: ARG001
) -> pl.DataFrame:
    """Rows of loop.survey_plan.

    Args:
        orders: core.orders, those not cancelled, of known customers: order_id (a number, as in order_segments),
            customer, day, ordered_at, name (the id itself), delivered_at.
        order_segments: core.order_segments: order_id, and a column per dimension.
        responses: core.responses: customer, day.
        invitations: core.invitations: customer, day, is_delivered, is_bounced.
        customers: core.customers: customer, customer_id, has_email, registered_at.
        consents: core.consents: customer, consent, consent_at, unsubscribed_at.
        answers_needed: loop.answers_needed.
        span: the months to compute, and the clock.
        settings: not used; all figures share one signature.

    Returns:
        One row per month, customer and stage with an occasion to ask in the month.
    """
    facts = Facts.of(
        orders=orders,
        order_segments=order_segments,
        responses=responses,
        invitations=invitations,
        customers=customers,
        consents=consents,
        clock=span.clock,
    )
    needed = answers_needed.collect()
    starts = pl.date_range(span.months.start, span.months.end, "1mo", closed="left", eager=True)
    plans = [facts.plan(month, needed) for month in starts if month <= span.clock.open_month]
    names = facts.names.select(CUSTOMER, "customer_id")
    columns = table_schema(TABLE).names()
    return pl.concat([empty(TABLE), *(plan.join(names, on=CUSTOMER).select(columns) for plan in plans)])


@dataclass(frozen=True)
class Facts:
    """What plans are made from, as survey_plan takes it; days are business days, customers are numbers.

    names: customer, customer_id, has_email, registered_day. orders: with delivered_day. consents: customer, consent,
    day, left_day.
    """

    clock: Clock
    names: pl.DataFrame
    orders: pl.DataFrame
    order_segments: pl.DataFrame
    responses: pl.DataFrame
    invitations: pl.DataFrame
    consents: pl.DataFrame

    @classmethod
    def of(
        cls,
        *,
        orders: pl.LazyFrame,
        order_segments: pl.LazyFrame,
        responses: pl.LazyFrame,
        invitations: pl.LazyFrame,
        customers: pl.LazyFrame,
        consents: pl.LazyFrame,
        clock: Clock,
    ) -> Facts:
        """Read the tables."""
        names = customers.with_columns(registered_day=business_day(pl.col("registered_at"), clock))
        bought = orders.with_columns(delivered_day=business_day(pl.col("delivered_at"), clock))
        said = consents.select(
            CUSTOMER,
            "consent",
            day=business_day(pl.col("consent_at"), clock),
            left_day=business_day(pl.col("unsubscribed_at"), clock),
        )
        return cls(clock, *pl.collect_all([names, bought, order_segments, responses, invitations, said]))

    def plan(self, month: date, needed: pl.DataFrame) -> pl.DataFrame:
        """The plan of a month: columns of the table, customers by number.

        needed: loop.answers_needed of the month before, at least.
        """
        end = next_month(month)
        history = self.history(earliest_first(month) - timedelta(days=RELATIONAL), end)
        bought = self.orders.filter(pl.col(DAY) < end)
        judged = self._judged(bought, history, month)
        counted = judged.filter(pl.col("due_date") >= month - timedelta(days=LAG_DAYS), pl.col("due_date") < end)
        is_free = pl.col("suppressed_by").is_null()
        asked = (
            counted.filter(is_free)
            .sort("due_date", "reason")
            .unique(CUSTOMER, keep="first", maintain_order=True)
            .select(CUSTOMER, "reason", "due_date", is_asked=pl.lit(value=True))
        )
        is_asked = pl.col("is_asked").fill_null(value=False)
        occasions = (
            counted.join(asked, on=[CUSTOMER, "reason", "due_date"], how="left")
            .with_columns(suppressed_by=pl.when(is_free & ~is_asked).then(pl.lit("planned")).otherwise("suppressed_by"))
            .select(CUSTOMER, "stage", "reason", "due_date", "suppressed_by", DETAIL)
        )
        before = needed.filter(pl.col("month") == pl.lit(month).dt.offset_by("-1mo"))
        thin = thin_segments(before, self.order_segments)
        more = top_up(self._buyers(bought, thin, month), thin, asked[CUSTOMER], history, month)
        return (
            pl.concat([occasions, more.select(occasions.columns)])
            .filter(pl.col("due_date") >= month)
            .sort(is_free, "due_date", "reason", descending=[True, False, False])
            .unique([CUSTOMER, "stage"], keep="first", maintain_order=True)
            .with_columns(pl.col("reason").cast(pl.String), month=pl.lit(month))
        )

    def history(self, since: date, until: date) -> History:
        """What the contact rules are judged by at the end of a month."""
        return History.of(
            self.names,
            self.consents,
            self.invitations,
            self.responses,
            since=since,
            until=until,
            today=self.clock.today,
        )

    def _judged(self, bought: pl.DataFrame, history: History, month: date) -> pl.DataFrame:
        """The occasions with due date and rule, those that are gone by then left out."""
        agreed = self.consents.filter("consent").select(CUSTOMER, agreed=DAY)
        began = pl.coalesce("registered_day", "agreed")
        prospects = (
            self.names.join(agreed, on=CUSTOMER, how="left")
            .select(CUSTOMER, day=began)
            .filter(pl.col(DAY).is_between(earliest_first(month) - timedelta(days=NEW_DAYS), next_month(month)))
        )
        # So far back, in whichever months the plan is made together: further than this no order is read.
        known = bought.filter(pl.col(DAY) >= month - timedelta(days=KNOWN_DAYS))
        first_orders = known.join(prospects, on=CUSTOMER, how="semi").group_by(CUSTOMER).agg(until=pl.col(DAY).min())
        prospects = prospects.join(first_orders, on=CUSTOMER, how="left")
        end = next_month(month)
        answered = self.responses.filter(pl.col(DAY) < end)
        found = candidates(bought, answered, prospects.filter(pl.col(DAY) < end), month)
        dated = with_due_dates(found, history).filter(
            pl.col("until").is_null() | (pl.col("until") > known_until(pl.col("due_date"), history.today))
        )
        return with_rule(dated, history)

    def _buyers(self, bought: pl.DataFrame, thin: pl.DataFrame, month: date) -> pl.DataFrame:
        """Whoever bought in the year before the month, and last something of a thin segment."""
        spread = pl.col("customer_id").str.head(ID_DIGITS).str.to_integer(base=16, strict=False).fill_null(0)
        recent = pl.col(DAY).is_between(month - timedelta(days=BUYER_DAYS), month, closed="left")
        last = (
            (bought if thin.height else bought.clear())
            .filter(recent)
            .sort(CUSTOMER, DAY, "ordered_at", "name")
            .select(CUSTOMER, DAY, "order_id")
            .filter((pl.col(CUSTOMER) != pl.col(CUSTOMER).shift(-1)).fill_null(value=True))
        )
        return (
            last.join(self.order_segments.filter(in_any(thin)), on="order_id")
            .join(self.names.select(CUSTOMER, "customer_id"), on=CUSTOMER)
            .with_columns(spread=spread)
            .drop("order_id")
        )
