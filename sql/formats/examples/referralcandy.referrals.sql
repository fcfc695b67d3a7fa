-- EXAMPLE, not active. ReferralCandy mails its referral report as CSV, but its header is not public: the column names
-- below are placeholders. To use it, copy this file to {NORTHSTAR_HOME}/formats/, put the names of your own export in
-- their place (in the lines below and in the SELECT), and try it: northstar explain FILE.
-- Public facts: deleted and disqualified referrals do not count, a purchase first passes a review period, and a
-- referral may be marked by hand later. First and repeat revenue come from the friend's orders, not from here.
-- source: referralcandy
-- recognised by: Referral ID, Referred on, Advocate email, Friend email, Referral status
-- also reads: Order number, Reward amount, Reward currency
SELECT
    file_id,
    row_number,
    "Referral ID" AS referral_id,
    "Referred on" AS referred_at,
    "Advocate email" AS advocate_email,
    "Friend email" AS friend_email,
    "Order number" AS order_id,
    "Reward amount" AS reward_cost,
    "Reward currency" AS currency,
    "Referral status" AS status,
    CASE WHEN lower(clean("Referral status")) IN ('deleted', 'disqualified') THEN 'disqualified'
        WHEN lower(clean("Advocate email")) = lower(clean("Friend email")) THEN 'self_referral' END AS reject,
    CASE WHEN lower(clean("Referral status")) IN ('deleted', 'disqualified') THEN 'status' END AS reject_column
FROM input
