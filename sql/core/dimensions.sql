-- The dimensions, declared here and nowhere else: every column of the last SELECT except id is one (spend_tier comes
-- from response_spend.sql, customer attributes from attribute_segments.sql). A segment says how things stood at the
-- moment; NULL becomes unknown. Moments are answers or orders; order_segments.sql takes the dimensions that orders
-- have. Session: order_value_bands (ascending amounts), order_value_labels (names of the bands below, between and above
-- them). Temporary tables: moments (id, customer_id, order_id, moment, day, channel, survey), new_orders,
-- new_customers.
WITH before AS (
    SELECT id, count(*) FILTER (counted) AS purchases,
        min(order_date) FILTER (counted) AS first_date, max(order_date) FILTER (counted) AS last_date,
        arg_max(country, {'moment': ordered_at, 'id': order_id}) FILTER (country IS NOT NULL) AS country,
        count(*) AS orders
    FROM (
        -- A full refund after the moment had not happened yet. An order whose money cannot be converted is a purchase
        -- all the same.
        SELECT r.id, o.order_id, o.ordered_at, o.order_date, o.country,
            o.sold AND (NOT o.is_refunded_in_full OR coalesce(o.refunded_at > r.moment, false)) AS counted
        FROM moments AS r
        JOIN new_orders AS o ON o.customer_id = r.customer_id AND o.ordered_at <= r.moment
    )
    GROUP BY id
),
linked AS (
    SELECT order_id, country, main_product_category, main_brand, gross, delivered_at, promised_at, ordered_at
    FROM new_orders
    UNION ALL
    SELECT order_id, country, main_product_category, main_brand, gross, delivered_at, promised_at, ordered_at
    FROM core.orders
    WHERE order_id IN (SELECT order_id FROM moments) AND order_id NOT IN (SELECT order_id FROM new_orders)
)
SELECT
    r.id,
    coalesce(c.attributes['country'], o.country, b.country) AS country,
    o.main_product_category AS product_category,
    o.main_brand AS brand,
    CASE
        WHEN r.customer_id IS NULL THEN NULL
        WHEN c.account_type = 'registered' AND coalesce(c.registered_at <= r.moment, true) THEN 'registered'
        WHEN b.orders > 0 THEN 'guest'
        ELSE 'prospect'
    END AS account_type,
    r.channel,
    r.survey,
    CASE
        WHEN o.gross IS NULL THEN NULL
        ELSE getvariable('order_value_labels')[
            1 + len(list_filter(getvariable('order_value_bands'), lambda edge: edge <= o.gross))]
    END AS order_value_band,
    CASE
        WHEN o.delivered_at <= r.moment THEN
            CASE is_late(o.promised_at, o.delivered_at) WHEN true THEN 'late' WHEN false THEN 'on_time' END
    END AS delivery,
    CASE
        WHEN r.customer_id IS NULL THEN NULL
        WHEN coalesce(b.purchases, 0) = 0 THEN '0'
        WHEN b.purchases = 1 THEN '1' WHEN b.purchases <= 3 THEN '2-3' WHEN b.purchases <= 9 THEN '4-9' ELSE '10+'
    END AS purchase_count_band,
    CASE
        WHEN b.last_date IS NULL THEN NULL
        WHEN datesub('month', b.last_date, r.day) <= 1 THEN '0-1'
        WHEN datesub('month', b.last_date, r.day) <= 5 THEN '2-5'
        WHEN datesub('month', b.last_date, r.day) <= 8 THEN '6-8'
        WHEN datesub('month', b.last_date, r.day) <= 12 THEN '9-12'
        ELSE '13+'
    END AS months_since_purchase_band,
    CASE
        WHEN r.customer_id IS NULL THEN NULL
        WHEN b.last_date IS NULL THEN 'prospect'
        WHEN r.day - b.last_date > 365 THEN 'lapsed'
        WHEN b.purchases = 1 THEN 'new'
        ELSE 'active'
    END AS lifecycle,
    CAST(year(b.first_date) AS VARCHAR) AS cohort_year
FROM moments AS r
LEFT JOIN new_customers AS c USING (customer_id)
LEFT JOIN before AS b USING (id)
LEFT JOIN linked AS o ON o.order_id = r.order_id
