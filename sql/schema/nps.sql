-- The score and its error. Scores, margins and differences are NPS points (-100..100); shares are fractions (0..1).
-- month is the Dagster partition that wrote the row, from what had happened by that month's end or by the clock.
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
    is_significant BOOLEAN,
    is_change_reliable BOOLEAN,
    every_responses BIGINT NOT NULL,
    every_nps DOUBLE NOT NULL,
    weighted_responses BIGINT,
    weighted_nps DOUBLE,
    weighted_error DOUBLE,
    weighted_low DOUBLE,
    weighted_high DOUBLE,
    effective_responses DOUBLE,
    linked_responses BIGINT,
    linked_nps DOUBLE,
    weighting_effect DOUBLE,
    weight_reason VARCHAR
);
COMMENT ON TABLE nps.by_period IS 'Net promoter score per window and stage, with its error and its change from the previous window. nps is what the customers who answered think, each counted once per stage, by the last answer in the window (unless NORTHSTAR_COUNTING is all); it does not speak for buyers who stayed silent: see nps.everybody, and nps.coverage for how many they are. A long window can score lower than each of the months in it: satisfied customers buy and answer often, and count once in every month but only once in the year. Read nps for what customers think in a window, and every_nps to compare windows of different length. One row per grain, period_start and stage with at least one answer. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN nps.by_period.month IS 'First day of the month that owns the row: the month of the window''s last day.';
COMMENT ON COLUMN nps.by_period.grain IS 'Kind of window. Windows of different grains overlap: read one grain at a time. week (ISO), month, quarter and year are calendar windows; trailing_90d and trailing_365d are the days that end with the month; auto is the shortest of 7, 30, 90, 180 and 365 days ending with the month (in the open month: with the clock''s day) that reaches a margin_of_error of NORTHSTAR_TARGET_MARGIN, else the longest. Do not compare auto windows without looking at period_start: their length differs between months and stages. A length that would begin on the same day as another month''s auto window is left out.';
COMMENT ON COLUMN nps.by_period.period_start IS 'First day of the window (inclusive), business time zone.';
COMMENT ON COLUMN nps.by_period.period_end IS 'Day after the window''s last day (exclusive), business time zone.';
COMMENT ON COLUMN nps.by_period.is_complete IS 'false while the window is still open: it is then cut after the clock''s day.';
COMMENT ON COLUMN nps.by_period.stage IS 'all, or one stage of core.responses; all contains the answers of every stage.';
COMMENT ON COLUMN nps.by_period.responses IS 'Number of answers counted.';
COMMENT ON COLUMN nps.by_period.promoters IS 'Answers of 9 or 10.';
COMMENT ON COLUMN nps.by_period.passives IS 'Answers of 7 or 8.';
COMMENT ON COLUMN nps.by_period.detractors IS 'Answers of 0 to 6.';
COMMENT ON COLUMN nps.by_period.nps IS 'Net promoter score in points: 100 x (promoters - detractors) / responses.';
COMMENT ON COLUMN nps.by_period.standard_error IS 'Standard error of nps in points, as if every answer came from a different customer.';
COMMENT ON COLUMN nps.by_period.margin_of_error IS 'Half width of the adjusted Wald (3,T) interval at NORTHSTAR_CONFIDENCE, in points, before it is clipped to -100..100 and widened to hold nps (one or two answers). Where customers gave several of the answers (possible with counting all and for stage all), the answers are divided by a cluster-robust design effect of at least 1; the same holds for every interval and p-value of this table.';
COMMENT ON COLUMN nps.by_period.nps_low IS 'Lower end of the adjusted Wald (3,T) interval of nps at NORTHSTAR_CONFIDENCE, points; it holds nps.';
COMMENT ON COLUMN nps.by_period.nps_high IS 'Upper end of the adjusted Wald (3,T) interval of nps at NORTHSTAR_CONFIDENCE, points; it holds nps.';
COMMENT ON COLUMN nps.by_period.is_reliable IS 'false: do not act on this score alone. true with at least NORTHSTAR_MIN_RESPONSES answers, and never with those of fewer than ten people (answers divided by the design effect of repeated answers).';
COMMENT ON COLUMN nps.by_period.smallest_detectable_change IS 'Smallest change, in points, that a test at NORTHSTAR_CONFIDENCE finds in 80 of 100 cases between two windows of this many answers, given by different customers.';
COMMENT ON COLUMN nps.by_period.previous_responses IS 'Number of answers counted in the previous window: of the same length, or for an open calendar window the first days of its predecessor.';
COMMENT ON COLUMN nps.by_period.previous_nps IS 'Score of the previous window, points: the calendar predecessor, or for trailing grains and auto the adjacent window before this one. NULL without answers.';
COMMENT ON COLUMN nps.by_period.change IS 'nps - previous_nps, points; NULL without answers in the previous window.';
COMMENT ON COLUMN nps.by_period.change_low IS 'Lower end of the interval of change at NORTHSTAR_CONFIDENCE, points; allows for customers who answered in both windows.';
COMMENT ON COLUMN nps.by_period.change_high IS 'Upper end of the interval of change, points.';
COMMENT ON COLUMN nps.by_period.change_p_value IS 'Two-sided p-value of the hypothesis that the score did not change, 0..1.';
COMMENT ON COLUMN nps.by_period.is_significant IS 'true if change_p_value < 1 - NORTHSTAR_CONFIDENCE; NULL without a p-value.';
COMMENT ON COLUMN nps.by_period.is_change_reliable IS 'Whether both windows of change pass the rule of is_reliable; NULL without a previous score.';
COMMENT ON COLUMN nps.by_period.every_responses IS 'Number of all answers given in the window, also those that a later answer of the same customer replaces in responses. Unlike responses, it sums: that of a year is the sum of its months.';
COMMENT ON COLUMN nps.by_period.every_nps IS 'Score of every_responses, points: how the answers were, a customer who answered five times counting five times. Comparable across windows of different length: that of a year is the mean of its months, weighted by every_responses. Not what customers think, since those who buy often are asked often: for that use nps, which has the interval. Equal to nps with NORTHSTAR_COUNTING all.';
COMMENT ON COLUMN nps.by_period.weighted_responses IS 'Number of answers behind weighted_nps: those of responses that come from a known customer and belong to an order. Fewer than responses, so weighted_nps is to be compared with linked_nps, not with nps. NULL without a weighted score.';
COMMENT ON COLUMN nps.by_period.weighted_nps IS 'Score of the weighted_responses, points, as if every kind of buyer (account type x order value band) had answered in proportion to its number among the distinct buyers of the window. weighting_effect says what the weights changed; nps - weighted_nps does not, because nps has other answers too. It does not correct for buyers who stay silent because they are unhappy: see nps.everybody. Post-stratification: kinds with fewer than 10 answers are merged, weights are not trimmed. NULL: see weight_reason.';
COMMENT ON COLUMN nps.by_period.weighted_error IS 'Stratified standard error of weighted_nps, points.';
COMMENT ON COLUMN nps.by_period.weighted_low IS 'Lower end of the adjusted Wald (3,T) interval at NORTHSTAR_CONFIDENCE of the weighted shares with effective_responses answers, points.';
COMMENT ON COLUMN nps.by_period.weighted_high IS 'Upper end of the same interval, points.';
COMMENT ON COLUMN nps.by_period.effective_responses IS 'Kish''s effective number of answers: the number of equally weighted answers with the same precision.';
COMMENT ON COLUMN nps.by_period.linked_responses IS 'Number of answers behind linked_nps: the same answers as weighted_responses, each counting once. NULL without a weighted score.';
COMMENT ON COLUMN nps.by_period.linked_nps IS 'Score of the answers that weighted_nps uses, points, without weights: what to compare weighted_nps with. It differs from nps by the answers that no order is known for, not by weights. NULL without a weighted score.';
COMMENT ON COLUMN nps.by_period.weighting_effect IS 'What weighting did to the score, points: weighted_nps - linked_nps, on the same answers. Positive: satisfied kinds of buyers answer too seldom. NULL without a weighted score.';
COMMENT ON COLUMN nps.by_period.weight_reason IS 'Why there is no weighted score: short_window (grain shorter than a quarter, or auto), no_known_buyers, too_few_linked_answers (fewer than 10), one_cell (after merging, all answers are in one cell and would all weigh 1). NULL with a weighted score.';

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
    is_change_reliable BOOLEAN,
    every_responses BIGINT NOT NULL,
    every_nps DOUBLE NOT NULL,
    rest_responses BIGINT NOT NULL,
    rest_nps DOUBLE,
    difference DOUBLE,
    difference_low DOUBLE,
    difference_high DOUBLE,
    adjusted_p_value DOUBLE,
    tests BIGINT NOT NULL,
    is_difference_reliable BOOLEAN,
    differs_from_rest BOOLEAN,
    pooled_nps DOUBLE NOT NULL,
    pooled_low DOUBLE NOT NULL,
    pooled_high DOUBLE NOT NULL
);
COMMENT ON TABLE nps.by_segment IS 'Net promoter score per window, stage, dimension and segment, compared with its own past and with the rest. As in nps.by_period, nps counts a customer once per window and stage, every_nps every answer: use nps for what customers think, every_nps to compare windows of different length. One row per segment with at least one answer. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN nps.by_segment.month IS 'First day of the month that owns the row: the month of the window''s last day.';
COMMENT ON COLUMN nps.by_segment.grain IS 'month, quarter, year; trailing_90d or trailing_365d, which end with the month.';
COMMENT ON COLUMN nps.by_segment.period_start IS 'First day of the window (inclusive), business time zone.';
COMMENT ON COLUMN nps.by_segment.period_end IS 'Day after the window''s last day (exclusive), business time zone.';
COMMENT ON COLUMN nps.by_segment.is_complete IS 'false while the window is still open: it is then cut after the clock''s day.';
COMMENT ON COLUMN nps.by_segment.stage IS 'all, or one stage of core.responses.';
COMMENT ON COLUMN nps.by_segment.dimension IS 'Dimension of core.response_segments, or two of them crossed as NORTHSTAR_SEGMENT_PAIRS names them: country*product_category.';
COMMENT ON COLUMN nps.by_segment.segment IS 'Segment of the dimension; unknown where it cannot be determined. For crossed dimensions both segments: DE*Shoes.';
COMMENT ON COLUMN nps.by_segment.responses IS 'Number of answers counted.';
COMMENT ON COLUMN nps.by_segment.promoters IS 'Answers of 9 or 10.';
COMMENT ON COLUMN nps.by_segment.passives IS 'Answers of 7 or 8.';
COMMENT ON COLUMN nps.by_segment.detractors IS 'Answers of 0 to 6.';
COMMENT ON COLUMN nps.by_segment.nps IS 'Net promoter score of the segment in points: 100 x (promoters - detractors) / responses.';
COMMENT ON COLUMN nps.by_segment.standard_error IS 'Standard error of nps in points, as if every answer came from a different customer.';
COMMENT ON COLUMN nps.by_segment.margin_of_error IS 'Half width of the adjusted Wald (3,T) interval at NORTHSTAR_CONFIDENCE, in points, before it is clipped to -100..100 and widened to hold nps (one or two answers). Where customers gave several of the answers (possible with counting all and for stage all), the answers are divided by a cluster-robust design effect of at least 1; the same holds for every interval and p-value of this table.';
COMMENT ON COLUMN nps.by_segment.nps_low IS 'Lower end of the adjusted Wald (3,T) interval of nps at NORTHSTAR_CONFIDENCE, points; it holds nps.';
COMMENT ON COLUMN nps.by_segment.nps_high IS 'Upper end of the adjusted Wald (3,T) interval of nps at NORTHSTAR_CONFIDENCE, points; it holds nps.';
COMMENT ON COLUMN nps.by_segment.is_reliable IS 'false: do not act on this score alone. true with at least NORTHSTAR_MIN_RESPONSES answers, and never with those of fewer than ten people (answers divided by the design effect of repeated answers).';
COMMENT ON COLUMN nps.by_segment.smallest_detectable_change IS 'Smallest change, in points, that a test at NORTHSTAR_CONFIDENCE finds in 80 of 100 cases between two windows of this many answers, given by different customers.';
COMMENT ON COLUMN nps.by_segment.previous_responses IS 'Number of the segment''s answers counted in the previous window of the same length.';
COMMENT ON COLUMN nps.by_segment.previous_nps IS 'Score of the segment in the previous window, points; NULL without answers.';
COMMENT ON COLUMN nps.by_segment.change IS 'nps - previous_nps, points; NULL without answers in the previous window.';
COMMENT ON COLUMN nps.by_segment.change_low IS 'Lower end of the interval of change at NORTHSTAR_CONFIDENCE, points; allows for customers who answered in both windows.';
COMMENT ON COLUMN nps.by_segment.change_high IS 'Upper end of the interval of change, points.';
COMMENT ON COLUMN nps.by_segment.change_p_value IS 'Two-sided p-value of the hypothesis that the score did not change, 0..1.';
COMMENT ON COLUMN nps.by_segment.is_significant IS 'true if change_p_value < 1 - NORTHSTAR_CONFIDENCE; NULL without a p-value.';
COMMENT ON COLUMN nps.by_segment.is_change_reliable IS 'Whether both windows of change pass the rule of is_reliable; NULL without a previous score.';
COMMENT ON COLUMN nps.by_segment.every_responses IS 'Number of all answers given in the window in the segment, also those that a later answer of the same customer replaces in responses. Summed over segments it can fall short of nps.by_period.every_responses: a segment without an answer in responses has no row.';
COMMENT ON COLUMN nps.by_segment.every_nps IS 'Score of every_responses, points: how the answers were, a customer who answered five times counting five times. Comparable across windows of different length: that of a year is the mean of its months, weighted by every_responses. Not what customers think, since those who buy often are asked often: for that use nps, which has the interval. Equal to nps with NORTHSTAR_COUNTING all.';
COMMENT ON COLUMN nps.by_segment.rest_responses IS 'Number of all other answers of the window and stage, those in segment unknown included.';
COMMENT ON COLUMN nps.by_segment.rest_nps IS 'Score of the rest, points; NULL if the segment holds every answer.';
COMMENT ON COLUMN nps.by_segment.difference IS 'nps - rest_nps, points; NULL without a rest.';
COMMENT ON COLUMN nps.by_segment.difference_low IS 'Lower end of the adjusted Wald interval of difference at NORTHSTAR_CONFIDENCE, points.';
COMMENT ON COLUMN nps.by_segment.difference_high IS 'Upper end of the adjusted Wald interval of difference, points.';
COMMENT ON COLUMN nps.by_segment.adjusted_p_value IS 'p-value of no difference, 0..1, adjusted by Benjamini-Hochberg over the segments of the same dimension, window and stage.';
COMMENT ON COLUMN nps.by_segment.tests IS 'Number of segments tested together: those of the same dimension, window and stage with an answer.';
COMMENT ON COLUMN nps.by_segment.is_difference_reliable IS 'Whether both the segment and the rest pass the rule of is_reliable; NULL without a rest.';
COMMENT ON COLUMN nps.by_segment.differs_from_rest IS 'true if adjusted_p_value < 1 - NORTHSTAR_CONFIDENCE; NULL without a p-value.';
COMMENT ON COLUMN nps.by_segment.pooled_nps IS 'Score shrunk towards that of the whole dimension (same window and stage), points: the more, the fewer answers the segment has and the more alike the segments are (empirical-Bayes Dirichlet-multinomial). Rank segments by this column.';
COMMENT ON COLUMN nps.by_segment.pooled_low IS 'Lower end of the interval of pooled_nps at NORTHSTAR_CONFIDENCE, points; it allows for uncertainty in the dimension''s own score and in how alike the segments are.';
COMMENT ON COLUMN nps.by_segment.pooled_high IS 'Upper end of the interval of pooled_nps, points.';

