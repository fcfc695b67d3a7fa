-- table: core.referrals
-- blocking: yes
-- No e-mail address in an id or status.
SELECT referral_id FROM core.referrals
WHERE regexp_matches(concat_ws(' ', referral_id, advocate_id, friend_id, order_id, status),
    '[^\s(@]@[^\s@.]+[.][^\s@.]{2}')
