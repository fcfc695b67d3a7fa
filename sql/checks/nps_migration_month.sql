-- table: nps.migration
-- blocking: yes
-- each: month
-- The window is the 365 days to the month's end or the clock.
SELECT month, period_start, period_end FROM nps.migration
WHERE month <> date_trunc('month', period_end - 1) OR period_end - period_start <> 365
