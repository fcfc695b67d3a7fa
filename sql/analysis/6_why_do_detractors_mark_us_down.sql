-- Why do detractors mark us down?
-- A topic that promoters mention as often is no reason. `impact` is what the topic adds to the score or costs, in
-- points.
SELECT topic, detractor_mentions AS detractors, round(100 * share_of_detractors, 1) AS percent_of_detractors,
    round(100 * share_of_promoters, 1) AS percent_of_promoters, round(impact, 1) AS impact,
    round(impact_low, 1) AS low, round(impact_high, 1) AS high, example
FROM nps.detractor_reasons
WHERE stage = 'all' AND language = 'all' AND month = (SELECT max(month) FROM nps.detractor_reasons)
ORDER BY place;