CREATE TABLE IF NOT EXISTS nps.change_parts (
    month DATE NOT NULL,
    grain VARCHAR NOT NULL CHECK (grain IN ('month', 'quarter', 'year', 'trailing_90d', 'trailing_365d')),
    period_start DATE NOT NULL,
    dimension VARCHAR NOT NULL,
    segment VARCHAR NOT NULL,
    mix_effect DOUBLE NOT NULL,
    score_effect DOUBLE NOT NULL
);
COMMENT ON TABLE nps.change_parts IS 'The change of the score from the previous window, stage all, split over the segments of each dimension into who answered (mix) and how they answered (score). An exact sum, not an estimate: its parts have no interval, and are as reliable as nps.by_period.is_change_reliable says of the change. One row per segment with an answer in either window. The parts of a dimension sum to nps.by_period.change. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN nps.change_parts.month IS 'First day of the month that owns the row: the month of the window''s last day.';
COMMENT ON COLUMN nps.change_parts.grain IS 'month, quarter, year; trailing_90d or trailing_365d, which end with the month.';
COMMENT ON COLUMN nps.change_parts.period_start IS 'First day of the window (inclusive), business time zone; with grain and stage all it identifies the row of nps.by_period.';
COMMENT ON COLUMN nps.change_parts.dimension IS 'Dimension as in nps.by_segment.';
COMMENT ON COLUMN nps.change_parts.segment IS 'Segment as in nps.by_segment.';
COMMENT ON COLUMN nps.change_parts.mix_effect IS 'Points of the change due to the segment''s share of the answers: change of its share x (its score, mean of both windows, less the total''s). A segment that answered in only one of the windows has a mix effect alone.';
COMMENT ON COLUMN nps.change_parts.score_effect IS 'Points of the change due to the segment''s answers: change of its score x its share (mean of both windows).';

