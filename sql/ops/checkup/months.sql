-- Money and answers by month of the business zone: month, orders that count, net, refunded, answers, score in points.
WITH money AS (
    SELECT month_start(order_date) AS month, count(*) FILTER (counts) AS orders, sum(net) AS net,
        sum(CASE WHEN is_cancelled THEN 0 ELSE refunded END) AS refunded
    FROM core.orders GROUP BY ALL
), answers AS (
    SELECT month_start(response_date) AS month, count(*) AS answers,
        100 * avg(CASE category WHEN 'promoter' THEN 1 WHEN 'detractor' THEN -1 ELSE 0 END) AS nps
    FROM core.responses GROUP BY ALL
)
SELECT month, coalesce(orders, 0), net, refunded, coalesce(answers, 0), nps
FROM money FULL JOIN answers USING (month)
ORDER BY month
