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
COMMENT ON COLUMN nps.by_period.grain IS 'week (ISO), month, quarter, year, trailing_90d or trailing_365d (ending with the month), or auto: for each stage the shortest of 7, 30, 90, 180 and 365 days ending with the month (the open month: at the clock''s day) whose margin_of_error is at most NORTHSTAR_TARGET_MARGIN, else the longest of them; compare margin_of_error with the target, and see is_reliable. A length is passed over where a longer one of a later month begins on the same day (in the open month: the longer one is), so that no two auto windows of a stage share their period_start.';
COMMENT ON COLUMN nps.by_period.period_start IS 'First day of the window, business zone.';
COMMENT ON COLUMN nps.by_period.period_end IS 'Day after the last day of the window, business zone.';
COMMENT ON COLUMN nps.by_period.is_complete IS 'false while the window is still open and cut at the clock''s day.';
COMMENT ON COLUMN nps.by_period.stage IS 'all, or one stage of core.responses; all is the sum of the stages.';
COMMENT ON COLUMN nps.by_period.responses IS 'Answers counted.';
COMMENT ON COLUMN nps.by_period.promoters IS 'Answers of 9 or 10.';
COMMENT ON COLUMN nps.by_period.passives IS 'Answers of 7 or 8.';
COMMENT ON COLUMN nps.by_period.detractors IS 'Answers of 0 to 6.';
COMMENT ON COLUMN nps.by_period.nps IS 'Net promoter score of the raw counts: 100 (promoters - detractors) / responses.';
COMMENT ON COLUMN nps.by_period.standard_error IS 'Standard error of nps from the raw counts, as if every answer were another customer''s.';
COMMENT ON COLUMN nps.by_period.margin_of_error IS 'Half width of the adjusted Wald (3,T) interval before it is clipped to -100..100. Where a customer gave several of the answers (counting all, or stage all) they count as n / design effect answers, the effect being cluster-robust by customer and at least 1; so in every interval and p-value of the table.';
COMMENT ON COLUMN nps.by_period.nps_low IS 'Lower end of the adjusted Wald (3,T) interval at NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN nps.by_period.nps_high IS 'Upper end of the adjusted Wald (3,T) interval at NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN nps.by_period.is_reliable IS 'At least NORTHSTAR_MIN_RESPONSES answers.';
COMMENT ON COLUMN nps.by_period.smallest_detectable_change IS 'Change between two windows of this many answers, by different customers, that a test at NORTHSTAR_CONFIDENCE would find in 80 of 100 cases.';
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
    differs_from_rest BOOLEAN,
    pooled_nps DOUBLE NOT NULL,
    pooled_low DOUBLE NOT NULL,
    pooled_high DOUBLE NOT NULL
);
COMMENT ON TABLE nps.by_segment IS 'Net promoter score per window, stage, dimension and segment, against its own past and against the rest; one row per segment with an answer.';
COMMENT ON COLUMN nps.by_segment.month IS 'Month (first day) whose partition wrote the row: the month of the window''s last included day.';
COMMENT ON COLUMN nps.by_segment.grain IS 'month, quarter, year, trailing_90d or trailing_365d (ending with the month).';
COMMENT ON COLUMN nps.by_segment.period_start IS 'First day of the window, business zone.';
COMMENT ON COLUMN nps.by_segment.period_end IS 'Day after the last day of the window, business zone.';
COMMENT ON COLUMN nps.by_segment.is_complete IS 'false while the window is still open and cut at the clock''s day.';
COMMENT ON COLUMN nps.by_segment.stage IS 'all, or one stage of core.responses.';
COMMENT ON COLUMN nps.by_segment.dimension IS 'Dimension of core.response_segments, or two of them as NORTHSTAR_SEGMENT_PAIRS names them: country*product_category.';
COMMENT ON COLUMN nps.by_segment.segment IS 'Segment of the dimension; unknown where it cannot be told. Of a pair: both segments, as in DE*Shoes.';
COMMENT ON COLUMN nps.by_segment.responses IS 'Answers counted.';
COMMENT ON COLUMN nps.by_segment.promoters IS 'Answers of 9 or 10.';
COMMENT ON COLUMN nps.by_segment.passives IS 'Answers of 7 or 8.';
COMMENT ON COLUMN nps.by_segment.detractors IS 'Answers of 0 to 6.';
COMMENT ON COLUMN nps.by_segment.nps IS 'Net promoter score of the raw counts.';
COMMENT ON COLUMN nps.by_segment.standard_error IS 'Standard error of nps from the raw counts, as if every answer were another customer''s.';
COMMENT ON COLUMN nps.by_segment.margin_of_error IS 'Half width of the adjusted Wald (3,T) interval before it is clipped to -100..100. Where a customer gave several of the answers (counting all, or stage all) they count as n / design effect answers, the effect being cluster-robust by customer and at least 1; so in every interval and p-value of the table.';
COMMENT ON COLUMN nps.by_segment.nps_low IS 'Lower end of the adjusted Wald (3,T) interval at NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN nps.by_segment.nps_high IS 'Upper end of the adjusted Wald (3,T) interval at NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN nps.by_segment.is_reliable IS 'At least NORTHSTAR_MIN_RESPONSES answers.';
COMMENT ON COLUMN nps.by_segment.smallest_detectable_change IS 'Change between two windows of this many answers, by different customers, that a test at NORTHSTAR_CONFIDENCE would find in 80 of 100 cases.';
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
COMMENT ON COLUMN nps.by_segment.pooled_nps IS 'Score drawn towards that of the dimension (same window and stage) as far as the segment''s answers are few: empirical-Bayes Dirichlet-multinomial. Rank segments by it. Where the segments differ by no more than chance it is the score of all.';
COMMENT ON COLUMN nps.by_segment.pooled_low IS 'Lower end of the interval of pooled_nps at NORTHSTAR_CONFIDENCE, the uncertainty of the dimension''s own score included.';
COMMENT ON COLUMN nps.by_segment.pooled_high IS 'Upper end of the interval of pooled_nps.';