CREATE TABLE IF NOT EXISTS nps.coverage (
    month DATE NOT NULL,
    grain VARCHAR NOT NULL CHECK (grain IN ('quarter', 'trailing_365d')),
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    is_complete BOOLEAN NOT NULL,
    dimension VARCHAR NOT NULL,
    segment VARCHAR NOT NULL,
    orders BIGINT NOT NULL,
    orders_without_customer BIGINT NOT NULL,
    buyers BIGINT NOT NULL,
    invited BIGINT NOT NULL,
    delivered BIGINT NOT NULL,
    responded BIGINT NOT NULL,
    response_rate DOUBLE,
    share_of_buyers DOUBLE NOT NULL,
    share_of_responses DOUBLE,
    representation DOUBLE,
    representation_low DOUBLE,
    representation_high DOUBLE,
    is_under_represented BOOLEAN,
    nps DOUBLE,
    nps_if_silent_worst DOUBLE,
    nps_if_silent_best DOUBLE,
    answers_of_others BIGINT,
    is_reliable BOOLEAN NOT NULL
);
COMMENT ON TABLE nps.coverage IS 'Who is heard: the distinct buyers of a window by the segment of their last order in it, and how many of them were invited, reached and answered. One row per dimension and segment with an order, for every window with a buyer; the row all/all is everybody. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN nps.coverage.month IS 'First day of the month that owns the row: the month of the window''s last day.';
COMMENT ON COLUMN nps.coverage.grain IS 'quarter, or trailing_365d, which ends with the month.';
COMMENT ON COLUMN nps.coverage.period_start IS 'First day of the window (inclusive), business time zone.';
COMMENT ON COLUMN nps.coverage.period_end IS 'Day after the window''s last day (exclusive), business time zone.';
COMMENT ON COLUMN nps.coverage.is_complete IS 'false while the window is still open: it is then cut after the clock''s day.';
COMMENT ON COLUMN nps.coverage.dimension IS 'all, a column of core.order_segments, or a customer attribute (its current value, without history).';
COMMENT ON COLUMN nps.coverage.segment IS 'Segment of the buyer''s last order in the window; the buyer''s answer counts in the same segment. unknown where it cannot be determined.';
COMMENT ON COLUMN nps.coverage.orders IS 'Number of orders of the window that count.';
COMMENT ON COLUMN nps.coverage.orders_without_customer IS 'Number of those orders whose source names no customer (marketplaces, tills): their buyers can be neither counted nor invited.';
COMMENT ON COLUMN nps.coverage.buyers IS 'Number of distinct customers whose last order of the window that counts is in the segment.';
COMMENT ON COLUMN nps.coverage.invited IS 'Number of buyers invited in the window.';
COMMENT ON COLUMN nps.coverage.delivered IS 'Number of buyers whom an invitation reached; an invitation without delivery information is taken to have arrived.';
COMMENT ON COLUMN nps.coverage.responded IS 'Number of buyers who answered in the window, invited or not.';
COMMENT ON COLUMN nps.coverage.response_rate IS 'Share of the buyers reached by an invitation who answered in the window, 0..1; NULL if none was reached.';
COMMENT ON COLUMN nps.coverage.share_of_buyers IS 'Share of the window''s buyers, 0..1.';
COMMENT ON COLUMN nps.coverage.share_of_responses IS 'Share of the buyers who answered, 0..1; NULL if nobody did.';
COMMENT ON COLUMN nps.coverage.representation IS 'share_of_responses / share_of_buyers: 1 is proportional, 0.5 half as many answers as there should be. NULL without buyers in the segment, or if nobody answered.';
COMMENT ON COLUMN nps.coverage.representation_low IS 'Lower end of the log-ratio interval of representation at NORTHSTAR_CONFIDENCE, which holds representation; NULL if the segment is everybody or nobody answered.';
COMMENT ON COLUMN nps.coverage.representation_high IS 'Upper end of the log-ratio interval of representation.';
COMMENT ON COLUMN nps.coverage.is_under_represented IS 'true if representation_high < 1.';
COMMENT ON COLUMN nps.coverage.nps IS 'Score of the buyers who answered, points, each by the last answer in the window; NULL without any.';
COMMENT ON COLUMN nps.coverage.nps_if_silent_worst IS 'Score over all buyers, points, if those who did not answer score NORTHSTAR_SILENT_POINTS lower than those who did (not below -100).';
COMMENT ON COLUMN nps.coverage.nps_if_silent_best IS 'Score over all buyers, points, if those who did not answer score NORTHSTAR_SILENT_POINTS higher (not above 100).';
COMMENT ON COLUMN nps.coverage.is_reliable IS 'Whether enough buyers answered to read nps and its band as a score: true with at least NORTHSTAR_MIN_RESPONSES of responded, and never with fewer than ten.';
COMMENT ON COLUMN nps.coverage.answers_of_others IS 'Number of answers in the window by unknown people and by customers who bought nothing in it; only in the row all/all, elsewhere NULL.';

