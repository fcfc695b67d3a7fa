-- The score of the newest complete month and of the 365 days to its end, and what is needed to read them. more_answers: how
-- many a month more a change of 5 points needs to be found in 80 of 100 cases, since the smallest change that is found
-- shrinks with the root of the answers (and of three more: pipelines/statistics/README.md).
SELECT p.grain, p.period_start, p.period_end, p.responses, p.nps, p.nps_low, p.nps_high, p.is_reliable, p.change,
    p.change_low, p.change_high, p.is_significant, p.is_change_reliable, p.smallest_detectable_change,
    greatest(ceil((p.responses + 3) * (p.smallest_detectable_change / 5) ** 2 - 3) - p.responses, 0)::BIGINT AS more_answers,
    p.every_responses, p.every_nps, c.buyers, c.responded
FROM nps.by_period AS p
LEFT JOIN nps.coverage AS c ON c.grain = p.grain AND c.period_start = p.period_start AND c.dimension = 'all'
WHERE p.stage = 'all' AND p.grain IN ('month', 'trailing_365d') AND p.is_complete
    AND p.month = (SELECT max(month) FROM nps.by_period WHERE stage = 'all' AND grain = 'month' AND is_complete)
ORDER BY p.grain;
