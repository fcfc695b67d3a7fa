-- Whom to call, whom to ask, whom to leave alone, and what came of it. Pseudonymous: addresses stand only in the files
-- beside the published one.
CREATE SCHEMA IF NOT EXISTS loop;

CREATE TABLE IF NOT EXISTS loop.actions (
    month DATE NOT NULL,
    rank BIGINT NOT NULL,
    dimension VARCHAR NOT NULL,
    segment VARCHAR NOT NULL,
    responses BIGINT NOT NULL,
    buyers DOUBLE,
    score_effect DOUBLE NOT NULL,
    score_effect_low DOUBLE NOT NULL,
    score_effect_high DOUBLE NOT NULL,
    value_effect DOUBLE,
    value_effect_low DOUBLE,
    value_effect_high DOUBLE,
    value_reason VARCHAR,
    is_certain BOOLEAN NOT NULL,
    example VARCHAR,
    question VARCHAR NOT NULL
);
COMMENT ON TABLE loop.actions IS 'Where a change would move score and money most: up to five segments and topics, at most two of one dimension, one list a month. Segments score below the rest, topics cost points, and both have enough answers for a figure. Dimensions that a shop cannot change are left out: who the customer is (spend_tier, lifecycle, attributes and the like) and how they were asked (survey, channel). Read it as where to look first. What became of a list stands in loop.action_outcomes three months later.';
COMMENT ON COLUMN loop.actions.month IS 'First day of the month; the list is made at its end, or at the clock in the open month, of the year before.';
COMMENT ON COLUMN loop.actions.rank IS '1 is the first to look at: what is certain before what may be chance, then by value_effect, then by score_effect.';
COMMENT ON COLUMN loop.actions.dimension IS 'Dimension of nps.by_segment, or topic.';
COMMENT ON COLUMN loop.actions.segment IS 'Segment of the dimension, or topic of nps.drivers.';
COMMENT ON COLUMN loop.actions.responses IS 'Answers of the segment in the year, or comments that mention the topic.';
COMMENT ON COLUMN loop.actions.buyers IS 'Buyers of the year it concerns: those of the segment (nps.coverage), and where buyers do not have the dimension, or for a topic, its share of the answers times all buyers. NULL without a buyer.';
COMMENT ON COLUMN loop.actions.score_effect IS 'Points that the score of the year would gain if the answers of the segment were like the rest, or the comments that mention the topic like the others: the difference times the share of the answers. It says where the points are lost, not that a change wins them back. Gains do not add up: an answer has several segments and topics.';
COMMENT ON COLUMN loop.actions.score_effect_low IS 'Lower end of the interval of score_effect at NORTHSTAR_CONFIDENCE, points.';
COMMENT ON COLUMN loop.actions.score_effect_high IS 'Upper end of the interval of score_effect, points.';
COMMENT ON COLUMN loop.actions.value_effect IS 'Money of one year that goes with that: the points of the segment times its buyers times half of what promoters bring more than detractors in the year after the answer (value.promoter_value.adjusted_difference_to_detractor), since a detractor who becomes a promoter moves two signs. Reporting currency. An association: customers who are made happier need not spend like those who were happy. NULL if value_reason says why.';
COMMENT ON COLUMN loop.actions.value_effect_low IS 'Lower end of the interval of value_effect at NORTHSTAR_CONFIDENCE: of both factors (Goodman 1960); the number of buyers is taken as it is.';
COMMENT ON COLUMN loop.actions.value_effect_high IS 'Upper end of the interval of value_effect.';
COMMENT ON COLUMN loop.actions.value_reason IS 'Why there is no value_effect; NULL where there is one.';
COMMENT ON COLUMN loop.actions.is_certain IS 'true if it is no chance: the segment differs from the rest after adjustment for many tests (nps.by_segment.differs_from_rest), or the interval of the topic''s impact lies below zero. false: look at it, and do not act on it alone.';
COMMENT ON COLUMN loop.actions.example IS 'A masked comment by a detractor of the segment or on the topic; NULL without any, or if NORTHSTAR_PUBLISH_COMMENTS is false.';
COMMENT ON COLUMN loop.actions.question IS 'The query that shows the figures behind the row, over the last year.';

CREATE TABLE IF NOT EXISTS loop.action_outcomes (
    month DATE NOT NULL,
    action_month DATE NOT NULL,
    rank BIGINT NOT NULL,
    dimension VARCHAR NOT NULL,
    segment VARCHAR NOT NULL,
    measure VARCHAR NOT NULL CHECK (measure IN ('nps', 'share_of_comments')),
    responses_before BIGINT NOT NULL,
    responses_since BIGINT NOT NULL,
    before DOUBLE,
    since DOUBLE,
    change DOUBLE,
    change_low DOUBLE,
    change_high DOUBLE,
    is_reliable BOOLEAN NOT NULL
);
COMMENT ON TABLE loop.action_outcomes IS 'What became of the list of actions of three months before: the ninety days since against the ninety days before them. One row per month and place in that list.';
COMMENT ON COLUMN loop.action_outcomes.month IS 'First day of the month with whose end the ninety days since end; the open month: at the clock.';
COMMENT ON COLUMN loop.action_outcomes.action_month IS 'loop.actions.month of the list, three months before.';
COMMENT ON COLUMN loop.action_outcomes.rank IS 'loop.actions.rank.';
COMMENT ON COLUMN loop.action_outcomes.dimension IS 'loop.actions.dimension.';
COMMENT ON COLUMN loop.action_outcomes.segment IS 'loop.actions.segment.';
COMMENT ON COLUMN loop.action_outcomes.measure IS 'What before, since and change measure: nps, the score of the segment in points (more is better), or share_of_comments, of a hundred comments those that mention the topic (less is better).';
COMMENT ON COLUMN loop.action_outcomes.responses_before IS 'Answers of the segment, or comments, in the ninety days before.';
COMMENT ON COLUMN loop.action_outcomes.responses_since IS 'Answers of the segment, or comments, in the ninety days since.';
COMMENT ON COLUMN loop.action_outcomes.before IS 'The measure in the ninety days before; NULL without answers.';
COMMENT ON COLUMN loop.action_outcomes.since IS 'The measure in the ninety days since; NULL without answers.';
COMMENT ON COLUMN loop.action_outcomes.change IS 'since - before: what was seen, whether or not anything was done. What is listed because it is low rises a little by itself. NULL without answers in either.';
COMMENT ON COLUMN loop.action_outcomes.change_low IS 'Lower end of the interval of change at NORTHSTAR_CONFIDENCE (adjusted Wald; for shares Newcombe).';
COMMENT ON COLUMN loop.action_outcomes.change_high IS 'Upper end of the interval of change.';
COMMENT ON COLUMN loop.action_outcomes.is_reliable IS 'Whether change may be read as a figure: both periods with at least NORTHSTAR_MIN_RESPONSES answers or comments, and never with fewer than ten.';
