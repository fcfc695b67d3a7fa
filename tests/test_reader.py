"""A new analyst's questions, answered from names and comments alone: the SQL, the comment that leads to it, the answer.

Here: for each question the query that somebody who has read the comments writes, and the answer recomputed from core.*
by other means. Not here: the questions of the READMEs (test_readme.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from night import published

from pipelines.settings import Settings

# The newest complete 365 days.
YEAR = "grain = 'trailing_365d' AND is_complete AND month = '2025-05-01'"
IN_YEAR = "BETWEEN DATE '2024-06-01' AND DATE '2025-05-31'"


class Reader:
    """The published file, and what its comments say."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.sql(query).fetchall()

    def row(self, query: str) -> tuple[Any, ...]:
        [row] = self.rows(query)
        return row

    def says(self, name: str, *phrases: str) -> None:
        """The comment of a table (schema.table) or column (schema.table.column) has these words."""
        [(comment,)] = self.connection.execute(
            "SELECT comment FROM (SELECT schema_name || '.' || table_name AS name, comment FROM duckdb_tables() "
            "UNION ALL SELECT schema_name || '.' || table_name || '.' || column_name, comment FROM duckdb_columns()) "
            "WHERE name = $1",
            [name],
        ).fetchall()
        assert [phrase for phrase in phrases if phrase not in comment] == []


@pytest.fixture
def reader(simulated_year: Settings) -> Iterator[Reader]:
    with published(simulated_year) as connection:
        yield Reader(connection)


@pytest.mark.slow
def test_did_weighting_raise_the_score(reader: Reader) -> None:
    """By 0.2 points. The difference to nps, 2.0, is mostly that of other answers."""
    reader.says("nps.by_period.weighting_effect", "What weighting did to the score", "on the same answers")
    reader.says("nps.by_period.weighted_nps", "weighting_effect says what the weights changed", "does not")
    effect, apparent, linked = reader.row(
        f"SELECT weighting_effect, weighted_nps - nps, linked_nps FROM nps.by_period WHERE {YEAR} AND stage = 'all'"
    )
    assert (round(effect, 1), round(apparent, 1)) == (0.2, 2.0)
    assert (
        linked
        == reader.row(
            "SELECT nps(score) FROM counted('trailing_365d') WHERE order_id IS NOT NULL AND customer_id IS NOT NULL "
            "AND period_start = '2024-06-01'"
        )[0]
    )


@pytest.mark.slow
def test_why_is_the_year_lower_than_its_months(reader: Reader) -> None:
    """Because nps counts a customer once a window: counting every answer, the year is the mean of its months."""
    reader.says("nps.by_period", "A long window can score lower than each of the months in it", "every_nps")
    reader.says("nps.by_period.every_nps", "that of a year is the mean of its months, weighted by every_responses")
    year, every, answers, months, lower = reader.row(
        f"""
        SELECT any_value(y.nps), any_value(y.every_nps), any_value(y.every_responses),
            sum(m.every_nps * m.every_responses) / sum(m.every_responses), count(*) FILTER (m.nps < y.nps)
        FROM nps.by_period AS m, (FROM nps.by_period WHERE {YEAR} AND stage = 'all') AS y
        WHERE m.grain = 'month' AND m.stage = 'all' AND m.period_start BETWEEN y.period_start AND y.period_end - 1
        """
    )
    assert every == pytest.approx(months, abs=1e-9)
    assert (round(year), round(every), lower) == (25, 44, 1)
    assert answers == reader.row(f"SELECT count(*) FROM core.responses WHERE response_date {IN_YEAR}")[0]


def test_whom_does_the_year_s_score_speak_for(reader: Reader) -> None:
    """For 375 of 503 buyers; of all 503 only a range can be given, and it has no middle."""
    reader.says("nps.by_period", "does not speak for buyers who stayed silent", "nps.coverage", "nps.everybody")
    reader.says("nps.coverage.buyers", "Number of distinct customers")
    buyers, responded = reader.row(f"SELECT buyers, responded FROM nps.coverage WHERE {YEAR} AND dimension = 'all'")
    bought = f"SELECT DISTINCT customer_id FROM core.orders WHERE counts AND order_date {IN_YEAR}"
    assert (buyers, responded) == reader.row(
        f"SELECT count(*), count(*) FILTER (customer_id IN (SELECT customer_id FROM core.responses WHERE response_date "
        f"{IN_YEAR})) FROM ({bought})"
    )
    assert responded < buyers
    reader.says("nps.everybody", "What can be said of all buyers")
    ranges = reader.row(f"SELECT nps, nps_low, nps_high, buyers FROM nps.everybody WHERE {YEAR} AND method = 'range'")
    assert (ranges[0], ranges[3]) == (None, buyers)
    assert ranges[1] < ranges[2]


def test_who_is_likelier_to_leave(reader: Reader) -> None:
    """Detractors and passives are likelier to order nothing for a year than promoters."""
    reader.says("value.at_risk", "higher means likelier to order nothing for a year")
    reader.says("value.at_risk.churn_probability", "no order that counts in the 365 days", "not the probability")
    ranked = [
        category
        for (category,) in reader.rows(
            "SELECT category FROM value.at_risk WHERE month = '2025-05-01' AND category <> 'unsurveyed' "
            "ORDER BY churn_probability DESC"
        )
    ]
    assert ranked[-1] == "promoter"
    assert set(ranked) == {"promoter", "passive", "detractor"}


