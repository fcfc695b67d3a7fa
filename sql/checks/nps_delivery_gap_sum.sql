-- table: nps.delivery_gap
-- blocking: yes
-- each: month
-- The segments of a dimension sum to everybody.
SELECT grain, period_start, s.dimension, sum(s.post_responses) AS segments, any_value(a.post_responses) AS everybody
FROM nps.delivery_gap AS s LEFT JOIN (
    SELECT grain, period_start, pre_responses, post_responses, paired_responses, on_time_responses, late_responses
    FROM nps.delivery_gap WHERE dimension = 'all'
) AS a USING (grain, period_start)
GROUP BY ALL HAVING sum(s.post_responses) IS DISTINCT FROM any_value(a.post_responses)
    OR sum(s.pre_responses) IS DISTINCT FROM any_value(a.pre_responses)
    OR sum(s.paired_responses) IS DISTINCT FROM any_value(a.paired_responses)
    OR sum(s.late_responses) IS DISTINCT FROM any_value(a.late_responses)
    OR sum(s.on_time_responses) IS DISTINCT FROM any_value(a.on_time_responses)
