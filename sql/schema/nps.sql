-- The score and its error. Scores, margins and differences are NPS points (-100..100).
-- month is the Dagster partition that wrote the row: what had happened by that month's end, or by the clock.
CREATE SCHEMA IF NOT EXISTS nps;

CREATE TABLE IF NOT EXISTS nps.by_period (
    month DATE NOT NULL,
    grain VARCHAR NOT NULL CHECK (grain IN ('week', 'month', 'quarter', 'year', 'trailing_90d', 'trailing_365d', 'auto')),
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    is_complete BOOLEAN NOT NULL,
    stage VARCHAR NOT NULL,
    responses BIGINT NOT NULL,
    promoters BIGINT NOT NULL,
    passives BIGINT NOT NULL,
    detractors BIGINT NOT NULL,
    nps DOUBLE NOT NULL,
    standard_error DOUBLE NOT NULL,
    margin_of_error DOUBLE NOT NULL,
    nps_low DOUBLE NOT NULL,
    nps_high DOUBLE NOT NULL,
    is_reliable BOOLEAN NOT NULL,
    smallest_detectable_change DOUBLE NOT NULL,
    previous_responses BIGINT NOT NULL,
    previous_nps DOUBLE,
    change DOUBLE,
    change_low DOUBLE,
    change_high DOUBLE,
    change_p_value DOUBLE,
    is_significant BOOLEAN
);
COMMENT ON TABLE nps.by_period IS 'Net promoter score per window and stage, with its error and its change; one row per grain, period_start and stage with an answer.';
COMMENT ON COLUMN nps.by_period.month IS 'Month (first day) whose partition wrote the row: the month of the window''s last included day.';
COMMENT ON COLUMN nps.by_period.grain IS 'week (ISO), month, quarter, year, trailing_90d or trailing_365d (ending with the month).';
COMMENT ON COLUMN nps.by_period.period_start IS 'First day of the window, business zone.';
COMMENT ON COLUMN nps.by_period.period_end IS 'Day after the last day of the window, business zone.';
COMMENT ON COLUMN nps.by_period.is_complete IS 'false while the window is still open and cut at the clock''s day.';
COMMENT ON COLUMN nps.by_period.stage IS 'all, or one stage of core.responses; all is the sum of the stages.';
COMMENT ON COLUMN nps.by_period.responses IS 'Answers counted.';
COMMENT ON COLUMN nps.by_period.promoters IS 'Answers of 9 or 10.';
COMMENT ON COLUMN nps.by_period.passives IS 'Answers of 7 or 8.';
COMMENT ON COLUMN nps.by_period.detractors IS 'Answers of 0 to 6.';
COMMENT ON COLUMN nps.by_period.nps IS 'Net promoter score of the raw counts: 100 (promoters - detractors) / responses.';
COMMENT ON COLUMN nps.by_period.standard_error IS 'Standard error of nps from the raw counts.';
COMMENT ON COLUMN nps.by_period.margin_of_error IS 'Half width of the adjusted Wald (3,T) interval before it is clipped to -100..100.';
COMMENT ON COLUMN nps.by_period.nps_low IS 'Lower end of the adjusted Wald (3,T) interval at NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN nps.by_period.nps_high IS 'Upper end of the adjusted Wald (3,T) interval at NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN nps.by_period.is_reliable IS 'At least NORTHSTAR_MIN_RESPONSES answers.';
COMMENT ON COLUMN nps.by_period.smallest_detectable_change IS 'Change between two windows of this many answers that a test would find in 80 of 100 cases.';
COMMENT ON COLUMN nps.by_period.previous_responses IS 'Answers counted in the previous window of the same length.';
COMMENT ON COLUMN nps.by_period.previous_nps IS 'Score of the previous window; trailing grains: the adjacent window that does not overlap.';
COMMENT ON COLUMN nps.by_period.change IS 'nps less previous_nps.';
COMMENT ON COLUMN nps.by_period.change_low IS 'Lower end of the interval of the change, customers who answered in both windows allowed for.';
COMMENT ON COLUMN nps.by_period.change_high IS 'Upper end of the interval of the change.';
COMMENT ON COLUMN nps.by_period.change_p_value IS 'Two-sided p-value of no change.';
COMMENT ON COLUMN nps.by_period.is_significant IS 'The p-value is below 1 - NORTHSTAR_CONFIDENCE.';

