-- core.orders for the orders in scope: the newest version of each, its money in the reporting currency. Session:
-- reporting_currency (NULL when undecided; money is then NULL). Temporary tables: current_orders, current_lines,
-- current_rates, people, new_files, status_meanings. A status that nobody knows counts as paid (ops.doubts tells it); a
-- refund that states no amount is the whole total. Three columns more than the table has: sold and is_refunded_in_full, which
-- dimensions.sql needs as of the time of an answer and whether or not the money can be converted, and the file that
-- changed the order.
WITH dated AS (
    SELECT o.*, business_date(o.ordered_at) AS order_date, m.meaning,
        coalesce(nullif(lower(trim(label(o.status))), ''), 'open') AS state
    FROM current_orders AS o
    LEFT JOIN vault.raw.files AS f ON f.file_id = o.file_id
    LEFT JOIN status_meanings AS m ON m.status = o.status AND m.format = f.format AND m.source = o.source
),
rated AS (
    SELECT o.*,
        rate_of(o.currency, o.order_date, r.date, r.rate) AS rate
    FROM dated AS o
    ASOF LEFT JOIN current_rates AS r ON o.currency = r.currency AND o.order_date >= r.date
),
money AS (
    SELECT *, coalesce(meaning IN ('cancelled', 'never_paid', 'test'), false) AS is_cancelled,
        converted(total, rate) AS gross,
        converted(given_back, rate) AS returned, given_back > 0 AND given_back >= total AS is_refunded_in_full
    FROM (
        SELECT *, CASE WHEN meaning = 'refunded' AND coalesce(refunded, 0) = 0 THEN total ELSE coalesce(refunded, 0) END
            AS given_back
        FROM rated
    )
),
lines AS (
    SELECT order_id, sum(quantity) AS items FROM current_lines GROUP BY order_id
),
categories AS (
    SELECT order_id, arg_max(product_category, (worth, product_category)) AS main_product_category
    FROM (
        SELECT order_id, product_category, sum(worth) AS worth
        FROM current_lines WHERE product_category IS NOT NULL GROUP BY ALL
    ) GROUP BY order_id
),
brands AS (
    SELECT order_id, arg_max(brand, (worth, brand)) AS main_brand
    FROM (
        SELECT order_id, brand, sum(worth) AS worth
        FROM current_lines WHERE brand IS NOT NULL GROUP BY ALL
    ) GROUP BY order_id
)
SELECT
    m.full_id AS order_id,
    m.source,
    p.customer_id,
    m.ordered_at,
    m.order_date,
    m.promised_at,
    m.fulfilled_at,
    m.delivered_at,
    days_late(m.promised_at, m.delivered_at) AS days_late,
    m.state AS status,
    m.is_cancelled,
    m.is_guest,
    label(m.channel) AS channel,
    label(m.country) AS country,
    coalesce(m.currency, getvariable('reporting_currency')) AS currency,
    m.gross,
    m.returned AS refunded,
    m.refunded_at,
    CAST(CASE WHEN m.is_cancelled THEN 0 ELSE m.gross - m.returned END AS DECIMAL(18, 2)) AS net,
    NOT m.is_cancelled AND m.gross IS NOT NULL AND m.gross >= 0
        AND NOT (m.returned > 0 AND m.returned >= m.gross) AS counts,
    l.items,
    c.main_product_category,
    b.main_brand,
    NOT m.is_cancelled AND m.total >= 0 AS sold,
    m.is_refunded_in_full,
    n.file_id
FROM money AS m
LEFT JOIN people AS p ON p.identity = m.identity
LEFT JOIN lines AS l ON l.order_id = m.full_id
LEFT JOIN categories AS c ON c.order_id = m.full_id
LEFT JOIN brands AS b ON b.order_id = m.full_id
LEFT JOIN new_files AS n ON n.file_id = m.file_id