CREATE TABLE IF NOT EXISTS nps.everybody (
    month DATE NOT NULL,
    grain VARCHAR NOT NULL CHECK (grain IN ('quarter', 'trailing_365d')),
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    is_complete BOOLEAN NOT NULL,
    method VARCHAR NOT NULL CHECK (method IN ('as_answered', 'alike', 'late_answers', 'behaviour', 'range')),
    buyers BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    nps DOUBLE,
    nps_low DOUBLE,
    nps_high DOUBLE,
    width DOUBLE,
    assumption VARCHAR NOT NULL,
    reason VARCHAR
);
COMMENT ON TABLE nps.everybody IS 'What can be said of all buyers of a window, each once, had all answered after the delivery of their last order: the row range holds it if at least one of three assumptions about the silent is right. Each method has a row with its assumption; a method is only as good as that, and their disagreement is not chance that more answers would remove. The row as_answered speaks for those who answered, not for the shop. Five rows for every window with a buyer. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN nps.everybody.month IS 'First day of the month that owns the row: the month of the window''s last day.';
COMMENT ON COLUMN nps.everybody.grain IS 'quarter, or trailing_365d, which ends with the month.';
COMMENT ON COLUMN nps.everybody.period_start IS 'First day of the window (inclusive), business time zone.';
COMMENT ON COLUMN nps.everybody.period_end IS 'Day after the window''s last day (exclusive), business time zone.';
COMMENT ON COLUMN nps.everybody.is_complete IS 'false while the window is still open: it is then cut after the clock''s day.';
COMMENT ON COLUMN nps.everybody.method IS 'as_answered: no correction. alike: the silent think as those who answered and are alike in account, country, category, order value, purchases, delivery, recency and last earlier answer. late_answers: the silent think as the last who answered. behaviour: the silent think as those who answered and order again as they do. range: from the lowest to the highest end of alike, late_answers and behaviour.';
COMMENT ON COLUMN nps.everybody.buyers IS 'Number of distinct customers with an order of the window that counts: those the score is about.';
COMMENT ON COLUMN nps.everybody.answered IS 'Number of buyers whose answers the method rests on: in the window (as_answered, alike, range), or about their first order of the window, at least 30 days old, after its delivery (late_answers, behaviour).';
COMMENT ON COLUMN nps.everybody.nps IS 'Score of all buyers under the assumption, points; of those who answered in the row as_answered. NULL in the row range, and where reason says why.';
COMMENT ON COLUMN nps.everybody.nps_low IS 'Lower end of the interval at NORTHSTAR_CONFIDENCE, points: chance only, the assumption is taken as right. In the row range: the lowest end of the three methods.';
COMMENT ON COLUMN nps.everybody.nps_high IS 'Upper end of the interval, points; in the row range the highest end of the three methods.';
COMMENT ON COLUMN nps.everybody.width IS 'nps_high - nps_low, points; in the row range how much is unknown of all buyers.';
COMMENT ON COLUMN nps.everybody.assumption IS 'What must be true for the row to be right, in words. Data cannot prove it.';
COMMENT ON COLUMN nps.everybody.reason IS 'Why there is no score: too few answers or orders for the method, or a range, which has no middle to quote. NULL with a score.';

