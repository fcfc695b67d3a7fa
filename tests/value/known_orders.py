"""Plain SQL that tables of value are held against: the orders of a shop as known at the end of each month.

Here: the statements, and running them on a small shop and on a simulated year. Not here: what each table makes of them.
"""

from __future__ import annotations

# Written without a look at the code: the shop as known at the end of each month, order by order.
KNOWN = """
CREATE OR REPLACE TEMP TABLE ends AS
SELECT DISTINCT month, least(CAST(month + INTERVAL 1 MONTH AS DATE), DATE '{today}' + 1) AS until,
    least(timezone('{zone}', CAST(month + INTERVAL 1 MONTH AS TIMESTAMP)), TIMESTAMPTZ '{clock}') AS instant
FROM value.by_category;
CREATE OR REPLACE TEMP TABLE known AS
SELECT e.month, o.*
FROM ends AS e, LATERAL (
    SELECT customer_id, order_id, ordered_at, order_date, country, channel, main_product_category AS product_category,
        CASE WHEN discount > 0 THEN 'discounted' WHEN discount = 0 THEN 'full_price' END AS discounted,
        gross - CASE WHEN coalesce(refunded_at < e.instant, true) THEN refunded ELSE 0 END AS net,
        NOT (coalesce(refunded_at < e.instant, true) AND refunded > 0 AND refunded >= gross) AND gross >= 0 AS counted
    FROM core.orders
    WHERE ordered_at <= TIMESTAMPTZ '{clock}' AND order_date < e.until AND NOT is_cancelled
        AND customer_id IS NOT NULL AND gross IS NOT NULL
) AS o;
"""


def prepare(connection, zone, clock, *further):
    """Run KNOWN and further statements, with the shop's zone and clock."""
    for text in (KNOWN, *further):
        connection.execute(text.format(zone=zone, clock=clock, today=clock[:10]))


SMALL = ("America/New_York", "2024-03-15 16:00:00+00")
YEAR = ("Europe/Paris", "2025-06-20 12:00:00+00")
