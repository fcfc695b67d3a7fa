"""Small shops for the value tests: frames with the columns of sql/schema/core.sql, made of a few stated facts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from pipelines.periods import Clock, Span, Window
from pipelines.settings import Settings
from pipelines.value.month_end import Walk
from pipelines.value.sources import Frames, facts_of
from pipelines.warehouse.frames import frame as read

ZONE = "America/New_York"
SCHEMAS = Path(__file__).parents[2] / "sql" / "schema"


@cache
def ddl(schema, table, zone="UTC"):
    """Columns and types of a table as DuckDB returns them in a session of that zone."""
    with duckdb.connect() as connection:
        connection.execute(f"SET TimeZone = '{zone}'")
        connection.execute((SCHEMAS / f"{schema}.sql").read_text())
        return read(connection.sql(f"FROM {schema}.{table}")).schema


def at(text):
    """Instant of `YYYY-MM-DD HH:MM` in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day(instant):
    return instant.astimezone(ZoneInfo(ZONE)).date()


def span(first, last, as_of):
    """Months from the first to the last, both included, `YYYY-MM`."""
    year, month = map(int, last.split("-"))
    end = date(year + month // 12, month % 12 + 1, 1)
    return Span(Window(date.fromisoformat(f"{first}-01"), end), Clock(at(as_of), ZONE))


def order(order_id, customer, when, gross, *, refunded=None, refunded_at=None, cancelled=False):
    gross = None if gross is None else Decimal(gross)
    back = Decimal(refunded or 0)
    in_full = back > 0 and gross is not None and back >= gross
    return {
        "order_id": order_id,
        "source": "canonical",
        "customer_id": customer,
        "ordered_at": at(when),
        "order_date": day(at(when)),
        "status": "cancelled" if cancelled else "paid",
        "is_cancelled": cancelled,
        "gross": gross,
        "refunded": None if gross is None or refunded is None else back,
        "refunded_at": None if refunded_at is None else at(refunded_at),
        "net": Decimal(0) if cancelled else None if gross is None else gross - back,
        "counts": gross is not None and gross >= 0 and not cancelled and not in_full,
    }


def answer(response_id, customer, when, score):
    return {
        "response_id": response_id,
        "source": "canonical",
        "stage": "relational",
        "customer_id": customer,
        "order_link": "none",
        "responded_at": at(when),
        "response_date": day(at(when)),
        "score": score,
        "category": "promoter" if score >= 9 else "passive" if score >= 7 else "detractor",
    }


def referral(referral_id, advocate, friend, when, *, reward=None, credited=True):
    return {
        "referral_id": referral_id,
        "referred_at": at(when),
        "advocate_id": advocate,
        "friend_id": friend,
        "reward_cost": None if reward is None else Decimal(reward),
        "is_credited": credited,
    }


def frame(table, rows, zone="UTC"):
    """The rows as core.<table>, read in a session of that zone."""
    schema = ddl("core", table, zone)
    instants = {name: pl.Datetime("us", "UTC") for name, kind in schema.items() if isinstance(kind, pl.Datetime)}
    return pl.DataFrame(rows, schema={**schema, **instants}).cast(schema).lazy()


def shop(orders=(), responses=(), referrals=(), zone="UTC"):
    """The three inputs of the value tables."""
    return (
        frame("orders", list(orders), zone),
        frame("responses", list(responses), zone),
        frame("referrals", list(referrals), zone),
    )


def month_end(orders, month, clock):
    """The shop at a month's end."""
    facts = facts_of(Frames({"orders": orders}), clock=clock)
    return next(end for end in Walk(facts, [month], Settings()).ends() if end.month == month)


def people_of(end):
    """The customers at a month's end, with their ids."""
    return end.people.with_columns(end.facts.names.gather(end.people["customer_id"]))
