-- The dimensions, declared here and nowhere else: every column of the last SELECT except id is one (spend_tier and
-- rfm_group come from response_standing.sql, customer attributes from attribute_segments.sql). A segment says how things stood at the
-- moment; NULL becomes unknown. Moments are answers or orders; order_segments.sql takes the dimensions that orders
-- have. Session: order_value_bands (ascending amounts), order_value_labels (names of the bands below, between and above
-- them). Temporary relations: moments (id, person_no, customer_id, moment, day, channel, survey, then what is known of
-- the order linked to the moment, and what history.sql says of the person at the moment), refunded_later, new_customers.
WITH standing AS (
    SELECT r.id, count(*) AS purchases, min(o.order_date) AS first_date, max(o.order_date) AS last_date
    FROM moments AS r
    JOIN refunded_later AS o ON o.person_no = r.person_no AND o.days_30 = days_30(r.moment)
        AND o.ordered_at <= r.moment AND o.refunded_at > r.moment
    GROUP BY r.id
),
dated AS (
    SELECT r.* EXCLUDE (purchases, first_date, last_date),
        coalesce(r.purchases, 0) + coalesce(s.purchases, 0) AS purchases,
        least(r.first_date, s.first_date) AS first_date, greatest(r.last_date, s.last_date) AS last_date
    FROM moments AS r
    LEFT JOIN standing AS s USING (id)
)
SELECT
    r.id,
    coalesce(c.attributes['country'], r.order_country, r.bought_country) AS country,
    r.main_product_category AS product_category,
    r.main_brand AS brand,
    CASE
        WHEN r.customer_id IS NULL THEN NULL
        WHEN c.account_type = 'registered' AND coalesce(c.registered_at <= r.moment, true) THEN 'registered'
        WHEN r.orders > 0 THEN 'guest'
        ELSE 'prospect'
    END AS account_type,
    r.channel,
    r.survey,
    CASE
        WHEN r.gross IS NULL THEN NULL
        ELSE getvariable('order_value_labels')[
            1 + len(list_filter(getvariable('order_value_bands'), lambda edge: edge <= r.gross))]
    END AS order_value_band,
    CASE
        WHEN r.delivered_at <= r.moment THEN
            CASE is_late(r.promised_at, r.delivered_at) WHEN true THEN 'late' WHEN false THEN 'on_time' END
    END AS delivery,
    CASE
        WHEN r.customer_id IS NULL THEN NULL
        WHEN r.purchases = 0 THEN '0'
        WHEN r.purchases = 1 THEN '1' WHEN r.purchases <= 3 THEN '2-3' WHEN r.purchases <= 9 THEN '4-9' ELSE '10+'
    END AS purchase_count_band,
    CASE
        WHEN r.last_date IS NULL THEN NULL
        WHEN datesub('month', r.last_date, r.day) <= 1 THEN '0-1'
        WHEN datesub('month', r.last_date, r.day) <= 5 THEN '2-5'
        WHEN datesub('month', r.last_date, r.day) <= 8 THEN '6-8'
        WHEN datesub('month', r.last_date, r.day) <= 12 THEN '9-12'
        ELSE '13+'
    END AS months_since_purchase_band,
    CASE
        WHEN r.customer_id IS NULL THEN NULL
        WHEN r.last_date IS NULL THEN 'prospect'
        WHEN r.day - r.last_date > 365 THEN 'lapsed'
        WHEN r.purchases = 1 THEN 'new'
        ELSE 'active'
    END AS lifecycle,
    CAST(year(r.first_date) AS VARCHAR) AS cohort_year,
    CASE WHEN r.discount > 0 THEN 'discounted' WHEN r.discount = 0 THEN 'full_price' END AS discounted
FROM dated AS r
LEFT JOIN new_customers AS c ON c.person_no = r.person_no
