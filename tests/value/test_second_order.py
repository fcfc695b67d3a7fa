"""value.second_order: equal to plain SQL over core, customer by customer; and the landmark."""

from __future__ import annotations

import numpy as np
import pytest
from night import published
from value.known_orders import SMALL, YEAR, prepare
from warehouse.small_warehouse import computed_warehouse

from pipelines.statistics.skewed_mean import skewed_mean_interval

# Written without a look at the code: first and second day of each customer, the product of what stays, day by day.
PLAIN = """
CREATE OR REPLACE TEMP TABLE days AS SELECT DISTINCT month, customer_id, order_date FROM known WHERE counted;
CREATE OR REPLACE TEMP TABLE followed AS
SELECT f.*, e.until, date_diff('day', first_day, e.until - 1) AS watched,
    (SELECT date_diff('day', first_day, min(order_date)) FROM days AS d
        WHERE d.month = f.month AND d.customer_id = f.customer_id AND order_date > first_day) AS waited,
    coalesce((SELECT arg_min(category, (responded_at, response_id)) FROM core.responses AS r
        WHERE r.customer_id = f.customer_id AND responded_at <= TIMESTAMPTZ '{clock}'
            AND response_date <= first_day + 30), 'unsurveyed') AS category,
    (SELECT sum(net) FROM known AS k WHERE k.month = f.month AND k.customer_id = f.customer_id
        AND order_date BETWEEN first_day AND first_day + 364) AS brought
FROM (
    SELECT DISTINCT ON (month, customer_id) month, customer_id, order_date AS first_day,
        coalesce(product_category, 'unknown') AS product_category, coalesce(discounted, 'unknown') AS discounted
    FROM known WHERE counted ORDER BY month, customer_id, ordered_at, order_id
) AS f JOIN ends AS e USING (month);
CREATE OR REPLACE TEMP TABLE ended AS
SELECT *, coalesce(waited <= 365, false) AS is_event,
    CASE WHEN is_event THEN waited ELSE least(watched, 365) END AS stayed,
    watched > 0 AND first_day >= until - INTERVAL 24 MONTH AS is_followed, watched BETWEEN 365 AND 729 AS is_whole
FROM followed;
CREATE OR REPLACE TEMP TABLE long AS
UNPIVOT (SELECT *, 'all' AS "all" FROM ended) ON "all", product_category, discounted, category
INTO NAME dimension VALUE segment;
DELETE FROM long WHERE dimension = 'category' AND stayed <= 30;
"""
RATES = """
WITH chosen AS (SELECT * FROM long WHERE is_followed),
days_of AS (SELECT DISTINCT month, dimension, segment, stayed FROM chosen WHERE is_event),
steps AS (
    SELECT d.month, d.dimension, d.segment, d.stayed, count(*) FILTER (c.stayed >= d.stayed) AS n,
        count(*) FILTER (c.stayed = d.stayed AND is_event) AS events
    FROM days_of AS d JOIN chosen AS c USING (month, dimension, segment) GROUP BY ALL
),
groups AS (SELECT month, dimension, segment, count(*) AS customers FROM chosen GROUP BY ALL),
read AS (
    SELECT g.*, h AS horizon_days,
        (SELECT count(*) FROM chosen AS c WHERE (c.month, c.dimension, c.segment) = (g.month, g.dimension, g.segment)
            AND stayed >= h) AS at_risk,
        (SELECT coalesce(product(1 - events / n), 1) FROM steps AS s
            WHERE (s.month, s.dimension, s.segment) = (g.month, g.dimension, g.segment) AND s.stayed <= h) AS survival
    FROM groups AS g, (VALUES (30), (60), (90), (180), (365)) AS v(h)
)
SELECT month, dimension, segment, horizon_days, customers, at_risk,
    CASE WHEN at_risk >= 10 AND (dimension <> 'category' OR horizon_days > 30) THEN 1 - survival END AS rate
FROM read ORDER BY ALL"""


@pytest.fixture(scope="module")
def small_shop(tmp_path_factory):
    """With refunds, cancelled orders and a clock within a month."""
    with computed_warehouse(tmp_path_factory.mktemp("second")) as (connection, settings):
        prepare(connection, *SMALL, PLAIN)
        yield connection, settings


@pytest.fixture(scope="module")
def year(simulated_year):
    """With discounts and answers, and most customers with several orders."""
    with published(simulated_year) as connection:
        connection.execute("SET TimeZone = 'Europe/Paris'")
        prepare(connection, *YEAR, PLAIN)
        yield connection, simulated_year


@pytest.fixture(params=["small_shop", "year"])
def shop(request):
    return request.getfixturevalue(request.param)


def test_rates_equal_plain_sql(shop):
    connection, _ = shop
    expected = connection.sql(RATES).fetchall()
    made = connection.sql(
        "SELECT month, dimension, segment, horizon_days, customers, at_risk, second_order_rate FROM value.second_order "
        "ORDER BY ALL"
    ).fetchall()
    assert len(made) > 40
    assert [row[:-1] for row in made] == [row[:-1] for row in expected]
    assert [row[-1] is None for row in made] == [row[-1] is None for row in expected]
    rates = [[row[-1] for row in rows if row[-1] is not None] for rows in (made, expected)]
    assert len(rates[0]) > 10
    assert rates[0] == pytest.approx(rates[1], abs=1e-12)


def test_what_first_orders_bring_in_a_year_equals_plain_sql(year):
    connection, settings = year
    cells = connection.sql(
        "SELECT s.month, s.dimension, s.segment, value_customers, value_365d, value_low, value_high, value_reason, "
        "list(CAST(brought AS DOUBLE) ORDER BY customer_id) FROM value.second_order AS s "
        "LEFT JOIN long AS l ON (l.month, l.dimension, l.segment) = (s.month, s.dimension, s.segment) AND is_whole "
        "WHERE horizon_days = 365 GROUP BY ALL"
    ).fetchall()
    seen = 0
    for *_, customers, value, low, high, reason, brought in cells:
        amounts = np.array([amount for amount in brought if amount is not None])
        assert len(amounts) == customers
        if not customers:
            assert (value, low, high, reason) == (None, None, None, "no year has passed")
            continue
        assert float(value) == pytest.approx(amounts.mean(), abs=0.005001)
        alone = skewed_mean_interval(amounts, confidence=settings.confidence)
        assert reason == ("fewer than 10 customers" if len(amounts) < 10 else alone.reason)
        if reason is None:
            seen += 1
            assert (low, high) == pytest.approx((alone.low, alone.high), rel=1e-7, abs=1e-6)
    assert seen > 5


def test_a_rate_lies_in_its_interval_and_grows_with_the_horizon(year):
    connection, _ = year
    assert connection.sql(
        "SELECT count(*) FROM value.second_order WHERE NOT second_order_rate BETWEEN rate_low AND rate_high"
    ).fetchall() == [(0,)]
    assert connection.sql(
        "SELECT count(*) FROM (SELECT second_order_rate - lag(second_order_rate) OVER (PARTITION BY month, dimension, "
        "segment ORDER BY horizon_days) AS grown FROM value.second_order) WHERE grown < 0"
    ).fetchall() == [(0,)]
    [(whole, categories)] = connection.sql(
        "SELECT count(*) FILTER (dimension = 'all' AND rate_low IS NOT NULL), "
        "count(*) FILTER (dimension = 'category' AND rate_low IS NOT NULL) FROM value.second_order"
    ).fetchall()
    assert whole > 5
    assert categories > 5
