-- Shopify Admin REST API (GET /admin/api/.../orders.json) as saved, as one document, as the bare list or as one order a
-- line. The ids are those of the export (shopify.orders.sql). Money is in the shop's currency (currency); a refund's
-- transactions may be in the customer's (presentment_currency), and are then converted at the order's own rate.
-- total_price is what was ordered. current_total_price is what remains after refunds and edits, whether or not the
-- document has the refunds; an order that grew by an edit counts as what it became.
-- source: shopify
-- recognised by: id, name, created_at, total_price, financial_status, line_items
-- also reads: email, contact_email, phone, customer, currency, presentment_currency, current_total_price,
--     total_price_set, total_discounts, total_tax, total_shipping_price_set, refunds, cancelled_at, updated_at, test,
--     source_name, shipping_address, billing_address, fulfillments
-- records: orders, order, .
WITH told AS (
    SELECT *, TRY_CAST(clean(total_price) AS DECIMAL(18, 4)) AS ordered,
        TRY_CAST(clean(current_total_price) AS DECIMAL(18, 4)) AS remaining,
        TRY_CAST(json_if(total_price_set, '{')->>'$.presentment_money.amount' AS DECIMAL(18, 4)) AS presented,
        flatten(list_transform(from_json(json_if(refunds, '['), '["JSON"]'), lambda r: list_transform(
            from_json(json_if(r->>'$.transactions', '['), '["JSON"]'), lambda t: {
                'kind': lower(t->>'$.kind'), 'status': lower(t->>'$.status'), 'currency': t->>'$.currency',
                'amount': TRY_CAST(t->>'$.amount' AS DECIMAL(18, 4)),
                'at': coalesce(t->>'$.processed_at', t->>'$.created_at', r->>'$.created_at')
            }))) AS moves
    FROM input
),
paid AS (
    SELECT *, list_filter(moves, lambda t: coalesce(t.kind, 'refund') = 'refund'
        AND coalesce(t.status, 'success') = 'success' AND t.amount > 0) AS back
    FROM told
),
summed AS (
    SELECT *, coalesce(list_sum(list_transform(back, lambda t:
        CASE WHEN t.currency = clean(presentment_currency) AND t.currency <> clean(currency) AND presented > 0
            THEN round(t.amount * ordered / presented, 2)::DECIMAL(18, 4) ELSE t.amount END
        )), 0)::DECIMAL(18, 4) AS sent_back
    FROM paid
)
SELECT
    file_id,
    row_number,
    id AS order_id,
    name AS order_number,
    created_at AS ordered_at,
    CASE WHEN remaining > ordered THEN (remaining + sent_back)::VARCHAR ELSE total_price END AS total,
    currency,
    coalesce(clean(email), clean(contact_email), members(customer)['email']) AS customer_email,
    members(customer)['id'] AS customer_id,
    coalesce(clean(phone), clean(members(customer)['phone']), json_if(shipping_address, '{')->>'$.phone')
        AS customer_phone,
    concat_ws(' ', members(customer)['first_name'], members(customer)['last_name']) AS customer_name,
    CASE WHEN clean(cancelled_at) IS NOT NULL THEN 'cancelled' ELSE financial_status END AS status,
    CASE WHEN remaining > ordered OR remaining IS NULL THEN nullif(sent_back, 0)
        ELSE nullif(greatest(sent_back, ordered - remaining), 0) END AS refunded,
    list_max(list_transform(back, lambda t: t.at)) AS refunded_at,
    total_discounts AS discount,
    json_if(total_shipping_price_set, '{')->>'$.shop_money.amount' AS shipping,
    total_tax AS tax,
    coalesce(
        json_if(shipping_address, '{')->>'$.country_code', json_if(billing_address, '{')->>'$.country_code'
    ) AS country,
    source_name AS channel,
    list_min(list_transform(from_json(json_if(fulfillments, '['), '["JSON"]'), lambda f: f->>'$.created_at'))
        AS fulfilled_at,
    updated_at,
    CASE WHEN parse_boolean(clean(test)) THEN 'test' END AS reject
FROM summed