CREATE TABLE IF NOT EXISTS nps.by_segment (
    month DATE NOT NULL,
    grain VARCHAR NOT NULL CHECK (grain IN ('month', 'quarter', 'year', 'trailing_90d', 'trailing_365d')),
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    is_complete BOOLEAN NOT NULL,
    stage VARCHAR NOT NULL,
    dimension VARCHAR NOT NULL,
    segment VARCHAR NOT NULL,
    responses BIGINT NOT NULL,
    promoters BIGINT NOT NULL,
    passives BIGINT NOT NULL,
    detractors BIGINT NOT NULL,
    nps DOUBLE NOT NULL,
    standard_error DOUBLE NOT NULL,
    margin_of_error DOUBLE NOT NULL,
    nps_low DOUBLE NOT NULL,
    nps_high DOUBLE NOT NULL,
    is_reliable BOOLEAN NOT NULL,
    smallest_detectable_change DOUBLE NOT NULL,
    previous_responses BIGINT NOT NULL,
    previous_nps DOUBLE,
    change DOUBLE,
    change_low DOUBLE,
    change_high DOUBLE,
    change_p_value DOUBLE,
    is_significant BOOLEAN,
    rest_responses BIGINT NOT NULL,
    rest_nps DOUBLE,
    difference DOUBLE,
    difference_low DOUBLE,
    difference_high DOUBLE,
    adjusted_p_value DOUBLE,
    tests BIGINT NOT NULL,
    differs_from_rest BOOLEAN
);
COMMENT ON TABLE nps.by_segment IS 'Net promoter score per window, stage, dimension and segment, against its own past and against the rest; one row per segment with an answer.';
COMMENT ON COLUMN nps.by_segment.month IS 'Month (first day) whose partition wrote the row: the month of the window''s last included day.';
COMMENT ON COLUMN nps.by_segment.grain IS 'month, quarter, year, trailing_90d or trailing_365d (ending with the month).';
COMMENT ON COLUMN nps.by_segment.period_start IS 'First day of the window, business zone.';
COMMENT ON COLUMN nps.by_segment.period_end IS 'Day after the last day of the window, business zone.';
COMMENT ON COLUMN nps.by_segment.is_complete IS 'false while the window is still open and cut at the clock''s day.';
COMMENT ON COLUMN nps.by_segment.stage IS 'all, or one stage of core.responses.';
COMMENT ON COLUMN nps.by_segment.dimension IS 'Dimension of core.response_segments.';
COMMENT ON COLUMN nps.by_segment.segment IS 'Segment of the dimension; unknown where it cannot be told.';
COMMENT ON COLUMN nps.by_segment.responses IS 'Answers counted.';
COMMENT ON COLUMN nps.by_segment.promoters IS 'Answers of 9 or 10.';
COMMENT ON COLUMN nps.by_segment.passives IS 'Answers of 7 or 8.';
COMMENT ON COLUMN nps.by_segment.detractors IS 'Answers of 0 to 6.';
COMMENT ON COLUMN nps.by_segment.nps IS 'Net promoter score of the raw counts.';
COMMENT ON COLUMN nps.by_segment.standard_error IS 'Standard error of nps from the raw counts.';
COMMENT ON COLUMN nps.by_segment.margin_of_error IS 'Half width of the adjusted Wald (3,T) interval before it is clipped to -100..100.';
COMMENT ON COLUMN nps.by_segment.nps_low IS 'Lower end of the adjusted Wald (3,T) interval at NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN nps.by_segment.nps_high IS 'Upper end of the adjusted Wald (3,T) interval at NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN nps.by_segment.is_reliable IS 'At least NORTHSTAR_MIN_RESPONSES answers.';
COMMENT ON COLUMN nps.by_segment.smallest_detectable_change IS 'Change between two windows of this many answers that a test would find in 80 of 100 cases.';
COMMENT ON COLUMN nps.by_segment.previous_responses IS 'Answers of the segment counted in the previous window of the same length.';
COMMENT ON COLUMN nps.by_segment.previous_nps IS 'Score of the segment in the previous window.';
COMMENT ON COLUMN nps.by_segment.change IS 'nps less previous_nps.';
COMMENT ON COLUMN nps.by_segment.change_low IS 'Lower end of the interval of the change, customers who answered in both windows allowed for.';
COMMENT ON COLUMN nps.by_segment.change_high IS 'Upper end of the interval of the change.';
COMMENT ON COLUMN nps.by_segment.change_p_value IS 'Two-sided p-value of no change.';
COMMENT ON COLUMN nps.by_segment.is_significant IS 'The p-value is below 1 - NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN nps.by_segment.rest_responses IS 'All other answers of the window and stage, unknown included.';
COMMENT ON COLUMN nps.by_segment.rest_nps IS 'Score of the rest; empty when the segment is everybody.';
COMMENT ON COLUMN nps.by_segment.difference IS 'nps less rest_nps.';
COMMENT ON COLUMN nps.by_segment.difference_low IS 'Lower end of the adjusted Wald interval of the difference.';
COMMENT ON COLUMN nps.by_segment.difference_high IS 'Upper end of the adjusted Wald interval of the difference.';
COMMENT ON COLUMN nps.by_segment.adjusted_p_value IS 'p-value of no difference, Benjamini-Hochberg over the segments of the dimension, window and stage.';
COMMENT ON COLUMN nps.by_segment.tests IS 'Segments tested together: those of the dimension, window and stage with an answer.';
COMMENT ON COLUMN nps.by_segment.differs_from_rest IS 'The adjusted p-value is below 1 - NORTHSTAR_CONFIDENCE.';

