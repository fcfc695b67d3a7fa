-- table: loop.service_levels
-- blocking: yes
-- each: month
-- Parts are no larger than their whole; the share is that of the counts and stands in its interval.
SELECT month, category FROM loop.service_levels
WHERE contacted > answers OR in_time + undated > contacted OR resolved > contacted OR overdue_at_end > open_at_end
    OR least(answers, held_out, contacted, undated, in_time, resolved, open_at_end, overdue_at_end) < 0
    OR (in_time_share IS NULL) <> (answers = undated) OR abs(in_time_share - in_time / (answers - undated)) > 1e-9
    OR NOT coalesce(in_time_share BETWEEN in_time_share_low AND in_time_share_high, in_time_share IS NULL)
    OR (is_reliable AND answers - undated < 10) OR (median_hours IS NULL) <> (contacted = undated)
    OR median_hours > p90_hours OR median_hours < 0