CREATE TABLE IF NOT EXISTS nps.change_parts (
    month DATE NOT NULL,
    grain VARCHAR NOT NULL CHECK (grain IN ('month', 'quarter', 'year', 'trailing_90d', 'trailing_365d')),
    period_start DATE NOT NULL,
    dimension VARCHAR NOT NULL,
    segment VARCHAR NOT NULL,
    mix_effect DOUBLE NOT NULL,
    score_effect DOUBLE NOT NULL
);
COMMENT ON TABLE nps.change_parts IS 'The change of the score against the previous window, stage all, split over the segments of each dimension into who answered and how they answered; one row per segment with an answer in either window. Over a dimension the parts sum to nps.by_period.change.';
COMMENT ON COLUMN nps.change_parts.month IS 'Month (first day) whose partition wrote the row: the month of the window''s last included day.';
COMMENT ON COLUMN nps.change_parts.grain IS 'month, quarter, year, trailing_90d or trailing_365d (ending with the month).';
COMMENT ON COLUMN nps.change_parts.period_start IS 'First day of the window, business zone; with grain and stage all it names the row of nps.by_period.';
COMMENT ON COLUMN nps.change_parts.dimension IS 'Dimension as in nps.by_segment.';
COMMENT ON COLUMN nps.change_parts.segment IS 'Segment as in nps.by_segment.';
COMMENT ON COLUMN nps.change_parts.mix_effect IS 'Points of the change because the segment''s share of the answers moved: change of share times how far the segment''s score (mean of both windows) lies from the total. A segment that answered in one window only has no other effect.';
COMMENT ON COLUMN nps.change_parts.score_effect IS 'Points of the change because the segment answered differently: change of its score times its share (mean of both windows).';
