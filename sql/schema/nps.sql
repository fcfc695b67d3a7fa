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
    is_significant BOOLEAN,
    weighted_responses BIGINT,
    weighted_nps DOUBLE,
    weighted_error DOUBLE,
    weighted_low DOUBLE,
    weighted_high DOUBLE,
    effective_responses DOUBLE,
    weight_reason VARCHAR
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
COMMENT ON COLUMN nps.by_period.weighted_responses IS 'Counted answers of known customers that are linked to an order: those that have a weight; the weights sum to them.';
COMMENT ON COLUMN nps.by_period.weighted_nps IS 'Score of these answers weighted to the distinct buyers of the window by account type x order value band (post-stratification; cells under 10 answers are merged, nothing is trimmed).';
COMMENT ON COLUMN nps.by_period.weighted_error IS 'Stratified standard error of weighted_nps.';
COMMENT ON COLUMN nps.by_period.weighted_low IS 'Lower end of the adjusted Wald (3,T) interval of the weighted shares with effective_responses answers.';
COMMENT ON COLUMN nps.by_period.weighted_high IS 'Upper end of the adjusted Wald (3,T) interval of the weighted shares.';
COMMENT ON COLUMN nps.by_period.effective_responses IS 'Kish''s effective number of answers: as many equally weighted ones would tell as much.';
COMMENT ON COLUMN nps.by_period.weight_reason IS 'Why there is no weighted score: short_window (grain shorter than a quarter, or auto), no_known_buyers, too_few_linked_answers (under 10), one_cell (merged, all answers are in one cell, whose weights would all be 1).';

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
COMMENT ON COLUMN nps.by_segment.pooled_nps IS 'Score drawn towards that of the dimension (same window and stage), the further the fewer the segment''s answers are and the more the segments are alike: empirical-Bayes Dirichlet-multinomial. Rank segments by it.';
COMMENT ON COLUMN nps.by_segment.pooled_low IS 'Lower end of the interval of pooled_nps at NORTHSTAR_CONFIDENCE. It knows that neither the dimension''s own score nor how alike the segments are is known.';
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
    answers_of_others BIGINT
);
COMMENT ON TABLE nps.coverage IS 'Who is heard: the distinct buyers of a window, by the kind of their last order in it, and how many of them were asked, reached and answered. One row per window, dimension and segment with a buyer, all/all for everybody.';
COMMENT ON COLUMN nps.coverage.month IS 'Month (first day) whose partition wrote the row: the month of the window''s last included day.';
COMMENT ON COLUMN nps.coverage.grain IS 'quarter or trailing_365d (ending with the month).';
COMMENT ON COLUMN nps.coverage.period_start IS 'First day of the window, business zone.';
COMMENT ON COLUMN nps.coverage.period_end IS 'Day after the last day of the window, business zone.';
COMMENT ON COLUMN nps.coverage.is_complete IS 'false while the window is still open and cut at the clock''s day.';
COMMENT ON COLUMN nps.coverage.dimension IS 'all, a column of core.order_segments, or a customer attribute (without history).';
COMMENT ON COLUMN nps.coverage.segment IS 'Segment of the buyer''s last order in the window; the buyer''s answer counts there too. unknown where it cannot be told.';
COMMENT ON COLUMN nps.coverage.orders IS 'Orders of the window that count.';
COMMENT ON COLUMN nps.coverage.orders_without_customer IS 'Of these, orders whose source names nobody (marketplaces, tills): their buyers can be neither counted nor asked.';
COMMENT ON COLUMN nps.coverage.buyers IS 'Distinct customers with an order that counts.';
COMMENT ON COLUMN nps.coverage.invited IS 'Of the buyers, those invited in the window.';
COMMENT ON COLUMN nps.coverage.delivered IS 'Of the invited, those whom an invitation reached; one of which nothing is known is taken to have.';
COMMENT ON COLUMN nps.coverage.responded IS 'Of the buyers, those who answered in the window, invited or not.';
COMMENT ON COLUMN nps.coverage.response_rate IS 'Of the buyers whom an invitation reached, the share who answered in the window.';
COMMENT ON COLUMN nps.coverage.share_of_buyers IS 'Share of all buyers of the window.';
COMMENT ON COLUMN nps.coverage.share_of_responses IS 'Share of all buyers who answered; empty if nobody did.';
COMMENT ON COLUMN nps.coverage.representation IS 'share_of_responses / share_of_buyers: 1 is as many as there should be, 0.5 half as many.';
COMMENT ON COLUMN nps.coverage.representation_low IS 'Lower end of its log-ratio interval at NORTHSTAR_CONFIDENCE; empty where the segment is everybody or nobody answered.';
COMMENT ON COLUMN nps.coverage.representation_high IS 'Upper end of its log-ratio interval.';
COMMENT ON COLUMN nps.coverage.is_under_represented IS 'The interval of the representation lies wholly below 1.';
COMMENT ON COLUMN nps.coverage.nps IS 'Score of the buyers who answered, each by the last answer in the window.';
COMMENT ON COLUMN nps.coverage.nps_if_silent_worst IS 'Score over all buyers if those who kept silent think NORTHSTAR_SILENT_POINTS worse than those who answered (not below -100).';
COMMENT ON COLUMN nps.coverage.nps_if_silent_best IS 'Score over all buyers if those who kept silent think NORTHSTAR_SILENT_POINTS better (not above 100).';
COMMENT ON COLUMN nps.coverage.answers_of_others IS 'Answers of the window by nobody known and by people who bought nothing in it; told for all/all only.';

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
    late_difference_high DOUBLE
);
COMMENT ON TABLE nps.delivery_gap IS 'What delivery does to the score: after less before it, of everybody who answered and of the same orders; and late against on time. One row per window, dimension and segment with such an answer.';
COMMENT ON COLUMN nps.delivery_gap.month IS 'Month (first day) whose partition wrote the row: the month of the window''s last included day.';
COMMENT ON COLUMN nps.delivery_gap.grain IS 'quarter or trailing_365d (ending with the month).';
COMMENT ON COLUMN nps.delivery_gap.period_start IS 'First day of the window, business zone.';
COMMENT ON COLUMN nps.delivery_gap.period_end IS 'Day after the last day of the window, business zone.';
COMMENT ON COLUMN nps.delivery_gap.is_complete IS 'false while the window is still open and cut at the clock''s day.';
COMMENT ON COLUMN nps.delivery_gap.dimension IS 'all, or a dimension of core.response_segments but delivery, which the late columns are about.';
COMMENT ON COLUMN nps.delivery_gap.segment IS 'Segment of the dimension, of the later answer in pairs; unknown where it cannot be told.';
COMMENT ON COLUMN nps.delivery_gap.pre_responses IS 'Answers of stage pre_delivery, counted as in nps.by_period.';
COMMENT ON COLUMN nps.delivery_gap.pre_nps IS 'Their score.';
COMMENT ON COLUMN nps.delivery_gap.post_responses IS 'Answers of stage post_delivery, counted as in nps.by_period.';
COMMENT ON COLUMN nps.delivery_gap.post_nps IS 'Their score.';
COMMENT ON COLUMN nps.delivery_gap.gap IS 'post_nps less pre_nps, of two different groups of customers.';
COMMENT ON COLUMN nps.delivery_gap.gap_low IS 'Lower end of its interval, the groups taken as independent (adjusted Wald).';
COMMENT ON COLUMN nps.delivery_gap.gap_high IS 'Upper end of its interval.';
COMMENT ON COLUMN nps.delivery_gap.paired_responses IS 'Counted post_delivery answers about an order that had been answered for before its delivery too; the latest of those earlier answers is the other of the pair, however long before the window.';
COMMENT ON COLUMN nps.delivery_gap.paired_gap IS 'Mean of the pairs'' changes: after less before on the same orders.';
COMMENT ON COLUMN nps.delivery_gap.paired_gap_low IS 'Lower end of its interval with the paired standard error; empty where all pairs changed alike, of which no error can be told.';
COMMENT ON COLUMN nps.delivery_gap.paired_gap_high IS 'Upper end of its interval.';
COMMENT ON COLUMN nps.delivery_gap.on_time_responses IS 'Answers about an order that had been delivered by the promised day.';
COMMENT ON COLUMN nps.delivery_gap.late_responses IS 'Answers about an order that had been delivered later than promised.';
COMMENT ON COLUMN nps.delivery_gap.late_share IS 'Of the answers about a delivered order with a promise, the share about a late one.';
COMMENT ON COLUMN nps.delivery_gap.late_nps IS 'Score of the answers about late orders.';
COMMENT ON COLUMN nps.delivery_gap.on_time_nps IS 'Score of the answers about orders on time.';
COMMENT ON COLUMN nps.delivery_gap.late_difference IS 'late_nps less on_time_nps.';
COMMENT ON COLUMN nps.delivery_gap.late_difference_low IS 'Lower end of its adjusted Wald interval.';
COMMENT ON COLUMN nps.delivery_gap.late_difference_high IS 'Upper end of its adjusted Wald interval.';

