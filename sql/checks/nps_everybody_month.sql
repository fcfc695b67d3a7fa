-- table: nps.everybody
-- blocking: yes
-- each: month
-- A window belongs to the month of its last included day and has the length of its grain.
SELECT month, grain, period_start, period_end, method FROM nps.everybody
WHERE month <> date_trunc('month', period_end - 1) OR period_end <= period_start
    OR (grain = 'trailing_365d' AND period_end - period_start <> 365)
    OR (grain = 'quarter' AND (period_start <> date_trunc('quarter', period_start)
        OR period_end > period_start + INTERVAL 3 MONTH
        OR (is_complete AND period_end < period_start + INTERVAL 3 MONTH)))
