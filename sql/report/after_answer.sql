-- What customers spent and referred in the year after their answer, by the score they gave.
SELECT category, score, customers, revenue_12m, revenue_low, revenue_high, orders_12m, referred_customers_12m,
    referral_revenue_12m
FROM value.after_answer
WHERE month = (SELECT max(month) FROM value.after_answer)
ORDER BY list_position(['promoter', 'passive', 'detractor'], category), score DESC NULLS FIRST;
