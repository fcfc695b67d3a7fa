-- Do we reply in time?
-- Of the answers that fell due in the month, the share contacted by then. `open_at_end` is the work left over; a
-- median without enough contacts is NULL.
SELECT month, category, answers, contacted, in_time, round(100 * in_time_share, 1) AS percent_in_time,
    round(100 * in_time_share_low, 1) AS low, round(100 * in_time_share_high, 1) AS high, round(median_hours) AS median_hours,
    open_at_end
FROM loop.service_levels
ORDER BY month DESC, category
LIMIT 12;