CREATE TABLE IF NOT EXISTS nps.delivery_gap (
    month DATE NOT NULL,
    grain VARCHAR NOT NULL CHECK (grain IN ('quarter', 'trailing_365d')),
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    is_complete BOOLEAN NOT NULL,
    dimension VARCHAR NOT NULL,
    segment VARCHAR NOT NULL,
    pre_responses BIGINT NOT NULL,
    pre_nps DOUBLE,
    post_responses BIGINT NOT NULL,
    post_nps DOUBLE,
    gap DOUBLE,
    gap_low DOUBLE,
    gap_high DOUBLE,
    paired_responses BIGINT NOT NULL,
    paired_gap DOUBLE,
    paired_gap_low DOUBLE,
    paired_gap_high DOUBLE,
    on_time_responses BIGINT NOT NULL,
    late_responses BIGINT NOT NULL,
    late_share DOUBLE,
    late_nps DOUBLE,
    on_time_nps DOUBLE,
    late_difference DOUBLE,
    late_difference_low DOUBLE,
    late_difference_high DOUBLE,
    is_gap_reliable BOOLEAN NOT NULL,
    is_paired_gap_reliable BOOLEAN NOT NULL,
    is_late_difference_reliable BOOLEAN NOT NULL
);
COMMENT ON TABLE nps.delivery_gap IS 'What delivery does to the score: after delivery against before it, over all answers and over the same orders; and late against on time. One row per window, dimension and segment with such an answer. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN nps.delivery_gap.month IS 'First day of the month that owns the row: the month of the window''s last day.';
COMMENT ON COLUMN nps.delivery_gap.grain IS 'quarter, or trailing_365d, which ends with the month.';
COMMENT ON COLUMN nps.delivery_gap.period_start IS 'First day of the window (inclusive), business time zone.';
COMMENT ON COLUMN nps.delivery_gap.period_end IS 'Day after the window''s last day (exclusive), business time zone.';
COMMENT ON COLUMN nps.delivery_gap.is_complete IS 'false while the window is still open: it is then cut after the clock''s day.';
COMMENT ON COLUMN nps.delivery_gap.dimension IS 'all, or a dimension of core.response_segments except delivery, which the late columns compare.';
COMMENT ON COLUMN nps.delivery_gap.segment IS 'Segment of the dimension; for pairs that of the later answer. unknown where it cannot be determined.';
COMMENT ON COLUMN nps.delivery_gap.pre_responses IS 'Number of answers of stage pre_delivery, counted as in nps.by_period.';
COMMENT ON COLUMN nps.delivery_gap.pre_nps IS 'Score of the pre_delivery answers, points; NULL without any.';
COMMENT ON COLUMN nps.delivery_gap.post_responses IS 'Number of answers of stage post_delivery, counted as in nps.by_period.';
COMMENT ON COLUMN nps.delivery_gap.post_nps IS 'Score of the post_delivery answers, points; NULL without any.';
COMMENT ON COLUMN nps.delivery_gap.gap IS 'post_nps - pre_nps, points: two different groups of customers.';
COMMENT ON COLUMN nps.delivery_gap.gap_low IS 'Lower end of the adjusted Wald interval of gap at NORTHSTAR_CONFIDENCE, points; the groups are taken to be independent.';
COMMENT ON COLUMN nps.delivery_gap.gap_high IS 'Upper end of the interval of gap, points.';
COMMENT ON COLUMN nps.delivery_gap.paired_responses IS 'Number of pairs: counted post_delivery answers about an order that also has an earlier pre_delivery answer. The latest such answer is the other of the pair, even if given before the window.';
COMMENT ON COLUMN nps.delivery_gap.paired_gap IS 'Mean change within the pairs, points: after less before on the same orders.';
COMMENT ON COLUMN nps.delivery_gap.paired_gap_low IS 'Lower end of the interval of paired_gap at NORTHSTAR_CONFIDENCE, points, with the paired standard error (fewer than 100 pairs: three pseudo-pairs added); it holds paired_gap. NULL without a pair.';
COMMENT ON COLUMN nps.delivery_gap.paired_gap_high IS 'Upper end of the interval of paired_gap, points.';
COMMENT ON COLUMN nps.delivery_gap.on_time_responses IS 'Number of answers about an order delivered by the promised day.';
COMMENT ON COLUMN nps.delivery_gap.late_responses IS 'Number of answers about an order delivered later than promised.';
COMMENT ON COLUMN nps.delivery_gap.late_share IS 'late_responses / (late_responses + on_time_responses), 0..1; NULL without either.';
COMMENT ON COLUMN nps.delivery_gap.late_nps IS 'Score of the answers about late orders, points; NULL without any.';
COMMENT ON COLUMN nps.delivery_gap.on_time_nps IS 'Score of the answers about orders on time, points; NULL without any.';
COMMENT ON COLUMN nps.delivery_gap.late_difference IS 'late_nps - on_time_nps, points.';
COMMENT ON COLUMN nps.delivery_gap.late_difference_low IS 'Lower end of the adjusted Wald interval of late_difference at NORTHSTAR_CONFIDENCE, points.';
COMMENT ON COLUMN nps.delivery_gap.late_difference_high IS 'Upper end of the adjusted Wald interval of late_difference, points.';
COMMENT ON COLUMN nps.delivery_gap.is_gap_reliable IS 'Whether pre_nps, post_nps and gap may be read as figures: true with at least NORTHSTAR_MIN_RESPONSES answers on either side, and never with fewer than ten.';
COMMENT ON COLUMN nps.delivery_gap.is_paired_gap_reliable IS 'The same of paired_gap: at least so many pairs.';
COMMENT ON COLUMN nps.delivery_gap.is_late_difference_reliable IS 'The same of late_nps, on_time_nps and late_difference: at least so many answers on either side.';

