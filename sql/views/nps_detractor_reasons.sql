-- nps.detractor_reasons: what detractors mention, most frequent first.
CREATE OR REPLACE VIEW nps.detractor_reasons AS
SELECT month, period_start, period_end, is_complete, stage, language,
    row_number() OVER (PARTITION BY month, stage, language ORDER BY detractor_mentions DESC, impact, topic) AS place,
    topic, detractor_mentions, detractor_mentions / detractors AS share_of_detractors,
    promoter_mentions / nullif(promoters, 0) AS share_of_promoters, impact, impact_low, impact_high, is_reliable, detractor_example AS example
FROM nps.drivers
WHERE grain = 'trailing_365d' AND topic <> 'none' AND detractor_mentions > 0;
COMMENT ON VIEW nps.detractor_reasons IS 'What detractors mention in the trailing year, most frequent first, with the shares of detractors and of promoters who mention it. One row per month, stage, language and topic mentioned by a detractor; from nps.drivers.';
COMMENT ON COLUMN nps.detractor_reasons.month IS 'First day of the month with which the trailing year ends (the open month: at the clock).';
COMMENT ON COLUMN nps.detractor_reasons.period_start IS 'First day of the trailing year (inclusive), business time zone.';
COMMENT ON COLUMN nps.detractor_reasons.period_end IS 'Day after the last day of the trailing year (exclusive), business time zone.';
COMMENT ON COLUMN nps.detractor_reasons.is_complete IS 'false while the month is open.';
COMMENT ON COLUMN nps.detractor_reasons.stage IS 'all, or one stage of core.responses.';
COMMENT ON COLUMN nps.detractor_reasons.language IS 'all, or one declared language of the comments.';
COMMENT ON COLUMN nps.detractor_reasons.place IS 'Rank within month, stage and language: 1 is the topic that most detractors mention.';
COMMENT ON COLUMN nps.detractor_reasons.topic IS 'Topic of core.response_topics.';
COMMENT ON COLUMN nps.detractor_reasons.detractor_mentions IS 'Number of detractors whose comment mentions the topic.';
COMMENT ON COLUMN nps.detractor_reasons.share_of_detractors IS 'Share of the detractors with a comment who mention the topic, 0..1.';
COMMENT ON COLUMN nps.detractor_reasons.share_of_promoters IS 'Share of the promoters with a comment who mention the topic, 0..1; NULL without any. A topic that both mention equally is not a reason.';
COMMENT ON COLUMN nps.detractor_reasons.impact IS 'What the topic adds to the score or costs, points; see nps.drivers.';
COMMENT ON COLUMN nps.detractor_reasons.impact_low IS 'Lower end of the interval of impact, points.';
COMMENT ON COLUMN nps.detractor_reasons.impact_high IS 'Upper end of the interval of impact, points.';
COMMENT ON COLUMN nps.detractor_reasons.is_reliable IS 'Whether impact may be read as a figure; see nps.drivers.is_reliable.';
COMMENT ON COLUMN nps.detractor_reasons.example IS 'A masked comment of a detractor that mentions the topic; NULL if NORTHSTAR_PUBLISH_COMMENTS is false.';
