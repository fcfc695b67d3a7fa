-- EXAMPLE, not active. Nothing of Yotpo Referrals' export is public: the column names below are placeholders. To use
-- it, copy this file to {NORTHSTAR_HOME}/formats/, open your export, put its own names in the place of these (both in
-- the lines below and in the SELECT), and try it: northstar explain FILE.
-- Without an id of its own a referral is named by advocate and friend, so that a later export of it is the same one;
-- the addresses are hashed, since an id is no place for them.
-- source: yotpo_referrals
-- recognised by: Referrer Email, Referred Email, Date, State
-- also reads: Order ID
SELECT
    file_id,
    row_number,
    md5(lower(concat_ws(' ', clean("Referrer Email"), clean("Referred Email")))) AS referral_id,
    "Date" AS referred_at,
    "Referrer Email" AS advocate_email,
    "Referred Email" AS friend_email,
    "Order ID" AS order_id,
    "State" AS status
FROM input
