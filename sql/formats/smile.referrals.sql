-- Smile.io REST API (GET /v1/referrals) as saved: the envelope, or the list of referrals itself.
-- receiver_customer is there once the friend has ordered; before, receiver_customer_email tells who was invited.
-- It knows neither order nor amount nor what the rewards cost: the friend's orders tell. Times are UTC.
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
