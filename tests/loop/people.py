"""A few people and what they did, as the frames that the survey plan and the audiences read.

Here: making the frames from rows written by hand. Not here:
expectations.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl

from pipelines.loop.survey_plan import Facts, survey_plan
from pipelines.periods import Clock, Span, Window, next_month
from pipelines.settings import Settings

NAMES = [f"c{number}" for number in range(10)]
NUMBERS = {name: number for number, name in enumerate(NAMES)}
INSTANT = pl.Datetime("us", "UTC")
NEEDED = {"month": pl.Date, "dimension": pl.String, "segment": pl.String, "invitations_to_add": pl.Int64}
SEGMENTS = ("country", "brand")


def day(text):
    return date.fromisoformat(text)


def noon(of):
    """Noon of a day, UTC."""
    return None if of is None else datetime(of.year, of.month, of.day, 12, tzinfo=UTC)


def at(text):
    """A clock at noon of a day."""
    return Clock(noon(day(text)), "UTC")


class People:
    """What ten people did; rows are added by name and day."""

    def __init__(self):
        self.orders, self.responses, self.invitations, self.consents, self.needed = [], [], [], [], []
        self.without_address, self.registered = set(), {}

    def order(self, who, when, delivered=None, *, cancelled=False, country="DE"):
        self.orders.append((NUMBERS[who], day(when), delivered and noon(day(delivered)), cancelled, country))
        return self

    def answer(self, who, when):
        self.responses.append((NUMBERS[who], day(when)))
        return self

    def invite(self, who, when, *, delivered=None, bounced=None, unsubscribed=None):
        left = unsubscribed and noon(day(unsubscribed))
        self.invitations.append((NUMBERS[who], day(when), delivered, bounced, left))
        return self

    def consent(self, who, *, given=True, since=None):
        self.consents.append((who, given, since and noon(day(since))))
        return self

    def permissions(self):
        """Rows of core.consents."""
        left = {}
        for number, *_, instant in self.invitations:
            if instant:
                left[NAMES[number]] = min(instant, left.get(NAMES[number], instant))
        said = {who: (given, since) for who, given, since in self.consents}
        return [(who, *said.get(who, (None, None)), left.get(who)) for who in sorted({*said, *left})]

    def need(self, month, segment, invitations, dimension="country"):
        self.needed.append((day(month), dimension, segment, invitations))
        return self

    def frames(self, clock):
        """The frames by name, as they are read: nothing after the clock."""
        orders = pl.DataFrame(
            sorted((row for row in self.orders if not row[3]), key=lambda row: row[1]),
            {"customer": pl.UInt64, "day": pl.Date, "delivered_at": INSTANT, "is_cancelled": pl.Boolean}
            | {"country": pl.String},
            orient="row",
        ).with_row_index("order_id")
        orders = orders.with_columns(ordered_at=pl.col("day").cast(INSTANT), name=pl.format("o{}", "order_id"))
        happened = pl.col("day") <= clock.today
        invitations = pl.DataFrame(
            self.invitations,
            {"customer": pl.UInt64, "day": pl.Date, "is_delivered": pl.Boolean, "is_bounced": pl.Boolean}
            | {"unsubscribed_at": INSTANT},
            orient="row",
        )
        return {
            "orders": orders.drop("country", "is_cancelled").filter(happened).lazy(),
            "order_segments": orders.select("order_id", "country", brand=pl.lit("Acme")).lazy(),
            "responses": pl.DataFrame(self.responses, {"customer": pl.UInt64, "day": pl.Date}, orient="row")
            .filter(happened)
            .lazy(),
            "invitations": invitations.drop("unsubscribed_at").filter(happened).lazy(),
            "customers": pl.DataFrame(
                {
                    "customer": range(len(NAMES)),
                    "customer_id": NAMES,
                    "has_email": [name not in self.without_address for name in NAMES],
                    "registered_at": [noon(self.registered.get(name)) for name in NAMES],
                },
                {"customer": pl.UInt64, "customer_id": pl.String, "has_email": pl.Boolean, "registered_at": INSTANT},
            ).lazy(),
            "consents": pl.DataFrame(
                [(NUMBERS[who], *said) for who, *said in self.permissions()],
                {"customer": pl.UInt64, "consent": pl.Boolean, "consent_at": INSTANT, "unsubscribed_at": INSTANT},
                orient="row",
            ).lazy(),
        }

    def plan(self, month, clock):
        """Rows of loop.survey_plan of a month: customer_id, reason, due_date, suppressed_by, detail."""
        span = Span(Window(day(month), next_month(day(month))), at(clock))
        needed = pl.DataFrame(self.needed, NEEDED, orient="row").lazy()
        rows = survey_plan(*self.frames(span.clock).values(), needed, span=span, settings=Settings())
        return [
            (name, reason, f"{due:%m-%d}", rule)
            for name, reason, due, rule in rows.select("customer_id", "reason", "due_date", "suppressed_by")
            .sort("customer_id", "due_date", "reason")
            .rows()
        ]


def facts(people, clock):
    return Facts.of(**people.frames(clock), clock=clock)


def days(number):
    return timedelta(days=number)
