-- table: nps.by_period
-- blocking: yes
-- each: month
-- A window belongs to the month of its last included day and has the length of its grain.
SELECT month, grain, period_start, period_end FROM nps.by_period
WHERE month <> date_trunc('month', period_end - 1) OR period_end <= period_start
    OR (starts_with(grain, 'trailing_') AND period_end - period_start <> CAST(regexp_extract(grain, '\d+') AS INTEGER))
    OR (grain = 'auto' AND period_end - period_start NOT IN (7, 30, 90, 180, 365))
    OR (grain IN ('week', 'month', 'quarter', 'year') AND (period_start <> date_trunc(grain, period_start)
        OR period_end > period_start + CAST('1 ' || grain AS INTERVAL)
        OR (is_complete AND period_end < period_start + CAST('1 ' || grain AS INTERVAL))))
