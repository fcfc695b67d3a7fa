-- table: nps.drivers
-- blocking: yes
-- each: month
-- Mentions are the sum over the categories, at most the category's answers, and impact is the score less the score without the topic, inside its interval.
SELECT month, grain, stage, language, topic FROM nps.drivers
WHERE mentions <> promoter_mentions + passive_mentions + detractor_mentions
    OR responses <> promoters + passives + detractors
    OR promoter_mentions > promoters OR passive_mentions > passives OR detractor_mentions > detractors OR mentions < 1
    OR abs(share - mentions / responses) > 1e-9
    OR (impact IS NULL) <> (mentions = responses) OR (nps_without IS NULL) <> (mentions = responses)
    OR NOT coalesce(abs(impact - (100 * (promoters - detractors) / responses - nps_without)) < 1e-9, true)
    OR NOT coalesce(impact BETWEEN impact_low AND impact_high, impact IS NULL)
    OR NOT coalesce(isfinite(nps_with + impact_high - impact_low), impact IS NULL)
