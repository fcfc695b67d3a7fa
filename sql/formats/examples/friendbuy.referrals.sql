-- EXAMPLE, not active. Friendbuy's analytics API (/analytics/purchases) returns JSON, but the fields of its rows are
-- not public: the names below are placeholders. To use it, copy this file to {NORTHSTAR_HOME}/formats/, put the names
-- of your own export in their place (in the lines below and in the SELECT), and try it: northstar explain FILE.
-- Public facts: a purchase has an id, an amount, a currency and a customer with isNewCustomer; FromDate and ToDate are
-- both included, so two adjoining exports hold one day twice, which does no harm.
-- source: friendbuy
-- recognised by: purchaseId, createdOn, advocate, customer
-- also reads: orderId, rewardAmount, currency
-- records: purchases, data, .
SELECT
    file_id,
    row_number,
    "purchaseId" AS referral_id,
    "createdOn" AS referred_at,
    CASE WHEN json_valid(advocate) THEN advocate->>'$.email' END AS advocate_email,
    CASE WHEN json_valid(customer) THEN customer->>'$.email' END AS friend_email,
    "orderId" AS order_id,
    "rewardAmount" AS reward_cost,
    currency,
    'completed' AS status,
    CASE WHEN json_valid(customer) AND NOT parse_boolean(customer->>'$.isNewCustomer')
        THEN 'existing_customer' END AS reject
FROM input
