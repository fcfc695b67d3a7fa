-- table: value.revenue
-- blocking: yes
-- each: month
-- Revenue is what retained, new and unknown customers brought; referred customers are among the new; a score lies in its interval.
SELECT month, revenue, retained_revenue, new_revenue, revenue_without_customer FROM value.revenue
WHERE revenue <> retained_revenue + new_revenue + revenue_without_customer
    OR surveyed_customers < 0 OR NOT coalesce(revenue_weighted_nps BETWEEN -100 AND 100
        AND revenue_weighted_nps BETWEEN revenue_weighted_low AND revenue_weighted_high, revenue_weighted_nps IS NULL)
