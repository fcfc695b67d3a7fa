"""Contact rules: who may be written to on a day, judged by what is known when that day begins.

Here: the rules, each with its name, and the history they are judged by. Not here: who should be asked (candidates.py),
or which invitations of the past broke a rule (contacts.py).

What a day begins with: what happened before it. Of today and later days, all that has happened by the clock counts, so
that nobody is asked twice on the clock's day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

# Days without an invitation or answer before the next survey about an order, and before one about the relationship.
TRANSACTIONAL, RELATIONAL = 90, 180
# Days for which a bounce says that an address does not work.
BOUNCE_DAYS = 730
# Why somebody is not asked, the first that applies.
RULES = ("no_address", "refused", "no_consent", "unsubscribed", "bounced", "asked_90_days", "asked_180_days", "planned")
CUSTOMER, DAY = "customer", "day"


@dataclass(frozen=True)
class History:
    """What rules are judged by, by customer number; days are business days.

    people: customer, has_email. consents: customer, consent, day (null: for all time), left_day (of unsubscribing).
    contacts: customer, day, in order of day: days with an invitation or an answer. outcomes: customer, day, bounced, in
    order of day: whether an address worked. today: the clock's day.
    """

    people: pl.DataFrame
    consents: pl.DataFrame
    contacts: pl.DataFrame
    outcomes: pl.DataFrame
    today: date

    @classmethod
    def of(
        cls,
        people: pl.DataFrame,
        consents: pl.DataFrame,
        invitations: pl.DataFrame,
        responses: pl.DataFrame,
        *,
        since: date,
        until: date,
        today: date,
    ) -> History:
        """The history as it was at the end of a month.

        Args:
            people: customer, has_email.
            consents: customer, consent, day, left_day.
            invitations: customer, day, is_delivered, is_bounced.
            responses: customer, day.
            since: contacts before this day are of no importance.
            until: the day after the month; nothing of that day or later is seen.
            today: the clock's day.
        """
        sent = invitations.filter(pl.col(DAY) < until).drop_nulls(CUSTOMER)
        answered = responses.filter(pl.col(DAY) < until).drop_nulls(CUSTOMER).select(CUSTOMER, DAY)
        return cls(
            people.select(CUSTOMER, "has_email"),
            consents,
            pl.concat([rows.filter(pl.col(DAY) >= since).select(CUSTOMER, DAY) for rows in (sent, answered)]).sort(DAY),
            outcomes_of(sent, answered),
            today,
        )


def outcomes_of(invitations: pl.DataFrame, answered: pl.DataFrame) -> pl.DataFrame:
    """Whether the address worked, by customer and day, in order of day; of customers with a bounce.

    Args:
        invitations: customer, day, is_delivered, is_bounced.
        answered: customer, day.
    """
    bounced = invitations.filter("is_bounced").select(CUSTOMER).unique()
    # What reached the others is of no importance: 0.8 s of processor for a million customers.
    invitations, answered = (rows.join(bounced, on=CUSTOMER, how="semi") for rows in (invitations, answered))
    reached = pl.col("is_delivered") & ~pl.col("is_bounced").fill_null(value=False)
    outcomes = pl.concat(
        [
            invitations.filter("is_bounced").select(CUSTOMER, DAY, bounced=pl.lit(value=True)),
            invitations.filter(reached).select(CUSTOMER, DAY, bounced=pl.lit(value=False)),
            answered.select(CUSTOMER, DAY, bounced=pl.lit(value=False)),
        ]
    )
    # An address that worked on a day works, whatever else bounced on it.
    return outcomes.group_by(CUSTOMER, DAY).agg(pl.col("bounced").all()).sort(DAY)


def known_until(day: pl.Expr, today: date) -> pl.Expr:
    """The last day whose events are known when `day` begins; of today and later: the clock's."""
    return pl.when(day < today).then(day - timedelta(days=1)).otherwise(pl.lit(today))


def with_due_dates(candidates: pl.DataFrame, history: History) -> pl.DataFrame:
    """When candidates are due: the first day of their window on which the interval rule allows it.

    Args:
        candidates: customer; first and last, the window's days; quiet, days without a contact before it.
        history: contacts.

    Returns:
        The candidates with due_date (the window's first day where no day is allowed) and is_quiet, whether the rule
        allows the due date. A window is shorter than any quiet time: a contact within it ends it.
    """
    contacts = history.contacts.rename({DAY: "contact"})
    placed = candidates.with_columns(known=known_until(pl.col("first"), history.today)).sort("known")
    before = placed.join_asof(contacts, left_on="known", right_on="contact", by=CUSTOMER, check_sortedness=False)
    after = before.with_columns(since=pl.col("known") + timedelta(days=1)).join_asof(
        contacts.rename({"contact": "next_contact"}),
        left_on="since",
        right_on="next_contact",
        by=CUSTOMER,
        strategy="forward",
        check_sortedness=False,
    )
    allowed = pl.col("contact") + pl.duration(days="quiet")
    due = pl.max_horizontal("first", allowed)
    met_before = pl.col("next_contact") <= known_until(pl.col("due_date"), history.today)
    return (
        after.with_columns(due_date=due)
        .with_columns(is_quiet=(pl.col("due_date") <= pl.col("last")) & ~met_before.fill_null(value=False))
        .with_columns(due_date=pl.when("is_quiet").then("due_date").otherwise("first"))
        .select(*candidates.columns, "due_date", "is_quiet")
    )


def with_rule(candidates: pl.DataFrame, history: History) -> pl.DataFrame:
    """The contact rule that forbids to ask candidates on their due date.

    Args:
        candidates: customer, due_date, is_quiet, quiet, needs_consent (whether not having refused is not enough).
        history: people, consents, unsubscriptions, bounces.

    Returns:
        The candidates with suppressed_by, one of RULES or null; rows in another order.
    """
    known = known_until(pl.col("due_date"), history.today)
    said = pl.when(pl.col("said_day").is_null() | (pl.col("said_day") <= pl.col("known"))).then("consent")
    judged = (
        candidates.with_columns(known=known)
        .join(history.people, on=CUSTOMER, how="left")
        .join(history.consents.rename({DAY: "said_day"}), on=CUSTOMER, how="left")
        .sort("known")
        .join_asof(
            history.outcomes.rename({DAY: "outcome_day"}),
            left_on="known",
            right_on="outcome_day",
            by=CUSTOMER,
            tolerance=timedelta(days=BOUNCE_DAYS),
            check_sortedness=False,
        )
        .with_columns(said=said)
    )
    rules = {
        "no_address": ~pl.col("has_email").fill_null(value=False),
        "refused": ~pl.col("said"),
        "no_consent": pl.col("needs_consent") & pl.col("said").is_null(),
        "unsubscribed": pl.col("left_day") <= pl.col("known"),
        "bounced": pl.col("bounced"),
        "asked_90_days": ~pl.col("is_quiet") & (pl.col("quiet") == TRANSACTIONAL),
        "asked_180_days": ~pl.col("is_quiet"),
    }
    broken = [pl.when(broken).then(pl.lit(rule)) for rule, broken in rules.items()]
    return judged.select(*candidates.columns, suppressed_by=pl.coalesce(*broken))