CREATE TABLE IF NOT EXISTS nps.drivers (
    month DATE NOT NULL,
    grain VARCHAR NOT NULL CHECK (grain IN ('quarter', 'trailing_365d')),
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    is_complete BOOLEAN NOT NULL,
    stage VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    topic VARCHAR NOT NULL,
    responses BIGINT NOT NULL,
    mentions BIGINT NOT NULL,
    promoter_mentions BIGINT NOT NULL,
    passive_mentions BIGINT NOT NULL,
    detractor_mentions BIGINT NOT NULL,
    promoters BIGINT NOT NULL,
    passives BIGINT NOT NULL,
    detractors BIGINT NOT NULL,
    share DOUBLE NOT NULL,
    nps_with DOUBLE NOT NULL,
    nps_without DOUBLE,
    impact DOUBLE,
    impact_low DOUBLE,
    impact_high DOUBLE,
    is_reliable BOOLEAN NOT NULL,
    example VARCHAR,
    detractor_example VARCHAR
);
COMMENT ON TABLE nps.drivers IS 'What comments are about and what each topic does to the score; one row per window, stage, language and topic mentioned.';
COMMENT ON COLUMN nps.drivers.month IS 'Month (first day) whose partition wrote the row: the month of the window''s last included day.';
COMMENT ON COLUMN nps.drivers.grain IS 'quarter or trailing_365d (ending with the month).';
COMMENT ON COLUMN nps.drivers.period_start IS 'First day of the window, business zone.';
COMMENT ON COLUMN nps.drivers.period_end IS 'Day after the last day of the window, business zone.';
COMMENT ON COLUMN nps.drivers.is_complete IS 'false while the window is still open and cut at the clock''s day.';
COMMENT ON COLUMN nps.drivers.stage IS 'all, or one stage of core.responses.';
COMMENT ON COLUMN nps.drivers.language IS 'all, or one language of the comments as declared (en for en-US too); unknown where none is.';
COMMENT ON COLUMN nps.drivers.topic IS 'Topic of core.response_topics; none for comments without one: its share is the unmatched share.';
COMMENT ON COLUMN nps.drivers.responses IS 'Answers with a comment counted: the base of every figure of the row.';
COMMENT ON COLUMN nps.drivers.mentions IS 'Of these, answers whose comment mentions the topic; one comment may mention several.';
COMMENT ON COLUMN nps.drivers.promoter_mentions IS 'Mentions by promoters.';
COMMENT ON COLUMN nps.drivers.passive_mentions IS 'Mentions by passives.';
COMMENT ON COLUMN nps.drivers.detractor_mentions IS 'Mentions by detractors.';
COMMENT ON COLUMN nps.drivers.promoters IS 'Promoters with a comment.';
COMMENT ON COLUMN nps.drivers.passives IS 'Passives with a comment.';
COMMENT ON COLUMN nps.drivers.detractors IS 'Detractors with a comment.';
COMMENT ON COLUMN nps.drivers.share IS 'mentions over responses, 0..1.';
COMMENT ON COLUMN nps.drivers.nps_with IS 'Net promoter score of the answers that mention the topic.';
COMMENT ON COLUMN nps.drivers.nps_without IS 'Net promoter score of the other answers with a comment; empty when every comment mentions it.';
COMMENT ON COLUMN nps.drivers.impact IS 'Score of all answers with a comment less nps_without: what the topic adds to the score or costs. Impacts do not add up.';
COMMENT ON COLUMN nps.drivers.impact_low IS 'Lower end of the interval of the impact (influence function, normal) at NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN nps.drivers.impact_high IS 'Upper end of the interval of the impact.';
COMMENT ON COLUMN nps.drivers.is_reliable IS 'At least NORTHSTAR_MIN_RESPONSES mentions: with fewer the interval is too narrow.';
COMMENT ON COLUMN nps.drivers.example IS 'A comment that mentions the topic, masked, by a detractor where the topic costs points; empty when NORTHSTAR_PUBLISH_COMMENTS is false.';
COMMENT ON COLUMN nps.drivers.detractor_example IS 'The same of a detractor, whatever the impact; empty where no detractor mentions the topic.';

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

