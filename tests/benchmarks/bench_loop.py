"""Survey plan, contacts and audiences of the open month for a million customers: seconds, of processors, and memory."""

from __future__ import annotations

import resource
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from as_computed import as_computed

from pipelines.figures import BY_TABLE
from pipelines.figures.compute import compute
from pipelines.periods import Window
from pipelines.settings import Settings
from pipelines.warehouse.connection import Connection, opened
from pipelines.warehouse.read import Readings

CUSTOMERS = 1_000_000
TABLES = ("loop.survey_plan", "loop.contacts", "loop.audiences", "loop.audience_changes", "loop.audience_sizes")
MONTH = Window(date(2026, 6, 1), date(2026, 7, 1))
ALLOWED_GIB = 3
ALLOWED_SECONDS = 8
# Two orders a customer over two years, half of them followed by an invitation, two of five by an answer.
FILL = """
INSERT INTO core.customers BY NAME
SELECT left(md5('c' || i), 16) AS customer_id, 'registered' AS account_type, MAP {} AS attributes,
    hash(i, 1) % 50 <> 0 AS has_email,
    CASE WHEN i % 3 = 0 THEN TIMESTAMPTZ '2024-06-01 00:00:00+00' + to_days(CAST(hash(i, 2) % 740 AS INT)) END
        AS registered_at
FROM range($customers) AS t(i);
INSERT INTO core.consents
SELECT left(md5('c' || i), 16), hash(i, 3) % 10 <> 0, NULL,
    CASE WHEN hash(i, 11) % 100 = 0 THEN TIMESTAMPTZ '2025-06-01 00:00:00+00' END
FROM range(0, $customers, 2) AS t(i);
INSERT INTO core.orders BY NAME
SELECT 'o' || i AS order_id, 'shopify' AS source, left(md5('c' || (hash(i, 4) % $customers)), 16) AS customer_id,
    TIMESTAMPTZ '2024-06-01 00:00:00+00' + to_minutes(CAST(hash(i, 5) % (745 * 1440) AS BIGINT)) AS ordered_at,
    CAST(ordered_at AS DATE) AS order_date, 'paid' AS status, i % 50 = 0 AS is_cancelled, 'EUR' AS currency,
    50 AS gross, 0 AS refunded, 50 AS net, true AS counts,
    CASE WHEN i % 10 <> 0 THEN ordered_at + to_days(CAST(3 + hash(i, 6) % 5 AS INT)) END AS delivered_at
FROM range(2 * $customers) AS t(i);
INSERT INTO core.order_segments BY NAME
SELECT order_id, 'C' || hash(order_id, 1) % 12 AS country, 'P' || hash(order_id, 2) % 25 AS product_category,
    'B' || hash(order_id, 3) % 60 AS brand, 'registered' AS account_type, 'web' AS channel,
    '50-100' AS order_value_band, '1' AS purchase_count_band, 'new' AS lifecycle, '2025' AS cohort_year,
    'unknown' AS discounted
FROM core.orders;
INSERT INTO core.invitations BY NAME
SELECT 'i' || order_id AS invitation_id, 'retently' AS source, customer_id, ordered_at + INTERVAL 8 DAY AS invited_at,
    CAST(ordered_at + INTERVAL 8 DAY AS DATE) AS invited_date, hash(order_id, 9) % 20 <> 0 AS is_delivered,
    hash(order_id, 9) % 20 = 0 AS is_bounced, true AS is_declared
FROM core.orders WHERE hash(order_id, 10) % 2 = 0;
INSERT INTO core.responses BY NAME
SELECT 'r' || order_id AS response_id, 'retently' AS source, 'post_delivery' AS stage, customer_id,
    'none' AS order_link, ordered_at + INTERVAL 10 DAY AS responded_at,
    CAST(ordered_at + INTERVAL 10 DAY AS DATE) AS response_date, CAST(hash(order_id, 12) % 11 AS TINYINT) AS score,
    CASE WHEN score >= 9 THEN 'promoter' WHEN score >= 7 THEN 'passive' ELSE 'detractor' END AS category
FROM core.orders WHERE hash(order_id, 13) % 5 < 2;
INSERT INTO core.response_topics SELECT response_id, 'delivery' FROM core.responses;
INSERT INTO value.customers BY NAME
SELECT DATE '2026-06-01' AS month, customer_id, 'unsurveyed' AS category, count(*) AS orders, sum(net) AS revenue,
    50 AS average_order_value, min(ordered_at) AS first_order_at, max(ordered_at) AS last_order_at, 1 AS recency_days,
    1 AS tenure_days, 0.5 AS probability_alive, 1 AS expected_orders, 1 AS expected_order_value, 1 AS predicted_value,
    sum(net) AS historic_value, hash(customer_id) % 1000 AS lifetime_value, 1 AS expected_revenue_90d,
    1 AS revenue_at_risk_90d, 1 AS revenue_at_risk_180d, 1 AS calibrated_at_risk_90d, 0.1 AS order_probability_30d,
    0.2 AS order_probability_90d, hash(customer_id) % 100 / 100 AS order_probability_365d,
    hash(customer_id, 2) % 400 AS next_order_days, 0 AS orders_p10, 0 AS orders_p50, 0 AS orders_p90, 0 AS value_p10,
    0 AS value_p50, 0 AS value_p90
FROM core.orders GROUP BY customer_id;
INSERT INTO loop.answers_needed
SELECT DATE '2026-05-01', 'country', 'C' || i, 10, 10, 10, 10, 10, 0.1, 10, true, true, 5000 FROM range(3) AS t(i);
CHECKPOINT
"""


def fill(connection: Connection, customers: int) -> None:
    """The tables of core and value that the loop reads."""
    connection.execute(FILL.replace("$customers", str(customers)))


def test_plan_and_audiences_of_a_million_customers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = datetime(2026, 6, 15, 12, tzinfo=UTC)
    settings = Settings(home=tmp_path / "home", as_of=clock, salt="a salt for the tests")
    readings: Readings = {}
    lines = []
    with opened(settings) as connection:
        fill(connection, CUSTOMERS)
        as_computed(
            connection, settings, ("value.customers", "loop.answers_needed"), Window(date(2026, 5, 1), MONTH.end)
        )
        seconds = 0.0
        for table in TABLES:
            wall, processor = time.perf_counter(), time.process_time()
            made = compute(connection, BY_TABLE[table], MONTH, settings, run_id="bench", readings=readings)
            took = time.perf_counter() - wall, time.process_time() - processor
            seconds += took[0]
            lines.append(f"{table} {made.rows} rows: {took[0]:.1f} s, of processors {took[1]:.1f} s")
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    with capsys.disabled():
        print("", *lines, f"peak memory {gib:.2f} GiB", sep="\n")
    assert gib < ALLOWED_GIB
    # The queue, of bench_queue.py, has the rest of ten seconds.
    assert seconds < ALLOWED_SECONDS
