-- What comments are about, and by how many points each topic moves the score.
SELECT stage, topic, mentions, share, promoter_mentions, detractor_mentions, nps_with, nps_without, impact, impact_low,
    impact_high, is_reliable
FROM nps.drivers
WHERE grain = 'trailing_365d' AND language = 'all'
    AND period_end = (SELECT max(period_end) FROM nps.drivers WHERE grain = 'trailing_365d' AND is_complete)
ORDER BY stage <> 'all', stage, abs(impact) DESC, topic;