def test_is_the_change_of_the_newest_month_real(reader: Reader) -> None:
    """It fell by 28 points, which is more than chance, and both months have enough answers."""
    reader.says("nps.by_period.is_change_reliable", "Whether both windows of change")
    change, low, high, real, reliable, now, before = reader.row(
        "SELECT change, change_low, change_high, is_significant, is_change_reliable, responses, previous_responses "
        "FROM nps.by_period WHERE grain = 'month' AND stage = 'all' AND is_complete ORDER BY period_start DESC LIMIT 1"
    )
    assert (round(change), real, reliable) == (-28, True, True)
    assert low <= change <= high < 0
    assert min(now, before) >= 30


def test_which_country_scores_best(reader: Reader) -> None:
    """Ranked by pooled_nps and only where there are enough answers: not one of the many countries of a few answers."""
    reader.says("nps.by_segment.pooled_nps", "Rank segments by this column")
    reader.says(
        "nps.by_segment.is_reliable", "do not act on this score alone", "never with those of fewer than ten people"
    )
    best, answers = reader.row(
        f"SELECT segment, responses FROM nps.by_segment WHERE {YEAR} AND stage = 'all' AND dimension = 'country' "
        "AND segment <> 'unknown' AND is_reliable ORDER BY pooled_nps DESC LIMIT 1"
    )
    assert (best, answers) == ("GB", 87)


def test_which_figures_are_of_too_few_people(reader: Reader) -> None:
    """Those that a flag says: no score, change, gap or share of fewer than ten people is called reliable."""
    reader.says("nps.delivery_gap.is_gap_reliable", "never with fewer than ten")
    reader.says("nps.coverage.is_reliable", "never with fewer than ten")
    flagged, called = reader.row(
        "SELECT count(*), count(*) FILTER (is_reliable) FROM nps.by_segment WHERE responses < 10"
    )
    assert flagged > 1000
    wrong = (
        "SELECT 1 FROM nps.by_period WHERE responses < 10 AND is_reliable",
        "SELECT 1 FROM nps.by_segment WHERE least(responses, rest_responses) < 10 AND is_difference_reliable",
        "SELECT 1 FROM nps.by_segment WHERE least(responses, previous_responses) < 10 AND is_change_reliable",
        "SELECT 1 FROM nps.coverage WHERE responded < 10 AND is_reliable",
        "SELECT 1 FROM nps.delivery_gap WHERE least(pre_responses, post_responses) < 10 AND is_gap_reliable",
        "SELECT 1 FROM nps.drivers WHERE mentions < 10 AND is_reliable",
    )
    assert (called, [query for query in wrong if reader.rows(query)]) == (0, [])


def test_how_much_revenue_can_no_score_speak_for(reader: Reader) -> None:
    """None in this shop: every order names a customer."""
    reader.says("value.revenue.revenue_without_customer", "for which no score can speak", "revenue - revenue_without")
    unheard, whole = reader.row(
        "SELECT revenue_without_customer, revenue FROM value.revenue WHERE month = '2025-05-01'"
    )
    assert (
        unheard
        == reader.row(
            f"SELECT coalesce(sum(net), 0) FROM core.orders WHERE customer_id IS NULL AND order_date {IN_YEAR}"
        )[0]
    )
    assert unheard == 0 < whole


def test_what_has_been_recorded_of_the_future(reader: Reader) -> None:
    """core has rows after the clock; figures do not count them yet."""
    reader.says("core.responses", "Rows dated after the clock (NORTHSTAR_AS_OF) are in it", "figures count them when")
    reader.says("ops.state.name", "as_of (the clock)")
    clock = "(SELECT CAST(value AS TIMESTAMPTZ) FROM ops.state WHERE name = 'as_of')"
    [later], [orders] = (
        reader.row(f"SELECT count(*) FROM core.{table} WHERE {column} > {clock}")
        for table, column in (("responses", "responded_at"), ("orders", "ordered_at"))
    )
    [counted] = reader.row(
        "SELECT every_responses FROM nps.by_period WHERE grain = 'month' AND stage = 'all' AND NOT is_complete"
    )
    assert (counted + later,) == reader.row("SELECT count(*) FROM core.responses WHERE response_date >= '2025-06-01'")
    assert later + orders > 0


def test_in_which_states_is_an_order_s_customer(reader: Reader) -> None:
    """Every value that occurs is named and explained; a prospect's order is one that does not count."""
    values = reader.rows(
        "SELECT lifecycle, count(*) FILTER (NOT counts) = count(*) FROM core.order_segments JOIN core.orders "
        "USING (order_id) GROUP BY ALL"
    )
    reader.says("core.order_segments.lifecycle", *(f"{value} (" for value, _ in values), "unknown (", "lapsed (")
    assert dict(values)["prospect"]


def test_how_many_customers_does_the_top_tenth_belong_to(reader: Reader) -> None:
    """Those with an order of the year before that counts."""
    reader.says("core.spend_tiers.customers", "not cancelled, not refunded in full by then")
    [customers] = reader.row("SELECT customers FROM core.spend_tiers WHERE month = '2025-06-01'")
    assert (customers,) == reader.row(
        "SELECT count(DISTINCT customer_id) FROM core.orders WHERE NOT is_cancelled "
        "AND order_date >= DATE '2025-06-01' - 365 AND order_date < '2025-06-01' AND (refunded < gross OR gross = 0 "
        "OR CAST(timezone('Europe/Paris', refunded_at) AS DATE) >= '2025-06-01')"
    )
