-- core.orders for the orders in scope: the newest version of each, its money in the reporting currency. Session:
-- reporting_currency (NULL when undecided; money is then NULL). Temporary tables: current_orders, line_totals,
-- current_rates, people, new_files, status_meanings. A status that nobody knows counts as paid (ops.doubts tells it); a
-- refund that states no amount is the whole total. Five columns more than the table has: the numbers of the order and
-- of its person, which are joined instead of the ids; sold and is_refunded_in_full, which history.sql needs as of the
-- time of an answer and whether or not the money can be converted; and the file that changed the order.
WITH dated AS (
    SELECT o.*, o.rowid AS order_no, business_date(o.ordered_at) AS order_date, m.meaning,
        coalesce(nullif(lower(trim(label(o.status))), ''), 'open') AS state
    FROM current_orders AS o
    LEFT JOIN vault.raw.files AS f ON f.file_id = o.file_id
    LEFT JOIN status_meanings AS m ON m.status = o.status AND m.format = f.format AND m.source = o.source
),
-- By day: to look for the rate of each order would sort all orders, 2 s of processor per million.
rates AS (
    SELECT o.currency, o.order_date, rate_of(o.currency, o.order_date, r.date, r.rate) AS rate
    FROM (SELECT DISTINCT currency, business_date(ordered_at) AS order_date FROM current_orders) AS o
    ASOF LEFT JOIN current_rates AS r ON o.currency = r.currency AND o.order_date >= r.date
),
money AS (
    SELECT *, coalesce(meaning IN ('cancelled', 'never_paid', 'test'), false) AS is_cancelled,
        converted(total, rate) AS gross,
        -- Some exports write what was taken off as a negative amount.
        converted(abs(discount), rate) AS taken_off,
        converted(given_back, rate) AS returned, given_back > 0 AND given_back >= total AS is_refunded_in_full
    FROM (
        SELECT o.*, r.rate,
            CASE WHEN o.meaning = 'refunded' AND coalesce(o.refunded, 0) = 0 THEN o.total ELSE coalesce(o.refunded, 0) END
                AS given_back
        FROM dated AS o
        LEFT JOIN rates AS r ON r.order_date = o.order_date AND r.currency IS NOT DISTINCT FROM o.currency
    )
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
    m.taken_off AS discount,
    m.returned AS refunded,
    m.refunded_at,
    CAST(CASE WHEN m.is_cancelled THEN 0 ELSE m.gross - m.returned END AS DECIMAL(18, 2)) AS net,
    NOT m.is_cancelled AND m.gross IS NOT NULL AND m.gross >= 0
        AND NOT (m.returned > 0 AND m.returned >= m.gross) AS counts,
    l.items,
    l.main_product_category,
    l.main_brand,
    m.order_no,
    p.person_no,
    NOT m.is_cancelled AND m.total >= 0 AS sold,
    m.is_refunded_in_full,
    n.file_id
FROM money AS m
LEFT JOIN people AS p ON p.identity = m.identity
LEFT JOIN line_totals AS l ON l.order_no = m.order_no
LEFT JOIN new_files AS n ON n.file_id = m.file_id
