-- What detractors mention, most frequent first, with a comment of one of them.
SELECT place, topic, detractor_mentions, share_of_detractors, share_of_promoters, impact, impact_low, impact_high, example
FROM nps.detractor_reasons
WHERE stage = 'all' AND language = 'all'
    AND period_end = (SELECT max(period_end) FROM nps.detractor_reasons WHERE is_complete)
ORDER BY place
LIMIT 10;