CREATE TABLE IF NOT EXISTS nps.migration (
    month DATE NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    from_category VARCHAR NOT NULL CHECK (from_category IN ('promoter', 'passive', 'detractor')),
    to_category VARCHAR NOT NULL CHECK (to_category IN ('promoter', 'passive', 'detractor')),
    customers BIGINT NOT NULL,
    share DOUBLE,
    share_low DOUBLE,
    share_high DOUBLE,
    is_reliable BOOLEAN NOT NULL
);
COMMENT ON TABLE nps.migration IS 'How customers moved between categories: the category of each customer''s last answer in the 365 days to the month''s end, and of the answer before it, whenever and at whatever stage that was given. Nine rows per month with such a customer. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN nps.migration.month IS 'First day of the month that owns the row.';
COMMENT ON COLUMN nps.migration.period_start IS 'First of the 365 days (inclusive), business time zone.';
COMMENT ON COLUMN nps.migration.period_end IS 'Day after the last of the 365 days (exclusive), business time zone.';
COMMENT ON COLUMN nps.migration.from_category IS 'Category of the answer before.';
COMMENT ON COLUMN nps.migration.to_category IS 'Category of the last answer.';
COMMENT ON COLUMN nps.migration.customers IS 'Number of customers who moved from from_category to to_category.';
COMMENT ON COLUMN nps.migration.share IS 'Share of the customers of from_category, 0..1; NULL without any.';
COMMENT ON COLUMN nps.migration.share_low IS 'Lower end of the Wilson interval of share at NORTHSTAR_CONFIDENCE, 0..1.';
COMMENT ON COLUMN nps.migration.share_high IS 'Upper end of the Wilson interval of share, 0..1.';
COMMENT ON COLUMN nps.migration.is_reliable IS 'Whether share may be read as a figure: true with at least NORTHSTAR_MIN_RESPONSES customers of from_category, and never with fewer than ten.';

