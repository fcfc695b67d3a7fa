-- table: loop.audience_sizes
-- blocking: yes
-- each: month
-- An audience has as many customers, and as many new ones, as loop.audiences.
SELECT s.month, s.audience, s.customers, s.entered, count(a.customer_id) AS belong
FROM loop.audience_sizes AS s LEFT JOIN loop.audiences AS a USING (month, audience)
GROUP BY ALL
HAVING s.customers <> count(a.customer_id) OR s.entered <> count(*) FILTER (a.is_new)
