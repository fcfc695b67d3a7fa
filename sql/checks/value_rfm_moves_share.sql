-- table: value.rfm_moves
-- blocking: yes
-- each: month
-- The shares of those who left a group sum to 1.
SELECT month, from_group, sum(share) AS shares FROM value.rfm_moves
GROUP BY month, from_group HAVING NOT coalesce(abs(sum(share) - 1) < 1e-9, false)