CREATE TABLE IF NOT EXISTS nps.migration_change (
    month DATE NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    customers BIGINT NOT NULL,
    nps_before DOUBLE NOT NULL,
    nps_after DOUBLE NOT NULL,
    net_change DOUBLE NOT NULL,
    change_low DOUBLE,
    change_high DOUBLE,
    stuart_maxwell DOUBLE,
    degrees BIGINT NOT NULL,
    p_value DOUBLE,
    is_reliable BOOLEAN NOT NULL
);
COMMENT ON TABLE nps.migration_change IS 'Whether the customers of nps.migration moved on balance. One row per month. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN nps.migration_change.month IS 'First day of the month that owns the row.';
COMMENT ON COLUMN nps.migration_change.period_start IS 'First of the 365 days (inclusive), business time zone.';
COMMENT ON COLUMN nps.migration_change.period_end IS 'Day after the last of the 365 days (exclusive), business time zone.';
COMMENT ON COLUMN nps.migration_change.customers IS 'Number of customers with an answer in the window and one before it.';
COMMENT ON COLUMN nps.migration_change.nps_before IS 'Score of the answers before, points.';
COMMENT ON COLUMN nps.migration_change.nps_after IS 'Score of the last answers, points.';
COMMENT ON COLUMN nps.migration_change.net_change IS 'nps_after - nps_before, points.';
COMMENT ON COLUMN nps.migration_change.change_low IS 'Lower end of the interval of net_change at NORTHSTAR_CONFIDENCE, points, with the paired standard error (fewer than 100 customers: three pseudo-pairs added); it holds net_change.';
COMMENT ON COLUMN nps.migration_change.change_high IS 'Upper end of the interval of net_change, points.';
COMMENT ON COLUMN nps.migration_change.stuart_maxwell IS 'Stuart-Maxwell chi-squared statistic of equal shares of the categories before and after; NULL if nobody moved.';
COMMENT ON COLUMN nps.migration_change.degrees IS 'Degrees of freedom of stuart_maxwell: 2; 1 if customers moved between only two of the categories; 0 if nobody moved.';
COMMENT ON COLUMN nps.migration_change.p_value IS 'p-value of stuart_maxwell, 0..1; NULL if nobody moved.';
COMMENT ON COLUMN nps.migration_change.is_reliable IS 'Whether the scores and their change may be read as figures: true with at least NORTHSTAR_MIN_RESPONSES customers, and never with fewer than ten.';