CREATE TABLE IF NOT EXISTS nps.migration (
    month DATE NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    from_category VARCHAR NOT NULL CHECK (from_category IN ('promoter', 'passive', 'detractor')),
    to_category VARCHAR NOT NULL CHECK (to_category IN ('promoter', 'passive', 'detractor')),
    customers BIGINT NOT NULL,
    share DOUBLE,
    share_low DOUBLE,
    share_high DOUBLE
);
COMMENT ON TABLE nps.migration IS 'Where customers went: the category of each customer''s last answer in the 365 days to the month''s end, and of the answer before it, whenever that was and at whatever stage. Nine rows a month with such a customer.';
COMMENT ON COLUMN nps.migration.month IS 'Month (first day) whose partition wrote the row.';
COMMENT ON COLUMN nps.migration.period_start IS 'First of the 365 days, business zone.';
COMMENT ON COLUMN nps.migration.period_end IS 'Day after the last of them.';
COMMENT ON COLUMN nps.migration.from_category IS 'Category of the answer before.';
COMMENT ON COLUMN nps.migration.to_category IS 'Category of the last answer.';
COMMENT ON COLUMN nps.migration.customers IS 'Customers who went from the one to the other.';
COMMENT ON COLUMN nps.migration.share IS 'Of the customers of from_category; empty if there are none.';
COMMENT ON COLUMN nps.migration.share_low IS 'Lower end of its Wilson interval at NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN nps.migration.share_high IS 'Upper end of its Wilson interval.';

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
    p_value DOUBLE
);
COMMENT ON TABLE nps.migration_change IS 'Whether the customers of nps.migration moved on the whole. One row a month.';
COMMENT ON COLUMN nps.migration_change.month IS 'Month (first day) whose partition wrote the row.';
COMMENT ON COLUMN nps.migration_change.period_start IS 'First of the 365 days, business zone.';
COMMENT ON COLUMN nps.migration_change.period_end IS 'Day after the last of them.';
COMMENT ON COLUMN nps.migration_change.customers IS 'Customers with two answers, the second in the window.';
COMMENT ON COLUMN nps.migration_change.nps_before IS 'Score of the answers before.';
COMMENT ON COLUMN nps.migration_change.nps_after IS 'Score of the last answers.';
COMMENT ON COLUMN nps.migration_change.net_change IS 'nps_after less nps_before.';
COMMENT ON COLUMN nps.migration_change.change_low IS 'Lower end of its interval with the paired standard error; empty where all changed alike.';
COMMENT ON COLUMN nps.migration_change.change_high IS 'Upper end of its interval.';
COMMENT ON COLUMN nps.migration_change.stuart_maxwell IS 'Stuart-Maxwell chi-squared of equal shares of the categories before and after; empty where nobody changed.';
COMMENT ON COLUMN nps.migration_change.degrees IS 'Its degrees of freedom: 2; 1 where customers moved between two categories only; 0 where nobody did.';
COMMENT ON COLUMN nps.migration_change.p_value IS 'Its p-value.';

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
COMMENT ON TABLE nps.benchmarks IS 'What others report as their industry''s score. They contradict each other, by source, year, country and method: no single one is a yardstick, and none is more than context. Yours are added from benchmarks.csv in the home.';
COMMENT ON COLUMN nps.benchmarks.name IS 'What the figure is of, in the source''s words.';
COMMENT ON COLUMN nps.benchmarks.industry IS 'Group under which figures are compared, lower case.';
COMMENT ON COLUMN nps.benchmarks.year IS 'Year of the figure; empty where the source does not say.';
COMMENT ON COLUMN nps.benchmarks.nps IS 'The figure; empty where the source gives a range.';
COMMENT ON COLUMN nps.benchmarks.low IS 'Lower end of the source''s range, or the figure.';
COMMENT ON COLUMN nps.benchmarks.high IS 'Upper end of the source''s range, or the figure.';
COMMENT ON COLUMN nps.benchmarks.source IS 'Who says so, and where.';
COMMENT ON COLUMN nps.benchmarks.is_own IS 'Added by the operator.';

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
