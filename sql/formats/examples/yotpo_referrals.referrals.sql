-- EXAMPLE, not active. Nothing of Yotpo Referrals' export is public: the column names below are placeholders. To use
-- it, copy this file to {NORTHSTAR_HOME}/formats/, put the names of your own export in their place (in the lines below
-- and in the SELECT), and try it: northstar explain FILE.
-- A referral has no id: advocate and friend serve as one, so that it is the same in a later export; the addresses are
-- hashed, since an id must not hold them.
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
