"""A warehouse of a million answers in twelve dimensions over 36 months, made by DuckDB without loading any file.

Here: the rows of the core tables that schema nps reads, and the query that sets the floor for schema nps. Not here:
the measurements.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

AS_OF = "2026-01-01T00:30:00+00:00"
MONTHS = 36

# How many segments each dimension has, `unknown` included.
DIMENSIONS = {
    "country": 12,
    "product_category": 25,
    "brand": 60,
    "account_type": 3,
    "channel": 4,
    "survey": 3,
    "order_value_band": 6,
    "spend_tier": 3,
    "rfm_group": 12,
    "delivery": 3,
    "purchase_count_band": 5,
    "months_since_purchase_band": 6,
    "lifecycle": 5,
}

# hash() is the same in every process, so every run has the same shop. A tenth is anonymous; of the others about half
# answer again. Segments are skewed: the root of a uniform number puts few answers into the last of them.
RESPONSES = """
CREATE OR REPLACE TEMP TABLE made AS
SELECT n, format('retently:{:07d}', n) AS response_id,
    CASE WHEN n % 10 <> 9 THEN left(md5('c' || hash(n, 1) % ($answers // 2)), 16) END AS customer_id,
    TIMESTAMPTZ '2023-01-01 00:00:00+00' + to_minutes(CAST(hash(n, 2) % (1096 * 1440) AS BIGINT)) AS responded_at,
    ['post_delivery', 'post_delivery', 'post_delivery', 'relational', 'pre_delivery'][
        1 + CAST(hash(n, 3) % 5 AS BIGINT)] AS stage,
    CAST([0, 3, 6, 7, 7, 8, 8, 9, 9, 9, 10, 10, 10][1 + CAST(hash(n, 4) % 13 AS BIGINT)] AS TINYINT) AS score
FROM range($answers) AS t(n);
INSERT INTO core.responses BY NAME
SELECT response_id, 'retently' AS source, 'after delivery' AS survey, stage, customer_id,
    CASE WHEN customer_id IS NOT NULL AND stage <> 'relational' THEN format('shopify:{:07d}', n // 2) END AS order_id,
    CASE WHEN customer_id IS NOT NULL AND stage <> 'relational' THEN 'inferred' ELSE 'none' END AS order_link,
    responded_at, CAST(responded_at AS DATE) AS response_date, score,
    CASE WHEN score >= 9 THEN 'promoter' WHEN score >= 7 THEN 'passive' ELSE 'detractor' END AS category,
    CASE WHEN customer_id IS NOT NULL THEN lead(responded_at) OVER (
        PARTITION BY customer_id, stage ORDER BY responded_at, response_id) END AS next_response_at,
    CASE WHEN n % 3 = 0 THEN 'the parcel came late and the price was fair, number ' || n END AS comment,
    'en' AS language, 'email' AS channel
FROM made;
INSERT INTO core.response_segments
SELECT response_id, dimension,
    CASE WHEN hash(n, dimension, 5) % 20 = 0 THEN 'unknown'
        -- The tables about weights and delivery know these by name.
        WHEN dimension = 'account_type' THEN ['guest', 'registered'][1 + CAST(hash(n, 6) % 2 AS BIGINT)]
        WHEN dimension = 'delivery' THEN ['late', 'on_time'][1 + CAST(hash(n, 6) % 2 AS BIGINT)]
        WHEN dimension = 'order_value_band' THEN $bands[1 + CAST(hash(n, dimension, 6) % len($bands) AS BIGINT)]
        ELSE format('{} {:02d}', dimension,
            CAST(floor(pow(hash(n, dimension, 6) % 1000000 / 1e6, 2) * (size - 1)) AS INT))
    END AS segment
FROM made CROSS JOIN (SELECT unnest($dimensions) AS dimension, unnest($sizes) AS size);
INSERT INTO core.response_topics
SELECT response_id, unnest(['delivery', ['price', 'quality', 'service', 'packaging'][1 + CAST(n // 3 % 4 AS BIGINT)]])
FROM made WHERE n % 3 = 0;
INSERT INTO core.orders BY NAME
SELECT format('shopify:{:07d}', n) AS order_id, 'shopify' AS source,
    CASE WHEN n % 10 <> 9 THEN left(md5('c' || hash(n, 1) % ($answers // 2)), 16) END AS customer_id,
    TIMESTAMPTZ '2023-01-01 00:00:00+00' + to_minutes(CAST(hash(n, 7) % (1096 * 1440) AS BIGINT)) AS ordered_at,
    CAST(ordered_at AS DATE) AS order_date, 'paid' AS status, n % 50 = 0 AS is_cancelled, 'EUR' AS currency,
    20 + hash(n, 8) % 20000 / 100 AS gross, CASE WHEN n % 40 = 1 THEN gross ELSE 0 END AS refunded,
    CASE WHEN n % 40 = 1 THEN ordered_at + INTERVAL 9 DAY END AS refunded_at, gross - refunded AS net,
    n % 50 <> 0 AND n % 40 <> 1 AS counts
FROM range($answers) AS t(n);
INSERT INTO core.order_segments BY NAME
SELECT order_id, format('country {:02d}', hash(order_id, 1) % 12) AS country,
    format('product_category {:02d}', hash(order_id, 2) % 25) AS product_category,
    format('brand {:02d}', hash(order_id, 3) % 60) AS brand,
    CASE WHEN hash(order_id, 4) % 3 = 0 THEN 'guest' ELSE 'registered' END AS account_type,
    format('channel {:02d}', hash(order_id, 5) % 4) AS channel,
    $bands[1 + CAST(hash(order_id, 6) % len($bands) AS BIGINT)] AS order_value_band,
    format('purchases {}', hash(order_id, 7) % 4) AS purchase_count_band,
    format('lifecycle {}', hash(order_id, 8) % 4) AS lifecycle, strftime(ordered_at, '%Y') AS cohort_year,
    'unknown' AS discounted
FROM core.orders;
INSERT INTO core.customers BY NAME
SELECT customer_id, 'registered' AS account_type, NULL AS country, MAP {} AS attributes, true AS has_email
FROM (SELECT customer_id FROM core.orders UNION SELECT customer_id FROM core.responses) WHERE customer_id IS NOT NULL;
INSERT INTO core.invitations BY NAME
SELECT 'i' || order_id AS invitation_id, 'retently' AS source, customer_id,
    ordered_at + INTERVAL 3 DAY AS invited_at, CAST(ordered_at + INTERVAL 3 DAY AS DATE) AS invited_date,
    hash(order_id, 9) % 20 <> 0 AS is_delivered, false AS is_declared
FROM core.orders WHERE hash(order_id, 10) % 2 = 0;
DROP TABLE made;
INSERT INTO ops.changes
SELECT 1, 'f1', DATE '2023-01-01', kind, $answers, TIMESTAMPTZ '2023-01-01 00:00:00+00'
FROM (VALUES ('core.responses'), ('core.response_segments'), ('core.orders'), ('core.order_segments'),
    ('core.customers'), ('core.invitations'), ('core.response_topics')) AS t(kind);
CHECKPOINT
"""

# The least any answer to the question costs: every row read, joined and counted once.
FLOOR = """
SELECT date_trunc('month', r.response_date) AS month, s.dimension, s.segment, count(*) AS answers,
    count(*) FILTER (r.category = 'promoter') AS promoters, count(*) FILTER (r.category = 'detractor') AS detractors
FROM core.responses AS r JOIN core.response_segments AS s USING (response_id)
GROUP BY ALL
"""


def fill(connection: duckdb.DuckDBPyConnection, answers: int, bands: Sequence[str]) -> None:
    """Insert that many answers, as many orders and what belongs to them into an opened, empty warehouse.

    bands: names of the order value bands.
    """
    values = {
        "answers": answers,
        "dimensions": list(DIMENSIONS),
        "sizes": list(DIMENSIONS.values()),
        "bands": list(bands),
    }
    for statement in RESPONSES.split(";\n"):
        used = {name: value for name, value in values.items() if f"${name}" in statement}
        connection.execute(statement, used)
