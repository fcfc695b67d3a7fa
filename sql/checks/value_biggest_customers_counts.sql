-- table: value.biggest_customers
-- blocking: yes
-- each: month
-- The categories add up to those surveyed, and no tier has more customers than all.
SELECT month, tier, customers, surveyed, promoters, passives, detractors FROM value.biggest_customers AS b
WHERE promoters + passives + detractors <> surveyed OR surveyed > customers
    OR customers > (SELECT max(customers) FROM value.biggest_customers AS a WHERE a.month = b.month AND a.tier = 'all')
