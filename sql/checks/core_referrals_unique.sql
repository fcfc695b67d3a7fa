-- table: core.referrals
-- blocking: yes
-- A referral_id stands once.
SELECT referral_id, count(*) AS rows FROM core.referrals GROUP BY ALL HAVING count(*) > 1
