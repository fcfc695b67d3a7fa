-- Smile.io REST API (GET /v1/referrals) as saved: the envelope, or the bare list of referrals.
-- receiver_customer is set once the friend has ordered; until then receiver_customer_email holds the invited address.
-- It has neither orders nor amounts nor the cost of rewards; core finds the friend's orders. Times are UTC.
-- source: smile
-- recognised by: id, sender_customer, receiver_customer_email, created_at
-- also reads: receiver_customer, updated_at
-- records: referrals, .
SELECT
    file_id,
    row_number,
    id AS referral_id,
    created_at AS referred_at,
    CASE WHEN json_valid(sender_customer) THEN sender_customer->>'$.email' END AS advocate_email,
    coalesce(
        CASE WHEN json_valid(receiver_customer) THEN clean(receiver_customer->>'$.email') END,
        receiver_customer_email
    ) AS friend_email,
    CASE WHEN clean(receiver_customer) IS NULL OR receiver_customer = 'null' THEN 'pending' ELSE 'completed' END AS status,
    updated_at
FROM input
