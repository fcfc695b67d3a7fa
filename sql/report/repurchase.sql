-- How many have ordered again, by the days since their answer.
SELECT category, horizon_days, responses, at_risk, repurchase_rate, rate_low, rate_high, median_days
FROM value.repurchase
WHERE score IS NULL AND month = (SELECT max(month) FROM value.repurchase)
ORDER BY list_position(['promoter', 'passive', 'detractor'], category), horizon_days;
