-- Why is the year lower than its months?
-- A customer counts once in each row of `of_customers`, however often in a year; `of_answers` counts every answer,
-- and its year is the mean of its months.
SELECT grain, period_start, responses, round(nps, 1) AS of_customers, every_responses, round(every_nps, 1) AS of_answers
FROM nps.by_period
WHERE grain IN ('month', 'year') AND stage = 'all'
    AND period_start >= (SELECT max(period_start) FROM nps.by_period WHERE grain = 'year')
ORDER BY grain DESC, period_start;
