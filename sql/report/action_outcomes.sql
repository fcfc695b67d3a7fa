-- What became of the actions of earlier months.
SELECT action_month, rank, dimension, segment, measure, responses_before, responses_since, before, since, change, change_low,
    change_high, is_reliable
FROM loop.action_outcomes
WHERE month = (SELECT max(month) FROM loop.action_outcomes)
ORDER BY action_month DESC, rank;
