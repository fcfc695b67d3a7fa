-- How many answers were followed up in time, in the last six months.
SELECT month, category, answers, contacted, in_time, in_time_share, in_time_share_low, in_time_share_high, is_reliable,
    median_hours, overdue_at_end
FROM loop.service_levels
WHERE month > (SELECT max(month) FROM loop.service_levels) - INTERVAL 6 MONTH
ORDER BY month DESC, list_position(['detractor', 'passive', 'promoter'], category);
