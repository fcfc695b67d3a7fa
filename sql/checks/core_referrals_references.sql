-- table: core.referrals
-- blocking: yes
-- The advocate and the friend of every referral are in core.customers.
SELECT referral_id, advocate_id, friend_id FROM core.referrals
WHERE advocate_id NOT IN (SELECT customer_id FROM core.customers)
    OR friend_id NOT IN (SELECT customer_id FROM core.customers)
