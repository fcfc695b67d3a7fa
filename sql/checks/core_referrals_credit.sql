-- table: core.referrals
-- blocking: yes
-- A friend has one credited advocate, and nobody credits themselves.
SELECT friend_id, count(*) AS referrals FROM core.referrals WHERE is_credited
GROUP BY friend_id HAVING count(*) > 1 OR bool_or(advocate_id = friend_id)
