-- nps.detractor_reasons: what detractors mention, most first.
CREATE OR REPLACE VIEW nps.detractor_reasons AS
SELECT month, period_start, period_end, is_complete, stage, language,
    row_number() OVER (PARTITION BY month, stage, language ORDER BY detractor_mentions DESC, impact, topic) AS place,
    topic, detractor_mentions, detractor_mentions / detractors AS share_of_detractors,
    promoter_mentions / nullif(promoters, 0) AS share_of_promoters, impact, impact_low, impact_high, detractor_example AS example
FROM nps.drivers
WHERE grain = 'trailing_365d' AND topic <> 'none' AND detractor_mentions > 0;
COMMENT ON VIEW nps.detractor_reasons IS 'nps.drivers of the trailing year, what detractors mention most first (place 1), with the shares of detractors and of promoters whose comment mentions it.';
COMMENT ON COLUMN nps.detractor_reasons.month IS 'Month (first day) with whose end, or the clock, the trailing year ends.';
COMMENT ON COLUMN nps.detractor_reasons.period_start IS 'First day of the year, business zone.';
COMMENT ON COLUMN nps.detractor_reasons.period_end IS 'Day after the last day of the year, business zone.';
COMMENT ON COLUMN nps.detractor_reasons.is_complete IS 'false while the month is open.';
COMMENT ON COLUMN nps.detractor_reasons.stage IS 'all, or one stage of core.responses.';
COMMENT ON COLUMN nps.detractor_reasons.language IS 'all, or one language of the comments.';
COMMENT ON COLUMN nps.detractor_reasons.place IS '1 for the topic that most detractors mention.';
COMMENT ON COLUMN nps.detractor_reasons.topic IS 'Topic of core.response_topics.';
COMMENT ON COLUMN nps.detractor_reasons.detractor_mentions IS 'Detractors whose comment mentions the topic.';
COMMENT ON COLUMN nps.detractor_reasons.share_of_detractors IS 'Of the detractors with a comment, 0..1.';
COMMENT ON COLUMN nps.detractor_reasons.share_of_promoters IS 'The same share of the promoters: a topic that both mention is no reason.';
COMMENT ON COLUMN nps.detractor_reasons.impact IS 'What the topic adds to the score or costs, see nps.drivers.';
COMMENT ON COLUMN nps.detractor_reasons.impact_low IS 'Lower end of its interval.';
COMMENT ON COLUMN nps.detractor_reasons.impact_high IS 'Upper end of its interval.';
COMMENT ON COLUMN nps.detractor_reasons.example IS 'A detractor''s comment that mentions the topic, masked; empty when NORTHSTAR_PUBLISH_COMMENTS is false.';
