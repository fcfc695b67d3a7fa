"""value.cohorts: equal to plain SQL over core, in a simulated shop and in a real one; and the landmark by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from night import published
from polars.testing import assert_frame_equal
from scipy.stats import binomtest
from value.known_orders import SMALL, YEAR, prepare
from warehouse.small_warehouse import computed_warehouse

from pipelines.statistics.skewed_mean import skewed_mean_interval, skewed_means
from pipelines.warehouse.frames import frame

PLAIN = """
CREATE OR REPLACE TEMP TABLE firsts AS
SELECT DISTINCT ON (month, customer_id) month, customer_id,
    CAST(date_trunc('month', order_date) AS DATE) AS cohort_month,
    coalesce(country, 'unknown') AS country, coalesce(channel, 'unknown') AS channel,
    coalesce(product_category, 'unknown') AS product_category, coalesce(discounted, 'unknown') AS discounted
FROM known WHERE counted ORDER BY month, customer_id, ordered_at, order_id;
CREATE OR REPLACE TEMP TABLE customers AS
SELECT f.*, sum(net) AS revenue,
    bool_or(counted AND date_trunc('month', order_date) = f.month) AS is_active,
    coalesce((
        SELECT arg_min(category, (responded_at, response_id)) FROM core.responses AS r
        WHERE r.customer_id = f.customer_id AND responded_at <= TIMESTAMPTZ '{clock}'
            AND response_date < f.cohort_month + INTERVAL 2 MONTH
    ), 'unsurveyed') AS category
FROM firsts AS f JOIN known AS k USING (month, customer_id) GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE long AS
UNPIVOT (SELECT *, 'all' AS "all" FROM customers) ON "all", country, product_category, channel, discounted, category
INTO NAME dimension VALUE segment;
"""
COUNTED = """
SELECT month, cohort_month, dimension, segment, date_diff('month', cohort_month, month) AS months_since,
    count(*) AS customers, count(*) FILTER (is_active) AS active,
    -- In whole cents: a quotient of decimals is a DOUBLE, which rounds some halves down.
    sign(sum(revenue)) * ((2 * CAST(100 * abs(sum(revenue)) AS BIGINT) + count(*)) // (2 * count(*))) / 100
        AS revenue_per_customer
FROM long
WHERE dimension <> 'category' OR month >= cohort_month + INTERVAL 2 MONTH
GROUP BY ALL ORDER BY ALL"""


@pytest.fixture(scope="module")
def small_shop(tmp_path_factory):
    """With refunds, cancelled orders and a clock within a month."""
    with computed_warehouse(tmp_path_factory.mktemp("cohorts")) as (connection, settings):
        prepare(connection, *SMALL, PLAIN)
        yield connection, settings


@pytest.fixture(scope="module")
def year(simulated_year):
    """With channels, discounts and answers, and most customers with several orders."""
    with published(simulated_year) as connection:
        connection.execute("SET TimeZone = 'Europe/Paris'")
        prepare(connection, *YEAR, PLAIN)
        yield connection, simulated_year


@pytest.fixture(params=["small_shop", "year"])
def shop(request):
    return request.getfixturevalue(request.param)


def test_cohorts_equal_plain_sql(shop):
    connection, _ = shop
    expected = frame(connection.sql(COUNTED))
    made = frame(connection.sql("FROM value.cohorts")).select(expected.columns)
    assert made.height > 90
    assert set(made["dimension"]) == {"all", "country", "product_category", "channel", "discounted", "category"}
    assert_frame_equal(made.sort(made.columns[:4]), expected.cast(dict(made.schema)))


def test_intervals_are_those_of_each_cell_alone(shop):
    connection, settings = shop
    cells = connection.sql(
        "SELECT month, cohort_month, dimension, segment, c.active, c.customers, retention_low, retention_high, "
        "revenue_low, revenue_high, revenue_reason, list(CAST(l.revenue AS DOUBLE)) FROM value.cohorts AS c "
        "JOIN long AS l USING (month, cohort_month, dimension, segment) GROUP BY ALL"
    ).fetchall()
    assert len(cells) > 90
    for *_, active, customers, low, high, revenue_low, revenue_high, reason, revenue in cells:
        assert len(revenue) == customers
        wilson = binomtest(active, customers).proportion_ci(0.95, method="wilson")
        assert (low, high) == pytest.approx((wilson.low, wilson.high), abs=1e-9)
        alone = skewed_mean_interval(np.array(revenue), confidence=settings.confidence)
        assert reason == ("fewer than 30 customers" if customers < 30 else alone.reason)
        if reason is None:
            assert (revenue_low, revenue_high) == pytest.approx((alone.low, alone.high), rel=1e-7, abs=1e-6)


def test_the_first_month_has_everybody_and_months_to_come_have_no_row(small_shop):
    connection, _ = small_shop
    assert connection.sql(
        "SELECT bool_and(active = customers) FROM value.cohorts WHERE months_since = 0 AND dimension = 'all'"
    ).fetchall() == [(True,)]
    assert connection.sql("SELECT max(month), bool_or(NOT is_complete) FROM value.cohorts").fetchall() == [
        (date(2024, 3, 1), True)
    ]
    assert connection.sql(
        "SELECT count(*) FROM value.cohorts WHERE is_complete = (month = DATE '2024-03-01')"
    ).fetchall() == [(0,)]


def test_groups_without_spread_have_no_interval():
    low, high = skewed_means(np.array([1, 4]), np.array([5.0, 5.0]), np.zeros(2), np.zeros(2), confidence=0.95)
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_without_skewness_the_ends_are_those_of_the_limit():
    values = np.array([1.0, 2.0, 3.0])
    spread = values - values.mean()
    low, high = skewed_means(
        np.array([3]), np.array([2.0]), np.array([(spread**2).sum()]), np.array([0.0]), confidence=0.95
    )
    alone = skewed_mean_interval(values, confidence=0.95, can_be_negative=True)
    assert (low.item(), high.item()) == pytest.approx((alone.low, alone.high))