CREATE TABLE IF NOT EXISTS nps.alarm (
    month DATE NOT NULL,
    day DATE NOT NULL,
    responses BIGINT NOT NULL,
    nps_running DOUBLE,
    baseline_responses BIGINT NOT NULL,
    baseline_nps DOUBLE,
    e_value DOUBLE NOT NULL,
    threshold DOUBLE NOT NULL,
    is_alarm BOOLEAN NOT NULL,
    since DATE
);
COMMENT ON TABLE nps.alarm IS 'Evidence for a drop of the score after each day, made for being looked at every night; one row per day from the first answer on.';
COMMENT ON COLUMN nps.alarm.month IS 'Month (first day) whose partition wrote the row: the month of the day.';
COMMENT ON COLUMN nps.alarm.day IS 'Day, business zone; the row is what was known at its end, or at the clock.';
COMMENT ON COLUMN nps.alarm.responses IS 'Answers of the 28 days that end with the day; every answer counts.';
COMMENT ON COLUMN nps.alarm.nps_running IS 'Score of those 28 days.';
COMMENT ON COLUMN nps.alarm.baseline_responses IS 'Answers before the 28 days, from the first day of the year before on.';
COMMENT ON COLUMN nps.alarm.baseline_nps IS 'Score of the baseline.';
COMMENT ON COLUMN nps.alarm.e_value IS 'Evidence against an unchanged shop: how many times a bet on a drop has multiplied its stake since 1 January. Begins at 1.';
COMMENT ON COLUMN nps.alarm.threshold IS 'Evidence at which the alarm is raised: 20, which 5 of 100 unchanged shops at most ever reach in a calendar year.';
COMMENT ON COLUMN nps.alarm.is_alarm IS 'The evidence is at or above the threshold.';
COMMENT ON COLUMN nps.alarm.since IS 'With an alarm: the day from which on the evidence for a drop is greatest.';

CREATE TABLE IF NOT EXISTS nps.expected_answers (
    month DATE NOT NULL,
    grain VARCHAR NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    answers BIGINT NOT NULL,
    expected_share DOUBLE,
    answers_to_come DOUBLE,
    learnt_from BIGINT NOT NULL,
    median_lag_days DOUBLE
);
COMMENT ON TABLE nps.expected_answers IS 'Answers still to come in the windows that are open at the clock; one row per open window.';
COMMENT ON COLUMN nps.expected_answers.month IS 'Month (first day) whose partition wrote the row: the open month.';
COMMENT ON COLUMN nps.expected_answers.grain IS 'Grain of the window, as in nps.by_period.';
COMMENT ON COLUMN nps.expected_answers.period_start IS 'First day of the window, business zone.';
COMMENT ON COLUMN nps.expected_answers.period_end IS 'Day after the day of the clock.';
COMMENT ON COLUMN nps.expected_answers.answers IS 'Answers, so far, to invitations sent in the window, as far as the answers tell when they were invited.';
COMMENT ON COLUMN nps.expected_answers.expected_share IS 'Share of the answers to those invitations expected to have come by now, 0..1; empty without invitations, or fewer than 30 to learn from.';
COMMENT ON COLUMN nps.expected_answers.answers_to_come IS 'Answers to those invitations expected still to come.';
COMMENT ON COLUMN nps.expected_answers.learnt_from IS 'Answers to the invitations of a year that are at least 60 days old, from which the lag was learnt.';
COMMENT ON COLUMN nps.expected_answers.median_lag_days IS 'Median days from invitation to answer among those.';