CREATE TABLE IF NOT EXISTS nps.benchmarks (
    name VARCHAR NOT NULL,
    industry VARCHAR NOT NULL,
    year SMALLINT,
    nps DOUBLE,
    low DOUBLE NOT NULL,
    high DOUBLE NOT NULL,
    source VARCHAR NOT NULL,
    is_own BOOLEAN NOT NULL
);
COMMENT ON TABLE nps.benchmarks IS 'Scores that others report for their industries. They contradict each other by source, year, country and method: use none of them alone, and all of them only as context. Rows of benchmarks.csv in the operator''s home are added. One row per figure.';
COMMENT ON COLUMN nps.benchmarks.name IS 'What the figure describes, in the source''s words.';
COMMENT ON COLUMN nps.benchmarks.industry IS 'Group in which figures are compared, lower case.';
COMMENT ON COLUMN nps.benchmarks.year IS 'Year of the figure; NULL where the source does not say.';
COMMENT ON COLUMN nps.benchmarks.nps IS 'The reported score, points; NULL where the source gives a range.';
COMMENT ON COLUMN nps.benchmarks.low IS 'Lower end of the reported range, points; the score where there is no range.';
COMMENT ON COLUMN nps.benchmarks.high IS 'Upper end of the reported range, points; the score where there is no range.';
COMMENT ON COLUMN nps.benchmarks.source IS 'Who reports the figure, and where.';
COMMENT ON COLUMN nps.benchmarks.is_own IS 'true for rows added by the operator.';

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
COMMENT ON TABLE nps.drivers IS 'What comments are about, and what each topic does to the score. One row per window, stage, language and topic mentioned. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN nps.drivers.month IS 'First day of the month that owns the row: the month of the window''s last day.';
COMMENT ON COLUMN nps.drivers.grain IS 'quarter, or trailing_365d, which ends with the month.';
COMMENT ON COLUMN nps.drivers.period_start IS 'First day of the window (inclusive), business time zone.';
COMMENT ON COLUMN nps.drivers.period_end IS 'Day after the window''s last day (exclusive), business time zone.';
COMMENT ON COLUMN nps.drivers.is_complete IS 'false while the window is still open: it is then cut after the clock''s day.';
COMMENT ON COLUMN nps.drivers.stage IS 'all, or one stage of core.responses.';
COMMENT ON COLUMN nps.drivers.language IS 'all, or one declared language of the comments (en includes en-US); unknown where none is declared.';
COMMENT ON COLUMN nps.drivers.topic IS 'Topic of core.response_topics; none for comments in which no topic was found.';
COMMENT ON COLUMN nps.drivers.responses IS 'Number of counted answers with a comment: the base of every figure in the row.';
COMMENT ON COLUMN nps.drivers.mentions IS 'Number of those answers whose comment mentions the topic; a comment may mention several.';
COMMENT ON COLUMN nps.drivers.promoter_mentions IS 'Number of mentions by promoters.';
COMMENT ON COLUMN nps.drivers.passive_mentions IS 'Number of mentions by passives.';
COMMENT ON COLUMN nps.drivers.detractor_mentions IS 'Number of mentions by detractors.';
COMMENT ON COLUMN nps.drivers.promoters IS 'Number of promoters with a comment.';
COMMENT ON COLUMN nps.drivers.passives IS 'Number of passives with a comment.';
COMMENT ON COLUMN nps.drivers.detractors IS 'Number of detractors with a comment.';
COMMENT ON COLUMN nps.drivers.share IS 'mentions / responses, 0..1.';
COMMENT ON COLUMN nps.drivers.nps_with IS 'Score of the answers that mention the topic, points.';
COMMENT ON COLUMN nps.drivers.nps_without IS 'Score of the other answers with a comment, points; NULL if every comment mentions the topic.';
COMMENT ON COLUMN nps.drivers.impact IS 'Score of all answers with a comment less nps_without, points: what the topic adds to the score or costs. Impacts do not add up, since comments mention several topics. NULL with nps_without.';
COMMENT ON COLUMN nps.drivers.impact_low IS 'Lower end of the interval of impact at NORTHSTAR_CONFIDENCE (influence function, normal), points.';
COMMENT ON COLUMN nps.drivers.impact_high IS 'Upper end of the interval of impact, points.';
COMMENT ON COLUMN nps.drivers.is_reliable IS 'Whether impact may be read as a figure: true with at least NORTHSTAR_MIN_RESPONSES mentions and ten answers without the topic, and never with fewer than ten of either.';
COMMENT ON COLUMN nps.drivers.example IS 'A masked comment that mentions the topic, from a detractor where impact is negative, else from a promoter, where there is one; NULL if NORTHSTAR_PUBLISH_COMMENTS is false.';
COMMENT ON COLUMN nps.drivers.detractor_example IS 'A masked comment of a detractor that mentions the topic; NULL without any, or if NORTHSTAR_PUBLISH_COMMENTS is false.';

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
    since DATE,
    is_reliable BOOLEAN NOT NULL
);
COMMENT ON TABLE nps.alarm IS 'Evidence that the score has dropped, after each day; made to be looked at every night. One row per day from the first answer on. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN nps.alarm.month IS 'First day of the month that owns the row: the month of day.';
COMMENT ON COLUMN nps.alarm.day IS 'Day, business time zone; the row uses the answers up to its end, or up to the clock.';
COMMENT ON COLUMN nps.alarm.responses IS 'Number of answers in the 28 days ending with day, this day included. Every answer counts, whatever the counting setting.';
COMMENT ON COLUMN nps.alarm.nps_running IS 'Score of those 28 days, points; NULL without answers.';
COMMENT ON COLUMN nps.alarm.baseline_responses IS 'Number of answers before the 28 days, from 1 January of the year before on.';
COMMENT ON COLUMN nps.alarm.baseline_nps IS 'Score of the baseline, points; NULL without answers.';
COMMENT ON COLUMN nps.alarm.e_value IS 'Evidence against an unchanged shop: the factor by which bets on a drop have multiplied their stake since 1 January. Starts at 1.';
COMMENT ON COLUMN nps.alarm.threshold IS 'e_value at which the alarm is raised: 20. At most 5 of 100 unchanged shops ever reach it within a calendar year.';
COMMENT ON COLUMN nps.alarm.is_alarm IS 'true if e_value >= threshold.';
COMMENT ON COLUMN nps.alarm.since IS 'The day from which the evidence for a drop is strongest; NULL without an alarm.';
COMMENT ON COLUMN nps.alarm.is_reliable IS 'Whether nps_running and baseline_nps may be read as scores: true with at least NORTHSTAR_MIN_RESPONSES answers in either, and never with fewer than ten. is_alarm is right whatever this says.';

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
COMMENT ON TABLE nps.expected_answers IS 'Answers still expected in the windows that are open at the clock. One row per open window. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN nps.expected_answers.month IS 'First day of the month that owns the row: the open month.';
COMMENT ON COLUMN nps.expected_answers.grain IS 'Grain of the window, as in nps.by_period.';
COMMENT ON COLUMN nps.expected_answers.period_start IS 'First day of the window (inclusive), business time zone.';
COMMENT ON COLUMN nps.expected_answers.period_end IS 'Day after the clock''s day (exclusive), business time zone.';
COMMENT ON COLUMN nps.expected_answers.answers IS 'Number of answers so far to invitations sent in the window, where the invitation of an answer is known.';
COMMENT ON COLUMN nps.expected_answers.expected_share IS 'Share of the answers to those invitations that is expected to have arrived by now, 0..1; NULL without such answers, with fewer than 30 answers to learn from, or if an answer came sooner than any of those.';
COMMENT ON COLUMN nps.expected_answers.answers_to_come IS 'Number of answers to those invitations still expected; NULL with expected_share.';
COMMENT ON COLUMN nps.expected_answers.learnt_from IS 'Number of answers from which the delay was learnt: those to invitations of one year that are at least 60 days old.';
COMMENT ON COLUMN nps.expected_answers.median_lag_days IS 'Median number of days from invitation to answer among them; NULL with fewer than 30.';
