"""The headlines of the published file: the newest score, what customers are worth, what was left out.

Here: reading them for the summary after a run. Not here: wording (assets/summary.py) and computing any figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from pipelines.core.currency import NO_CURRENCY
from pipelines.ops.doubts import Doubted, doubted
from pipelines.ops.files import MostlyRefused, mostly_refused, statuses
from pipelines.ops.published import opened_published
from pipelines.settings import Settings
from pipelines.statistics.own_point import FEWEST
from pipelines.value.facts import CATEGORIES

MOST_DOUBTS = 10


@dataclass(frozen=True)
class Score:
    """NPS of a complete month, in points, with its interval and its change to the month before.

    is_change_reliable: whether both months have enough answers; None without a month before.
    """

    month: date
    nps: float
    low: float
    high: float
    responses: int
    is_reliable: bool
    change: float | None
    change_low: float | None
    change_high: float | None
    is_change_reliable: bool | None


@dataclass(frozen=True)
class Year:
    """NPS of the 365 days that end with a month, in points, and what is needed to read it beside others.

    every_*: of all answers, not only each customer's latest. linked_*: of the answers that weighted_nps uses. buyers,
    answered: distinct buyers of these days, and how many of them answered; None where nobody bought. everybody_*: the
    range of what the score of all buyers may be; None where too few answered to tell.
    """

    last_day: date
    nps: float
    low: float
    high: float
    responses: int
    is_reliable: bool
    every_nps: float
    every_responses: int
    weighted_nps: float | None
    linked_nps: float | None
    linked_responses: int | None
    weighting_effect: float | None
    buyers: int | None
    answered: int | None
    everybody_low: float | None
    everybody_high: float | None


@dataclass(frozen=True)
class Worth:
    """Average value of a customer of one category so far, in the reporting currency; no interval for few customers.

    is_reliable: whether there are as many customers as a figure needs.
    """

    category: str
    total: float
    low: float | None
    high: float | None
    customers: int

    @property
    def is_reliable(self) -> bool:
        """At least FEWEST customers."""
        return self.customers >= FEWEST


@dataclass(frozen=True)
class LeftOut:
    """What landed but does not count: paths by status, refused rows, repeated answers, orders without a rate."""

    files: dict[str, int]
    refused_rows: int
    superseded_answers: int
    orders_without_rate: int
    mostly_refused: list[MostlyRefused]
    more_mostly_refused: int


@dataclass(frozen=True)
class Headlines:
    """score: of the newest complete month with answers. year: of the 365 days to its end. worth: by category.

    currency: None if it is not known. doubts: what counts and may be wrong, the gravest first;
    more_doubts: how many are not listed.
    """

    score: Score | None
    year: Year | None
    worth: list[Worth]
    currency: str | None
    left_out: LeftOut
    doubts: list[Doubted]
    more_doubts: int


def headlines(settings: Settings) -> Headlines | None:
    """The headlines of the published file, or None before the first publishing."""
    if not settings.published_path.exists():
        return None
    with opened_published(settings) as connection:
        listed, more = doubted(connection, MOST_DOUBTS)
        score = _score(connection)
        return Headlines(
            score=score,
            year=_year(connection, score.month) if score else None,
            worth=_worth(connection),
            currency=reporting_currency(connection),
            left_out=_left_out(connection, settings),
            doubts=listed,
            more_doubts=more,
        )


def reporting_currency(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The currency of the published file's money; None where none is known, or several and none is set."""
    [(currency,)] = connection.sql("SELECT max(value) FROM ops.state WHERE name = 'reporting_currency'").fetchall()
    return None if currency in {"", NO_CURRENCY} else currency


def _score(connection: duckdb.DuckDBPyConnection) -> Score | None:
    rows = connection.sql(
        "SELECT period_start, nps, nps_low, nps_high, responses, is_reliable, change, change_low, change_high, "
        "is_change_reliable "
        "FROM nps.by_period WHERE grain = 'month' AND stage = 'all' AND is_complete ORDER BY period_start DESC LIMIT 1"
    ).fetchall()
    return Score(*rows[0]) if rows else None


def _year(connection: duckdb.DuckDBPyConnection, month: date) -> Year | None:
    rows = connection.sql(
        "SELECT p.period_end - 1, p.nps, p.nps_low, p.nps_high, p.responses, p.is_reliable, p.every_nps, "
        "p.every_responses, p.weighted_nps, p.linked_nps, p.linked_responses, p.weighting_effect, "
        "c.buyers, c.responded, e.nps_low, e.nps_high "
        "FROM nps.by_period AS p LEFT JOIN nps.coverage AS c "
        "ON c.grain = p.grain AND c.period_start = p.period_start AND c.dimension = 'all' "
        "LEFT JOIN nps.everybody AS e "
        "ON e.grain = p.grain AND e.period_start = p.period_start AND e.method = 'range' "
        "WHERE p.grain = 'trailing_365d' AND p.stage = 'all' AND p.is_complete AND p.month = $month",
        params={"month": month},
    ).fetchall()
    return Year(*rows[0]) if rows else None


def _worth(connection: duckdb.DuckDBPyConnection) -> list[Worth]:
    rows = connection.sql(
        "SELECT category, total_value, total_value_low, total_value_high, customers FROM value.promoter_value "
        "WHERE month = (SELECT max(month) FROM value.promoter_value) AND list_contains($categories, category) "
        "ORDER BY list_position($categories, category)",
        params={"categories": list(CATEGORIES)},
    ).fetchall()
    return [Worth(*row) for row in rows]


def _left_out(connection: duckdb.DuckDBPyConnection, settings: Settings) -> LeftOut:
    [(refused, superseded, without_rate)] = connection.sql(
        "SELECT (SELECT count(*) FROM ops.rejected WHERE superseded_by IS NULL), "
        "(SELECT count(*) FROM ops.superseded), (SELECT count(*) FROM core.orders WHERE gross IS NULL)"
    ).fetchall()
    listed, more = mostly_refused(connection, settings)
    return LeftOut(statuses(connection), refused, superseded, without_rate, listed, more)
