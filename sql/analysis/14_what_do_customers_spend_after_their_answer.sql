-- What do customers spend in the year after their answer?
-- Only customers whose year is over are counted, so it says what happened, not what is expected. That happier
-- customers spend more is an association: whoever likes a shop may both score higher and buy more.
SELECT category, score, customers, round(revenue_12m, 2) AS revenue, revenue_low AS low, revenue_high AS high,
    round(orders_12m, 2) AS orders, round(referred_customers_12m, 3) AS friends, revenue_reason AS reason
FROM value.after_answer
WHERE month = (SELECT max(month) FROM value.after_answer)
ORDER BY score DESC NULLS LAST, category;
