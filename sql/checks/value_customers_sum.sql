-- table: value.customers
-- blocking: yes
-- each: month
-- Each category has as many customers as in value.by_category, with the same averages.
SELECT month, category, count(*) AS customers, any_value(c.customers) AS in_category
FROM value.customers AS v LEFT JOIN value.by_category AS c USING (month, category)
GROUP BY ALL HAVING count(*) IS DISTINCT FROM any_value(c.customers)
    OR abs(sum(v.historic_value) / count(*) - any_value(c.historic_value)) > 0.01
    OR abs(avg(v.predicted_value) - any_value(c.predicted_value)) > 1e-6 * (1 + any_value(c.predicted_value))
